import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { shopsOf, tenantOf } from '../../http/auth.ts'
import { Id } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { parcelProblems } from '../../marketplaces/kit/changes/plans.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import type { NormalisedOrder, OrderPerson } from '../../marketplaces/port/order.ts'
import type { Shipping } from '../../marketplaces/port/shipping.ts'
import type { ChangeAction, LinePieces } from '../../marketplaces/port/site-changes.ts'
import { openDetail, openEdits, withoutEdits } from '../../orders/store/content.ts'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { AppError, type FieldError } from '../../platform/errors.ts'
import { factsOf } from '../../platform/narrow.ts'
import { checkChange } from '../../shops/shops/settings.ts'
import { shippingAfter } from '../order-after.ts'
import { MOST_CHANGES, type WantedChange } from '../schemas.ts'
import { type CheckedChange, LIST_KNOWN, LIST_REQUESTED, type OrderFacts } from '../statements.ts'

/**
 * Checks a request as a whole against what each order's mall offers.
 * @throws AppError VALIDATION_FAILED naming every wrong field by its index; an order that is not the tenant's
 * is one of them
 */
export function checkChanges(
  marketplaces: Marketplaces,
  orders: ReadonlyMap<string, RequestedOrder>,
  changes: readonly WantedChange[],
): CheckedChange[] {
  const { errors, good } = judge(marketplaces, orders, changes)
  const told = errors.flatMap((wrong, index) => placed(wrong, index))
  if (told.length > 0) throw invalid(told.slice(0, MOST_ERRORS))
  return good
}

interface Judged {
  errors: FieldError[][]
  good: CheckedChange[]
  leaves: (LeftAfter | null)[]
}

/** Faults when only those without one are taken: what needs a change that is refused is refused as well. */
export function decideEach(
  marketplaces: Marketplaces,
  orders: ReadonlyMap<string, RequestedOrder>,
  changes: readonly WantedChange[],
  places: readonly number[],
): Judged & { every: CheckedChange[] } {
  const { errors, leaves, good: every } = judge(marketplaces, orders, changes, places)
  for (;;) {
    const open = changes.flatMap((change, index) => (errors[index]?.length === 0 ? [{ change, index }] : []))
    const again = judge(
      marketplaces,
      orders,
      open.map(({ change }) => change),
      open.map(({ index }) => places[index] ?? index),
    )
    if (again.errors.every((wrong) => wrong.length === 0))
      return {
        errors,
        good: again.good,
        every,
        leaves: leaves.map((after, at) => (errors[at]?.length ? null : after)),
      }
    for (const [at, { index }] of open.entries()) errors[index]?.push(...(again.errors[at] ?? []))
  }
}

/**
 * Checks each of the changes without queueing any. `leaves`: how far each shipment gets its order.
 * @param places of the changes in the request
 */
export function judge(
  marketplaces: Marketplaces,
  orders: ReadonlyMap<string, RequestedOrder>,
  changes: readonly WantedChange[],
  places: readonly number[] = [...changes.keys()],
): Judged {
  const leaves: (LeftAfter | null)[] = []
  const errors: FieldError[][] = changes.map(() => [])
  const good: CheckedChange[] = []
  const firsts = new Map<string, number>()
  for (const [index, change] of changes.entries()) {
    const { orderId, action } = change
    const parameters = parametersOf(change)
    const order = orders.get(orderId)
    const earlier = changes.slice(0, index).filter((one) => one.orderId === orderId)
    const wrong = order ? checkRequested(marketplaces, order, change, earlier) : [unknownOrder]
    const first = firsts.get(`${orderId} ${action}`)
    if (first !== undefined && wrong.length === 0) {
      for (const place of [first, index])
        errors[place]?.push(askedTwice(places[first] ?? first, places[index] ?? index))
    }
    firsts.set(`${orderId} ${action}`, first ?? index)
    errors[index]?.push(...wrong)
    leaves.push(wrong.length === 0 && order ? leftAfter(marketplaces, order, { action, parameters }) : null)
    const lines = action === 'ship' && order ? linesToShip(marketplaces, order) : null
    if (order) good.push({ order, action, parameters, lines, place: places[index] ?? index })
  }
  return { errors, good, leaves }
}

