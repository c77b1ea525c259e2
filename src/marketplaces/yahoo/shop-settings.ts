import { z } from 'zod'
import { YAHOO } from './facts.ts'

/** What a store may decide of its updates; what is not set is not sent, or sent as Yahoo!'s own samples have it. */
const settings = {
  fixPointsOnCancel: z
    .boolean()
    .optional()
    .describe(
      'Yahoo!: send IsPointFix true with a cancel; false otherwise (キャンセル時にポイントを確定する)',
    ),
  couponUpdateAllowed: z
    .boolean()
    .optional()
    .describe(
      'Yahoo!: IsCouponUpdateAllowed of content changes, whether the coupon of an order may change with it; not sent otherwise (クーポンの変更を許可する)',
    ),
}
const Settings = z.object(settings)

/** Whatever cannot be read is as if it were not set. */
export const settingsOf = (given: unknown): z.infer<typeof Settings> =>
  Settings.safeParse(given ?? {}).data ?? {}

/** All facts. The settings stand apart from the others: a thread that reads mails has no use for Zod. */
export const YAHOO_WITH_SETTINGS = { ...YAHOO, shopSettings: settings }
