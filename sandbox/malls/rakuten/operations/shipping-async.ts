import { randomUUID } from 'node:crypto'
import { accepted, badFormat, message, missing, refusal } from '../messages.ts'
import { wireTime } from '../time.ts'
import { asList, asRecord, isMissing, type Operation } from './operation.ts'
import { applyShipping, problems } from './shipping.ts'

const NAME = 'UPDATE_ORDERSHIPPING_ASYNC'
const RESULT = 'GET_RESULT_UPDATEORDERSHIPPING_ASYNC'
const WORK_MS = 3_000
const KEPT_MS = 30 * 24 * 60 * 60 * 1000

/** At most 100 orders, none twice; the result is there a little later. Format errors come with HTTP 200. */
export const updateOrderShippingAsync: Operation = (body, context) => {
  const orders = asList(body.OrderShippingModelList).map(asRecord)
  if (orders.length === 0) return refusal([missing(NAME, 'OrderShippingModelList')])
  const numbers = orders.map((order) => String(order.orderNumber))
  const errors = orders.flatMap((order) =>
    problems(order).map((error) => ({
      ...error,
      messageCode: error.messageCode.replace('UPDATE_ORDERSHIPPING_', `${NAME}_`),
      orderNumber: String(order.orderNumber),
    })),
  )
  if (orders.length > 100 || new Set(numbers).size < numbers.length)
    errors.push({ ...badFormat(NAME, 'orderNumber'), orderNumber: '' })
  if (errors.length > 0) return accepted(errors)
  const now = context.clock.now()
  const requestId = `${randomUUID()}_${wireTime(now).slice(0, 19).replaceAll(/\D/g, '')}`
  const results = orders.map((order) => ({
    orderNumber: String(order.orderNumber),
    MessageModelList: applyShipping(order, context, 'updateOrderShippingAsync'),
  }))
  const task = { shopCode: context.shop.code, readyAt: now + WORK_MS, results }
  context.store.shippingTasks.set(requestId, task)
  return accepted([message('INFO', `${NAME}_INFO_101`, '発送情報の更新を受付けました。', { requestId })])
}

/** Still running, unknown and older than 30 days all look the same. */
export const getResultUpdateOrderShippingAsync: Operation = (body, { store, shop, clock }) => {
  if (isMissing(body.requestId)) return refusal([missing(RESULT, 'requestId')])
  const task = store.shippingTasks.get(String(body.requestId))
  const age = clock.now() - (task?.readyAt ?? Number.POSITIVE_INFINITY)
  const ready = task && task.shopCode === shop.code && age >= 0 && age < KEPT_MS
  const none = [{ MessageModelList: [message('INFO', `${RESULT}_INFO_101`, '処理結果がありません。')] }]
  return {
    status: 200,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    body: JSON.stringify({ ResultShippingModelList: ready ? task.results : none }),
  }
}
