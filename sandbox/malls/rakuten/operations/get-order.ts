import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badFormat, type Message, message, missing, refusal } from '../messages.ts'
import type { OrderModel, PackageModel, SimOrder } from '../model.ts'
import { asList, type Body, isMissing, type Operation } from './operation.ts'

const NAME = 'GET_ORDER'

export const getOrder: Operation = (body, { shop, store, settings }) => {
  const errors = problems(body, settings.oldestVersion, settings.newestVersion)
  if (errors.length > 0) return refusal(errors, { OrderModelList: null })
  const version = Number(body.version)
  const orders: SimOrder[] = []
  const unknown: string[] = []
  for (const orderNumber of asList(body.orderNumberList).map(String)) {
    const order = store.find(shop.code, orderNumber)
    if (order) orders.push(order)
    else unknown.push(orderNumber)
  }
  if (settings.unknownNumberBreaksCall && unknown.length > 0) {
    return refusal([message('ERROR', `${NAME}_ERROR_016`, '受注番号が不正です。')], { OrderModelList: null })
  }
  return answer(version, orders, unknown)
}

/** Put together from kept JSON: a hundred orders cost as much as joining their texts. */
function answer(version: number, orders: readonly SimOrder[], unknown: readonly string[]): SandboxAnswer {
  const messages = unknown.map((orderNumber) =>
    message('INFO', `${NAME}_INFO_102`, '受注情報が取得できませんでした。', { orderNumber }),
  )
  if (orders.length > 0) {
    const text = `受注情報取得に成功しました。(取得件数${orders.length}件)`
    messages.unshift(message('INFO', `${NAME}_INFO_101`, text))
  }
  const list = orders.map((order) => jsonOf(order, version)).join(',')
  const echoed = version >= 6 ? `"version":${version},` : ''
  return {
    status: 200,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    body: `{${echoed}"MessageModelList":${JSON.stringify(messages)},"OrderModelList":[${list}]}`,
  }
}

function problems(body: Body, oldest: number, newest: number): Message[] {
  const numbers = asList(body.orderNumberList)
  const version = Number(body.version)
  const errors: Message[] = []
  if (numbers.length === 0) errors.push(missing(NAME, 'orderNumberList'))
  if (numbers.length > 100) errors.push(badFormat(NAME, 'orderNumberList'))
  if (isMissing(body.version) || !(version >= oldest && version <= newest))
    errors.push(missing(NAME, 'version'))
  return errors
}

function jsonOf(order: SimOrder, version: number): string {
  const kept = order.json.get(version)
  if (kept) return kept
  const json = JSON.stringify(asVersion(order.model, version))
  order.json.set(version, json)
  return json
}

/** Fields that a version brought: an older one has none of them. */
const ADDED: readonly { version: number; order?: string[]; basket?: string[]; item?: string[] }[] = [
  { version: 4, basket: ['defaultDeliveryCompanyCode'], item: ['isSingleItemShipping'] },
  { version: 5, order: ['receiptIssueCount', 'receiptIssueHistoryList', 'DueDateModelList'] },
  { version: 6, order: ['cautionDisplayDetailType'] },
  { version: 7, item: ['SkuModelList'] },
  { version: 8, order: ['deliveryCertPrgFlag', 'oneDayOperationFlag'] },
  { version: 9, basket: ['dropOffFlag', 'dropOffLocation'] },
  { version: 10, order: ['socialGiftFlag'], basket: ['SocialGiftModel'] },
]
/** Version 8 dropped them. */
const DROPPED_IN_8 = { order: ['goodsTax', 'isTaxRecalc'], basket: ['goodsTax'] }

function asVersion(model: OrderModel, version: number): OrderModel {
  const absent = ADDED.filter((step) => step.version > version)
  const dropped = version >= 8 ? DROPPED_IN_8 : { order: [], basket: [] }
  const order = [...absent.flatMap((step) => step.order ?? []), ...dropped.order]
  const basket = [...absent.flatMap((step) => step.basket ?? []), ...dropped.basket]
  const item = absent.flatMap((step) => step.item ?? [])
  return {
    ...omit(model, order),
    PackageModelList: model.PackageModelList.map(
      (entry): PackageModel => ({
        ...omit(entry, basket),
        ItemModelList: entry.ItemModelList.map((line) => omit(line, item)),
      }),
    ),
  }
}

function omit<T extends object>(value: T, fields: readonly string[]): T {
  return fields.length === 0
    ? value
    : (Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key))) as T)
}
