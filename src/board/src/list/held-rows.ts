import { useEffect, useMemo, useReducer, useRef } from 'react'
import type { OrderRow, Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { onLiveEvent } from '../live.ts'
import { createStore } from '../store.ts'
import { changeWord, statusWord } from '../words.ts'
import type { OrderQuery } from './order-query.ts'
import type { Outside } from './outside.ts'

type Row = { id: string }
type Said = Pick<Schemas['OrderEvent'], 'status' | 'changeState' | 'mallState'>

const NONE: ReadonlySet<string> = new Set()

interface Held<R> {
  rows: readonly R[]
  /** Of these rows, those that the list no longer has. */
  gone: ReadonlySet<string>
  /** How many rows came that are not among these. */
  waiting: number
}

/**
 * Keeps each shown row at its place, with its newest content. Rows that came between them wait; those behind
 * the last one move nothing, and come as one scrolls.
 * @param shown rows as they stand on the screen
 * @param live rows as the list has them
 * @param complete false: the list goes on behind these, so a row behind them may only not be loaded now
 * @param find says of a row that is not loaded whether the list has it: null where it has left
 */
export function holdRows<R extends Row>(
  shown: readonly R[],
  live: readonly R[],
  complete: boolean,
  find: (id: string) => R | null | undefined,
): Held<R> {
  const now = new Map(live.map((row) => [row.id, row]))
  const last = shown.findLastIndex(({ id }) => now.has(id))
  const kept = complete || last < 0 ? shown : shown.slice(0, last + 1)
  const held = new Set(kept.map(({ id }) => id))
  const missing = kept.filter(({ id }) => !now.has(id))
  const gone = new Set(missing.map(({ id }) => id).filter((id) => find(id) === null))
  const end = shown[last]?.id
  const behind = live
    .slice(end === undefined ? 0 : live.findIndex(({ id }) => id === end) + 1)
    .filter(({ id }) => !held.has(id))
  const rows = [...kept.map((row) => now.get(row.id) ?? find(row.id) ?? row), ...behind]
  return { rows, gone, waiting: live.length - (rows.length - missing.length) }
}

/** Time that rows wait for a hand since it last moved over them; one that rests holds nothing up. */
export const STILL_MS = 5_000

/** Whether a hand moved over the rows, or a key through them, within the last moments. */
export function createHand() {
  const moves = createStore(false)
  let movedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = (): void => {
    const left = movedAt + STILL_MS - performance.now()
    timer = left > 0 ? setTimeout(look, left) : undefined
    if (timer === undefined) moves.set(false)
  }
  return {
    use: moves.use,
    get: moves.get,
    move(): void {
      movedAt = performance.now()
      if (timer !== undefined) return
      timer = setTimeout(look, STILL_MS)
      moves.set(true)
    },
    leave(): void {
      clearTimeout(timer)
      timer = undefined
      moves.set(false)
    },
  }
}

/**
 * The rows to be drawn: the list's, or, while somebody is at them, as they stood when that began.
 * @param query conditions; other ones are another list, which holds nothing of the one before
 */
export function useHeldRows(
  { rows, old, complete }: { rows: readonly OrderRow[]; old: boolean; complete: boolean },
  { find, ask, hold }: Outside,
  query: OrderQuery,
  holds: boolean,
): Held<OrderRow> & { apply: () => void; leftWord: (id: string) => string } {
  const [applied, apply] = useReducer((times: number) => times + 1, 0)
  const last = useRef({ query, rows, applied })
  const held = useMemo((): Held<OrderRow> => {
    const { current: before } = last
    const isHeld =
      holds && before.applied === applied && before.rows !== rows && (old || before.query === query)
    return isHeld ? holdRows(before.rows, rows, complete, find) : { rows, gone: NONE, waiting: 0 }
  }, [rows, old, complete, find, query, holds, applied])
  last.current = { query: old ? last.current.query : query, rows: held.rows, applied }
  useEffect(() => hold(holds), [hold, holds])
  useEffect(() => {
    if (old || held.rows === rows) return
    const loaded = new Set(rows.map(({ id }) => id))
    ask(held.rows.flatMap(({ id }) => (loaded.has(id) || find(id) !== undefined ? [] : [id])))
  }, [old, rows, held.rows, find, ask])
  const said = useRef(new Map<string, Said>())
  useEffect(() => {
    said.current.clear()
    if (!holds) return undefined
    return onLiveEvent(({ kind, data }) => {
      if (kind === 'order') said.current.set(data.orderId, data)
    })
  }, [holds])
  return { ...held, apply, leftWord: (id) => wordOf(query, said.current.get(id)) }
}

/** Why a row is no longer of a list, by what its event said; the event may have come before the hold. */
function wordOf({ status, changeState }: OrderQuery, said: Said | undefined): string {
  if (said && status !== undefined && said.status !== status)
    return t(`「${statusWord(said.status)}」へ移りました`, `Moved to ${statusWord(said.status)}`)
  if (said?.mallState === 'cancelled') return t('モールで取り消されました', 'Cancelled at the mall')
  if (said && changeState !== undefined && said.changeState !== changeState)
    return t(
      `サイト変更が「${changeWord(said.changeState)}」になりました`,
      `Its site change: ${changeWord(said.changeState)}`,
    )
  return t('一覧の条件に合わなくなりました', 'No longer fits this list')
}
