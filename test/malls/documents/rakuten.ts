import { answeredOf, type Exchange, queryOf, sentOf } from './exchange.ts'
import { ORDER_MODEL } from './rakuten-order.ts'
import { checkerOf, JSONS, type Tables } from './tables.ts'

/** 楽天ペイ受注API and ライセンス管理API: what is sent, and what is answered, by operation. */

const SENDER_CALL = `orderNumber s, reductionReason n?, WrappingModel1 SentWrapping?, WrappingModel2 SentWrapping?,
  PackageModelList SentPackage[], CouponModelList SentCoupon[]?, afterSettlementMethodCode n?`

const SENT: Tables = {
  searchOrder: `dateType n, startDatetime dt, endDatetime dt, orderProgressList n[]?, subStatusIdList n[]?, orderTypeList n[]?,
    settlementMethod n?, deliveryName s?, shippingDateBlankFlag n?, shippingNumberBlankFlag n?, searchKeywordType n?, searchKeyword s?,
    mailSendType n?, ordererMailAddress s?, phoneNumberType n?, phoneNumber s?, reserveNumber s?, purchaseSiteType n?, asurakuFlag n?,
    couponUseFlag n?, drugFlag n?, oneDayOperationFlag n?, PaginationRequestModel Pagination?`,
  Pagination: 'requestRecordsAmount n?, requestPage n?, SortModelList Sort[]?',
  Sort: 'sortColumn n, sortDirection n',
  getOrder: 'orderNumberList s[], version n',
  confirmOrder: 'orderNumberList s[]',
  updateOrderShipping: 'orderNumber s, BasketidModelList Basket[]',
  Basket: 'basketId n, ShippingModelList SentShipping[]',
  SentShipping:
    'shippingDetailId n?, deliveryCompany carrier?, shippingNumber s?, shippingDate d?, shippingDeleteFlag n?',
  updateOrderShippingAsync: 'OrderShippingModelList updateOrderShipping[]',
  getResultUpdateOrderShippingAsync: 'requestId s',
  updateOrderSubStatus: 'subStatusId n?, orderNumberList s[]',
  updateOrderMemo: `orderNumber s, subStatusId n?, deliveryClass n?, deliveryDate d?, shippingTerm n?, memo s?, operator s?,
    mailPlugSentence s?`,
  updateOrderRemarks: 'orderNumber s, giftCheck n?, remarks s?',
  updateOrderDelivery: 'orderNumber s, deliveryName s',
  cancelOrder: 'orderNumber s, inventoryRestoreType n, changeReasonDetailApply n',
  cancelOrderAfterShipping: 'orderNumber s, inventoryRestoreType n, changeReasonDetailApply n',
  updateOrderSender: SENDER_CALL,
  updateOrderSenderAfterShipping: SENDER_CALL,
  SentPackage: `basketId n, postagePrice n, postageTaxRate n?, deliveryPrice n, deliveryTaxRate n?, noshi s?, packageDeleteFlag n?,
    SenderModel SentSender, ItemModelList SentItem[], dropOffLocation s?`,
  SentWrapping: 'title n, name s, price n?, taxRate n, includeTaxFlag n, deleteWrappingFlag n?',
  SentCoupon: 'couponCode s, couponPrice n, couponUnit n, itemId n',
  SentSender: (ORDER_MODEL.SenderModel ?? '').replace(/, isolatedIslandFlag n/, ''),
  SentItem: `itemDetailId n, itemName s, itemNumber s?, price n, taxRate n, units n, includePostageFlag n, includeTaxFlag n,
    includeCashOnDeliveryPostageFlag n, selectedChoice s?, restoreInventoryFlag n?, deleteItemFlag n?, SkuModelList SkuModel[]?`,
}

const MESSAGES = 'MessageModelList Message[]'
const OPERATIONS = [
  ...['confirmOrder', 'updateOrderShipping', 'updateOrderSubStatus', 'updateOrderMemo', 'updateOrderRemarks'],
  ...['updateOrderDelivery', 'updateOrderSender', 'updateOrderSenderAfterShipping', 'cancelOrder'],
  ...['cancelOrderAfterShipping', 'updateOrderShippingAsync'],
]

const RESERVE_ADDRESS = `zipCode1 s, zipCode2 s, prefecture s, city s, subAddress s, familyName s, firstName s, familyNameKana s,
  firstNameKana s, phoneNumber1 s?, phoneNumber2 s?, phoneNumber3 s?`

