import type { Problem, RuleViolation } from './types'

/** A request that was refused or could not be sent. */
export class ApiError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.problem = problem
  }

  get status(): number {
    return this.problem.status
  }

  get violations(): RuleViolation[] {
    return this.problem.violations ?? []
  }
}

const credentialKey = 'chronos-authorization'
const listeners = new Set<() => void>()

/** Whom requests come from. Kept for this tab only, and gone when it is closed. */
export const session = {
  get authorization(): string | null {
    return sessionStorage.getItem(credentialKey)
  },
  signIn(authorization: string): void {
    sessionStorage.setItem(credentialKey, authorization)
    for (const listener of listeners) listener()
  },
  signOut(): void {
    sessionStorage.removeItem(credentialKey)
    for (const listener of listeners) listener()
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

export function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

export interface Request {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Sends a request and gives the answer, whose body nobody has read; throws ApiError unless it is a success. */
export async function send(path: string, request: Request = {}): Promise<Response> {
  const headers: Record<string, string> = { 'X-Requested-With': 'XMLHttpRequest', ...request.headers }
  const { authorization } = session
  if (authorization) headers.Authorization = authorization
  if (request.body !== undefined) headers['Content-Type'] ??= 'application/json'
  let response: Response
  try {
    response = await fetch(path, {
      method: request.method ?? 'GET',
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: request.signal ?? null,
      cache: 'no-store',
    })
  } catch (error) {
    if (request.signal?.aborted) throw error
    throw new ApiError({
      type: 'about:blank',
      title: 'The server cannot be reached',
      status: 0,
      detail: 'The server does not answer. It may be starting, or the network is down. This page keeps trying.',
    })
  }
  if (!response.ok) throw new ApiError(await problemOf(response))
  return response
}

/** Sends a request and reads the answer as JSON; nothing where there is no body. */
export async function ask<T>(path: string, request?: Request): Promise<T> {
  const response = await send(path, request)
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = {
    type: 'about:blank',
    title: response.statusText || 'The request failed',
    status: response.status,
  }
  if (!response.headers.get('content-type')?.includes('json')) return fallback
  return { ...fallback, ...((await response.json()) as Partial<Problem>) }
}

/** Writes a query; what is undefined, empty or false is left out. */
export function query(values: Record<string, string | number | boolean | string[] | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) for (const one of value) search.append(name, one)
    else if (value !== undefined && value !== '') search.append(name, String(value))
  }
  const text = search.toString()
  return text ? `?${text}` : ''
}

export function path(strings: TemplateStringsArray, ...names: string[]): string {
  return String.raw({ raw: strings }, ...names.map(encodeURIComponent))
}
