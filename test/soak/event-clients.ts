import { setTimeout as sleep } from 'node:timers/promises'

export interface EventClients {
  /** Streams that were opened so far. */
  opened(): number
  stop(): Promise<void>
}

const STREAM_SECONDS = 30

/**
 * Clients of GET /v1/events that come again every half minute with the last id, as browsers and proxies make
 * them do.
 */
export function startEventClients(baseUrl: string, apiKeys: readonly string[], count: number): EventClients {
  const stopping = new AbortController()
  let opened = 0
  const done = Promise.all(Array.from({ length: count }, (_, n) => follow(n)))
  return {
    opened: () => opened,
    async stop() {
      stopping.abort()
      await done
    },
  }

  async function follow(n: number): Promise<void> {
    const { signal } = stopping
    const apiKey = apiKeys[n % apiKeys.length]
    let last = ''
    await pause((n * STREAM_SECONDS * 1000) / count)
    while (!signal.aborted) {
      try {
        const headers = { authorization: `Bearer ${apiKey}`, ...(last ? { 'last-event-id': last } : {}) }
        const answer = await fetch(`${baseUrl}/v1/events?maxSeconds=${STREAM_SECONDS}`, { headers, signal })
        if (answer.ok) opened += 1
        for await (const chunk of answer.body ?? [])
          last =
            Buffer.from(chunk)
              .toString('utf8')
              .match(/^id: (\S+)$/gm)
              ?.at(-1)
              ?.slice(4) ?? last
      } catch {
        await pause(1_000)
      }
    }
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
}
