import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { accepted, badFormat, type Message, message, missing, noValue, refusal } from '../messages.ts'
import type { SimOrder } from '../model.ts'
import { DAY_MS, readTime } from '../time.ts'
import { asList, asRecord, type Body, isMissing, type Operation } from './operation.ts'

const NAME = 'SEARCH_ORDER'
/** More than this is silently out of reach. */
const REACHABLE = 15_000
const DATE_FIELDS: Readonly<Record<number, string>> = {
  1: 'orderDatetime',
  2: 'shopOrderCfmDatetime',
  3: 'orderFixDatetime',
  5: 'shippingCmplRptDatetime',
}

export const searchOrder: Operation = (body, { shop, store, clock }) => {
  const errors = problems(body, clock.now())
  if (errors.length > 0) return refusal(errors, { orderNumberList: null, PaginationResponseModel: null })
  const found = store.visible(shop.code).filter((order) => matches(order, body))
  const { page, amount, descending } = paging(body)
  if (found.length === 0) return nothing()
  found.sort((a, b) => a.placedAt - b.placedAt || a.model.orderNumber.localeCompare(b.model.orderNumber))
  if (descending) found.reverse()
  const numbers = found
    .slice(0, REACHABLE)
    .slice((page - 1) * amount, page * amount)
    .map((order) => order.model.orderNumber)
  return accepted([message('INFO', `${NAME}_INFO_101`, '注文検索に成功しました。')], {
    orderNumberList: numbers,
    PaginationResponseModel: {
      totalRecordsAmount: found.length,
      totalPages: Math.ceil(found.length / amount),
      requestPage: page,
    },
  })
}

function nothing(): SandboxAnswer {
  return accepted([message('INFO', `${NAME}_INFO_102`, '注文検索に成功しました。(検索結果０件)')], {
    orderNumberList: [],
    PaginationResponseModel: { totalRecordsAmount: null, totalPages: null, requestPage: null },
  })
}

const REQUIRED = ['dateType', 'startDatetime', 'endDatetime']

function problems(body: Body, now: number): Message[] {
  // Faults come together: what is missing, what is empty, what has another form.
  const errors: Message[] = REQUIRED.flatMap((field) =>
    body[field] === undefined ? [missing(NAME, field)] : isMissing(body[field]) ? [noValue(NAME, field)] : [],
  )
  const given = (field: string) => !isMissing(body[field])
  const start = readTime(body.startDatetime)
  const end = readTime(body.endDatetime)
  if (given('dateType') && ![1, 2, 3, 4, 5, 6].includes(Number(body.dateType)))
    errors.push(badFormat(NAME, 'dateType'))
  if (given('startDatetime') && (start === null || start < now - 730 * DAY_MS))
    errors.push(badFormat(NAME, 'startDatetime'))
  if (
    given('endDatetime') &&
    (end === null || (start !== null && (end < start || end - start > 63 * DAY_MS)))
  ) {
    errors.push(badFormat(NAME, 'endDatetime'))
  }
  const { page, amount } = paging(body)
  if (!Number.isInteger(amount) || amount < 1 || amount > 1000)
    errors.push(badFormat(NAME, 'requestRecordsAmount'))
  if (!Number.isInteger(page) || page < 1) errors.push(badFormat(NAME, 'requestPage'))
  if (asList(body.subStatusIdList).includes(-1) && isMissing(body.orderProgressList)) {
    errors.push(missing(NAME, 'orderProgressList'))
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
