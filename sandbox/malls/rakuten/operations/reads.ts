import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { accepted, badFormat, type Message, message, missing, noValue, refusal } from '../messages.ts'
import { DAY_MS, type OrderModel, type PackageModel, readTime, type SimOrder } from '../model.ts'
import { asList, asRecord, type Body, isMissing, type Operation } from './operation.ts'

const GET = 'GET_ORDER'

export const getOrder: Operation = (body, { shop, store, settings }) => {
  const errors = getProblems(body, settings.oldestVersion, settings.newestVersion)
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
    return refusal([message('ERROR', `${GET}_ERROR_016`, '受注番号が不正です。')], { OrderModelList: null })
  }
  return answer(version, orders, unknown)
}

/** Put together from kept JSON: a hundred orders cost as much as joining their texts. */
function answer(version: number, orders: readonly SimOrder[], unknown: readonly string[]): SandboxAnswer {
  const messages = unknown.map((orderNumber) =>
    message('INFO', `${GET}_INFO_102`, '受注情報が取得できませんでした。', { orderNumber }),
  )
  if (orders.length > 0) {
    const text = `受注情報取得に成功しました。(取得件数${orders.length}件)`
    messages.unshift(message('INFO', `${GET}_INFO_101`, text))
  }
  const list = orders.map((order) => jsonOf(order, version)).join(',')
  const echoed = version >= 6 ? `"version":${version},` : ''
  return {
    status: 200,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    body: `{${echoed}"MessageModelList":${JSON.stringify(messages)},"OrderModelList":[${list}]}`,
  }
}

function getProblems(body: Body, oldest: number, newest: number): Message[] {
  const numbers = asList(body.orderNumberList)
  const version = Number(body.version)
  const errors: Message[] = []
  if (numbers.length === 0) errors.push(missing(GET, 'orderNumberList'))
  if (numbers.length > 100) errors.push(badFormat(GET, 'orderNumberList'))
  if (isMissing(body.version) || !(version >= oldest && version <= newest))
    errors.push(missing(GET, 'version'))
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

const SEARCH = 'SEARCH_ORDER'
/** More than this is silently out of reach. */
const REACHABLE = 15_000
const DATE_FIELDS: Readonly<Record<number, string>> = {
  1: 'orderDatetime',
  2: 'shopOrderCfmDatetime',
  3: 'orderFixDatetime',
  5: 'shippingCmplRptDatetime',
}

export const searchOrder: Operation = (body, { shop, store, clock }) => {
  const errors = searchProblems(body, clock.now())
  if (errors.length > 0) return refusal(errors, { orderNumberList: null, PaginationResponseModel: null })
  const found = store.known(shop.code).filter((order) => matches(order, body))
  const { page, amount, descending } = paging(body)
  if (found.length === 0) return nothing()
  found.sort((a, b) => a.placedAt - b.placedAt || a.model.orderNumber.localeCompare(b.model.orderNumber))
  if (descending) found.reverse()
  const numbers = found
    .slice(0, REACHABLE)
    .slice((page - 1) * amount, page * amount)
    .map((order) => order.model.orderNumber)
  return accepted([message('INFO', `${SEARCH}_INFO_101`, '注文検索に成功しました。')], {
    orderNumberList: numbers,
    PaginationResponseModel: {
      totalRecordsAmount: found.length,
      totalPages: Math.ceil(found.length / amount),
      requestPage: page,
    },
  })
}

function nothing(): SandboxAnswer {
  return accepted([message('INFO', `${SEARCH}_INFO_102`, '注文検索に成功しました。(検索結果０件)')], {
    orderNumberList: [],
    PaginationResponseModel: { totalRecordsAmount: null, totalPages: null, requestPage: null },
  })
}

const REQUIRED = ['dateType', 'startDatetime', 'endDatetime']

function searchProblems(body: Body, now: number): Message[] {
  // Faults come together: what is missing, what is empty, what has another form.
  const errors: Message[] = REQUIRED.flatMap((field) =>
    body[field] === undefined
      ? [missing(SEARCH, field)]
      : isMissing(body[field])
        ? [noValue(SEARCH, field)]
        : [],
  )
  const given = (field: string) => !isMissing(body[field])
  const start = readTime(body.startDatetime)
  const end = readTime(body.endDatetime)
  if (given('dateType') && ![1, 2, 3, 4, 5, 6].includes(Number(body.dateType)))
    errors.push(badFormat(SEARCH, 'dateType'))
  if (given('startDatetime') && (start === null || start < now - 730 * DAY_MS))
    errors.push(badFormat(SEARCH, 'startDatetime'))
  if (
    given('endDatetime') &&
    (end === null || (start !== null && (end < start || end - start > 63 * DAY_MS)))
  ) {
    errors.push(badFormat(SEARCH, 'endDatetime'))
  }
  const { page, amount } = paging(body)
  if (!Number.isInteger(amount) || amount < 1 || amount > 1000)
    errors.push(badFormat(SEARCH, 'requestRecordsAmount'))
  if (!Number.isInteger(page) || page < 1) errors.push(badFormat(SEARCH, 'requestPage'))
  if (asList(body.subStatusIdList).includes(-1) && isMissing(body.orderProgressList)) {
    errors.push(missing(SEARCH, 'orderProgressList'))
  }
  return errors
}

function paging(body: Body) {
  const request = asRecord(body.PaginationRequestModel)
  const sort = asRecord(asList(request.SortModelList)[0])
  return {
    amount: Number(request.requestRecordsAmount ?? 30),
    page: Number(request.requestPage ?? 1),
    descending: Number(sort.sortDirection ?? 2) === 2,
  }
}

function matches({ model }: SimOrder, body: Body): boolean {
  const at = dateOf(model, Number(body.dateType))
  if (at === null || at < (readTime(body.startDatetime) ?? 0) || at > (readTime(body.endDatetime) ?? 0))
    return false
  const within = (list: unknown, value: number | null) => isMissing(list) || asList(list).includes(value)
  return (
    within(body.orderProgressList, model.orderProgress) &&
    within(body.subStatusIdList, model.subStatusId ?? -1) &&
    within(body.orderTypeList, model.orderType) &&
    (isMissing(body.settlementMethod) ||
      Number(body.settlementMethod) === model.SettlementModel?.settlementMethodCode)
  )
}

function dateOf(model: SimOrder['model'], dateType: number): number | null {
  if (dateType === 4) {
    const shipped = model.PackageModelList.flatMap((basket) => basket.ShippingModelList)[0]?.shippingDate
    return shipped ? readTime(`${shipped}T00:00:00+0900`) : null
  }
  return readTime(model[DATE_FIELDS[dateType] ?? 'orderFixDatetime'])
}
