import { message } from '../messages.ts'
import { confirm } from '../states.ts'
import { forEachOrder } from './bulk.ts'
import type { Operation } from './operation.ts'

const NAME = 'CONFIRM_ORDER'

/** 100 → 200; an order that has moved on already answers ERROR_103. */
export const confirmOrder: Operation = (body, context) =>
  forEachOrder(NAME, body, context, (orderNumber, order) => {
    const error = (code: string, text: string) =>
      message('ERROR', `${NAME}_ERROR_${code}`, text, { orderNumber })
    if (!order) return error('016', '他店舗の受注番号が指定されています。')
    const progress = order.model.orderProgress
    if (progress >= 800) return error('102', 'すでにキャンセルされています。')
    if (progress !== 100) return error('103', 'ステータスが変更されています。')
    if (order.model.postagePrice === -9999) return error('105', '送料が確定していません。')
    confirm(order, context.clock.now())
    context.store.wrote(order, 'confirmOrder')
    return message('INFO', `${NAME}_INFO_101`, '注文確認に成功しました。', { orderNumber })
  })
