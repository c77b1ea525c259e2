import { z } from 'zod'
import { CARRIER_CODES } from '../port/carriers.ts'
import { AMAZON } from './facts.ts'

/** Carrier codes of the shop; no source lists all that Amazon accepts for Japan. */
export const CarrierCodes = z.partialRecord(z.enum(CARRIER_CODES), z.string().trim().min(1).max(60))
export type CarrierCodes = z.infer<typeof CarrierCodes>

/** Complete facts. Settings are kept apart, so that a thread that reads mails does not load Zod. */
export const AMAZON_WITH_SETTINGS = {
  ...AMAZON,
  shopSettings: {
    includeFba: z
      .boolean()
      .optional()
      .describe('Amazon: import orders that Amazon ships as well; left out otherwise (FBA注文も取り込む)'),
    carrierCodes: CarrierCodes.optional().describe(
      'Amazon: carrierCode to send for a carrier instead of the usual one; `Other` sends its name (配送会社コード)',
    ),
  },
}
