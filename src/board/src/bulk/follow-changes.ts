import { useEffect, useMemo, useState } from 'react'
import { answer, api, type SiteChange } from '../api.ts'
import { onLiveEvent } from '../live.ts'

const PAGE = 500
/** Of one look. What lies behind them is followed by its events alone. */
const MOST_PAGES = 25
const LOOK_AGAIN_MS = 30_000

const isOver = ({ state }: SiteChange): boolean => state !== 'queued' && state !== 'changing'

/**
 * Follows changes until each has ended. A mall may answer before the page knows the change's id, and a line
 * that was cut brings no event twice: the list is read at first, and again while something is under way.
 */
export function useFollowedChanges(
  changeIds: readonly (string | null | undefined)[],
): ReadonlyMap<string, SiteChange> {
  const [changes, setChanges] = useState<ReadonlyMap<string, SiteChange>>(new Map())
  const ids = useMemo(() => new Set(changeIds.flatMap((id) => id ?? [])), [changeIds])
  useEffect(() => {
    const open = new Set(ids)
    const note = (found: readonly SiteChange[]) => {
      for (const change of found) if (isOver(change)) open.delete(change.id)
      setChanges((all) => new Map([...all, ...found.map((one) => [one.id, one] as const)]))
    }
    let isHere = true
    let again: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      const wanted = new Set(open)
      for (let page = 0, cursor = ''; page < MOST_PAGES && wanted.size > 0 && isHere; page += 1) {
        const query = { limit: PAGE, ...(cursor === '' ? {} : { cursor }) }
        const { siteChanges, nextCursor } = await answer(api.GET('/v1/site-changes', { params: { query } }))
        // `delete` is true of those that are looked for.
        note(siteChanges.filter(({ id }) => wanted.delete(id)))
        if (nextCursor === null) break
        cursor = nextCursor
      }
    }
    const lookOn = () =>
      void look()
        .catch(() => undefined)
        .then(() => {
          if (isHere && open.size > 0) again = setTimeout(lookOn, LOOK_AGAIN_MS)
        })
    setChanges(new Map())
    if (open.size > 0) lookOn()
    const unhear = onLiveEvent(({ kind, data }) => {
      if (kind !== 'change' || !ids.has(data.changeId)) return
      const params = { path: { id: data.changeId } }
      void answer(api.GET('/v1/site-changes/{id}', { params })).then(
        (change) => note([change]),
        () => undefined,
      )
    })
    return () => {
      isHere = false
      clearTimeout(again)
      unhear()
    }
  }, [ids])
  return changes
}
