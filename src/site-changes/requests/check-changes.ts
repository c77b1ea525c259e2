import { checked, invalid } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { parcelProblems } from '../../marketplaces/kit/change-parcels.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { MallAction } from '../../marketplaces/port/site-changes.ts'
import type { FieldError } from '../../platform/errors.ts'
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

/** What is wrong with the action and its parameters at this mall; fields without the change's own path. */
export function checkChange(
  mall: Marketplace | undefined,
  action: WantedChange['action'],
  parameters: Record<string, unknown>,
): FieldError[] {
  const offered = mall?.changes?.actions.find((one) => one.action === action)
  if (!mall || !offered) return [notOffered(mall)]
  return [...checkParameters(offered, parameters), ...checkCarriers(mall, parameters)]
}

const notOffered = (mall: Marketplace | undefined): FieldError => ({
  field: 'action',
  message: `${mall?.label ?? 'このモール'}ではこの操作を送信できません。使える操作は GET /marketplaces で確認できます。`,
  code: 'not_offered',
})

/** `checked` wants a place to name; the empty one gives the plain path. */
function checkParameters({ parameters: schema }: MallAction, parameters: unknown): FieldError[] {
  const result = checked(schema, parameters, '')
  return result.ok
    ? []
    : result.fields.map((field) => ({ ...field, field: field.field === '' ? 'action' : field.field }))
}

function checkCarriers({ label, changes }: Marketplace, parameters: Record<string, unknown>): FieldError[] {
  if (!Array.isArray(parameters.parcels)) return []
  const known = new Set<unknown>(changes?.carriers.map(({ carrier }) => carrier))
  return parameters.parcels.flatMap(({ carrier }, index) =>
    known.has(carrier)
      ? []
      : [
          {
            field: `parcels[${index}].carrier`,
            message: `${label}では選べない配送会社です。選べる配送会社は GET /marketplaces で確認できます。`,
            code: 'not_offered',
          },
        ],
  )
}
