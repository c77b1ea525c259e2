import type { HttpResponse } from '../../../platform/http/http-client.ts'
import type { OAuthAccess } from './access.ts'

/** Bound for a machine that is suspended again and again during calls. */
const MOST_REFUSALS = 10

/**
 * True when a refused access token blames the shop's credentials. The first refusal may meet a token that
 * another caller replaced; later ones count when the token is new and should still be valid. A token that
 * expired on its way (suspended machine, corrected clock) proves nothing, and the call is repeated with
 * another.
 * @param refusals in a row, including this one
 * @param fresh true when the token should have been valid at the time of the refusal
 */
const tellsOfTheKey = (refusals: number, fresh: boolean): boolean =>
  (refusals > 1 && fresh) || refusals >= MOST_REFUSALS

/**
 * Calls with an access token, and again with another when the mall refuses it: a refused call did nothing.
 * @returns the first answer that does not refuse the token, or the refusal that blames the credentials
 * @throws MarketplaceFailure from `exchange` and the token endpoint
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
    // The consent may have ended since that token was made; then the token endpoint gives the exact reason.
    await access.bearer(signal)
    return response
  }
}
