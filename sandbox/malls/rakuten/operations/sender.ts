import { accepted, badFormat, message, missing, refusal } from '../messages.ts'
import type { OrderModel } from '../model.ts'
import { asList, asRecord, type Body, isMissing, type Operation, type OperationContext } from './operation.ts'

const NAME = 'UPDATE_ORDERSENDER'

/** Replaces who receives, postage and lines. Every basket must be sent whole; a lower amount wants a reason. */
function update(
  body: Body,
  { shop, store }: OperationContext,
  operation: string,
  allowed: readonly number[],
) {
  if (isMissing(body.orderNumber)) return refusal([missing(NAME, 'orderNumber')])
  const baskets = asList(body.PackageModelList).map(asRecord)
  if (baskets.length === 0) return refusal([missing(NAME, 'PackageModelList')])
  const incomplete = baskets.flatMap((basket) =>
    ['basketId', 'SenderModel', 'ItemModelList'].filter((field) => isMissing(basket[field])),
  )
  if (incomplete.length > 0) return refusal(incomplete.map((field) => missing(NAME, field)))
  const orderNumber = String(body.orderNumber)
  const error = (code: string, text: string) =>
    accepted([message('ERROR', `${NAME}_ERROR_${code}`, text, { orderNumber })])
  const order = store.find(shop.code, orderNumber)
  if (!order) return error('016', '受注番号が不正です。')
  const { model } = order
  if (model.orderProgress >= 800) return error('102', 'すでにキャンセルされています。')
  if (!allowed.includes(model.orderProgress)) return error('103', 'ステータスが変更されています。')
  const sent = new Map(baskets.map((basket) => [Number(basket.basketId), basket]))
  if (
    model.PackageModelList.some(({ basketId }) => !sent.has(basketId)) ||
    sent.size !== model.PackageModelList.length
  )
    return refusal([badFormat(NAME, 'PackageModelList')])
  const before = amountOf(model)
  const changed = structuredClone(model)
  for (const basket of changed.PackageModelList) apply(basket, sent.get(basket.basketId) ?? {})
  if (amountOf(changed) < before && isMissing(body.reductionReason))
    return refusal([missing(NAME, 'reductionReason')])
  Object.assign(model, { PackageModelList: changed.PackageModelList })
  settle(model)
  store.wrote(order, operation)
  return accepted([message('INFO', `${NAME}_INFO_101`, '送付先情報の更新に成功しました。', { orderNumber })])
}

function apply(basket: OrderModel['PackageModelList'][number], sent: Body): void {
  basket.postagePrice = Number(sent.postagePrice)
  Object.assign(basket.SenderModel, asRecord(sent.SenderModel))
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
const amountOf = (model: OrderModel) => goodsOf(model, 'priceTaxIncl') + Math.max(0, postageOf(model))

/** The sums of an order without wrapping; what is not fixed leaves the totals open. */
function settle(model: OrderModel): void {
  const postage = postageOf(model)
  model.postagePrice = postage
  model.goodsPrice = goodsOf(model, 'price')
  for (const basket of model.PackageModelList) {
    const items = basket.ItemModelList.filter(({ deleteItemFlag }) => !deleteItemFlag)
    basket.goodsPrice = sum(items.map(({ price, units }) => price * units))
    basket.totalPrice =
      sum(items.map(({ priceTaxIncl, units }) => priceTaxIncl * units)) + Math.max(0, basket.postagePrice)
  }
  if (postage === PENDING) return
  model.totalPrice = goodsOf(model, 'priceTaxIncl') + postage
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
