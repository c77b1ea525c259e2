import { z } from 'zod'
import { each } from '../kit/names.ts'
import { amount, code, flag, id, int32, laterRate, listOf, text } from './orders/wire-fields.ts'

/**
 * 購入申込API (ReserveAPI, reserve.infoList.get). Orderer and sender are not read: a person's data comes with the order and not
 * before. Amounts that are not fixed are -9999.
 */

const pendingAmount = int32.nullish().transform((value) => value ?? null)

const WireDelivery = z.looseObject({
  detailId: int32,
  ...each(text, 'shippingDate commitDate releaseDate itemDetailName'),
  earlyFlag: flag,
  totalAmount: pendingAmount,
  reserveSettlement: z.looseObject({ settlementName: text }).nullish(),
  reserveAmount: z.looseObject(each(pendingAmount, 'postageAmount codFeeAmount')).nullish(),
})

const WireApplication = z.looseObject({
  reserveNumber: z.string().min(1),
  ...each(code, 'reserveStatus reserveType'),
  ...each(text, 'reserveStatusName shippingCycle reserveDatetime'),
  reserveItem: z.looseObject({
    itemId: id,
    itemName: z.string(),
    ...each(text, 'itemNumber selectedChoice variantId merchantDefinedSkuId skuInfo'),
    price: amount,
    units: int32,
    includeTaxFlag: flag,
    taxRate: laterRate,
  }),
  reserveOrderer: z.looseObject({ deliveryName: text }).nullish(),
  reserveSender: z.looseObject({ isolatedIslandFlag: flag }).nullish(),
  reserveDetails: listOf(WireDelivery),
})
export type WireApplication = z.infer<typeof WireApplication>

/** Errors come with HTTP 200: N00-000 found, N00-001 none, E… refused. */
export const WireApplications = z.looseObject({
  resultCode: z.string(),
  resultMessage: text,
  totalCount: int32.nullish().transform((value) => value ?? 0),
  publicReserveModelList: listOf(WireApplication),
})
export type WireApplications = z.infer<typeof WireApplications>
