import { invalid } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { parcelProblems } from '../../marketplaces/kit/change-parcels.ts'
import type { FieldError } from '../../platform/errors.ts'
import { checkChange } from '../../shops/shops/check-change.ts'
import type { WantedChange } from '../schemas.ts'
import type { OrderFacts, RequestedOrder } from './requested-orders.ts'

export interface CheckedChange {
  order: OrderFacts
  action: WantedChange['action']
  parameters: Record<string, unknown>
}

/** More tells a reader nothing, and keeps the answer small when a whole list is wrong. */
const MOST_ERRORS = 50

/**
 * Checks a request as a whole against what each order's mall offers.
 * @throws AppError VALIDATION_FAILED naming every wrong field by its index; an order that is not the tenant's is one of them
 */
export function checkChanges(
  marketplaces: Marketplaces,
  orders: ReadonlyMap<string, RequestedOrder>,
  changes: readonly WantedChange[],
): CheckedChange[] {
  const errors: FieldError[] = []
  const good: CheckedChange[] = []
  for (const [index, change] of changes.entries()) {
    const { orderId, action, ...parameters } = change
    const order = orders.get(orderId)
    const wrong = order ? checkRequested(marketplaces, order, change) : unknownOrder
    errors.push(...wrong.map((error) => ({ ...error, field: `changes[${index}].${error.field}` })))
    if (order) good.push({ order, action, parameters })
  }
  if (errors.length > 0) throw invalid(errors.slice(0, MOST_ERRORS))
  return good
}

const unknownOrder: FieldError[] = [
  {
    field: 'orderId',
    message: '受注が見つかりません。一覧を再読み込みして確認してください。',
    code: 'not_found',
  },
]

/** Parcels are held against the order only when they are well-formed: one fault is told once. */
function checkRequested(
  marketplaces: Marketplaces,
  { marketplace, atMall }: RequestedOrder,
  { orderId: _, action, ...parameters }: WantedChange,
): FieldError[] {
  const mall = marketplaces.get(marketplace)
  const wrong = checkChange(mall, action, parameters)
  if (wrong.length > 0 || !atMall || !('parcels' in parameters)) return wrong
  return parcelProblems(atMall, parameters.parcels, mall?.changes?.shipsTo).map((problem) => ({
    ...problem,
    field: `parcels${problem.field}`,
  }))
}
