import { z } from 'zod'
import { CARRIER_CODES } from '../port/carriers.ts'
import { AMAZON } from './facts.ts'

/** Which carrier codes Amazon takes for Japan is told nowhere in full. */
export const CarrierCodes = z.partialRecord(z.enum(CARRIER_CODES), z.string().trim().min(1).max(60))
export type CarrierCodes = z.infer<typeof CarrierCodes>

/** All facts. The settings stand apart from the others: a thread that reads mails has no use for Zod. */
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
