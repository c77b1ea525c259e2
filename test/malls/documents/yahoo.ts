import { ORDER_INFO_NAMES, ORDER_LIST_NAMES } from '../../../sandbox/malls/yahoo/official-names.ts'
import { parseXml, type XmlElement } from '../../../src/marketplaces/kit/xml.ts'
import { FIELD_GROUPS } from '../../../src/marketplaces/yahoo/wire.ts'
import { answeredOf, type Exchange, queryOf, sentOf } from './exchange.ts'
import { checkerOf, type Tables, TEXTS } from './tables.ts'

/** The order API of Yahoo!ショッピング: bodies by its pages, fields by its two lists. */

const PEOPLE = 'FirstName s?, FirstNameKana s?, LastName s?, LastNameKana s?, ZipCode s?'
const ADDRESS = `Prefecture s?, PrefectureKana s?, City s?, CityKana s?, Address1 s?, Address1Kana s?, Address2 s?, Address2Kana s?,
  PhoneNumber s?, EmgPhoneNumber s?, Section1Field s?, Section1Value s?, Section2Field s?, Section2Value s?`
const shipTo = `${PEOPLE}, ${ADDRESS}`.replaceAll(/(^|, *\n* *)([A-Z])/g, '$1Ship$2')

const SENT: Tables = {
  orderList: 'Search Search, SellerId seller',
  Search: 'Result n?, Start n?, Sort s?, Condition Condition, Field listFields',
  Condition: `OrderId s?, OrderTimeFrom dt14?, OrderTimeTo dt14?, PublicationTimeFrom dt14?, PublicationTimeTo dt14?,
    PayMethodChangeDeadlineFrom dt14?, PayMethodChangeDeadlineTo dt14?, OrderStatus s?, IsSeen bool?, ReadOnlyMode digit?,
    FraudHoldDisplayType digit?, LineGiftDisplayType digit?`,
  orderInfo: 'Target Asked, SellerId seller',
  Asked: 'OrderId s, Field infoFields',
  orderStatusChange: 'Target Fixed, Order Status, SellerId seller',
  Fixed: 'OrderId s, IsPointFix bool, OperationUser s?',
  Status: 'OrderStatus digit, CancelReason n?, CancelReasonDetail s?',
  orderPayStatusChange: 'Target Target, Order Paid, SellerId seller',
  Target: 'OrderId s, OperationUser s?',
  Paid: 'Pay PayStatus',
  PayStatus: 'PayStatus digit, PayDate d8?',
  orderShipStatusChange: 'Target Fixed, Order Shipped, SellerId seller',
  Shipped: 'Ship ShipStatus',
  ShipStatus: `ShipStatus digit, ShipMethod s?, ShipNotes s?, ShipCompanyCode carrier?, ShipInvoiceNumber1 s?, ShipInvoiceNumber2 s?,
    ShipInvoiceNumberEmptyReason n?, ShipUrl s?, ShipDate d8?, ArrivalDate d8?, ShipInstructStatus n?, CollectionDate d8?,
    CashOnDeliveryTax n?, IsEazy bool?, EazyDeliveryCode n?, EazyDeliveryName s?, IsMallContactlessDelivery bool?`,
  orderChange: 'Target Target, IsCouponUpdateAllowed bool?, Order Changed, SellerId seller',
  Changed: `IsSeen bool?, Suspect digit?, PayType digit?, PayKind digit?, PayMethod s?, PayMethodName s?, StoreStatus n?,
    PrintSlipTime dt14?, PrintDeliveryTime dt14?, PrintBillTime dt14?, BuyerComments s?, SellerComments s?, Notes s?, RefundStatus n?,
    IsFirstClassDrugAgreement bool?, SlowlyShipPoint n?, Pay s?, Ship ChangedShip?, Detail ChangedDetail?, Item ChangedItem[]?`,
  ChangedShip: `${shipTo}, ShipRequestDate d8?, ShipRequestTime s?, NeedGiftWrap bool?, GiftWrapCode s?, GiftWrapType s?,
    GiftWrapMessage s?, NeedGiftWrapPaper bool?, GiftWrapPaperType s?, GiftWrapName s?`,
  ChangedDetail:
    'PayCharge n?, ShipCharge n?, GiftWrapCharge n?, Discount n?, Adjustments n?, GiftCardDiscount n?',
  ChangedItem: 'LineId n, Quantity n?, ReleaseDate d8?',
  orderItemAdd: 'Target Quoted, Order Added, SellerId seller',
  Quoted: 'OrderId s, IsQuotation bool, OperationUser s?',
  Added: 'Item AddedItem[]',
  AddedItem: 'LineId n, ItemId s, Title s?, UnitPrice n?, IsQuotation bool?, SubCode s?, Quantity n',
}

const optional = (names: Iterable<string>, types: Readonly<Record<string, string>> = {}): string =>
  [...names].map((name) => `${name} ${types[name] ?? 's'}?`).join(', ')