/** Null, too, where the order here has none left: what its mall has then is not known here. */
function linesToShip(marketplaces: Marketplaces, { atMall, ...order }: RequestedOrder): LinePieces[] | null {
  const lines = atMall && mallOfShop(marketplaces, order)?.changes?.linesToShip?.(atMall)
  return lines?.length ? lines : null
}

/** Faults of a change by their path in the request. */
export const placed = (wrong: readonly FieldError[], index: number): FieldErrorAnswer[] =>
  wrong.map(({ field, message, code = 'invalid' }) => ({
    field: `changes[${index}].${field}`,
    message,
    code,
  }))

type FieldErrorAnswer = Required<Pick<FieldError, 'field' | 'message' | 'code'>>

/** How an order has left once a change is done, with the names of those who still wait. */
export interface LeftAfter extends Shipping {
  names: string[]
}

function leftAfter(
  marketplaces: Marketplaces,
  { atMall, ...order }: RequestedOrder,
  change: Pick<CheckedChange, 'action' | 'parameters'>,
): LeftAfter | null {
  const carriers = mallOfShop(marketplaces, order)?.changes?.carriers ?? []
  const after = atMall && shippingAfter(change, atMall, carriers)
  if (!after) return null
  const waiting = atMall.recipients.filter(({ id }) => after.left.includes(id))
  return { ...after, names: waiting.map(({ person }) => wholeNameOf(person)) }
}

const wholeNameOf = ({ fullName, familyName, givenName }: OrderPerson): string =>
  fullName?.trim() || [familyName, givenName].filter(Boolean).join(' ')

/** The mall would be asked for the same twice, and staff told of a warning that is none. */
const askedTwice = (first: number, again: number): FieldError => ({
  field: 'orderId',
  message: `同じ受注の同じ操作が2回指定されています（changes[${first}] と changes[${again}]）。1件にまとめてください。`,
  code: 'duplicate',
})

/** Parcels are held against the order only when they are well-formed: one fault is told once. */
function checkRequested(
  marketplaces: Marketplaces,
  { atMall, underWay, ...order }: RequestedOrder,
  change: WantedChange,
  earlier: readonly WantedChange[],
): FieldError[] {
  const mall = mallOfShop(marketplaces, order)
  const { action } = change
  const parameters = parametersOf(change)
  const wrong = [...checkChange(mall, action, parameters), ...unmeant(change)]
  if (wrong.length > 0 || !atMall || action !== 'ship' || !('parcels' in change)) return wrong
  const parcels = parcelProblems(atMall, change.parcels, mall?.changes?.shipsTo).map((problem) => ({
    ...problem,
    field: `parcels${problem.field}`,
  }))
  const first = mall?.changes?.needsFirst?.({ action, parameters }, atMall)
  if (!first || [...underWay, ...earlier.map((one) => one.action)].includes(first.action)) return parcels
  return [{ field: 'action', message: first.message, code: 'needs_first' }, ...parcels]
}

/** Returns the parameters for the mall. `confirmZero` is meant for this service alone. */
function parametersOf(change: WantedChange): Record<string, unknown> {
  const { orderId: _, action: __, confirmZero: ___, ...parameters } = { confirmZero: false, ...change }
  return parameters
}

const FEES = ['shippingFee', 'codFee', 'giftWrapFee', 'discount', 'adjustment'] as const

/**
 * Refuses values that hardly anybody means, but that a generated client sends by filling unset fields with
 * the first value of their type: every fee 0, and a shipped order moved back to 新規受付. The mall takes the
 * first, which changes what the buyer pays.
 */
function unmeant(change: WantedChange): FieldError[] {
  const asked = factsOf(change)
  if (change.action === 'ship' && asked.thenMoveTo === 'new')
    return [
      {
        field: 'thenMoveTo',
        message: '発送完了の後に新規受付へは移せません。ほかのステータスを指定するか、項目を省いてください。',
        code: 'not_meant',
      },
    ]
  const named = FEES.filter((fee) => asked[fee] !== undefined)
  const allZero = named.length >= 2 && named.every((fee) => asked[fee] === 0)
  if (change.action !== 'change_content' || !allZero || asked.confirmZero === true) return []
  return [
    {
      field: named[0] ?? 'shippingFee',
      message: `料金がすべて0円です（${named.join('、')}）。変えない料金は省いてください。本当に0円にする場合は confirmZero: true を付けてください。`,
      code: 'confirm_zero',
    },
  ]
}

