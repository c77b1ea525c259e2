import { accepted, badFormat, message, missing, refusal } from '../messages.ts'
import type { OrderModel } from '../model.ts'
import { MACHINE_TEXT } from './memo.ts'
import { asList, asRecord, type Body, isMissing, type Operation, type OperationContext } from './operation.ts'

const NAME = 'UPDATE_ORDERSENDER'

/**
 * Replaces who receives, postage, lines, coupons and wrapping. A basket is sent whole, what an order has of
 * coupons and wrapping must be sent again, and a lower amount wants a reason.
 */
function update(
  body: Body,
  { shop, store }: OperationContext,
  operation: string,
  allowed: readonly number[],
) {
  if (isMissing(body.orderNumber)) return refusal([missing(NAME, 'orderNumber')])
  const baskets = asList(body.PackageModelList).map(asRecord)
  if (baskets.length === 0) return refusal([missing(NAME, 'PackageModelList')])
  const errors = [...new Set(baskets.flatMap(missingOf))].map((field) => missing(NAME, field))
  if (errors.length > 0) return refusal(errors)
  const orderNumber = String(body.orderNumber)
  const error = (code: string, text: string) =>
    message('ERROR', `${NAME}_ERROR_${code}`, text, { orderNumber })
  const order = store.find(shop.code, orderNumber)
  if (!order) return accepted([error('016', '受注番号が不正です。')])
  const { model } = order
  if (model.orderProgress >= 800) return accepted([error('102', 'すでにキャンセルされています。')])
  if (!allowed.includes(model.orderProgress))
    return accepted([error('103', 'ステータスが変更されています。')])
  const sent = new Map(baskets.map((basket) => [Number(basket.basketId), basket]))
  if ([...sent.keys()].some((id) => !model.PackageModelList.some(({ basketId }) => basketId === id)))
    return refusal([badFormat(NAME, 'basketId')])
  if (baskets.some(lacksSkuInfo)) return refusal([error('139', 'マルチSKUの場合、SKU情報は必須です。')])
  if (Number(body.afterSettlementMethodCode) === COD && baskets.some(lacksCodFee))
    return refusal([error('136', CODFEE_NEEDED)])
  const bad = badText(body)
  if (bad) return refusal([badFormat(NAME, bad)])
  const left = REPLACED.filter((field) => isSet(model[field]) && !isSet(body[field]))
  if (left.length > 0) return refusal(left.map((field) => missing(NAME, field)))
  const before = amountOf(model)
  const changed = structuredClone(model)
  for (const basket of changed.PackageModelList) apply(basket, sent.get(basket.basketId))
  replace(changed, body)
  if (amountOf(changed) < before && isMissing(body.reductionReason))
    return refusal([missing(NAME, 'reductionReason')])
  Object.assign(model, changed)
  settle(model)
  store.wrote(order, operation)
  return accepted([
    message('INFO', `${NAME}_INFO_101`, '送付先情報の更新設定が完了しました。', { orderNumber }),
  ])
}

/** Machine-dependent characters anywhere, names beyond their length, and places that are none. */
function badText(value: unknown, field = ''): string | null {
  if (typeof value === 'string') {
    const tooLong = value.length > (LENGTHS[field] ?? 127)
    const place = field === 'dropOffLocation' && value !== '' && !PLACES.has(value)
    return tooLong || place || MACHINE_TEXT.test(value) ? field : null
  }
  for (const [name, child] of Object.entries(typeof value === 'object' && value ? value : {})) {
    const bad = badText(child, Array.isArray(value) ? field : name)
    if (bad) return bad
  }
  return null
}
const LENGTHS: Readonly<Record<string, number>> = {
  itemName: 1000,
  selectedChoice: 4000,
  skuInfo: 4000,
  noshi: 1000,
  name: 125,
  itemNumber: 125,
}
const PLACES = new Set([
  ...['利用しない', '宅配ボックス', '玄関前', '玄関前鍵付容器', 'メーターボックス', '物置', '車庫'],
])

/** What the page marks as required, by model. */
const BASKET_NEEDS = ['basketId', 'postageTaxRate', 'SenderModel', 'ItemModelList']
const SENDER_NEEDS = [
  ...['zipCode1', 'zipCode2', 'prefecture', 'city', 'subAddress', 'familyName'],
  ...['phoneNumber1', 'phoneNumber2', 'phoneNumber3'],
]
const ITEM_NEEDS = [
  ...['itemDetailId', 'itemName', 'price', 'taxRate', 'units', 'includePostageFlag', 'includeTaxFlag'],
  'includeCashOnDeliveryPostageFlag',
]

const missingOf = (basket: Body): string[] => [
  ...BASKET_NEEDS.filter((field) => isMissing(basket[field])),
  ...SENDER_NEEDS.filter((field) => isMissing(asRecord(basket.SenderModel)[field])),
  ...itemsOf(basket).flatMap((item) => ITEM_NEEDS.filter((field) => isMissing(item[field]))),
]

const itemsOf = (basket: Body) => asList(basket.ItemModelList).map(asRecord)

const COD = 2
const CODFEE_NEEDED =
  '支払方法を代金引換に変更する場合、代引料の設定が必須となります。代引料を設定し、再度リクエストを行ってください。'

const lacksSkuInfo = (basket: Body) =>
  itemsOf(basket).some((item) =>
    asList(item.SkuModelList)
      .map(asRecord)
      .some(({ variantId, skuInfo }) => variantId !== 'normal-inventory' && isMissing(skuInfo)),
  )

