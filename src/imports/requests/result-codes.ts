/** Codes of import requests used in several places. The first three: attempts that lead to a wait. */

/** The mall does not know the number (yet). */
export const NOT_FOUND = 'NOT_FOUND'
/** The mall has the order and holds it back. */
export const PENDING = 'PENDING'
/** The mall gave the order, and something of ours kept it from being stored. */
export const STORAGE_REFUSES = 'STORAGE_REFUSES'

/** Ends of a request that miss no order: it is another shop's, or a person does not want it. */
export const SKIPPED = 'skipped'
export const DISMISSED = 'dismissed'

/**
 * The order is another shop's of the same mailbox. Not among the two above: should the mall's list name it
 * for this shop after all, it is missed, and the sweep fetches it.
 */
export const OTHER_SHOP = 'other_shop'
