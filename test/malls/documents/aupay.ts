import { parseXml } from '../../../src/marketplaces/kit/xml.ts'
import { answeredOf, type Exchange, queryOf, sentOf } from './exchange.ts'
import { checkerOf, type Tables, TEXTS } from './tables.ts'

/**
 * Wow! manager API, the side of orders. Its elements may come empty, and new ones may come without a word.
 */

const taxed = (name: string): string =>
  `${name} n, ${name}NormalTax n?, ${name}ReducedTax n?, ${name}NoTax n?`
const mayTaxed = (name: string): string =>
  `${name} n?, ${name}NormalTax n?, ${name}ReducedTax n?, ${name}NoTax n?`
const rated = (name: string): string => `${name} n, ${name}TaxRate rate`

const ORDER: Tables = {
  orderInfo: `orderId n, orderDate t/, sellMethodSegment segment, releaseDate d/?, siteAndDevice s, crossBorderEcTradeKbn yn?,
    mailAddress s, rawMailAddress s?, ordererName s, ordererKana s, ordererZipCode zip, ordererAddress s, ordererPhoneNumber1 s,
    ordererPhoneNumber2 s?, nickname s?, senderName s, senderKana s, senderZipCode zip, senderAddress s, senderPhoneNumber1 s,
    senderPhoneNumber2 s?, senderShopCd s?, senderShopCD s?, orderOption s?, settlementName s, secureSegment s?, userComment s?,
    tradeRemarks s, memo s?, orderStatus s, contactStatus yn, contactDate t/?, authorizationStatus yn, authorizationDate t/?,
    paymentStatus yn, paymentDate t/?, shipStatus yn, shipDate t/?, printStatus yn, printDate t/?, cancelStatus yn, cancelReason s?,
    cancelComment s?, cancelDate t/?, ${taxed('totalSalePrice')}, totalSaleUnit n, ${rated('postagePrice')}, ${rated('chargePrice')},
    ${rated('totalItemOptionPrice')}, ${rated('totalGiftWrappingPrice')}, ${taxed('totalPrice')}, premiumMember s?, premiumType s,
    premiumIssuePrice n, premiumMallPrice n, premiumShopPrice n, pontapassCampaignApplyFlg s?, ${taxed('couponTotalPrice')},
    ${mayTaxed('usePoint')}, usePointCancel s?, ${taxed('useAuPointPrice')}, useAuPoint n, useAuPointCancel s?,
    ${taxed('requestPrice')}, requestTaxPriceNormalTax n?, requestTaxPriceReducedTax n?, requestTaxPriceNoTax n?, pointFixedDate d/?,
    pointFixedStatus yn?, settleStatus s?, authoriTimelimitDate d/?, pgResult digit?, pgResponseCode s?, pgResponseDetail s?,
    pgOrderId s?, ${mayTaxed('pgRequestPrice')}, couponType s?, couponKey s?, cardJadgement s?, deliveryName s?, deliveryMethodId s?,
    deliveryId s?, elecReceiptIssueStatus s?, elecReceiptIssueTimes n?, deliveryRequestDay d/?, deliveryRequestTime s?,
    shippingDate d/?, shippingCarrier carrier?, shippingNumber number?, yamatoLnkMgtNo s?, detail detail[]`,
  detail: `orderDetailId n, itemManagementId s?, itemCode s, lotnumber n, itemName s, itemOption s?, itemOptionCommissions fees[]?,
    itemOptionPrice n, giftWrappingType s?, giftWrappingPrice n, giftMessage s?, noshiType s?, noshiPresenterName1 s?,
    noshiPresenterName2 s?, noshiPresenterName3 s?, itemCancelStatus yn, itemCancelDate t/?, beforeDiscount n, discount n,
    itemPrice n, unit n, totalItemPrice n, totalItemChargePrice n?, taxType digit, reducedTax digit, taxRate rate, giftPoint n,
    shippingDayDispText s, shippingTimelimitDate d/`,
  fees: 'itemOptionCommissionTitle s, itemOptionCommissionVal fee[]?',
  fee: 'itemOptionCommission s, itemOptionCommissionPrice n',
}

const FILTERS = `shopId shop, totalCount n?, startCount n?, startDate dt14?, endDate dt14?, dateType digit?, orderStatus s?,
  orderStatus2 s?`
const SENT: Tables = {
  searchTradeInfoListProc: FILTERS,
  searchTradeNoListProc: FILTERS,
  searchTradeInfoProc: 'shopId shop, orderId n',
  updateTradeStsProc: 'shopId shop, orderId n, orderStatus s',
  updateTradeInfoProc:
    'shopId shop, orderId n, shippingDate d8?, shippingCarrier carrier?, shippingNumber number?',
  cancelTradeProc: 'shopId shop, orderId n, cancelReason reason, cancelComment s?',
}

const RESULT: Tables = { result: 'status digit, error error?', error: 'code s, message s' }
const ANSWERED: Tables = {
  ...RESULT,
  ...ORDER,
  searchTradeInfoListProc: 'result result, resultCount n, orderInfo orderInfo[]?',
  searchTradeNoListProc: 'result result, resultCount n?, orderInfo numbers[]?',
  numbers: 'orderId n[]',
  searchTradeInfoProc: 'result result, resultCount n?, orderInfo orderInfo?',
  updateTradeStsProc: 'result result',
  updateTradeInfoProc: 'result result',
  cancelTradeProc: 'result result',
}

const text = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const PLAIN = {
  ...TEXTS,
  shop: text(/^\d{1,18}$/),
  segment: text(/^[12]$/),
  zip: text(/^\d{3}-\d{4}$/),
  carrier: text(/^[1-9]$/),
  number: text(/^[A-Za-z0-9-]{1,15}$/),
  reason: text(/^\d{1,2}$/),
}
const sent = checkerOf(SENT, PLAIN)
const answered = checkerOf(ANSWERED, PLAIN)

const isSearch = (operation: string): boolean => operation.startsWith('search')

export function aupayComplaints(exchange: Exchange): string[] {
  const { operation, request } = exchange
  const { headers = {}, method } = request
  const wanted = isSearch(operation)
    ? { method: 'GET', type: 'application/x-www-form-urlencoded' }
    : { method: 'POST', type: 'application/xml; charset=utf-8' }
  const body = isSearch(operation) ? queryOf(exchange) : contentOf(sentOf(exchange), 'request')
  return [
    ...(method === wanted.method ? [] : [`${operation}: ${method}`]),
    ...(headers['content-type'] === wanted.type ? [] : [`${operation}: ${headers['content-type']}`]),
    ...(/^Bearer \S+$/.test(headers.authorization ?? '') ? [] : [`${operation}: no key`]),
    ...sent(body, operation),
    ...answered(contentOf(answeredOf(exchange), 'response'), operation, `answer of ${operation}`),
  ]
}

function contentOf(xml: string, root: string): unknown {
  const { name, content } = parseXml(xml)
  return name === root ? content : { [name]: 'is the root' }
}
