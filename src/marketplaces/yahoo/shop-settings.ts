import { z } from 'zod'
import { YAHOO } from './facts.ts'

/** Settings of a store for its updates. An absent one is not sent, or sent as in Yahoo!'s own samples. */
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

/** Parses the settings; unreadable ones count as absent. */
export const settingsOf = (given: unknown): z.infer<typeof Settings> =>
  Settings.safeParse(given ?? {}).data ?? {}

/** Complete facts. Settings are kept apart, so that a thread that reads mails does not load Zod. */
export const YAHOO_WITH_SETTINGS = { ...YAHOO, shopSettings: settings }
