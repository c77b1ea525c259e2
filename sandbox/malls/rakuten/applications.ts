import { PlaceApplication } from '../../kit/control.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { Keep } from '../../kit/keep.ts'
import type { ControllableClock, PlaceOptions } from '../../kit/types.ts'
import type { SimShop } from './gateway.ts'
import { generateOrder } from './generate.ts'
import { DAY_MS, type OrderModel, wireDate, wireTime } from './model.ts'

/**
 * 購入申込API (ReserveAPI): applications, of which each delivery becomes an order with a number of its own on its
 * 注文確定日. Fields, result codes and limits as its reference has them.
 */

export const APPLICATIONS_PATH = '/es/1.0/reserve/reserveInfoList'
export const APPLICATIONS_FUNCTION = 'reserve.infoList.get'

interface Delivery {
  detailId: number
  shippingDate: string
  commitDate: string
  totalAmount: number
}
interface Application {
  shopCode: string
  reserveNumber: string
  reserveType: number
  appliedAt: number
  deliveries: Delivery[]
  /** As the buyer would have ordered it at once. */
  model: OrderModel
}

export interface ApplicationBook {
  place(body: unknown): { reserveNumber: string }
  all(): { reserveNumber: string; shopCode: string; left: number }[]
  /** Makes orders of what is due by now. */
  settle(): void
  answer(request: SandboxRequest, shop: SimShop): SandboxAnswer
}

/** orderType of the order that comes of a reserveType. */
const ORDER_TYPES: Readonly<Record<number, number>> = { 1: 4, 2: 5, 3: 6 }
const PENDING = -9999

export function createApplicationBook(
  {
    shops,
    seed,
    clock,
    keep,
  }: { shops: readonly SimShop[]; seed: number; clock: ControllableClock; keep: Keep },
  placeOrder: (options: PlaceOptions) => unknown,
): ApplicationBook {
  const book = keep('applications', (): Application[] => [])

  function settle(): void {
    const today = wireDate(clock.now())
    for (const { shopCode, reserveNumber, reserveType, deliveries, model } of book)
      while (deliveries[0] && deliveries[0].commitDate <= today) {
        const { detailId, shippingDate } = deliveries.shift() as Delivery
        const reserved = { orderType: ORDER_TYPES[reserveType], reserveNumber }
        const { OrdererModel } = model
        placeOrder({
          shopCode,
          overrides: {
            ...reserved,
            OrdererModel,
            reserveDeliveryCount: detailId,
            deliveryDate: shippingDate,
          },
        })
      }
  }

  return {
    settle,
    place(body) {
      const asked = PlaceApplication.parse(body ?? {})
      const shopCode = asked.shopCode ?? (shops[0] as SimShop).code
      if (!shops.some((shop) => shop.code === shopCode)) throw new Error(`No such shop: ${shopCode}`)
      const now = clock.now()
      const turn = book.length
      const model = generateOrder(seed, shopCode, 500_000 + turn, now)
      const reserveNumber = `${shopCode}-${wireDate(now).replaceAll('-', '')}-${9_100_000 + turn}-r`
      const deliveries = Array.from({ length: asked.deliveries }, (_, index) => {
        const commit = now + (asked.confirmAfterDays + index * asked.everyDays) * DAY_MS
        return {
          detailId: index + 1,
          commitDate: wireDate(commit),
          shippingDate: wireDate(commit + DAY_MS),
          totalAmount: asked.pending ? PENDING : (model.totalPrice as number),
        }
      })
      book.push({
        shopCode,
        reserveNumber,
        reserveType: asked.reserveType,
        appliedAt: now,
        deliveries,
        model,
      })
      return { reserveNumber }
    },
    all: () =>
      book.map(({ reserveNumber, shopCode, deliveries }) => ({
        reserveNumber,
        shopCode,
        left: deliveries.length,
      })),
    answer({ query }, shop) {
      const wrong = refusalOf(query, clock.now())
      if (wrong) return result(clock, wrong[0], wrong[1])
      const found = book
        .filter(
          (one) => one.shopCode === shop.code && one.deliveries.some((each) => fits(one, each, query, clock)),
        )
        .toSorted((a, b) => b.appliedAt - a.appliedAt || b.reserveNumber.localeCompare(a.reserveNumber))
      const [limit, offset] = [Number(query.get('limit') ?? 100), Number(query.get('offset') ?? 0)]
      if (found.length === 0)
        return result(clock, 'N00-001', '検索結果が0件です', { resultCodeInt: 1, limit, offset })
      const page = found.slice(offset, offset + limit)
      return result(clock, 'N00-000', '正常終了しました', {
        resultCodeInt: 0,
        totalCount: found.length,
        resultCount: page.length,
        limit,
        offset,
        publicReserveModelList: page.map((one) => wireOf(one, shop)),
      })
    },
  }
}

