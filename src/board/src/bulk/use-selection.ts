import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { OrderRow } from '../api.ts'
import { takeTicked } from '../chosen.ts'
import { t } from '../i18n.ts'
import type { OrderQuery } from '../list/order-query.ts'
import type { Outside } from '../list/outside.ts'
import { onLiveEvent } from '../live.ts'
import { number } from '../parts/format.ts'
import { toast } from '../parts/toast.tsx'
import { type Picked, pickAll } from './bulk.ts'

type Selection = ReadonlyMap<string, Picked>

const NONE: Selection = new Map()

export const leftTheList = (count: number): string =>
  t(
    `一覧から外れた${number(count)}件を選択から外しました。`,
    `${number(count)} left the list and are no longer ticked.`,
  )

/**
 * The ticked orders. An order that leaves the list leaves the selection too, and the person is told:
 * otherwise 発送完了 would ship an order that a colleague has just moved to 保留.
 */
export function useSelection(
  query: OrderQuery,
  { rows, old }: { rows: readonly OrderRow[]; old: boolean },
  { find, ask }: Outside,
  search: string,
) {
  // Back from printing or labels, what was printed is still ticked, and goes on with F9.
  const [ticked, setTicked] = useState<Selection>(
    () => new Map(takeTicked(search).map((order) => [order.id, order])),
  )
  const [left, setLeft] = useState(0)
  // Effects and events compare with the newest selection, whichever of them changed it last.
  const newest = useRef(ticked)
  const replace = useCallback((next: Selection) => {
    newest.current = next
    setTicked(next)
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

  // As the list has them now, so that no dialog shows or takes what the rows show as gone.
  const picked = useMemo(() => {
    const there = [...ticked].flatMap(([id, order]): [string, Picked][] => {
      const now = find(id)
      return now === null ? [] : [[id, now ?? order]]
    })
    return new Map(there)
  }, [ticked, find])
  useEffect(() => {
    const gone = ticked.size - picked.size
    if (gone === 0) return
    replace(picked)
    // The bar of the selection goes with its last order.
    if (picked.size === 0) toast(leftTheList(gone))
    setLeft((before) => (picked.size === 0 ? 0 : before + gone))
  }, [ticked, picked, replace])

  useEffect(() => {
    if (old) return
    const before = shown.current
    shown.current = new Set(rows.map(({ id }) => id))
    ask([...newest.current.keys()].filter((id) => before.has(id) && !shown.current.has(id) && !find(id)))
  }, [rows, old, find, ask])

  useEffect(
    () =>
      onLiveEvent(({ kind, data }) => {
        if (kind !== 'order' || !newest.current.has(data.orderId)) return
        if (!shown.current.has(data.orderId)) ask([data.orderId])
      }),
    [ask],
  )

  return {
    picked,
    /** How many have left the list since the person last ticked or unticked any. */
    left,
    /** @param drawn rows of the screen, of which some may not be loaded any more */
    select: (ids: ReadonlySet<string>, drawn: readonly OrderRow[]) => {
      const known = new Map<string, Picked>(drawn.map((row) => [row.id, row]))
      const next = new Map<string, Picked>()
      for (const id of ids) {
        const order = known.get(id) ?? newest.current.get(id)
        if (order) next.set(id, order)
      }
      replace(next)
      setLeft(0)
    },
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
