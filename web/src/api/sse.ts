import { send } from './client'

/** One server-sent event. */
export interface SseMessage {
  id: string
  event: string
  data: string
}

/** Reads server-sent events until the server ends them. Not EventSource: that cannot send who asks, and hides why it
 *  failed. `onAlive` is called whenever anything arrives, heartbeats too. */
export async function readEvents(
  url: string,
  lastId: string | undefined,
  signal: AbortSignal,
  onMessage: (message: SseMessage) => void,
  onAlive: () => void,
): Promise<void> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (lastId !== undefined) headers['Last-Event-ID'] = lastId
  const response = await send(url, { headers, signal })
  if (!response.body) return
  onAlive()
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onAlive()
    const blocks = (rest + value).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const message = parse(block)
      if (message) onMessage(message)
    }
  }
}

function parse(block: string): SseMessage | undefined {
  const message: SseMessage = { id: '', event: 'message', data: '' }
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const value = line.slice(colon + 1).trimStart()
    const field = line.slice(0, colon)
    if (field === 'id') message.id = value
    else if (field === 'event') message.event = value
    else if (field === 'data') message.data += value
  }
  return message.data ? message : undefined
}
