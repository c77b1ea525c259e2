import type { SimulatedMall } from '../../../sandbox/malls/index.ts'
import { installed, unlikeTheModels } from '../../sdks/main.ts'
import { amazonClaims } from './amazon.ts'
import { aupayComplaints } from './aupay.ts'
import type { Exchange } from './exchange.ts'
import { rakutenComplaints } from './rakuten.ts'
import { shopifyComplaints } from './shopify.ts'
import { yahooComplaints } from './yahoo.ts'

export { type Exchange, recording } from './exchange.ts'

/** Amazon's models are there where `npm ci` was run in test/sdks. */
export const hasDocuments = (mall: SimulatedMall): boolean => mall !== 'amazon' || installed()

/** What of these calls and answers is not as the mall documents it, each thing once. */
export async function complaintsOf(mall: SimulatedMall, exchanges: readonly Exchange[]): Promise<string[]> {
  const found =
    mall === 'amazon'
      ? await unlikeTheModels(exchanges.flatMap(amazonClaims))
      : exchanges.flatMap(COMPLAINTS[mall])
  return [...new Set(found.map((line) => line.replaceAll(/\[\d+\]/g, '[]')))]
}

const COMPLAINTS = {
  rakuten: rakutenComplaints,
  yahoo: yahooComplaints,
  aupay: aupayComplaints,
  shopify: shopifyComplaints,
}
