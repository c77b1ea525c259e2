import { useCallback, useEffect, useRef, useState } from 'react'
import type { OrderRow } from '../api.ts'
import { takeTicked } from '../chosen.ts'
import { t } from '../i18n.ts'
import { readNamed } from '../list/live-list.ts'
import type { OrderQuery } from '../list/order-query.ts'
import { onLiveEvent } from '../live.ts'
import { number } from '../parts/format.ts'
import { toast } from '../parts/toast.tsx'
import { type Picked, pickAll } from './bulk.ts'

type Selection = ReadonlyMap<string, Picked>

const NONE: Selection = new Map()
const VERIFY_AFTER_MS = 500

export const leftTheList = (count: number): string =>
  t(
    `一覧から外れた${number(count)}件を選択から外しました。`,
    `${number(count)} left the list and are no longer ticked.`,
  )

/**
 * The ticked orders. An order that leaves the list leaves the selection too, and the person is told:
 * otherwise 発送完了 would ship an order that a colleague has just moved to 保留. Where more pages follow, a row
 * that is no longer shown may only have moved to a later page, so the list is asked for it.
 */
export function useSelection(
  query: OrderQuery,
  list: { rows: readonly OrderRow[]; old: boolean; complete: boolean },
  search: string,
) {
  const { rows, old, complete } = list
  // Back from printing or labels, what was printed is still ticked, and goes on with F9.
  const [picked, setPicked] = useState<Selection>(
    () => new Map(takeTicked(search).map((order) => [order.id, order])),
  )
  const [left, setLeft] = useState(0)
  // Effects and events compare with the newest selection, whichever of them changed it last.
  const newest = useRef(picked)
  const replace = useCallback((next: Selection) => {
    newest.current = next
    setPicked(next)
  }, [])
  const shown = useRef<ReadonlySet<string>>(new Set())
  const listed = useRef(query)
  useEffect(() => {
    // Another list begins with nothing ticked.
    if (listed.current === query) return
    listed.current = query
    replace(NONE)
    setLeft(0)
    shown.current = new Set()
  }, [query, replace])

  const keepOnly = useCallback(
    (isThere: (id: string) => boolean) => {
      const left = [...newest.current].filter(([id]) => isThere(id))
      const gone = newest.current.size - left.length
      if (gone === 0) return
      replace(new Map(left))
      // The bar of the selection goes with its last order.
      if (left.length === 0) toast(leftTheList(gone))
      setLeft((before) => (left.length === 0 ? 0 : before + gone))
    },
    [replace],
  )

  const verifying = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const doubted = useRef(new Set<string>())
  /** An answer about the list before says nothing of what has been ticked in this one. */
  const asked = useRef(query)
  const verify = useCallback(
    (ids: readonly string[]) => {
      for (const id of ids) doubted.current.add(id)
      verifying.current ??= setTimeout(() => {
        verifying.current = undefined
        const all = [...doubted.current]
        doubted.current.clear()
        readNamed(query, all).then(
          (found) => {
            if (asked.current !== query) return
            const [gone, there] = [new Set(all), new Set(found.map((order) => order.id))]
            keepOnly((id) => !gone.has(id) || there.has(id))
          },
          // The line is away: the next event or page asks again, and the service refuses what may not be
          // done.
          () => undefined,
        )
      }, VERIFY_AFTER_MS)
    },
    [query, keepOnly],
  )
  useEffect(() => {
    asked.current = query
    return () => {
      clearTimeout(verifying.current)
      verifying.current = undefined
      doubted.current.clear()
    }
  }, [query])

  useEffect(() => {
    if (old) return
    const now = new Map(rows.map((row) => [row.id, row]))
    const before = shown.current
    shown.current = new Set(now.keys())
    // Takes over the list's rows, so that dialogs show what the list shows now.
    const ids = [...newest.current.keys()]
    if (ids.length > 0) replace(new Map([...newest.current].map(([id, order]) => [id, now.get(id) ?? order])))
    if (complete) return keepOnly((id) => now.has(id))
    const gone = ids.filter((id) => before.has(id) && !now.has(id))
    if (gone.length > 0) verify(gone)
  }, [rows, old, complete, keepOnly, verify, replace])

  useEffect(
    () =>
      onLiveEvent(({ kind, data }) => {
        if (kind !== 'order' || !newest.current.has(data.orderId)) return
        if (!shown.current.has(data.orderId)) verify([data.orderId])
      }),
    [verify],
  )

  const select = useCallback(
    (ids: ReadonlySet<string>) => {
      const known = new Map<string, Picked>(rows.map((row) => [row.id, row]))
      const next = new Map<string, Picked>()
      for (const id of ids) {
        const order = known.get(id) ?? newest.current.get(id)
        if (order) next.set(id, order)
      }
      replace(next)
      setLeft(0)
    },
    [rows, replace],
  )
  return {
    picked,
    /** How many have left the list since the person last ticked or unticked any. */
    left,
    select,
    selectAll: async (progress: (done: number) => void) => {
      const all = await pickAll(query, progress)
      replace(new Map(all.map((order) => [order.id, order])))
    },
    selectNone: () => {
      replace(NONE)
      setLeft(0)
    },
  }
}
