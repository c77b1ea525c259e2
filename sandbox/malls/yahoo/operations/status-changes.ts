import { textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import { toRfc3339 } from '../../../../src/marketplaces/yahoo/wire.ts'
import type { Clock } from '../../../../src/platform/clock.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, notOperable, updateAnswer, type Warning } from '../answers.ts'
import { fieldOf, type SimOrder, setValue } from '../sim-order.ts'
import { answerDate, groupIn, isAnswer, readUpdate, textFields, type UpdateTools } from './update-request.ts'

/** orderStatusChange: the table of order statuses, cancel reasons, and what completing sets by itself. */
export function orderStatusChange(tools: UpdateTools, clock: Clock, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person, isPointFix } = update
  const to = textAt(given, 'OrderStatus') ?? ''
  if (!/^[1-5]$/.test(to)) return badParameter('OrderStatus')
  if (isPointFix !== 'true' && isPointFix !== 'false') return badParameter('IsPointFix')
  if (to === '5' && isPointFix !== 'true') return badParameter('IsPointFix')
  const badReason = to === '4' ? wrongReason(given) : null
  if (badReason) return badParameter(badReason)
  const from = fieldOf(order, 'OrderStatus')
  if (from === to) return updateAnswer([{ code: 'od91705' }])
  const refused = refusedMove(order, from, to, clock.now()) ?? tooSoon(tools, order, to, clock.now())
  if (refused) return notOperable(refused)
  const changes = { OrderStatus: to, ...consequences(given, to, clock.now()) }
  for (const [field, value] of Object.entries(changes)) setValue(order, field, value)
  tools.store.updated(order, {
    operation: 'orderStatusChange',
    person,
    changes: Object.entries(changes).map(([field, value]) => ({ field, value })),
  })
  return updateAnswer(warningsOf(order, to))
}

function wrongReason(given: XmlElement): string | null {
  const reason = textAt(given, 'CancelReason') || '210'
  if (!REASONS.has(reason)) return 'CancelReason'
  const length = [...(textAt(given, 'CancelReasonDetail') ?? '')].length
  if (length > 0 && (length < 10 || length > 200)) return 'CancelReasonDetail'
  return reason === '230' && length === 0 ? 'CancelReasonDetail' : null
}

const REASONS = new Set('100 110 120 130 140 150 160 170 180 200 210 220 230'.split(' '))

/** From → to; `a`: not marked as prank, `b`: cards and store-run payments, `r`: release date to come. */
const MOVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  1: { 4: '', 5: 'a' },
  2: { 3: '', 4: '', 5: 'a' },
  3: { 1: 'r', 2: 'a', 4: '', 5: 'a' },
  4: {},
  5: { 2: 'b', 4: 'a' },
}

function refusedMove(order: SimOrder, from: string, to: string, now: number): string | null {
  const rule = MOVES[from]?.[to]
  if (rule === undefined) return `OrderStatus ${from} To ${to}`
  if (rule === 'a' && fieldOf(order, 'Suspect') === '1') return 'Suspect Order'
  if (rule === 'b' && !isCardOrStore(fieldOf(order, 'PayMethod'))) return 'PayMethod'
  const today = toRfc3339(new Date(now)).slice(0, 10)
  return rule === 'r' && fieldOf(order, 'ReleaseDate') <= today ? 'ReleaseDate' : null
}

/** Completing right after shipping may fail. */
function tooSoon({ settings }: UpdateTools, order: SimOrder, to: string, now: number): string | null {
  const changedAt = Date.parse(fieldOf(order, 'LastUpdateTime'))
  const fresh = now - changedAt < settings.completeAfterShipSeconds * 1000
  return to === '5' && fieldOf(order, 'ShipStatus') === '3' && fresh ? 'ShipStatus' : null
}

const isCardOrStore = (method: string) => method === 'payment_a1' || /^payment_[b-e]\d+$/.test(method)

function consequences(given: XmlElement, to: string, now: number): Record<string, string> {
  if (to === '4') {
    const detail = textAt(given, 'CancelReasonDetail') ?? ''
    return { CancelReason: textAt(given, 'CancelReason') || '210', CancelReasonDetail: detail }
  }
  if (to !== '5') return {}
  return {
    SettleStatus: '5',
    IsGetPointFixAll: 'true',
    IsRoyaltyFix: 'true',
    RoyaltyFixTime: toRfc3339(new Date(now)),
  }
}

