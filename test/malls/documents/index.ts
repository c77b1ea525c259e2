import type { SimulatedMall } from '../../../sandbox/malls/index.ts'
import { installed } from '../../sdks/main.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'
import type { Exchange } from './exchange.ts'

export { type Exchange, recording } from './exchange.ts'

/** Amazon's models are there where `npm ci` was run in test/sdks. */
export const hasDocuments = (mall: SimulatedMall): boolean => mall !== 'amazon' || installed()

/** What of these calls and answers is not as the mall documents it, each thing once. */
export async function complaintsOf(mall: SimulatedMall, exchanges: readonly Exchange[]): Promise<string[]> {
  const found = await testedMall(mall).complaints(exchanges)
  return [...new Set(found.map((line) => line.replaceAll(/\[\d+\]/g, '[]')))]
}
