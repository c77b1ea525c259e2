import { randomUUID } from 'node:crypto'
import { accepted, badFormat, type Message, message, missing, refusal } from '../messages.ts'
import { type PackageModel, type ShippingModel, wireTime } from '../model.ts'
import { asList, asRecord, type Body, isMissing, type Operation, type OperationContext } from './operation.ts'

const NAME = 'UPDATE_ORDERSHIPPING'
const MOST_RECORDS = 20

/** One order; each record is added (no id), updated or deleted, with a message each. */
export const updateOrderShipping: Operation = (body, context) => {
  const errors = problems(body)
  if (errors.length > 0) return refusal(errors)
  return accepted(applyShipping(body, context))
}

function problems(body: Body): Message[] {
  if (isMissing(body.orderNumber)) return [missing(NAME, 'orderNumber')]
  const baskets = asList(body.BasketidModelList).map(asRecord)
  if (baskets.length === 0) return [missing(NAME, 'BasketidModelList')]
  let dataNumber = 0
  return baskets.flatMap((basket) => {
    const records = asList(basket.ShippingModelList).map(asRecord)
    if (isMissing(basket.basketId)) return [missing(NAME, 'basketId')]
    if (records.length > MOST_RECORDS) return [badFormat(NAME, 'ShippingModelList')]
    return records.flatMap((record) => {
      dataNumber += 1
      const shippingDetailId = isMissing(record.shippingDetailId) ? null : Number(record.shippingDetailId)
      return recordProblems(record).map((field) => ({
        ...badFormat(NAME, field),
        dataNumber,
        shippingDetailId,
      }))
    })
  })
}

function recordProblems(record: Body): string[] {
  const { shippingDate, deliveryCompany, shippingNumber } = record
  return [
    ...(isMissing(shippingDate) || /^\d{4}-\d{2}-\d{2}$/.test(String(shippingDate)) ? [] : ['shippingDate']),
    ...('deliveryCompany' in record && !/^10[0-3]\d$/.test(String(deliveryCompany))
      ? ['deliveryCompany']
      : []),
    ...(String(shippingNumber ?? '').length > 120 ? ['shippingNumber'] : []),
  ]
}

function applyShipping(
  body: Body,
  { shop, store }: OperationContext,
  operation = 'updateOrderShipping',
): Message[] {
  const orderNumber = String(body.orderNumber)
  const order = store.find(shop.code, orderNumber)
  const error = (code: string, text: string) => [
    message('ERROR', `${NAME}_ERROR_${code}`, text, { orderNumber }),
  ]
  if (!order) return error('016', '受注番号が不正です。')
  if (order.model.orderProgress >= 800) return error('102', 'すでにキャンセルされています。')
  let dataNumber = 0
  const messages = asList(body.BasketidModelList)
    .map(asRecord)
    .flatMap((basket) => {
      const target = order.model.PackageModelList.find((entry) => entry.basketId === Number(basket.basketId))
      if (!target) return error('016', 'basketIdが不正です。')
      const before = structuredClone(target.ShippingModelList)
      const records = asList(basket.ShippingModelList).map((record) => {
        dataNumber += 1
        return { ...applyRecord(target, asRecord(record), store.newShippingId), dataNumber }
      })
      const changed = changesBetween(before, target.ShippingModelList)
      const numbers = asList(basket.ShippingModelList).flatMap((record) => {
        const { shippingNumber } = asRecord(record)
        return isMissing(shippingNumber) ? [] : [String(shippingNumber)]
      })
      if (changed) store.wrote(order, operation, { basketId: target.basketId, ...changed }, numbers)
      return records
    })
  return messages
}