const COUNTS = [
  ...[
    'WaitPayment',
    'WaitShipping',
    'Shipping',
    'Reserve',
    'Holding',
    'WaitDone',
    'Suspect',
    'SettleError',
    'Refund',
  ],
  ...[
    'AutoDone',
    'AutoWorking',
    'Release',
    'NoPayNumber',
    ...Array.from({ length: 10 }, (_, n) => `StoreStatus${n + 1}`),
  ],
]
const { OrderInfo, Item, ...groups } = FIELD_GROUPS
const ANSWERED: Tables = {
  // The root of the list is Result, of all others ResultSet.
  orderList: 'Status s, Search Found, Error Error?',
  Found: 'TotalCount n, OrderInfo Listed[]?',
  Listed: `Index n?, SellerId s?, ${optional([...ORDER_LIST_NAMES].filter((name) => name !== 'SellerId'))}`,
  orderInfo: 'Result Read',
  Read: 'Status s, OrderInfo Order',
  Order: `${optional(OrderInfo, TYPES())}, ${Object.keys(groups)
    .map((group) => `${group} ${group}?`)
    .join(', ')}, Item Item[]`,
  ...Object.fromEntries(Object.entries(groups).map(([group, names]) => [group, optional(names, TYPES())])),
  Item: optional(Item, TYPES()),
  Option: 'Index n, Name s?, Value s?, Price n?',
  ...Object.fromEntries(
    [
      ...['orderStatusChange', 'orderPayStatusChange', 'orderShipStatusChange', 'orderChange'],
      'orderItemAdd',
    ].map((operation) => [operation, 'Result Done']),
  ),
  orderCount: 'Result Counted',
  Counted: 'Status s, Count Count',
  Count: `NewOrder n, NewReserve n, ${optional(COUNTS)}`,
  Done: 'Status s, Warning Warning[]?',
  Warning: 'Code s, Message s?, Detail s?',
  Error: 'Message s, Code s?, Detail s?',
}

/** What the lists' tables tell more of than that it is text. */
function TYPES(): Readonly<Record<string, string>> {
  const of = (type: string, names: string) =>
    Object.fromEntries(names.split(/\s+/).map((name) => [name, type]))
  return {
    ...of(
      'bool',
      'IsSeen IsSplit IsRoyalty IsRoyaltyFix IsSeller IsAffiliate IsRatingB2s NeedSnl IsMultiShip IsLogin',
    ),
    ...of('rfc', 'OrderTime LastUpdateTime RoyaltyFixTime SendConfirmTime SendPayTime PayActionTime'),
    ...of(
      'digit',
      'OrderStatus PayStatus ShipStatus PayType PayKind Suspect IsReadOnly DeviceType ArriveType',
    ),
    ...of(
      'n',
      'Version CancelReason StoreStatus SettleStatus UnitPrice Quantity ItemTaxRatio LineId ShipInvoiceNumberEmptyReason',
    ),
    ...of(
      'n',
      'PayCharge ShipCharge GiftWrapCharge Discount Adjustments SettleAmount UsePoint GiftCardDiscount TotalPrice',
    ),
    ...of('n', 'TotalMallCouponDiscount PayMethodAmount CombinedPayMethodAmount TotalImmediateBonusAmount'),
    ...of('d-', 'PayDate ShipRequestDate ShipDate ArrivalDate'),
    ...of('carrier', 'ShipCompanyCode'),
    ...of('Option[]', 'ItemOption Inscription'),
  }
}

const text = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const within = (names: ReadonlySet<string>) => (value: unknown) =>
  typeof value === 'string' && value !== '' && value.split(',').every((name) => names.has(name))
const PLAIN = {
  ...TEXTS,
  seller: text(/^[a-z0-9][a-z0-9-]*$/),
  carrier: text(/^(10[0-2]\d|500[01])$/),
  listFields: within(ORDER_LIST_NAMES),
  infoFields: within(ORDER_INFO_NAMES),
}
const sent = checkerOf(SENT, PLAIN)
const answered = checkerOf(ANSWERED, PLAIN)

/**
 * An order's date-times that were never reached are empty; a group without a field that was asked for may be
 * missing.
 */
export function yahooComplaints(exchange: Exchange): string[] {
  const { operation, request, response } = exchange
  if (operation === 'token') return tokenComplaints(exchange)
  if (operation === 'orderCount') return countComplaints(exchange)
  const answer = parseXml(answeredOf(exchange))
  const asked = parseXml(sentOf(exchange))
  return [
    ...(request.method === 'POST' ? [] : [`${operation}: ${request.method}`]),
    ...(asked.name === 'Req' ? [] : [`${operation}: root ${asked.name}`]),
    ...sent(asked.content, operation),
    ...answerComplaints(operation, response.status, answer),
  ]
}

function answerComplaints(
  operation: string,
  status: number,
  { name, content }: { name: string; content: XmlElement },
): string[] {
  const path = `answer of ${operation}`
  if (name === 'Error') return status === 200 ? [`${path}: Error with 200`] : answered(content, 'Error', path)
  const root = operation === 'orderList' ? 'Result' : 'ResultSet'
  return [...(name === root ? [] : [`${path}: root ${name}`]), ...answered(content, operation, path)]
}

/** The one call that is a GET; of its counts older answers have the first two alone. */
function countComplaints(exchange: Exchange): string[] {
  const { name, content } = parseXml(answeredOf(exchange))
  return [
    ...(exchange.request.method === 'GET' && queryOf(exchange).sellerId ? [] : ['orderCount: no sellerId']),
    ...answerComplaints('orderCount', exchange.response.status, { name, content }),
  ]
}

function tokenComplaints(exchange: Exchange): string[] {
  const fields = new URLSearchParams(sentOf(exchange))
  const answer = JSON.parse(answeredOf(exchange)) as Record<string, unknown>
  return [
    ...(['authorization_code', 'refresh_token'].includes(fields.get('grant_type') ?? '')
      ? []
      : ['token: grant']),
    ...(typeof answer.access_token === 'string' && answer.token_type ? [] : ['answer of token: no token']),
  ]
}
