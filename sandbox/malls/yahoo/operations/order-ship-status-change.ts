import type { XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, notOperable, updateAnswer } from '../answers.ts'
import { fieldOf, setValue } from '../sim-order.ts'
import { answerDate, groupIn, isAnswer, readUpdate, textFields, type UpdateTools } from './update-request.ts'

/** orderShipStatusChange: status, carrier, tracking numbers and dates. */
export function orderShipStatusChange(tools: UpdateTools, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person, isPointFix } = update
  if (isPointFix !== 'true' && isPointFix !== 'false') return badParameter('IsPointFix')
  const ship = new Map(textFields(groupIn(given, 'Ship')))
  const bad = [...ship.keys()].find((name) => !KEYS.has(name)) ?? wrongValue(ship)
  if (bad) return badParameter(bad)
  if (fieldOf(order, 'OrderStatus') === '3') return notOperable('HoldOrder OrderStatus')
  if (fieldOf(order, 'ShipStatus') === '0' && ship.get('ShipStatus') !== '0') return notOperable('ShipStatus')
  const changes = [...ship].map(([field, value]) => ({
    field,
    value: DATES.has(field) ? (answerDate(value) ?? '') : value,
  }))
  for (const { field, value } of changes) setValue(order, field, value)
  tools.store.updated(order, { operation: 'orderShipStatusChange', person, changes })
  return updateAnswer([])
}

const KEYS = new Set(
  (
    'ShipStatus ShipMethod ShipNotes ShipCompanyCode ShipInvoiceNumber1 ShipInvoiceNumber2 ShipInvoiceNumberEmptyReason ' +
    'ShipUrl ShipDate ArrivalDate ShipInstructStatus CollectionDate CashOnDeliveryTax IsEazy EazyDeliveryCode ' +
    'EazyDeliveryName IsMallContactlessDelivery'
  ).split(' '),
)
const DATES = new Set(['ShipDate', 'ArrivalDate', 'CollectionDate'])

/** Name of the first parameter whose value is not allowed. */
function wrongValue(ship: ReadonlyMap<string, string>): string | null {
  if (!/^[0-4]$/.test(ship.get('ShipStatus') ?? '')) return 'ShipStatus'
  if ((ship.get('ShipNotes') ?? '').length > 500) return 'ShipNotes'
  if ((ship.get('ShipUrl') ?? '').length > 100) return 'ShipUrl'
  const company = ship.get('ShipCompanyCode') ?? ''
  if (company !== '' && !/^(10[0-2]\d|500[01])$/.test(company)) return 'ShipCompanyCode'
  const date = [...DATES].find((name) => answerDate(ship.get(name) ?? '') === null)
  if (date) return date
  const numbers = ['ShipInvoiceNumber1', 'ShipInvoiceNumber2'].filter((name) => ship.get(name))
  const wrong = numbers.find((name) => !isInvoiceNumber(ship.get(name) ?? '', ship.get('ShipCompanyCode')))
  if (wrong) return wrong
  return numbers.length > 0 && ship.get('ShipInvoiceNumberEmptyReason')
    ? 'ShipInvoiceNumberEmptyReason'
    : null
}

/** Yamato: digits and hyphens, at most 14. Japan Post: 11 to 13. Others: half-width, at most 30. */
function isInvoiceNumber(number: string, carrier: string | undefined): boolean {
  if (carrier === '1001') return /^[0-9-]{1,14}$/.test(number)
  return carrier === '1003' ? /^[A-Za-z0-9]{11,13}$/.test(number) : /^[A-Za-z0-9-]{1,30}$/.test(number)
}