function result(
  clock: ControllableClock,
  resultCode: string,
  resultMessage: string,
  more: Readonly<Record<string, unknown>> = {},
): SandboxAnswer {
  return jsonAnswer(200, {
    resultCodeInt: 2,
    resultCode,
    resultMessage,
    responseDatetime: wireTime(clock.now()),
    totalCount: 0,
    resultCount: 0,
    limit: 0,
    offset: 0,
    publicReserveModelList: null,
    ...more,
  })
}

const isDay = (text: string | null): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '')
const periodOf = (query: URLSearchParams, now: number) =>
  [query.get('startDate') ?? wireDate(now), query.get('endDate') ?? wireDate(now)] as const

/** The reference's samples show only the code of a period that runs backwards; the others are alike. */
function refusalOf(query: URLSearchParams, now: number): [code: string, text: string] | null {
  if (!/^[123]$/.test(query.get('dateType') ?? '')) return ['E01-000', '期間指定種類を必ず指定してください']
  const [from, to] = periodOf(query, now)
  if (!isDay(from) || !isDay(to)) return ['E01-002', '有効な日付を指定してください']
  if (to < from) return ['E01-005', '期間指定の終了日は開始日より前になっています']
  const limit = Number(query.get('limit') ?? 100)
  return Number.isInteger(limit) && limit >= 1 && limit <= 1000
    ? null
    : ['E01-002', '有効な取得件数を指定してください']
}

function fits(
  { appliedAt }: Application,
  { shippingDate, commitDate }: Delivery,
  query: URLSearchParams,
  clock: ControllableClock,
): boolean {
  const [from, to] = periodOf(query, clock.now())
  const day = { 1: wireDate(appliedAt), 2: shippingDate, 3: commitDate }[Number(query.get('dateType'))] ?? ''
  return day >= from && day <= to
}

function wireOf(
  { reserveNumber, reserveType, appliedAt, deliveries, model }: Application,
  shop: SimShop,
): Record<string, unknown> {
  const [basket] = model.PackageModelList
  const item = basket?.ItemModelList[0]
  const { sex, birthYear, birthMonth, birthDay, ...orderer } = model.OrdererModel as unknown as Record<
    string,
    unknown
  >
  const pending = deliveries.some(({ totalAmount }) => totalAmount === PENDING)
  return {
    shopId: Number(shop.code),
    reserveNumber,
    reserveStatus: 1,
    reserveStatusName: '申込中',
    reserveType,
    shippingCycle: reserveType === 3 ? null : '毎月1日にお届け',
    rakutenMemberFlag: 1,
    reserveDatetime: wireTime(appliedAt),
    memo: null,
    carrierCode: 11,
    emailCarrierCode: 0,
    reserveItem: {
      itemId: item?.itemId,
      itemName: item?.itemName,
      itemNumber: item?.itemNumber,
      url: '/_mihon/item/',
      price: item?.price,
      firstPrice: null,
      lastPrice: null,
      units: item?.units,
      includePostageFlag: item?.includePostageFlag,
      includeTaxFlag: item?.includeTaxFlag,
      taxRate: item?.taxRate,
      includeCodFeeFlag: item?.includeCashOnDeliveryPostageFlag,
      selectedChoice: item?.selectedChoice,
      pointRate: 1,
      pointType: 0,
      inventoryType: 1,
      singleItemShippingFlag: 0,
      variantId: item?.SkuModelList[0]?.variantId ?? 'normal-inventory',
      merchantDefinedSkuId: item?.SkuModelList[0]?.merchantDefinedSkuId ?? null,
      skuInfo: item?.SkuModelList[0]?.skuInfo ?? null,
    },
    reserveOrderer: {
      differentSenderAddressFlag: model.equalSenderFlag === 1 ? 0 : 1,
      ...orderer,
      sex: sex ?? '-',
      birthday: birthYear === null ? null : `${birthYear}-${birthMonth}-${birthDay}`,
      deliveryName: '宅配便(ヤマト運輸)',
      comment: null,
    },
    reserveSender: { ...basket?.SenderModel, shippingNumber: null },
    reserveDetails: deliveries.map(({ totalAmount, ...delivery }) => ({
      ...delivery,
      releaseDate: reserveType === 3 ? delivery.shippingDate : null,
      itemDetailName: null,
      shippingStatus: 1,
      earlyFlag: 0,
      totalAmount,
      reserveSettlement: {
        settlementName: model.SettlementModel.settlementMethod,
        cardName: null,
        cardOwner: null,
        cardInstallmentType: null,
        cardInstallmentDesc: null,
      },
      reserveAmount: pending
        ? { taxAmount: PENDING, postageAmount: PENDING, codFeeAmount: PENDING }
        : { taxAmount: 0, postageAmount: model.postagePrice, codFeeAmount: model.deliveryPrice },
    })),
  }
}
