import { z } from 'zod'
import { SHOPIFY } from './facts.ts'

const key = z.string().trim().min(1).max(60).optional()

const settings = {
  refundOnCancel: z
    .boolean()
    .optional()
    .describe(
      'Shopify: a cancellation refunds by the original means of payment; left out: it refunds nothing (キャンセル時に返金する)',
    ),
  notifyBuyer: z
    .boolean()
    .optional()
    .describe(
      'Shopify: it mails the buyer of shipments, corrections and cancellations; left out: it does not (購入者へ通知する)',
    ),
  wishDayName: key.describe(
    'Shopify: name of the additional detail in which an app keeps the wished day; left out: the usual names (お届け希望日の項目名)',
  ),
  wishBandName: key.describe(
    'Shopify: name of the additional detail in which an app keeps the wished band; left out: the usual names (希望時間帯の項目名)',
  ),
}

const Settings = z.object(settings)
export type ShopifySettings = z.infer<typeof Settings>

/** A value of another shape counts as left out. */
export const settingsOf = (given: unknown): ShopifySettings => Settings.safeParse(given ?? {}).data ?? {}

/** Complete facts. Settings are kept apart, so that a thread that reads mails does not load Zod. */
export const SHOPIFY_WITH_SETTINGS = { ...SHOPIFY, shopSettings: settings }
