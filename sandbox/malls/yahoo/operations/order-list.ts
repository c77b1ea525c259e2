import { asList, elementsAt, textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, element, xmlAnswer } from '../answers.ts'
import { ORDER_LIST_NAMES } from '../official-names.ts'
import { fieldOf, type SimOrder } from '../sim-order.ts'
import type { Store } from '../store.ts'

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

// Conditions of orderList. One of MANDATORY is required; all narrow; commas mean OR where LISTS says so.

const words = (text: string) => new Set(text.trim().split(/\s+/))

const MANDATORY = words(`
  OrderId OrderTime OrderTimeFrom OrderTimeTo PublicationTimeFrom PublicationTimeTo PayMethodChangeDeadlineFrom
  PayMethodChangeDeadlineTo
`)

/** Conditions that are no field of the order, or mean something else than "equal". */
const SPECIAL: Readonly<Record<string, (order: SimOrder, value: string) => boolean>> = {
  ReadOnlyMode: () => true,
  FraudHoldDisplayType: () => true,
  LineGiftDisplayType: () => true,
  ShipRequestDateNo: (order, value) =>
    value === '0' || (fieldOf(order, 'ShipRequestDate') === '') === (value === '2'),
  ShipInvoiceNumber: (order, value) =>
    [fieldOf(order, 'ShipInvoiceNumber1'), fieldOf(order, 'ShipInvoiceNumber2')].includes(value),
  BuyerCommentsFlag: (order, value) => (fieldOf(order, 'BuyerComments') !== '') === (value === 'true'),
  PrintSlipFlag: (order, value) => (fieldOf(order, 'PrintSlipTime') !== '') === (value === 'true'),
  PrintDeliveryFlag: (order, value) => (fieldOf(order, 'PrintDeliveryTime') !== '') === (value === 'true'),
  PrintBillFlag: (order, value) => (fieldOf(order, 'PrintBillTime') !== '') === (value === 'true'),
}

const EQUAL = words(`
  OrderId OrderTime DeviceType IsSeen IsSplit IsRoyalty IsRoyaltyFix IsAffiliate Suspect OrderStatus StoreStatus PayStatus
  SettleStatus PayType PayMethod NeedBillSlip NeedDetailedSlip NeedReceipt BillFirstName BillFirstNameKana BillLastName
  BillLastNameKana BillZipCode BillPrefecture BillPhoneNumber BillMailAddress ShipStatus ShipMethod ShipCompanyCode
  ReceiveShopCode ShipInvoiceNumberEmptyReason ArriveType ShipDate NeedGiftWrap NeedGiftWrapMessage NeedGiftWrapPaper
  ShipFirstName ShipFirstNameKana ShipLastName ShipLastNameKana ShipZipCode ShipPrefecture ShipPhoneNumber
  IsGetPointFixAll ItemId Title SubCode IsLogin IsApplePay IsFirstClassDrugIncludes IsFirstClassDrugAgreement
  ReceiveSatelliteType ShipInstructType ShipInstructStatus YamatoCoopStatus ReceiveShopType IsEazy IsYahooAuctionOrder
  ItemYahooAucId ItemYahooAucMerchantId YahooAuctionBundleType EazyDeliveryCode EazyDeliveryName SellerId
  GetPointFixDate GetStoreBonusFixDate ReleaseDate ShipRequestDate
  IsPayMethodChangePossible OverlapOrderResult SocialGiftType
  IsYahooAuctionDeferred YahooAuctionCategoryType YahooAuctionBidType IsGetStoreBonusFixAll
  RemoteAreaShippingType IsLineCommerceTabOrder XshoppingStoreType
`)
const LISTS = words(
  'DeviceType Suspect OrderStatus SettleStatus PayType ShipStatus ArriveType SellerType SocialGiftType',
)
const RANGES = words(
  'OrderTime PublicationTime PayMethodChangeDeadline ReleaseDate ShipRequestDate ShipDate GetPointFixDate GetStoreBonusFixDate ShippingDeadline',
)
/** Known to Yahoo!, without anything to find here. */
const IDLE = words(
  'IsActive SellerType IsPayManagement ExistMultiReleaseDate YahooAuctionId YahooAuctionMerchantId LineGiftShippableType',
)

type Search = { kind: 'bad'; parameter: string } | { kind: 'search'; matches(order: SimOrder): boolean }

function readConditions(condition: XmlElement, isReadOnly: (order: SimOrder) => boolean): Search {
  const given = Object.entries(condition).flatMap(([name, value]) => {
    const [text] = asList(value)
    return typeof text === 'string' && name !== '#text' ? [[name, text.trim()] as const] : []
  })
  const unknown = given.find(([name]) => !isKnown(name))
  if (unknown) return { kind: 'bad', parameter: unknown[0] }
  if (!given.some(([name]) => MANDATORY.has(name))) return { kind: 'bad', parameter: 'Condition' }
  const badTime = given.find(([name, value]) => rangeOf(name) && !/^(\d{8}|\d{14})$/.test(value))
  if (badTime) return { kind: 'bad', parameter: badTime[0] }
  const modes = new Map(given)
  return {
    kind: 'search',
    matches: (order) =>
      isShown(order, modes, isReadOnly) && given.every(([name, value]) => fits(order, name, value)),
  }
}

const isKnown = (name: string) =>
  name in SPECIAL || EQUAL.has(name) || IDLE.has(name) || rangeOf(name) !== null

/** Read-only orders by ReadOnlyMode, held ones by FraudHoldDisplayType. */
function isShown(
  order: SimOrder,
  modes: ReadonlyMap<string, string>,
  isReadOnly: (order: SimOrder) => boolean,
): boolean {
  const held = ['1', '3'].includes(fieldOf(order, 'FraudHoldStatus'))
  if (held && modes.get('FraudHoldDisplayType') !== '1') return false
  const mode = modes.get('ReadOnlyMode') ?? '0'
  return mode === '2' || isReadOnly(order) === (mode === '1')
}

function fits(order: SimOrder, name: string, value: string): boolean {
  const special = SPECIAL[name]
  if (special) return special(order, value)
  const range = rangeOf(name)
  if (range) {
    const actual = digitsOf(fieldOf(order, range.field)).slice(0, value.length)
    return actual !== '' && (range.from ? actual >= value : actual <= value)
  }
  if (IDLE.has(name)) return true
  const actual = name === 'OrderTime' ? digitsOf(fieldOf(order, name)) : fieldOf(order, name)
  return LISTS.has(name) ? value.split(',').includes(actual) : actual === value
}

function rangeOf(name: string): { field: string; from: boolean } | null {
  const match = /^(.+)(From|To)$/.exec(name)
  return match?.[1] && RANGES.has(match[1]) ? { field: match[1], from: match[2] === 'From' } : null
}

/** Answers say 2026-07-01T09:15:22+09:00 where requests say 20260701091522. */
const digitsOf = (time: string) => time.slice(0, 19).replace(/\D/g, '')
