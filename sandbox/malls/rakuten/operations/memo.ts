import { accepted, badFormat, type Message, message, missing, refusal } from '../messages.ts'
import type { SimOrder } from '../model.ts'
import { type Body, isMissing, type Operation, type OperationContext } from './operation.ts'

/** 機種依存文字 are refused in free text. */
export const MACHINE_TEXT = /[\u2116\u2121\u2160-\u217F\u2460-\u24FF\u3200-\u33FF]|[\u{10000}-\u{10FFFF}]/u

/** One order, some fields: left out is unchanged, present but empty or null is cleared. */
function updateOne(
  operation: string,
  name: string,
  body: Body,
  { shop, store }: OperationContext,
  what: string,
  longest: Readonly<Record<string, number>>,
  apply: (order: SimOrder) => void,
) {
  if (isMissing(body.orderNumber)) return refusal([missing(name, 'orderNumber')])
  const errors: Message[] = Object.entries(longest)
    .filter(([field, length]) => {
      const text = String(body[field] ?? '')
      return text.length > length || MACHINE_TEXT.test(text)
    })
    .map(([field]) => badFormat(name, field))
  if (errors.length > 0) return refusal(errors)
  const orderNumber = String(body.orderNumber)
  const order = store.find(shop.code, orderNumber)
  if (!order)
    return accepted([message('ERROR', `${name}_ERROR_016`, '受注番号が不正です。', { orderNumber })])
  apply(order)
  const content = Object.entries(body).flatMap(([name, value]) =>
    name === 'orderNumber' || isMissing(value) ? [] : [String(value)],
  )
  store.wrote(order, operation, {}, content)
  return accepted([message('INFO', `${name}_INFO_101`, `${what}の更新設定が完了しました。`, { orderNumber })])
}

const textOrNull = (value: unknown) => (isMissing(value) ? null : String(value))
const numberOrNull = (value: unknown) => (isMissing(value) ? null : Number(value))

export const updateOrderMemo: Operation = (body, context) =>
  updateOne(
    'updateOrderMemo',
    'UPDATE_ORDERMEMO',
    body,
    context,
    'ひとことメモ、担当者情報等',
    { memo: 1000, operator: 6, mailPlugSentence: 1024 },
    ({ model }) => {
      if ('memo' in body) model.memo = textOrNull(body.memo)
      if ('operator' in body) model.operator = textOrNull(body.operator)
      if ('mailPlugSentence' in body) model.mailPlugSentence = textOrNull(body.mailPlugSentence)
      if ('deliveryDate' in body) model.deliveryDate = textOrNull(body.deliveryDate)
      if ('shippingTerm' in body) model.shippingTerm = numberOrNull(body.shippingTerm)
      if ('subStatusId' in body) model.subStatusId = numberOrNull(body.subStatusId)
      if ('deliveryClass' in body) model.DeliveryModel.deliveryClass = numberOrNull(body.deliveryClass)
    },
  )

export const updateOrderRemarks: Operation = (body, context) =>
  isMissing(body.giftCheck) && !('remarks' in body)
    ? refusal([missing('UPDATE_ORDERREMARKS', 'remarks')])
    : updateOne(
        'updateOrderRemarks',
        'UPDATE_ORDERREMARKS',
        body,
        context,
        '備考情報',
        { remarks: 4000 },
        ({ model }) => {
          if (!isMissing(body.giftCheck)) model.giftCheckFlag = Number(body.giftCheck)
          if ('remarks' in body) model.remarks = textOrNull(body.remarks)
        },
      )

export const updateOrderDelivery: Operation = (body, context) =>
  isMissing(body.deliveryName)
    ? refusal([missing('UPDATE_ORDERDELIVERY', 'deliveryName')])
    : updateOne('updateOrderDelivery', 'UPDATE_ORDERDELIVERY', body, context, '配送方法', {}, ({ model }) => {
        model.DeliveryModel.deliveryName = String(body.deliveryName)
      })