/** Stored facts of an order for which a change is requested. */
interface RequestedOrder extends OrderFacts {
  /** Of its shop. */
  capabilities: unknown
  /** As the mall last gave it; null where nothing asks for it, or where it is gone or cannot be opened. */
  atMall: NormalisedOrder | null
  /** Actions of its changes that have not ended. */
  underWay: ChangeAction[]
}

interface Row extends OrderFacts {
  capabilities: unknown
  underWay: ChangeAction[]
  sealedDetail: Buffer | null
  sealedEdits: Buffer | null
}

/** A refusal of malformed changes, with the orders that are missing: a client mends all at once. */
export async function withUnknownOrders(
  { pool }: { pool: Pool },
  request: FastifyRequest,
): Promise<AppError> {
  const error = request.validationError
  if (!(error instanceof AppError)) throw error
  const { changes } = factsOf(request.body)
  // A key of some shops must not learn which orders the others have.
  if (!Array.isArray(changes) || shopsOf(request) !== null) return error
  const ids = changes.map((change) => Id.safeParse(factsOf(change).orderId).data)
  const { rows } = await pool.query<{ id: string }>(
    LIST_KNOWN({
      tenant: tenantOf(request),
      ids: ids.filter((id) => id !== undefined).slice(0, MOST_CHANGES),
    }),
  )
  const there = new Set(rows.map(({ id }) => id))
  const missing = ids
    .slice(0, MOST_CHANGES)
    .flatMap((id, index) =>
      id === undefined || there.has(id) ? [] : [{ ...unknownOrder, field: `changes[${index}].orderId` }],
    )
  return missing.length === 0 ? error : invalid([...error.fields, ...missing].slice(0, MOST_ERRORS))
}

const unknownOrder: FieldError = {
  field: 'orderId',
  message: '受注が見つかりません。一覧を再読み込みして確認してください。',
  code: 'not_found',
}

/** More tells a reader nothing, and keeps the answer small when a whole list is wrong. */
const MOST_ERRORS = 50

/** Opening five hundred orders takes tens of milliseconds: other requests get their turns in between. */
const OPENED_PER_TURN = 50

/** The tenant's orders among those asked for, by id. Those to ship are opened: their parcels must fit. */
export async function readRequestedOrders(
  { pool, sealer }: { pool: Queries; sealer: Pick<Sealer, 'of'> },
  tenantId: string,
  changes: readonly WantedChange[],
): Promise<Map<string, RequestedOrder>> {
  const toShip = changes.filter(({ action }) => action === 'ship').map(({ orderId }) => orderId)
  const { rows } = await pool.query<Row>(
    LIST_REQUESTED({
      tenant: tenantId,
      ids: [...new Set(changes.map(({ orderId }) => orderId))],
      shipped: [...new Set(toShip)],
    }),
  )
  const orders = new Map<string, RequestedOrder>()
  for (const [index, { sealedDetail, sealedEdits, ...facts }] of rows.entries()) {
    if (index > 0 && index % OPENED_PER_TURN === 0) await nextTurn()
    orders.set(facts.id, {
      ...facts,
      atMall: openAtMall(sealer.of(tenantId), facts.id, sealedDetail, sealedEdits),
    })
  }
  return orders
}

/** Null where it does not open: it is not checked then, as the worker reads the mall's before sending. */
function openAtMall(
  sealer: RowSealer,
  orderId: string,
  detail: Buffer | null,
  edits: Buffer | null,
): NormalisedOrder | null {
  if (detail === null) return null
  try {
    const opened = openDetail(sealer, orderId, detail)
    return withoutEdits(opened, openEdits(sealer, orderId, edits))
  } catch {
    return null
  }
}
