import type { Lane, MarketplaceTools, Quota, TokenStore } from '../../../src/marketplaces/port/session.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import type { HttpClient } from '../../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'

/** Tools for testing an adapter alone: real HTTP, a lane that is always open, tokens in memory. */

export interface TestTools extends MarketplaceTools {
  notices: { code: string; message: string }[]
  /** Codes of withdrawn notices. */
  over: string[]
  quotas: Quota[]
}

/** `capMs` ends every exchange early, so that a test of a silent mall need not wait the full limit. */
export function testTools({
  clock = systemClock,
  capMs = 5_000,
  http = cappedHttp(capMs),
  tokens = memoryTokens(),
}: {
  clock?: Clock
  capMs?: number
  http?: HttpClient
  tokens?: TokenStore<unknown>
} = {}): TestTools {
  const notices: TestTools['notices'] = []
  const quotas: Quota[] = []
  const lane: Lane = {
    async take(quota, signal) {
      signal.throwIfAborted()
      quotas.push(quota)
    },
  }
  const over: string[] = []
  return {
    http,
    clock,
    lane,
    tokens,
    notices,
    over,
    quotas,
    notice: (notice) => notices.push(notice),
    noticeOver: (codes) => over.push(...codes),
  }
}

export function memoryTokens(): TokenStore<unknown> {
  let token: unknown = null
  let renewing: Promise<unknown> | null = null
  return {
    async get(isFresh, renew) {
      if (renewing) return renewing
      if (token !== null && isFresh(token)) return token
      renewing = renew(token).finally(() => {
        renewing = null
      })
      token = await renewing
      return token
    },
    async invalidate(refused) {
      if (token === refused) token = null
    },
  }
}

/** The service's own client, allowed to reach the simulators, with every exchange ended after `capMs`. */
export function cappedHttp(capMs: number): HttpClient {
  const client = createHttpClient({ allowPrivateHosts: 'all' })
  return {
    request: (request, signal) =>
      client.request({ ...request, timeoutMs: Math.min(request.timeoutMs ?? capMs, capMs) }, signal),
  }
}
