import { ApiProblem, answer, api, parts, problemText, type Schemas, type SiteChange } from '../api.ts'
import { t } from '../i18n.ts'
import type { OrderQuery } from '../list/order-query.ts'
import type { OrderStatus } from '../words.ts'

/** One order's answer to a bulk action. `waiting` goes on at the mall and is followed by events. */
export interface Result {
  orderId: string
  orderNumber: string
  state: 'ok' | 'waiting' | 'warning' | 'failed'
  text: string
  changeId?: string
}

export interface Picked
  extends Pick<
    Schemas['Order'],
    | ('id' | 'orderNumber' | 'marketplace' | 'shopId' | 'status' | 'changeState' | 'mallState' | 'holds')
    | 'onHoldDate'
  > {
  shipping?: Schemas['Order']['shipping']
  /** Absent where the list was read without the contents. */
  detail?: Schemas['Order']['detail']
  onHoldReason?: string | null
  bundleId?: string | null
}

type Change = NonNullable<Schemas['SiteChange']>['action']
export type WantedChange = { orderId: string; action: Change } & Record<string, unknown>
type Progress = (done: number, of: number) => void

export const MOST_CHANGES = 500
const MOST_MOVED = 1_000
const MOST_REIMPORTED = 500

/**
 * Asks for changes at the malls, 500 a call. A call is taken whole or not at all: those that the service
 * refused are named, and the others are asked for again without them.
 */
export async function requestChanges(
  orders: ReadonlyMap<string, Picked>,
  changes: readonly WantedChange[],
  progress: Progress,
): Promise<Result[]> {
  const results: Result[] = []
  let done = 0
  for (const part of parts(changes, MOST_CHANGES)) {
    results.push(...(await requestPart(orders, part, results.length === 0)))
    done += part.length
    progress(done, changes.length)
  }
  return results
}

/** Posts as many changes as one call takes. `more`: how, other than all or none. */
export const postChanges = (
  changes: readonly WantedChange[],
  key: string,
  more: { mode?: 'each'; dryRun?: boolean } = {},
) =>
  answer(
    api.POST('/v1/site-changes', {
      params: { header: { 'Idempotency-Key': key } },
      body: { ...more, changes: changes as never },
    }),
  )

async function requestPart(
  orders: ReadonlyMap<string, Picked>,
  part: readonly WantedChange[],
  isFirst = false,
): Promise<Result[]> {
  const numberOf = (orderId: string) => orders.get(orderId)?.orderNumber ?? orderId
  try {
    const { changes } = await once((key) => postChanges(part, key))
    return changes.map((change: SiteChange) => ({
      orderId: change.orderId,
      orderNumber: change.orderNumber,
      changeId: change.id,
      ...changeResult(change),
    }))
  } catch (error) {
    if (isFirst && nothingWasRead(error)) throw error
    const wrong = refusedOf(error, part.length)
    const failed = (change: WantedChange, text: string): Result => ({
      orderId: change.orderId,
      orderNumber: numberOf(change.orderId),
      state: 'failed',
      text,
    })
    if (wrong.size === 0) return part.map((change) => failed(change, problemText(error)))
    const rest = part.filter((_, index) => !wrong.has(index))
    return [
      ...part.flatMap((change, index) => {
        const text = wrong.get(index)
        return text === undefined ? [] : [failed(change, text)]
      }),
      ...(rest.length > 0 ? await requestPart(orders, rest) : []),
    ]
  }
}

/** The session is over, or nobody answered: what was typed stays in its form, to be sent again. */
const nothingWasRead = (error: unknown): boolean => !(error instanceof ApiProblem) || error.status === 401

/** By index in the request: `changes[3].parcels[0].trackingNumber`. */
export function refusedOf(error: unknown, length: number): Map<number, string> {
  const wrong = new Map<number, string>()
  if (!(error instanceof ApiProblem)) return wrong
  for (const { field, message } of error.errors) {
    const index = Number(/^changes\[(\d{1,4})\]/.exec(field)?.[1] ?? Number.NaN)
    if (index >= 0 && index < length && !wrong.has(index)) wrong.set(index, message)
  }
  return wrong
}

export function changeResult(
  change: Pick<SiteChange, 'state' | 'message' | 'nextStep' | 'waitingFor'>,
): Pick<Result, 'state' | 'text'> {
  if (change.state === 'succeeded')
    return { state: 'ok', text: change.message ?? t('モールに反映しました', 'Done at the mall') }
  if (change.state === 'failed' || change.state === 'warning')
    return { state: change.state, text: [change.message, change.nextStep].filter(Boolean).join(' ') }
  return {
    state: 'waiting',
    text: change.waitingFor?.message ?? t('受け付けました。モールに送信します', 'Taken; goes to the mall'),
  }
}

