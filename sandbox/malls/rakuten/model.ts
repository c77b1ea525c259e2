/** OrderModel of getOrder version 10 as the simulator keeps it; older versions are cut from it. */

export interface Address {
  zipCode1: string
  zipCode2: string
  prefecture: string
  city: string
  subAddress: string
  familyName: string
  firstName: string | null
  familyNameKana: string | null
  firstNameKana: string | null
  phoneNumber1: string
  phoneNumber2: string
  phoneNumber3: string
}

export interface ItemModel {
  itemDetailId: number
  itemName: string
  itemId: number
  itemNumber: string | null
  manageNumber: string
  price: number
  units: number
  includePostageFlag: number
  includeTaxFlag: number
  includeCashOnDeliveryPostageFlag: number
  selectedChoice: string | null
  pointRate: number
  pointType: number
  inventoryType: number
  delvdateInfo: string | null
  restoreInventoryFlag: number
  dealFlag: number
  drugFlag: number
  deleteItemFlag: number
  taxRate: number
  priceTaxIncl: number
  isSingleItemShipping: number
  SkuModelList: { variantId: string; merchantDefinedSkuId: string | null; skuInfo: string | null }[]
}

export interface ShippingModel {
  shippingDetailId: number
  shippingNumber: string | null
  deliveryCompany: string | null
  deliveryCompanyName: string | null
  shippingDate: string | null
}

export interface PackageModel {
  basketId: number
  postagePrice: number
  postageTaxRate: number
  deliveryPrice: number
  deliveryTaxRate: number
  goodsTax: number
  goodsPrice: number
  totalPrice: number
  noshi: string | null
  packageDeleteFlag: number
  defaultDeliveryCompanyCode: string
  dropOffFlag: number
  dropOffLocation: string | null
  SocialGiftModel: Record<string, unknown> | null
  SenderModel: Address & { isolatedIslandFlag: number }
  ItemModelList: ItemModel[]
  ShippingModelList: ShippingModel[]
  DeliveryCvsModel: Record<string, unknown> | null
}

export interface ChangeReason {
  changeId: number
  changeType: number
  changeTypeDetail: number | null
  changeReason: number | null
  changeReasonDetail: number | null
  changeApplyDatetime: string | null
  changeFixDatetime: string | null
  changeCmplDatetime: string | null
}

export interface OrderModel extends Record<string, unknown> {
  orderNumber: string
  orderProgress: number
  subStatusId: number | null
  subStatusName: string | null
  orderDatetime: string
  shopOrderCfmDatetime: string | null
  orderFixDatetime: string | null
  shippingInstDatetime: string | null
  shippingCmplRptDatetime: string | null
  cancelDueDate: string | null
  deliveryDate: string | null
  shippingTerm: number | null
  remarks: string | null
  orderType: number
  requestPrice: number
  couponAllTotalPrice: number
  postagePrice: number
  memo: string | null
  operator: string | null
  mailPlugSentence: string | null
  giftCheckFlag: number
  OrdererModel: Address & { emailAddress: string }
  SettlementModel: { settlementMethodCode: number; settlementMethod: string } & Record<string, unknown>
  DeliveryModel: { deliveryName: string; deliveryClass: number | null }
  PointModel: { usedPoint: number }
  PackageModelList: PackageModel[]
  ChangeReasonModelList: ChangeReason[]
}

export interface SimOrder {
  model: OrderModel
  shopCode: string
  placedAt: number
  /** The API knows the order from here on. */
  visibleAt: number
  /** When the next step of the state machine is due; Infinity when only a call moves the order. */
  nextAt: number
  /** getOrder's JSON by version, until the order changes. */
  json: Map<number, string>
}

// Times as the mall writes them: JST, offset without a colon.

const JST_OFFSET_MS = 9 * 60 * 60 * 1000
export const DAY_MS = 24 * 60 * 60 * 1000

export const wireTime = (ms: number): string =>
  `${new Date(ms + JST_OFFSET_MS).toISOString().slice(0, 19)}+0900`

export const wireDate = (ms: number): string => wireTime(ms).slice(0, 10)

/** Milliseconds of `YYYY-MM-DDThh:mm:ss+0900`; null for any other form. */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+0900$/.test(value)) return null
  const ms = Date.parse(`${value.slice(0, 19)}+09:00`)
  return Number.isNaN(ms) ? null : ms
}

/** The first 00:10 JST after `ms`: when Rakuten's nightly run closes shipped orders. */
export function nextNight(ms: number): number {
  const midnight = Math.floor((ms + JST_OFFSET_MS) / DAY_MS) * DAY_MS - JST_OFFSET_MS
  const tick = midnight + 10 * 60 * 1000
  return tick > ms ? tick : tick + DAY_MS
}
