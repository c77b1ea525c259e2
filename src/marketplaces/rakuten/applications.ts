import { isRealDay } from '../../platform/japan-time.ts'
import { rejected } from '../kit/failures.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type {
  ApplicationPage,
  ApplicationSearch,
  PurchaseApplication,
} from '../port/purchase-applications.ts'
import type { RakutenClient } from './client.ts'
import { refused } from './failures.ts'
import { fixed, fixedOrNull, percent, toRfc3339, type WireApplication } from './wire.ts'

/** dateType: 申込日, お届け予定日, 注文確定日. */
const DATE_TYPES: Readonly<Record<ApplicationSearch['by'], string>> = {
  applied: '1',
  delivery: '2',
  confirmation: '3',
}

/** 予約, 定期購入, 頒布会 before Rakuten makes orders of them (購入申込API). Needs a function of the key of its own. */
export async function purchaseApplications(
  client: Pick<RakutenClient, 'applications'>,
  { by, from, to, offset, limit }: ApplicationSearch,
  signal: AbortSignal,
): Promise<ApplicationPage> {
  const query = {
    dateType: DATE_TYPES[by],
    startDate: from,
    endDate: to,
    limit: String(limit),
    offset: String(offset),
  }
  const answer = await client.applications(query, signal).catch((error: unknown) => {
    if (!(error instanceof MarketplaceFailure) || error.kind !== 'unauthorised') throw error
    const { status, mallCode, mallMessage } = error
    throw switchedOff({ status, mallCode, mallMessage })
  })
  if (!answer.resultCode.startsWith('N'))
    throw refused(answer.resultCode, answer.resultMessage, undefined, 'shop')
  return { applications: answer.publicReserveModelList.map(toApplication), total: answer.totalCount }
}

/** A disabled function answers like a bad key, while orders may still come in. */
const switchedOff = rejected(
  'RAKUTEN_RESERVE_REFUSED',
  '楽天の購入申込APIを利用できません。RMS ＞ WEB APIサービス ＞ 利用設定 で「購入申込API」を利用中にし、licenseKeyの有効期限を確認してください。受注の取込には影響しません。',
)

const KINDS: Readonly<Record<number, PurchaseApplication['kind']>> = {
  1: 'subscription',
  2: 'hanpukai',
  3: 'reservation',
}

function toApplication(wire: WireApplication): PurchaseApplication {
  const item = wire.reserveItem
  return {
    applicationNumber: wire.reserveNumber,
    kind: KINDS[wire.reserveType ?? 0] ?? 'other',
    status: { code: String(wire.reserveStatus ?? ''), name: wire.reserveStatusName },
    appliedAt: toRfc3339(wire.reserveDatetime),
    cycle: wire.shippingCycle,
    item: {
      mallItemId: item.itemId,
      itemCode: item.itemNumber,
      sku: item.variantId,
      merchantSku: item.merchantDefinedSkuId,
      name: item.itemName,
      choices: [item.skuInfo, item.selectedChoice].flatMap(linesOf),
      unitPrice: fixed(item.price),
      taxIncluded: item.includeTaxFlag,
      taxRate: percent(item.taxRate),
      quantity: item.units,
    },
    deliveryMethod: wire.reserveOrderer?.deliveryName ?? null,
    remoteArea: wire.reserveSender?.isolatedIslandFlag ?? false,
    deliveries: wire.reserveDetails.map(toDelivery).toSorted((a, b) => a.round - b.round),
  }
}

const toDelivery = (
  detail: WireApplication['reserveDetails'][number],
): PurchaseApplication['deliveries'][number] => ({
  round: detail.detailId,
  deliverOn: dayOf(detail.shippingDate),
  confirmOn: dayOf(detail.commitDate),
  releaseOn: dayOf(detail.releaseDate),
  early: detail.earlyFlag,
  contents: detail.itemDetailName,
  total: fixedOrNull(detail.totalAmount),
  shippingFee: fixedOrNull(detail.reserveAmount?.postageAmount),
  codFee: fixedOrNull(detail.reserveAmount?.codFeeAmount),
  paymentName: detail.reserveSettlement?.settlementName ?? null,
})

const linesOf = (text: string | null): string[] =>
  (text ?? '').split(/\r?\n/).filter((line) => line.trim() !== '')

const dayOf = (text: string | null): string | null => {
  const day = text?.slice(0, 10) ?? ''
  return isRealDay(day) ? day : null
}
