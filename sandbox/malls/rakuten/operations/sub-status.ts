import { accepted, message, missing, refusal } from '../messages.ts'
import { forEachOrder } from './bulk.ts'
import type { Operation } from './operation.ts'

const NAME = 'UPDATE_ORDERSUBSTATUS'

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
  if (!('subStatusId' in body)) return refusal([missing(NAME, 'subStatusId')])
  const wanted =
    body.subStatusId === null ? null : SUB_STATUSES.find((one) => one.subStatusId === body.subStatusId)
  return forEachOrder(NAME, body, context, (orderNumber, order) => {
    const error = (code: string, text: string) =>
      message('ERROR', `${NAME}_ERROR_${code}`, text, { orderNumber })
    if (!order) return error('016', '他店舗の受注番号が指定されています。')
    if (order.model.orderProgress >= 800) return error('101', 'すでにキャンセルされています。')
    if (wanted !== null && wanted?.orderProgress !== order.model.orderProgress) {
      return error('102', 'サブステータスIDとステータスが一致しません。')
    }
    order.model.subStatusId = wanted?.subStatusId ?? null
    order.model.subStatusName = wanted?.subStatusName ?? null
    context.store.wrote(order, 'updateOrderSubStatus', { subStatusId: order.model.subStatusId })
    return message('INFO', `${NAME}_INFO_101`, 'サブステータスの更新設定が完了しました。', { orderNumber })
  })
}