/** Carrier and convenience-store payments that were paid must be given back by the store. */
function warningsOf(order: SimOrder, to: string): Warning[] {
  const refund = ['payment_a6', 'payment_a7', 'payment_a9', 'payment_a10', 'payment_a11']
  const paid = fieldOf(order, 'PayStatus') === '1'
  return to === '4' && paid && refund.includes(fieldOf(order, 'PayMethod')) ? [{ code: 'od91123' }] : []
}

/** orderPayStatusChange: for payments that the store itself receives; paid releases shipping. */
export function orderPayStatusChange(tools: UpdateTools, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person } = update
  const pay = new Map(textFields(groupIn(given, 'Pay')))
  const status = pay.get('PayStatus') ?? ''
  if (status !== '0' && status !== '1') return badParameter('PayStatus')
  const date = answerDate(pay.get('PayDate') ?? '')
  if (date === null) return badParameter('PayDate')
  if (/^payment_a/.test(fieldOf(order, 'PayMethod'))) return notOperable('PayMethod')
  const changes = [
    { field: 'PayStatus', value: status },
    { field: 'PayDate', value: status === '1' ? date : '' },
  ]
  if (fieldOf(order, 'PayType') === '1') changes.push(...shippable(fieldOf(order, 'ShipStatus'), status))
  for (const { field, value } of changes) setValue(order, field, value)
  tools.store.updated(order, { operation: 'orderPayStatusChange', person, changes })
  return updateAnswer([])
}

function shippable(shipStatus: string, payStatus: string): { field: string; value: string }[] {
  if (shipStatus === '0' && payStatus === '1') return [{ field: 'ShipStatus', value: '1' }]
  return shipStatus === '1' && payStatus === '0' ? [{ field: 'ShipStatus', value: '0' }] : []
}

/** orderShipStatusChange: status, carrier, tracking numbers and dates. */
export function orderShipStatusChange(tools: UpdateTools, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person, isPointFix } = update
  if (isPointFix !== 'true' && isPointFix !== 'false') return badParameter('IsPointFix')
  const ship = new Map(textFields(groupIn(given, 'Ship')))
  const bad = [...ship.keys()].find((name) => !SHIP_KEYS.has(name)) ?? wrongValue(ship)
  if (bad) return badParameter(bad)
  if (fieldOf(order, 'OrderStatus') === '3') return notOperable('HoldOrder OrderStatus')
  if (fieldOf(order, 'ShipStatus') === '0' && ship.get('ShipStatus') !== '0') return notOperable('ShipStatus')
  const changes = [...ship].map(([field, value]) => ({
    field,
    value: SHIP_DATES.has(field) ? (answerDate(value) ?? '') : value,
  }))
  for (const { field, value } of changes) setValue(order, field, value)
  tools.store.updated(order, { operation: 'orderShipStatusChange', person, changes })
  return updateAnswer([])
}

const SHIP_KEYS = new Set(
  (
    'ShipStatus ShipMethod ShipNotes ShipCompanyCode ShipInvoiceNumber1 ShipInvoiceNumber2 ShipInvoiceNumberEmptyReason ' +
    'ShipUrl ShipDate ArrivalDate ShipInstructStatus CollectionDate CashOnDeliveryTax IsEazy EazyDeliveryCode ' +
    'EazyDeliveryName IsMallContactlessDelivery'
  ).split(' '),
)
const SHIP_DATES = new Set(['ShipDate', 'ArrivalDate', 'CollectionDate'])

/** Name of the first parameter whose value is not allowed. */
function wrongValue(ship: ReadonlyMap<string, string>): string | null {
  if (!/^[0-4]$/.test(ship.get('ShipStatus') ?? '')) return 'ShipStatus'
  if ((ship.get('ShipNotes') ?? '').length > 500) return 'ShipNotes'
  if ((ship.get('ShipUrl') ?? '').length > 100) return 'ShipUrl'
  const company = ship.get('ShipCompanyCode') ?? ''
  if (company !== '' && !/^(10[0-2]\d|500[01])$/.test(company)) return 'ShipCompanyCode'
  const date = [...SHIP_DATES].find((name) => answerDate(ship.get(name) ?? '') === null)
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
