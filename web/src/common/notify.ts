import { notifications } from '@mantine/notifications'
import { ApiError } from '../api/client'

/** Tells that something was done. */
export function told(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 4000 })
}

/** Does something, and tells why where it fails. */
export async function attempt(what: string, action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action()
    told(what)
    return true
  } catch (error) {
    const problem = error instanceof ApiError ? error.problem : undefined
    notifications.show({
      title: problem?.title ?? 'It failed',
      message: problem?.detail ?? String(error),
      color: 'red',
      autoClose: 10_000,
    })
    return false
  }
}
