import { invalid } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { parcelProblems } from '../../marketplaces/kit/changes/plans.ts'
import type { FieldError } from '../../platform/errors.ts'
import { factsOf } from '../../platform/narrow.ts'
import { checkChange } from '../../shops/shops/settings.ts'
import type { WantedChange } from '../schemas.ts'
import { MOST_ERRORS, type OrderFacts, type RequestedOrder, unknownOrder } from './requested-orders.ts'

export interface CheckedChange {
  order: OrderFacts
  action: WantedChange['action']
  parameters: Record<string, unknown>
}

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
  const told = errors.flatMap((wrong, index) =>
    wrong.map((error) => ({ ...error, field: `changes[${index}].${error.field}` })),
  )
  if (told.length > 0) throw invalid(told.slice(0, MOST_ERRORS))
  return good
}

/** Checks each of the changes without queueing any. */
export function judge(
  marketplaces: Marketplaces,
  orders: ReadonlyMap<string, RequestedOrder>,
  changes: readonly WantedChange[],
): { errors: FieldError[][]; good: CheckedChange[] } {
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
      for (const place of [first, index]) errors[place]?.push(askedTwice(first, index))
    }
    firsts.set(`${orderId} ${action}`, first ?? index)
    errors[index]?.push(...wrong)
    if (order) good.push({ order, action, parameters })
  }
  return { errors, good }
}

/** The mall would be asked for the same twice, and staff told of a warning that is none. */
const askedTwice = (first: number, again: number): FieldError => ({
  field: 'orderId',
  message: `同じ受注の同じ操作が2回指定されています（changes[${first}] と changes[${again}]）。1件にまとめてください。`,
  code: 'duplicate',
})

/** Parcels are held against the order only when they are well-formed: one fault is told once. */
function checkRequested(
  marketplaces: Marketplaces,
  { marketplace, atMall, underWay }: RequestedOrder,
  change: WantedChange,
  earlier: readonly WantedChange[],
): FieldError[] {
  const mall = marketplaces.get(marketplace)
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
