import { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'
import type { HttpResponse } from '../../../platform/http/http-client.ts'
import { bodyText, failureOfGatewayBody, failureOfStatus, malformed } from '../../kit/http-failures.ts'
import { parseJson } from '../../kit/texts.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import { AMAZON } from '../facts.ts'
import { clientRefused, consentRevoked, type Facts, tokenRequestRefused } from '../failures.ts'

export interface TokenAnswer {
  accessToken: string
  /** Seconds. */
  expiresIn: number
}

const text = z.string().trim().min(1)
const Success = z.object({
  access_token: text,
  // An hour is the documented life.
  expires_in: z.coerce.number().positive().max(86_400).catch(3600),
})
/** OAuth's form, not the error list of the API. */
const Refusal = z.object({ error: text, error_description: z.string().optional().catch(undefined) })

/** Reads what Login with Amazon sent; an `error` counts whatever the HTTP status says. Raises MarketplaceFailure. */
export function readTokenAnswer(response: HttpResponse, clock: Clock): TokenAnswer {
  const json = parseJson(bodyText(response))
  const busy = failureOfStatus(AMAZON, response, clock)
  if (busy) throw busy
  const refusal = Refusal.safeParse(json)
  if (refusal.success) throw failureOfRefusal(refusal.data, response)
  const page = failureOfGatewayBody(AMAZON, response)
  if (page) throw page
  const success = Success.safeParse(json)
  // The body may hold a token, so it is not kept, not even sealed.
  if (response.status >= 400 || !success.success) {
    throw malformed(AMAZON, `トークン応答 HTTP ${response.status}`, '')
  }
  return { accessToken: success.data.access_token, expiresIn: success.data.expires_in }
}

function failureOfRefusal(refusal: z.infer<typeof Refusal>, response: HttpResponse): MarketplaceFailure {
  const facts: Facts = {
    status: response.status,
    mallCode: refusal.error.slice(0, 100),
    mallMessage: refusal.error_description?.slice(0, 500),
  }
  switch (refusal.error) {
    case 'invalid_grant':
      return consentRevoked(facts)
    case 'invalid_client':
      return clientRefused(facts)
    case 'server_error':
    case 'temporarily_unavailable':
      return new MarketplaceFailure({
        ...facts,
        kind: 'unavailable',
        code: 'AMAZON_AUTH_UNAVAILABLE',
        message: 'Amazonの認証サーバーが一時的に利用できません。時間をおいて自動で再試行します。',
      })
    default:
      return tokenRequestRefused(facts)
  }
}