const ANSWERED: Tables = {
  ...Object.fromEntries(OPERATIONS.map((operation) => [operation, MESSAGES])),
  Message: `messageType messageType, messageCode messageCode, message s, orderNumber s?, dataNumber n?, shippingDetailId n?,
    requestId s?`,
  searchOrder: `${MESSAGES}, orderNumberList s[]?, PaginationResponseModel Paginated?`,
  Paginated: 'totalRecordsAmount n?, totalPages n?, requestPage n?',
  getOrder: `version n?, ${MESSAGES}, OrderModelList OrderModel[]?`,
  getSubStatusList: `${MESSAGES}, StatusModelList Status[]?`,
  Status: 'orderProgress n, SubStatusModelList SubStatus[]',
  SubStatus: 'subStatusId n, subStatusName s, orderby n',
  getResultUpdateOrderShippingAsync: `ResultShippingModelList Result[]`,
  Result: `orderNumber s?, ${MESSAGES}`,
  'expiry-date': 'expiryDate local',
  // 購入申込API
  reserveInfoList: `resultCodeInt n, resultCode resultCode, resultMessage s, responseDatetime dt, totalCount n, resultCount n, limit n,
    offset n, publicReserveModelList Reserve[]?`,
  Reserve: `shopId n, reserveNumber s, reserveStatus n, reserveStatusName s, reserveType n, shippingCycle s?, rakutenMemberFlag n,
    reserveDatetime dt, memo s?, carrierCode n, emailCarrierCode n, reserveItem ReserveItem, reserveOrderer ReserveOrderer,
    reserveSender ReserveSender, reserveDetails ReserveDetail[]`,
  ReserveItem: `itemId n, itemName s, itemNumber s?, url s, price n, firstPrice n?, lastPrice n?, units n, includePostageFlag n,
    includeTaxFlag n, taxRate n, includeCodFeeFlag n, selectedChoice s?, pointRate n, pointType n, inventoryType n,
    singleItemShippingFlag n?, variantId s, merchantDefinedSkuId s?, skuInfo s?`,
  ReserveOrderer: `differentSenderAddressFlag n, ${RESERVE_ADDRESS}, emailAddress s, sex s, birthday d?, deliveryName s?, comment s?`,
  ReserveSender: `${RESERVE_ADDRESS}, shippingNumber s?, isolatedIslandFlag n?`,
  ReserveDetail: `detailId n, shippingDate d, commitDate d, releaseDate d?, itemDetailName s?, shippingStatus n, earlyFlag n,
    totalAmount n, reserveSettlement ReserveSettlement, reserveAmount ReserveAmount`,
  ReserveSettlement:
    'settlementName s, cardName s?, cardOwner s?, cardInstallmentType s?, cardInstallmentDesc s?',
  ReserveAmount: 'taxAmount n?, postageAmount n?, codFeeAmount n?',
}

const PLAIN = {
  ...JSONS,
  carrier: (value: unknown) => /^10[0-3]\d$/.test(String(value)) && typeof value === 'string',
  messageType: (value: unknown) => ['INFO', 'WARNING', 'ERROR'].includes(String(value)),
  resultCode: (value: unknown) => /^[NE]\d\d-\d{3}$/.test(String(value)),
  messageCode: (value: unknown) => /^ORDER_EXT_API_[A-Z_]+_(INFO|WARNING|ERROR)_\d{3}$/.test(String(value)),
}
const sent = checkerOf({ ...ORDER_MODEL, ...SENT }, PLAIN)
const answered = checkerOf({ ...ORDER_MODEL, ...ANSWERED }, PLAIN)

export const unlikeOrderModel = (value: unknown, model = 'OrderModel', path = model): string[] =>
  answered(value, model, path)

const RESERVE_QUERY: Readonly<Record<string, RegExp>> = {
  dateType: /^[123]$/,
  reserveType: /^[123]$/,
  startDate: /^\d{4}-\d\d-\d\d$/,
  endDate: /^\d{4}-\d\d-\d\d$/,
  limit: /^([1-9]\d{0,2}|1000)$/,
  offset: /^\d+$/,
}

function unlikeReserveQuery(exchange: Exchange): string[] {
  const query = queryOf(exchange)
  const wrong = Object.entries(query).filter(([name, value]) => !RESERVE_QUERY[name]?.test(value))
  return [
    ...(exchange.request.method === 'GET' ? [] : ['reserveInfoList: method']),
    ...(query.dateType ? [] : ['reserveInfoList: dateType is missing']),
    ...wrong.map(([name, value]) => `reserveInfoList: ${name}=${value}`),
  ]
}

const BODILESS = new Set(['getSubStatusList'])

export function rakutenComplaints(exchange: Exchange): string[] {
  const { operation, request, response } = exchange
  const answer = answered(JSON.parse(answeredOf(exchange)), operation, `answer of ${operation}`)
  if (operation === 'expiry-date')
    return request.method === 'GET' && queryOf(exchange).licenseKey ? answer : ['expiry-date: no key']
  if (operation === 'reserveInfoList') return [...unlikeReserveQuery(exchange), ...answer]
  return [
    ...(request.method === 'POST' ? [] : [`${operation}: ${request.method}`]),
    ...(request.headers?.['content-type'] === 'application/json; charset=utf-8'
      ? []
      : [`${operation}: type`]),
    ...([200, 400].includes(response.status) ? [] : [`answer of ${operation}: ${response.status}`]),
    ...(BODILESS.has(operation) ? [] : sent(JSON.parse(sentOf(exchange)), operation)),
    ...answer,
  ]
}
