/** Outcomes of tries after which a request waits for what is to be expected. */

/** The mall does not know the number (yet). */
export const NOT_FOUND = 'NOT_FOUND'
/** The mall has the order and holds it back. */
export const PENDING = 'PENDING'
