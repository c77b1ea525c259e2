import { MarketplaceFailure } from '../port/failures.ts'
import type { FetchOutcome } from '../port/session.ts'

export const failed = (orderNumber: string, failure: MarketplaceFailure): FetchOutcome => ({
  kind: 'failed',
  orderNumber,
  failure,
})

/** `words`: the mall's own. */
export const notFound = (orderNumber: string, words?: string | null): FetchOutcome => ({
  kind: 'not_found',
  orderNumber,
  ...(words ? { mallMessage: words } : {}),
})

/**
 * An order that cannot be read fails alone.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export async function orFailed(
  orderNumber: string,
  read: () => Promise<FetchOutcome>,
): Promise<FetchOutcome> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof MarketplaceFailure) || error.kind !== 'malformed') throw error
    return failed(orderNumber, error)
  }
}
