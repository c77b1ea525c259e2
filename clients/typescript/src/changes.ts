import type { Schemas, Torikomi } from './client.ts'
import { isInBetween } from './errors.ts'
import { retrying } from './retry.ts'

export type Change = Schemas['FeedRow']

export interface ChangesOptions {
  /** The position that was kept; `oldest` for all that the service keeps; absent: from now on. */
  after?: string
  /** Seconds that a call may wait for a change, 30 at most. */
  waitSeconds?: number
  signal?: AbortSignal
  /** Is called with each error that is waited out. */
  onError?: (error: unknown) => void
}

/**
 * Everything that changes, in order, each change once, page by page until the signal; a page may be empty. Work a page off,
 * then keep its `position`: whoever begins there again misses nothing. What something in between answers is waited out.
 * @throws Problem POSITION_EXPIRED: read the lists anew and begin at the `position` in its `body`
 */
export async function* followChanges(
  client: Torikomi,
  { after, waitSeconds = 25, signal, onError }: ChangesOptions = {},
): AsyncGenerator<{ changes: Change[]; position: string }, void, void> {
  const { retry, waiting } = client
  const isWaitedOut = (error: unknown): boolean => {
    if (!isInBetween(error)) return false
    onError?.(error)
    return true
  }
  const read = (query: Record<string, string>) =>
    retrying(
      () => client.once({ method: 'GET', path: `/v1/changes?${new URLSearchParams(query)}`, signal }),
      { ...retry, tries: Number.POSITIVE_INFINITY },
      waiting,
      signal,
      isWaitedOut,
    ) as Promise<Schemas['FeedPage']>
  const wait = String(waitSeconds)
  for (let position = after; !signal?.aborted; ) {
    let page: Schemas['FeedPage']
    try {
      page = await read(position === undefined ? { wait } : { wait, after: position })
    } catch (error) {
      if (signal?.aborted) return
      throw error
    }
    position = page.position
    yield { changes: page.changes, position }
  }
}