/** Reason and date of 保留, or the ones that each order had. */
export interface OnHold {
  onHoldReason?: string
  onHoldDate?: string
  restoreOnHold?: true
}

export async function moveOrders(
  orders: readonly Picked[],
  to: OrderStatus,
  progress: Progress,
  onHold: OnHold = {},
): Promise<Result[]> {
  const results: Result[] = []
  for (const part of parts(orders, MOST_MOVED)) {
    const line = (order: Picked, state: Result['state'], text: string): Result => ({
      orderId: order.id,
      orderNumber: order.orderNumber,
      state,
      text,
    })
    try {
      const moved = await answer(
        api.POST('/v1/orders/move', { body: { orderIds: part.map((order) => order.id), to, ...onHold } }),
      )
      const byId = new Map(moved.orders.map((one) => [one.orderId, one.result]))
      results.push(
        ...part.map((order) =>
          line(
            order,
            'ok',
            byId.get(order.id) === 'already'
              ? t('既にそのステータスです', 'It was there already')
              : t('移動しました', 'Moved'),
          ),
        ),
      )
    } catch (error) {
      if (results.length === 0 && nothingWasRead(error)) throw error
      results.push(...part.map((order) => line(order, 'failed', problemText(error))))
    }
    progress(results.length, orders.length)
  }
  return results
}

export async function reimport(
  orders: readonly Picked[],
  apply: 'all' | 'mall-wins' | 'keep-edits' | 'none',
  progress: Progress,
): Promise<{ results: Result[]; reimportIds: string[] }> {
  const results: Result[] = []
  const reimportIds: string[] = []
  for (const part of parts(orders, MOST_REIMPORTED)) {
    try {
      const accepted = await answer(
        api.POST('/v1/orders/reimport', { body: { orderIds: part.map((order) => order.id), apply } }),
      )
      reimportIds.push(accepted.reimportId)
      for (const order of part)
        results.push({
          orderId: order.id,
          orderNumber: order.orderNumber,
          state: 'waiting',
          text: t('受け付けました', 'Taken'),
        })
    } catch (error) {
      if (results.length === 0 && nothingWasRead(error)) throw error
      for (const order of part)
        results.push({
          orderId: order.id,
          orderNumber: order.orderNumber,
          state: 'failed',
          text: problemText(error),
        })
    }
    progress(results.length, orders.length)
  }
  return { results, reimportIds }
}

/** Orders that the last action did not reach: nothing at the malls tells of them, so they stay ticked. */
let refused: readonly string[] = []
export const keepRefused = (ids: readonly string[]): void => {
  refused = ids
}
export function takeRefused(): readonly string[] {
  const ids = refused
  refused = []
  return ids
}

const MOST_PICKED = 10_000

/** All orders that the conditions find, without their details. */
export async function pickAll(query: OrderQuery, progress: (done: number) => void): Promise<Picked[]> {
  const found: Picked[] = []
  let cursor: string | undefined
  do {
    const page = await answer(
      api.GET('/v1/orders', { params: { query: { ...query, limit: 1_000, ...(cursor ? { cursor } : {}) } } }),
    )
    found.push(...page.orders)
    progress(found.length)
    cursor = page.nextCursor ?? undefined
  } while (cursor && found.length < MOST_PICKED)
  return found
}

export interface PullTarget {
  shopId?: string
  marketplace?: Schemas['Marketplace']
}

const ACCEPT_PART = 200

/** 受注を取り込む: staged orders move to 新規受付 part by part, and are handed over to nobody by it. */
export async function acceptOrders(
  target: PullTarget,
  progress: (done: number, left: number) => void,
): Promise<Result[]> {
  const results: Result[] = []
  for (;;) {
    // A part whose answer was lost is done all the same, and the next one goes on behind it.
    const part = await once(() =>
      answer(api.POST('/v1/orders/accept', { body: { ...target, limit: ACCEPT_PART } })),
    )
    for (const { orderId, orderNumber } of part.orders)
      results.push({
        orderId,
        orderNumber,
        state: 'ok',
        text: t('新規受付に移しました', 'Moved to New'),
      })
    progress(results.length, part.remaining)
    if (part.remaining === 0 || part.orders.length === 0) return results
  }
}

const MOST_TRIES = 4

/** An Idempotency-Key. `crypto.randomUUID` is missing on a page without https. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Under one key, so that what was done by a call whose answer was lost is not done again. */
async function once<T>(call: (key: string) => Promise<T>): Promise<T> {
  const key = newKey()
  for (let tries = 1; ; tries++) {
    try {
      return await call(key)
    } catch (error) {
      if (error instanceof ApiProblem || tries === MOST_TRIES) throw error
    }
  }
}
