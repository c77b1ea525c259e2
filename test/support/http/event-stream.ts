import http from 'node:http'

interface StreamedEvent {
  id: string | null
  event: string
  data: unknown
}

export interface EventStream {
  readonly events: StreamedEvent[]
  readonly lastId: string | null
  /** The server ended it, or the connection broke. */
  readonly isClosed: boolean
  /** Resolves when an event fits, also one that came before; rejects after `limitMs`. */
  until(
    fits: (event: StreamedEvent, all: StreamedEvent[]) => boolean,
    limitMs?: number,
  ): Promise<StreamedEvent>
  close(): void
}

/** A client of GET /v1/events over real HTTP. */
export function openStream(
  baseUrl: string,
  headers: Record<string, string>,
  agent?: http.Agent,
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      `${baseUrl}/v1/events`,
      { headers, agent: agent ?? new http.Agent() },
      (answer) => {
        if (answer.statusCode !== 200) return reject(new Error(`status ${answer.statusCode}`))
        answer.setEncoding('utf8')
        answer.on('error', () => undefined)
        const waiting = new Set<() => void>()
        const events: StreamedEvent[] = []
        let lastId: string | null = null
        let rest = ''
        let isClosed = false
        answer.on('close', () => {
          isClosed = true
        })
        answer.on('data', (text: string) => {
          const parts = (rest + text).split('\n\n')
          rest = parts.pop() ?? ''
          for (const part of parts) {
            const event = parse(part)
            if (!event) continue
            lastId = event.id ?? lastId
            events.push(event)
          }
          for (const look of waiting) look()
        })
        resolve({
          events,
          get lastId() {
            return lastId
          },
          get isClosed() {
            return isClosed
          },
          until: (fits, limitMs = 20_000) =>
            new Promise((found, failed) => {
              const timer = setTimeout(() => {
                waiting.delete(look)
                failed(new Error(`no such event; ${events.length} came`))
              }, limitMs)
              function look(): void {
                const event = events.find((one) => fits(one, events))
                if (!event) return
                clearTimeout(timer)
                waiting.delete(look)
                found(event)
              }
              waiting.add(look)
              look()
            }),
          close: () => void request.destroy(),
        })
      },
    )
    request.on('error', reject)
  })
}

function parse(part: string): StreamedEvent | null {
  const fields = new Map(
    part.split('\n').map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  const data = fields.get('data')
  if (data === undefined) return null
  return { id: fields.get('id') ?? null, event: fields.get('event') ?? 'message', data: JSON.parse(data) }
}
