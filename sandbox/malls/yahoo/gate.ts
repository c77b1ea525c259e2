import type { Clock } from '../../../src/platform/clock.ts'
import type { SandboxAnswer, SandboxRequest } from '../../kit/http-kit.ts'
import { errorAnswer } from './answers.ts'
import type { AccessToken, Consents } from './consents.ts'
import type { RateLimit } from './rate-limit.ts'
import type { YahooSettings } from './settings.ts'
import { checkSignature, type StoreKey } from './store-keys.ts'
import { px, tokenError } from './yahoo-faults.ts'

/** What every call of the order API passes before it reaches its operation. */
export interface Gate {
  /** Null: may pass. `keyStatus` is X-SWS-Authorize-Status, null where the check was not reached. */
  check(
    request: SandboxRequest,
    sellerId: string | undefined,
  ): { refused: SandboxAnswer | null; keyStatus: string | null }
}

export interface GateOptions {
  clock: Clock
  /** The machine's time. */
  realClock: Clock
  settings: YahooSettings
  consents: Consents
  keys: ReadonlyMap<string, StoreKey>
  rate: RateLimit
}

const SESSION_MS = 12 * 60 * 60 * 1000

export function createGate(options: GateOptions): Gate {
  const { clock, realClock, settings, consents, keys, rate } = options

  function checkKey(request: SandboxRequest, sellerId: string): string {
    const key = keys.get(sellerId)
    if (!key) return 'invalid-sellerid'
    return checkSignature({
      key,
      sellerId,
      signature: headerOf(request, 'x-sws-signature'),
      version: headerOf(request, 'x-sws-signature-version'),
      settings,
      times: [clock.now(), realClock.now()],
    })
  }

  return {
    check(request, sellerId) {
      const refuse = (refused: SandboxAnswer, keyStatus: string | null = null) => ({ refused, keyStatus })
      const token = bearer(request, consents)
      if (token === 'absent')
        return refuse(errorAnswer({ status: 401, message: 'Service Requires Authentication' }))
      if (token === 'unknown') return refuse(tokenError('invalid token format'))
      if (token.expiresAt <= clock.now()) return refuse(tokenError('expired token'))
      const limited = rate.take()
      if (limited) return refuse(limited)
      if (!isRegistered(request, settings)) return refuse(px('px-04306'))
      if (token.consent.revoked) return refuse(px('px-04307'))
      if (!sellerId) return refuse(px('px-04001'))
      if (!token.consent.sellers.includes(sellerId)) return refuse(px('px-14304'))
      const keyStatus = checkKey(request, sellerId)
      const old = clock.now() >= token.consent.consentedAt + SESSION_MS
      return { refused: old && keyStatus !== 'authorized' ? px('px-04102') : null, keyStatus }
    },
  }
}

function bearer(request: SandboxRequest, consents: Consents): AccessToken | 'absent' | 'unknown' {
  const match = /^Bearer (.+)$/.exec(headerOf(request, 'authorization') ?? '')
  return match?.[1] ? (consents.accessToken(match[1]) ?? 'unknown') : 'absent'
}

/** All calls come from this machine; a test plays another address by the header that a proxy would add. */
function isRegistered(request: SandboxRequest, { allowedIps }: YahooSettings): boolean {
  return allowedIps === null || allowedIps.includes(headerOf(request, 'x-forwarded-for') ?? '127.0.0.1')
}

function headerOf(request: SandboxRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
