import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const binary =
  process.env.CHRONOS ?? join(import.meta.dirname, '../../src/Chronos/bin/Release/net10.0/chronos')
const patience = 120_000

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** What outlives a server on purpose: its executor, and the tasks that run there. */
async function processesOf(folder) {
  const found = []
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue
    const gone = () => '' // between the look at the list and that at the process
    const place = await readlink(`/proc/${id}/cwd`).catch(gone)
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(gone)
    if (place.startsWith(folder) || command.includes(folder)) found.push(Number(id))
  }
  return found
}

/** A real server of its own, on a free port and in a folder that goes with it. */
export class Server {
  static async start(...flags) {
    const server = new Server()
    server.folder = await mkdtemp(join(tmpdir(), 'chronos-e2e-'))
    server.port = await freePort()
    server.url = `http://127.0.0.1:${server.port}`
    server.flags = flags
    try {
      await server.run()
    } catch (error) {
      await server.close()
      throw error
    }
    return server
  }

  /** Starts the program, also again after it was stopped. */
  async run() {
    const flags = ['serve', '--http-port', String(this.port), '--data-dir', join(this.folder, 'data'), ...this.flags]
    this.output = ''
    this.process = spawn(binary, flags, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = new Promise((_, reject) => {
      this.process.once('error', reject)
      this.process.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${this.output}`)))
    })
    ended.catch(() => undefined) // it also ends when it is meant to
    const ready = new Promise((resolve) => {
      const read = (part) => {
        this.output += part
        if (this.output.includes('listens on')) resolve()
      }
      this.process.stdout.on('data', read)
      this.process.stderr.on('data', read)
    })
    let timer
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The server is not ready:\n${this.output}`)), patience)
    })
    await Promise.race([ready, ended, late])
    clearTimeout(timer)
  }

  /** Whether its process runs. */
  get isUp() {
    return this.process.exitCode === null && this.process.signalCode === null
  }

  async stop(signal = 'SIGTERM') {
    if (!this.isUp) return
    const gone = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill(signal)
    const timer = setTimeout(() => this.process.kill('SIGKILL'), patience)
    await gone
    clearTimeout(timer)
    if (this.process.signalCode === 'SIGKILL' && signal !== 'SIGKILL')
      throw new Error(`The server did not end within ${patience} ms of ${signal}:\n${this.output}`)
  }

  async close() {
    await this.stop()
    await this.until(async () => {
      const left = await processesOf(this.folder)
      for (const id of left) spawnSync('kill', ['-9', String(id)])
      return left.length === 0
    })
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 })
  }

  async ask(method, path, body, headers = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
  }

  putJob(definition) {
    return this.ask('PUT', `/v1/jobs/${encodeURIComponent(definition.name)}`, definition)
  }

  putJobs(definitions) {
    return this.ask('POST', '/v1/jobs:bulk', definitions)
  }

  startRun(job, body = {}) {
    return this.ask('POST', `/v1/jobs/${encodeURIComponent(job)}/runs`, body)
  }

  /** Waits until a run has ended, and gives it. */
  async ended(id) {
    return this.until(async () => {
      const run = await this.ask('GET', `/v1/runs/${id}`)
      return run.endedAt ? run : undefined
    })
  }

  async until(probe) {
    const until = Date.now() + patience
    for (;;) {
      const found = await probe()
      if (found !== undefined && found !== false) return found
      if (Date.now() > until) throw new Error(`It did not happen within ${patience} ms.`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
