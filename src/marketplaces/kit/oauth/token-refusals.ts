import type { HttpResponse } from '../../../platform/http/http-client.ts'
import type { OAuthAccess } from './access.ts'

/** A machine that sleeps again and again while it calls must not go round for ever. */
const MOST_REFUSALS = 10

/**
 * Whether a refused access token says something of the shop's credentials. The first refusal may meet a token that somebody
 * replaced; after that one counts that was made anew and should still hold. One whose time ran out on its way (the machine
 * was suspended, its clock put right) says nothing: with another token the call is made again.
 * @param refusals in a row, this one included
 * @param fresh whether the token should hold at the time of the refusal
 */
const tellsOfTheKey = (refusals: number, fresh: boolean): boolean =>
  (refusals > 1 && fresh) || refusals >= MOST_REFUSALS

/**
 * Makes a call with an access token, and once more with another where the mall refused it: it let nothing through then.
 * @returns the first answer that is no refusal of the token, or the refusal that tells of the key. Raises what `exchange` and the token
 *   endpoint raise (MarketplaceFailure)
 */
export async function withRenewal(
  access: OAuthAccess,
  isRefused: (response: HttpResponse) => boolean,
  exchange: (accessToken: string) => Promise<HttpResponse>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  for (let refusals = 1; ; refusals += 1) {
    const { accessToken, stored } = await access.bearer(signal)
    const response = await exchange(accessToken)
    if (!isRefused(response)) return response
    const tells = tellsOfTheKey(refusals, access.isFresh(stored))
    await access.refused(stored)
    if (!tells) continue
    // The consent may have ended since that token was made; the token endpoint then says so, and says it exactly.
    await access.bearer(signal)
    return response
  }
}
