import type { Schemas, Torikomi } from './client.ts'

export type Change = Schemas['FeedRow']

export interface ChangesOptions {
  /** The position that was kept; `oldest` for all that the service keeps; absent: from now on. */
  after?: string
  /** Seconds that a call may wait for a change, 30 at most. */
  waitSeconds?: number
  signal?: AbortSignal
}

/**
 * Everything that changes, in order, each change once, page by page without end; a page may be empty. Work a page off, then
 * keep its `position`: whoever begins there again misses nothing.
 * @throws Problem POSITION_EXPIRED: read the lists anew and begin at the `position` in its `body`
 */
export async function* followChanges(
  client: Torikomi,
  { after, waitSeconds = 25, signal }: ChangesOptions = {},
): AsyncGenerator<{ changes: Change[]; position: string }, void, void> {
  let position = after
  while (!signal?.aborted) {
    const page = await client.get('/v1/changes', {
      query: { wait: waitSeconds, ...(position === undefined ? {} : { after: position }) },
      ...(signal ? { signal } : {}),
    })
    position = page.position
    yield { changes: page.changes, position }
  }
}