const lacksCodFee = (basket: Body) =>
  (isMissing(basket.deliveryPrice) || Number(basket.deliveryPrice) === PENDING) &&
  itemsOf(basket).some((item) => Number(item.includeCashOnDeliveryPostageFlag) === 0)

const REPLACED = ['CouponModelList', 'WrappingModel1', 'WrappingModel2'] as const
const isSet = (value: unknown) => (Array.isArray(value) ? value.length > 0 : !isMissing(value))

/** Coupons that are not sent are gone; none can be added or used more often. */
function replace(model: OrderModel, body: Body): void {
  const coupons = asList(body.CouponModelList).map(asRecord)
  const kept = asList(model.CouponModelList)
    .map(asRecord)
    .flatMap((coupon) => {
      const sent = coupons.find(
        ({ couponCode, itemId }) => couponCode === coupon.couponCode && itemId === coupon.itemId,
      )
      if (!sent) return []
      const couponUnit = Math.min(Number(sent.couponUnit), Number(coupon.couponUnit))
      const couponPrice = Number(sent.couponPrice)
      return [{ ...coupon, couponPrice, couponUnit, couponTotalPrice: couponPrice * couponUnit }]
    })
  if (isSet(model.CouponModelList)) {
    model.CouponModelList = kept
    const amount = (shop: boolean) =>
      sum(
        kept
          .filter((coupon) => (Number(asRecord(coupon).couponCapitalCode) === 1) === shop)
          .map(({ couponTotalPrice }) => couponTotalPrice),
      )
    Object.assign(model, { couponShopPrice: amount(true), couponOtherPrice: amount(false) })
    model.couponAllTotalPrice = amount(true) + amount(false)
  }
  for (const field of ['WrappingModel1', 'WrappingModel2'])
    if (isSet(body[field]))
      model[field] = { taxPrice: 0, ...asRecord(model[field]), ...asRecord(body[field]) }
}

function apply(basket: OrderModel['PackageModelList'][number], sent: Body | undefined): void {
  if (!sent) return
  basket.postagePrice = Number(sent.postagePrice)
  Object.assign(basket.SenderModel, asRecord(sent.SenderModel))
  if ('dropOffLocation' in sent) {
    const place = String(sent.dropOffLocation || '利用しない')
    Object.assign(basket, {
      dropOffFlag: place === '利用しない' ? 0 : 1,
      dropOffLocation: place === '利用しない' ? null : place,
    })
  }
  const items = new Map(
    asList(sent.ItemModelList).map((item) => [Number(asRecord(item).itemDetailId), asRecord(item)]),
  )
  for (const item of basket.ItemModelList) {
    const wanted = items.get(item.itemDetailId)
    if (!wanted) item.deleteItemFlag = 1
    else
      Object.assign(item, { units: Number(wanted.units), deleteItemFlag: Number(wanted.deleteItemFlag ?? 0) })
  }
}

const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0)
const PENDING = -9999

const goodsOf = (model: OrderModel, price: 'price' | 'priceTaxIncl') =>
  sum(
    model.PackageModelList.flatMap(({ ItemModelList }) =>
      ItemModelList.filter(({ deleteItemFlag }) => !deleteItemFlag).map((item) => item[price] * item.units),
    ),
  )
const postageOf = ({ PackageModelList }: OrderModel) =>
  PackageModelList.some(({ postagePrice }) => postagePrice === PENDING)
    ? PENDING
    : sum(PackageModelList.map(({ postagePrice }) => postagePrice))
const amountOf = (model: OrderModel) =>
  goodsOf(model, 'priceTaxIncl') + wrappingOf(model) + Math.max(0, postageOf(model))

/** With tax. */
const wrappingOf = (model: OrderModel) =>
  sum(
    [model.WrappingModel1, model.WrappingModel2]
      .map(asRecord)
      .filter(({ deleteWrappingFlag }) => Number(deleteWrappingFlag ?? 0) === 0)
      .map(
        ({ price, includeTaxFlag, taxPrice }) =>
          Number(price ?? 0) + (Number(includeTaxFlag) === 1 ? 0 : Number(taxPrice ?? 0)),
      ),
  )

/** The sums of an order; what is not fixed leaves the totals open. */
function settle(model: OrderModel): void {
  const postage = postageOf(model)
  model.postagePrice = postage
  model.goodsPrice = goodsOf(model, 'price') + wrappingOf(model)
  for (const basket of model.PackageModelList) {
    const items = basket.ItemModelList.filter(({ deleteItemFlag }) => !deleteItemFlag)
    basket.goodsPrice = sum(items.map(({ price, units }) => price * units))
    basket.totalPrice =
      sum(items.map(({ priceTaxIncl, units }) => priceTaxIncl * units)) + Math.max(0, basket.postagePrice)
  }
  if (postage === PENDING) return
  model.totalPrice = goodsOf(model, 'priceTaxIncl') + wrappingOf(model) + postage
  const number = (field: string) => Number(model[field] ?? 0)
  model.requestPrice =
    Number(model.totalPrice) +
    number('deliveryPrice') +
    number('paymentCharge') +
    number('additionalFeeOccurAmountToUser') -
    model.couponAllTotalPrice -
    model.PointModel.usedPoint
  model.TaxSummaryModelList = []
}

export const updateOrderSender: Operation = (body, context) =>
  update(body, context, 'updateOrderSender', [100, 200, 300])

export const updateOrderSenderAfterShipping: Operation = (body, context) =>
  update(body, context, 'updateOrderSenderAfterShipping', [500, 600, 700])
