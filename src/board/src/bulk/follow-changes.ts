import { useEffect, useMemo, useState } from 'react'
import { ApiProblem, answer, api, type SiteChange } from '../api.ts'
import { onLiveEvent } from '../live.ts'

const PAGE = 500
/** Of one look. What lies behind them is followed by its events alone. */
const MOST_PAGES = 25
/** So many are asked for one by one: a change that was sent long ago lies behind many pages. */
const FEW = 20
const LOOK_AGAIN_MS = 30_000
/** A mall that is away keeps its changes for hours. */
const MOST_LOOK_AGAIN_MS = 300_000

const isOver = ({ state }: SiteChange): boolean => state !== 'queued' && state !== 'changing'

interface Reads {
  page(cursor: string | null): Promise<{ siteChanges: readonly SiteChange[]; nextCursor: string | null }>
  /** Null: there is none, as after its shop was deleted. */
  one(id: string): Promise<SiteChange | null>
  onFound(found: readonly SiteChange[]): void
  /** @returns ends the wait */
  after(ms: number, run: () => void): () => void
}

/**
 * Follows changes until each has ended. A mall may answer before the page knows the change's id, and a line
 * that was cut brings no event twice: the list is read at first, and again while something is under way.
 */
export function followChanges(ids: ReadonlySet<string>, { page, one, onFound, after }: Reads) {
  const open = new Set(ids)
  // An answer that was asked for earlier may come later, and would take an end back.
  let asked = 0
  const knownBy = new Map<string, number>()
  const note = (found: readonly SiteChange[], ask: number) => {
    const newer = found.filter(({ id }) => ids.has(id) && ask > (knownBy.get(id) ?? 0))
    for (const change of newer) {
      knownBy.set(change.id, ask)
      // A person may have it tried again.
      if (isOver(change)) open.delete(change.id)
      else open.add(change.id)
    }
    if (newer.length > 0) onFound(newer)
  }
  let isHere = true
  const readOne = async (id: string) => {
    asked += 1
    const ask = asked
    const change = await one(id)
    if (change) note([change], ask)
    else open.delete(id)
  }
  const readList = async () => {
    const wanted = new Set(open)
    let cursor: string | null = null
    for (let pages = 0; pages < MOST_PAGES && wanted.size > 0 && isHere; pages += 1) {
      asked += 1
      const ask = asked
      const { siteChanges, nextCursor } = await page(cursor)
      // `delete` is true of those that are looked for.
      note(
        siteChanges.filter(({ id }) => wanted.delete(id)),
        ask,
      )
      if (nextCursor === null) {
        for (const id of wanted) open.delete(id)
        return
      }
      cursor = nextCursor
    }
  }
  let looks = 0
  let stop = () => {}
  const look = async (): Promise<void> => {
    try {
      if (looks > 0 && open.size <= FEW) for (const id of [...open]) await readOne(id)
      else await readList()
    } catch {
      // The next look may be answered.
    }
    looks += 1
    // Also when all have ended: one of them may be tried again.
    if (isHere) stop = after(Math.min(LOOK_AGAIN_MS * looks, MOST_LOOK_AGAIN_MS), () => void look())
  }
  if (ids.size > 0) void look()
  return {
    /** Something happened to this change. */
    hear(id: string): void {
      if (ids.has(id)) readOne(id).catch(() => undefined)
    },
    end(): void {
      isHere = false
      stop()
    },
  }
}

/** As `followChanges`, while the screen is open. */
export function useFollowedChanges(
  changeIds: readonly (string | null | undefined)[],
): ReadonlyMap<string, SiteChange> {
  const [changes, setChanges] = useState<ReadonlyMap<string, SiteChange>>(new Map())
  const ids = useMemo(() => new Set(changeIds.flatMap((id) => id ?? [])), [changeIds])
  useEffect(() => {
    setChanges(new Map())
    const follower = followChanges(ids, {
      page: (cursor) => {
        const query = { limit: PAGE, ...(cursor === null ? {} : { cursor }) }
        return answer(api.GET('/v1/site-changes', { params: { query } }))
      },
      one: (id) =>
        answer(api.GET('/v1/site-changes/{id}', { params: { path: { id } } })).catch((error: unknown) => {
          if (error instanceof ApiProblem && error.status === 404) return null
          throw error
        }),
      onFound: (found) =>
        setChanges((all) => new Map([...all, ...found.map((one) => [one.id, one] as const)])),
      after(ms, run) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    })
    const unhear = onLiveEvent(({ kind, data }) => {
      if (kind === 'change') follower.hear(data.changeId)
    })
    return () => {
      follower.end()
      unhear()
    }
  }, [ids])
  return changes
}
