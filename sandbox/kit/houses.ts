/**
 * The examples know a shop's first buyers. A rush of thousands out of six houses would be one family's, each
 * order to be combined with all others.
 */
const WELL_KNOWN = 60

/** The same house; from the sixty-first order on each has another one in that street. */
export const houseOf = (street: string, turn: number): string =>
  turn < WELL_KNOWN ? street : `${street}-${turn}`

/** The same for its phone, which still belongs to nobody. */
export const phoneOf = (phone: string, turn: number): string =>
  turn < WELL_KNOWN ? phone : phone.replace(/\d{4}$/, String(turn % 10_000).padStart(4, '0'))