/** Ids of records added, updated and deleted; null when the call changed nothing. */
function changesBetween(before: readonly ShippingModel[], after: readonly ShippingModel[]) {
  const idsOf = (list: readonly ShippingModel[]) => list.map((record) => record.shippingDetailId)
  const old = new Map(before.map((record) => [record.shippingDetailId, JSON.stringify(record)]))
  const added = idsOf(after.filter((record) => !old.has(record.shippingDetailId)))
  const updated = idsOf(
    after.filter(
      (record) => (old.get(record.shippingDetailId) ?? JSON.stringify(record)) !== JSON.stringify(record),
    ),
  )
  const deleted = idsOf(before).filter((id) => !idsOf(after).includes(id))
  return added.length + updated.length + deleted.length > 0 ? { added, updated, deleted } : null
}

function applyRecord(basket: PackageModel, record: Body, newId: () => number): Message {
  const id = isMissing(record.shippingDetailId) ? null : Number(record.shippingDetailId)
  const old = basket.ShippingModelList.find((entry) => entry.shippingDetailId === id)
  if (id !== null && !old) {
    return message('ERROR', `${NAME}_ERROR_016`, 'shippingDetailIdが不正です。', { shippingDetailId: id })
  }
  if (old && Number(record.shippingDeleteFlag) === 1) {
    basket.ShippingModelList = basket.ShippingModelList.filter((entry) => entry !== old)
    return message('INFO', `${NAME}_INFO_103`, '発送情報の削除設定が完了しました', { shippingDetailId: id })
  }
  const parcel = old ?? emptyParcel(newId())
  if (!old) basket.ShippingModelList.push(parcel)
  for (const field of ['shippingNumber', 'deliveryCompany', 'shippingDate'] as const) {
    if (field in record) parcel[field] = isMissing(record[field]) ? null : String(record[field])
  }
  const [code, text] = old ? ['102', '更新'] : ['101', '追加']
  return message('INFO', `${NAME}_INFO_${code}`, `発送情報の${text}設定が完了しました`, {
    shippingDetailId: parcel.shippingDetailId,
  })
}

const emptyParcel = (shippingDetailId: number): ShippingModel => ({
  shippingDetailId,
  shippingNumber: null,
  deliveryCompany: null,
  deliveryCompanyName: null,
  shippingDate: null,
})

const ASYNC_NAME = 'UPDATE_ORDERSHIPPING_ASYNC'
const RESULT = 'GET_RESULT_UPDATEORDERSHIPPING_ASYNC'
const WORK_MS = 3_000
const KEPT_MS = 30 * 24 * 60 * 60 * 1000

/** At most 100 orders, none twice; the result is there a little later. Format errors come with HTTP 200. */
export const updateOrderShippingAsync: Operation = (body, context) => {
  const orders = asList(body.OrderShippingModelList).map(asRecord)
  if (orders.length === 0) return refusal([missing(ASYNC_NAME, 'OrderShippingModelList')])
  const numbers = orders.map((order) => String(order.orderNumber))
  const errors = orders.flatMap((order) =>
    problems(order).map((error) => ({
      ...error,
      messageCode: error.messageCode.replace('UPDATE_ORDERSHIPPING_', `${ASYNC_NAME}_`),
      orderNumber: String(order.orderNumber),
    })),
  )
  if (orders.length > 100 || new Set(numbers).size < numbers.length)
    errors.push({ ...badFormat(ASYNC_NAME, 'orderNumber'), orderNumber: '' })
  if (errors.length > 0) return accepted(errors)
  const now = context.clock.now()
  const requestId = `${randomUUID()}_${wireTime(now).slice(0, 19).replaceAll(/\D/g, '')}`
  const results = orders.map((order) => ({
    orderNumber: String(order.orderNumber),
    MessageModelList: applyShipping(order, context, 'updateOrderShippingAsync'),
  }))
  const task = { shopCode: context.shop.code, readyAt: now + WORK_MS, results }
  context.store.shippingTasks.set(requestId, task)
  return accepted([
    message('INFO', `${ASYNC_NAME}_INFO_101`, '発送情報の更新を受付けました。', { requestId }),
  ])
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
