import { elementsAt, textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, element, xmlAnswer } from '../answers.ts'
import { ORDER_LIST_NAMES } from '../official-names.ts'
import { fieldOf, type SimOrder } from '../sim-order.ts'
import type { Store } from '../store.ts'
import { readConditions } from './search-conditions.ts'

/** orderList: flat entries under a root `Result`, Index and SellerId in each, whatever was asked for. */
export function orderList(store: Store, sellerId: string, request: XmlElement): SandboxAnswer {
  const [search] = elementsAt(request, 'Search')
  if (!search) return badParameter('Search')
  const fields = (textAt(search, 'Field') ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter(Boolean)
  if (fields.length === 0) return badParameter('Field')
  const unknown = fields.find((field) => !ORDER_LIST_NAMES.has(field))
  if (unknown !== undefined) return badParameter(unknown)
  const [condition] = elementsAt(search, 'Condition')
  if (!condition) return badParameter('Condition')
  const result = numberIn(search, 'Result', 10)
  const start = numberIn(search, 'Start', 1)
  if (result === null || result > 2000) return badParameter('Result')
  if (start === null) return badParameter('Start')
  const sort = textAt(search, 'Sort') || '+order_time'
  if (!['+order_time', '-order_time'].includes(sort)) return badParameter('Sort')
  const conditions = readConditions(condition, store.isReadOnly)
  if (conditions.kind === 'bad') return badParameter(conditions.parameter)
  const found = store.known(sellerId).filter(conditions.matches)
  if (sort === '-order_time') found.reverse()
  return listAnswer(found, start, result, fields, store)
}

function listAnswer(
  found: SimOrder[],
  start: number,
  result: number,
  fields: string[],
  store: Store,
): SandboxAnswer {
  const page = start < 1 ? [] : found.slice(start - 1, start - 1 + result)
  const entries = page.map((order, index) => entry(order, start + index, fields, store.isReadOnly(order)))
  // Paging past the hits brings one empty element, no hits at all bring none.
  if (page.length === 0 && found.length > 0) entries.push('<OrderInfo />')
  const content = `<Status>OK</Status>\n<Search>\n<TotalCount>${found.length}</TotalCount>\n${entries.join('\n')}\n</Search>`
  return xmlAnswer(`<Result>\n${content}\n</Result>`)
}

function entry(order: SimOrder, index: number, fields: string[], readOnly: boolean): string {
  const flat = fields.filter((field) => !ITEM.has(field) && field !== 'SellerId')
  const values = flat.map((field) =>
    element(field, field === 'IsReadOnly' ? (readOnly ? '1' : '0') : listValue(order, field)),
  )
  const item = fields.filter((field) => ITEM.has(field))
  const lines =
    item.length === 0
      ? []
      : order.items.map(
          (line) => `<Item>${item.map((field) => element(field, line.fields[field] ?? '')).join('')}</Item>`,
        )
  return `<OrderInfo><Index>${index}</Index>${element('SellerId', order.shopCode)}${values.join('')}${lines.join('')}</OrderInfo>`
}

/** Auction ids are the only item fields of the list. */
const ITEM = new Set(['ItemYahooAucId', 'ItemYahooAucMerchantId'])

/** What the list says in a word of its own where orderInfo has the thing itself. */
const OF_THE_LIST: Readonly<Record<string, (order: SimOrder) => string>> = {
  PrintSlipFlag: (order) => flag(order, 'PrintSlipTime'),
  PrintDeliveryFlag: (order) => flag(order, 'PrintDeliveryTime'),
  PrintBillFlag: (order) => flag(order, 'PrintBillTime'),
  BuyerCommentsFlag: (order) => flag(order, 'BuyerComments'),
  NeedGiftWrapMessage: (order) => flag(order, 'GiftWrapMessage'),
  OriginalOrderId: (order) => fieldOf(order, 'ParentOrderId'),
  ExistMultiReleaseDate: (order) =>
    String(new Set(order.items.map(({ fields }) => fields.ReleaseDate ?? '')).size > 1),
}

const flag = (order: SimOrder, field: string) => String(fieldOf(order, field) !== '')

const listValue = (order: SimOrder, field: string) => OF_THE_LIST[field]?.(order) ?? fieldOf(order, field)

function numberIn(search: XmlElement, name: string, fallback: number): number | null {
  const text = textAt(search, name)
  if (!text) return fallback
  return /^\d{1,7}$/.test(text) ? Number(text) : null
}
