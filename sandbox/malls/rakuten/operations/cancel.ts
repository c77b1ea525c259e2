import { accepted, message, missing, refusal } from '../messages.ts'
import { finishCancel, startCancel } from '../states.ts'
import { type Body, isMissing, type Operation, type OperationContext } from './operation.ts'

const NAME = 'CANCEL_ORDER'
const FIELDS = ['orderNumber', 'inventoryRestoreType', 'changeReasonDetailApply']
/** Reasons below 8 are the customer's, from 8 on the shop's. */
const FIRST_SHOP_REASON = 8

function cancel(
  body: Body,
  { shop, store, clock }: OperationContext,
  allowed: readonly number[],
  atOnce: boolean,
) {
  const absent = FIELDS.filter((field) => isMissing(body[field]))
  if (absent.length > 0) return refusal(absent.map((field) => missing(NAME, field)))
  const orderNumber = String(body.orderNumber)
  const error = (code: string, text: string) =>
    accepted([message('ERROR', `${NAME}_ERROR_${code}`, text, { orderNumber })])
  const order = store.find(shop.code, orderNumber)
  if (!order) return error('016', '受注番号が不正です。')
  if (!allowed.includes(order.model.orderProgress)) return error('103', 'ステータスが変更されています。')
  const shipped = order.model.PackageModelList.some((basket) =>
    basket.ShippingModelList.some((parcel) => parcel.shippingDate),
  )
  if (!atOnce && shipped) return error('104', '発送日が登録されています。')
  const reason = Number(body.changeReasonDetailApply)
  startCancel(order, clock.now(), { reason, byCustomer: reason < FIRST_SHOP_REASON })
  if (atOnce) finishCancel(order, clock.now())
  store.wrote(order, atOnce ? 'cancelOrderAfterShipping' : 'cancelOrder', { reason })
  return accepted([message('INFO', `${NAME}_INFO_101`, 'キャンセル申請に成功しました。', { orderNumber })])
}

export const cancelOrder: Operation = (body, context) => cancel(body, context, [100, 200, 300], false)

export const cancelOrderAfterShipping: Operation = (body, context) =>
  cancel(body, context, [500, 600, 700, 800], true)
