import { textAt, type XmlElement } from '../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../kit/http-kit.ts'
import { element, orderInfo, readBound, readField, refusal, success, toDay, toMinute } from './answers.ts'
import type { AupaySettings } from './settings.ts'
import { fieldOf, type SimOrder } from './sim-order.ts'
import { cancelled, type Store } from './store.ts'

/** 受注情報更新API: status, shipping, cancellation. One order a call, flat bodies. */

interface UpdateContext {
  shopCode: string
  operation: string
  /** Content of `request`; children of a wrapper element count as missing. */
  request: XmlElement
  store: Store
  settings: AupaySettings
  now: number
}

export type Update = (context: UpdateContext) => SandboxAnswer

/** Codes of these refusals are not public. */
const UNKNOWN_ORDER = 'TRE0001'
const NOT_ALLOWED = 'TRE0002'

const given = ({ request }: UpdateContext, name: string): string => textAt(request, name) ?? ''

/** Answers for what is missing or wrong before an update does its work; `work` may refuse too. */
const updating =
  (
    required: readonly string[],
    work: (order: SimOrder, context: UpdateContext) => SandboxAnswer | null,
  ): Update =>
  (context) => {
    const refuse = (code: string, message: string) => refusal(code, message, context.settings.refusalStatus)
    const missing = ['orderId', ...required].find((name) => given(context, name) === '')
    if (missing) return refuse(REQUIRED, `[${missing}]必須入力項目です`)
    const order = context.store.find(context.shopCode, given(context, 'orderId'))
    if (!order) return refuse(UNKNOWN_ORDER, '該当する取引が存在しません。')
    if (fieldOf(order, 'cancelStatus') === 'C') return refuse(NOT_ALLOWED, 'キャンセル済みの取引です。')
    const before = { ...order.fields }
    const refused = work(order, context)
    if (!refused) note(context, order, before)
    return refused ?? success()
  }

/** Names of what changed; nothing when the call said what the order already had. */
function note({ store, operation }: UpdateContext, order: SimOrder, before: SimOrder['fields']): void {
  const fields = Object.keys(order.fields).filter((name) => order.fields[name] !== before[name])
  if (fields.length === 0) return
  const content = fields.map((name) => order.fields[name] ?? '')
  store.writes.add({ operation, orderNumber: order.orderNumber, what: { fields }, content })
}

/** キャンセル is not settable here: cancelTradeProc does it. */
const SETTABLE: ReadonlySet<string> = new Set([
  '新規受付',
  '新規予約',
  '予約中',
  '発送前入金待ち',
  '与信待ち',
  '発送待ち',
  '発送後入金待ち',
  '完了',
  '保留',
])

const updateStatus = updating(['orderStatus'], (order, context) => {
  const { settings, now } = context
  const status = given(context, 'orderStatus')
  if (!SETTABLE.has(status) && !settings.customStatuses.includes(status))
    return refusal(INVALID, '[orderStatus]の値が正しくありません', settings.refusalStatus)
  if (status === '完了' && settings.needsShipping && fieldOf(order, 'shippingDate') === '')
    return refusal(NOT_ALLOWED, '発送情報が登録されていません。', settings.refusalStatus)
  if (status === '完了' && fieldOf(order, 'orderStatus') !== '完了') complete(order, now)
  order.fields.orderStatus = status
  order.reviewedAt = Number.POSITIVE_INFINITY
  return null
})

/** The mall settles what was authorised once the parcel has left. */
function complete(order: SimOrder, now: number): void {
  Object.assign(order.fields, { shipStatus: 'Y', shipDate: toMinute(now) })
  if (fieldOf(order, 'authorizationStatus') !== 'Y') return
  Object.assign(order.fields, { paymentStatus: 'Y', paymentDate: toMinute(now) })
}

const CARRIERS: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6', '7', '9'])
const LONGEST_NUMBER = 15

/** What is left out stays as it was. */
const updateShipping = updating([], (order, context) => {
  const invalid = (name: string) =>
    refusal(INVALID, `[${name}]の値が正しくありません`, context.settings.refusalStatus)
  const [date, carrier, number] = ['shippingDate', 'shippingCarrier', 'shippingNumber'].map((name) =>
    given(context, name),
  ) as [string, string, string]
  const day = date === '' ? null : readBound(date, 'first')
  if (date !== '' && day === null) return invalid('shippingDate')
  if (carrier !== '' && !CARRIERS.has(carrier)) return invalid('shippingCarrier')
  if (number.length > LONGEST_NUMBER) return invalid('shippingNumber')
  if (day !== null) order.fields.shippingDate = toDay(day)
  if (carrier !== '') order.fields.shippingCarrier = carrier
  if (number !== '') order.fields.shippingNumber = number
  return null
})

const MOST_COMMENT_BYTES = 100

