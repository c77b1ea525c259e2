import type { SandboxAnswer } from '../../kit/http-kit.ts'
import { element, orderInfo, refusal, success } from './answers.ts'
import type { AupaySettings } from './settings.ts'
import { fieldOf, type SimOrder } from './sim-order.ts'
import type { Store } from './store.ts'
import { readBound, readField } from './time.ts'

/** 受注情報取得API: one order, a list with content, a list of numbers. */

export interface SearchContext {
  shopCode: string
  query: URLSearchParams
  store: Store
  settings: AupaySettings
}

export const REQUIRED = 'CME0001'
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
