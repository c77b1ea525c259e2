import { accepted, message, missing, refusal } from '../messages.ts'
import { confirm, finishCancel, startCancel } from '../states.ts'
import { type Body, forEachOrder, isMissing, type Operation, type OperationContext } from './operation.ts'

const CANCEL = 'CANCEL_ORDER'
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
  if (absent.length > 0) return refusal(absent.map((field) => missing(CANCEL, field)))
  const orderNumber = String(body.orderNumber)
  const error = (code: string, text: string) =>
    accepted([message('ERROR', `${CANCEL}_ERROR_${code}`, text, { orderNumber })])
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
  return accepted([message('INFO', `${CANCEL}_INFO_101`, 'キャンセル申請に成功しました。', { orderNumber })])
}

export const cancelOrder: Operation = (body, context) => cancel(body, context, [100, 200, 300], false)

export const cancelOrderAfterShipping: Operation = (body, context) =>
  cancel(body, context, [500, 600, 700, 800], true)

const CONFIRM = 'CONFIRM_ORDER'

/** 100 → 200; an order that has moved on already answers ERROR_103. */
export const confirmOrder: Operation = (body, context) =>
  forEachOrder(CONFIRM, body, context, (orderNumber, order) => {
    const error = (code: string, text: string) =>
      message('ERROR', `${CONFIRM}_ERROR_${code}`, text, { orderNumber })
    if (!order) return error('016', '他店舗の受注番号が指定されています。')
    const progress = order.model.orderProgress
    if (progress >= 800) return error('102', 'すでにキャンセルされています。')
    if (progress !== 100) return error('103', 'ステータスが変更されています。')
    if (order.model.postagePrice === -9999) return error('105', '送料が確定していません。')
    confirm(order, context.clock.now())
    context.store.wrote(order, 'confirmOrder')
    return message('INFO', `${CONFIRM}_INFO_101`, '注文確認に成功しました。', { orderNumber })
  })

const SUB_STATUS = 'UPDATE_ORDERSUBSTATUS'

/** Each sub-status belongs to one orderProgress. */
const SUB_STATUSES = [
  { orderProgress: 100, subStatusId: 1001, subStatusName: '在庫確認中' },
  { orderProgress: 300, subStatusId: 3001, subStatusName: '梱包待ち' },
  { orderProgress: 300, subStatusId: 3002, subStatusName: '取り寄せ中' },
]

export const getSubStatusList: Operation = () =>
  accepted([message('INFO', 'GET_SUBSTATUSLIST_INFO_101', 'サブステータスの取得に成功しました。')], {
    StatusModelList: [100, 200, 300, 400, 500, 600, 700, 800, 900].map((orderProgress) => ({
      orderProgress,
      SubStatusModelList: SUB_STATUSES.filter((status) => status.orderProgress === orderProgress).map(
        ({ subStatusId, subStatusName }, index) => ({ subStatusId, subStatusName, orderby: index + 1 }),
      ),
    })),
  })

export const updateOrderSubStatus: Operation = (body, context) => {
  if (!('subStatusId' in body)) return refusal([missing(SUB_STATUS, 'subStatusId')])
  const wanted =
    body.subStatusId === null ? null : SUB_STATUSES.find((one) => one.subStatusId === body.subStatusId)
  return forEachOrder(SUB_STATUS, body, context, (orderNumber, order) => {
    const error = (code: string, text: string) =>
      message('ERROR', `${SUB_STATUS}_ERROR_${code}`, text, { orderNumber })
    if (!order) return error('016', '他店舗の受注番号が指定されています。')
    if (order.model.orderProgress >= 800) return error('101', 'すでにキャンセルされています。')
    if (wanted !== null && wanted?.orderProgress !== order.model.orderProgress) {
      return error('102', 'サブステータスIDとステータスが一致しません。')
    }
    order.model.subStatusId = wanted?.subStatusId ?? null
    order.model.subStatusName = wanted?.subStatusName ?? null
    context.store.wrote(order, 'updateOrderSubStatus', { subStatusId: order.model.subStatusId })
    return message('INFO', `${SUB_STATUS}_INFO_101`, 'サブステータスの更新設定が完了しました。', {
      orderNumber,
    })
  })
}