const cancel = updating(['cancelReason'], (order, context) => {
  const comment = given(context, 'cancelComment')
  const reason = given(context, 'cancelReason')
  if (!/^\d{1,2}$/.test(reason) || Buffer.byteLength(comment) > MOST_COMMENT_BYTES)
    return refusal(
      INVALID,
      '[cancelReason]または[cancelComment]の値が正しくありません',
      context.settings.refusalStatus,
    )
  cancelled(order, reason, comment, context.now)
  return null
})

/** Nothing of it is public but the name. */
const fixCredit = updating([], (order, { now }) => {
  Object.assign(order.fields, { authorizationStatus: 'Y', authorizationDate: toMinute(now) })
  return null
})

export const UPDATES: Readonly<Record<string, Update>> = {
  updateTradeStsProc: updateStatus,
  updateTradeInfoProc: updateShipping,
  cancelTradeProc: cancel,
  doCreditCertainProc: fixCredit,
}

// 受注情報取得API: one order, a list with content, a list of numbers.

export interface SearchContext {
  shopCode: string
  query: URLSearchParams
  store: Store
  settings: AupaySettings
}

const REQUIRED = 'CME0001'
const INVALID = 'CME0003'

export function searchOne({ shopCode, query, store, settings }: SearchContext): SandboxAnswer {
  const orderId = query.get('orderId') ?? ''
  if (orderId === '') return refusal(REQUIRED, '[orderId]必須入力項目です', settings.refusalStatus)
  const order = store.find(shopCode, orderId)
  if (order) return success(orderInfo(order, settings))
  return settings.unknownOrder === 'empty'
    ? success()
    : refusal('TRE0001', '該当する取引が存在しません。', settings.refusalStatus)
}

export function searchList(context: SearchContext): SandboxAnswer {
  return listed(context, (orders) => orders.map((order) => orderInfo(order, context.settings)).join(''))
}

export function searchNumbers(context: SearchContext): SandboxAnswer {
  return listed(context, (orders) => {
    const numbers = orders.map((order) => element('orderId', order.orderNumber))
    if (numbers.length === 0) return ''
    return context.settings.numberList === 'one'
      ? `<orderInfo>${numbers.join('')}</orderInfo>`
      : numbers.map((number) => `<orderInfo>${number}</orderInfo>`).join('')
  })
}

function listed(context: SearchContext, write: (orders: SimOrder[]) => string): SandboxAnswer {
  const { settings } = context
  const search = readSearch(context)
  if (typeof search === 'string') return refusal(INVALID, search, settings.refusalStatus)
  const found = context.store.known(context.shopCode).filter((order) => matches(order, search))
  const page = found.slice(search.start - 1, search.start - 1 + search.rows)
  const count = settings.resultCount === 'page' ? page.length : found.length
  return success(`${element('resultCount', String(count))}${write(page)}`)
}

interface Search {
  start: number
  rows: number
  from: number
  to: number
  dateField: string
  statuses: string[]
}

/** dateType */
const DATE_FIELDS: Readonly<Record<string, string>> = {
  0: 'orderDate',
  1: 'shipDate',
  2: 'paymentDate',
  3: 'releaseDate',
  4: 'shippingTimelimitDate',
}

/** What is wrong, or the search. */
function readSearch({ query, settings }: SearchContext): Search | string {
  const count = (name: string, fallback: number) => Number(query.get(name) || fallback)
  const [start, rows] = [count('startCount', 1), count('totalCount', settings.defaultRows)]
  if (![start, rows].every((number) => Number.isInteger(number) && number > 0))
    return '件数の指定が正しくありません'
  const from = readBound(query.get('startDate') || '20000101', 'first')
  const to = readBound(query.get('endDate') || '29991231', 'last')
  if (from === null || to === null) return '日付の形式が正しくありません'
  const dateField = DATE_FIELDS[query.get('dateType') || '0']
  if (!dateField) return '[dateType]の値が正しくありません'
  const statuses = ['orderStatus', 'orderStatus2'].map((name) => query.get(name) ?? '').filter(Boolean)
  return { start, rows: Math.min(rows, settings.mostRows), from, to, dateField, statuses }
}

function matches(order: SimOrder, { from, to, dateField, statuses }: Search): boolean {
  const at = dateField === 'orderDate' ? order.orderedAt : readField(dateOf(order, dateField))
  if (at === null || at < from || at > to) return false
  return statuses.length === 0 || statuses.includes(fieldOf(order, 'orderStatus'))
}

/** The limit of shipping is each line's; the first one counts. */
function dateOf(order: SimOrder, field: string): string {
  if (field !== 'shippingTimelimitDate') return fieldOf(order, field)
  const days = order.details.map((line) => line.fields[field] ?? '').filter(Boolean)
  return days.sort()[0] ?? ''
}
