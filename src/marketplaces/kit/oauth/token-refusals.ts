/** A machine that sleeps again and again while it calls must not go round for ever. */
const MOST_REFUSALS = 10

/**
 * Whether a refused access token says something of the shop's credentials. The first refusal may meet a token that somebody
 * replaced; after that one counts that was made anew and should still hold. One whose time ran out on its way (the machine
 * was suspended, its clock put right) says nothing: with another token the call is made again.
 * @param refusals in a row, this one included
 * @param fresh whether the token should hold at the time of the refusal
 */
export const tellsOfTheKey = (refusals: number, fresh: boolean): boolean =>
  (refusals > 1 && fresh) || refusals >= MOST_REFUSALS
