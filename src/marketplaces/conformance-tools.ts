import { type Clock, systemClock } from '../platform/clock.ts'
import {
  type HttpClient,
  HttpError,
  type HttpErrorReason,
  type HttpRequest,
  type HttpResponse,
} from '../platform/http-client.ts'
import type { Lane, MarketplaceTools, Quota, TokenStore } from './marketplace.ts'

/** What an adapter needs when it is tested alone: HTTP over fetch, a lane that is always open, tokens in memory. */

export interface TestTools extends MarketplaceTools {
  notices: { code: string; message: string }[]
  quotas: Quota[]
}

/** `capMs` ends every exchange early, so that a test of a silent mall does not wait for the real time limit. */
export function testTools({
  clock = systemClock,
  capMs = 5_000,
  http = fetchHttp(capMs),
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
  return { http, clock, lane, tokens, notice: (notice) => notices.push(notice), notices, quotas }
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

export function fetchHttp(capMs: number): HttpClient {
  return {
    async request(request, signal) {
      const limit = AbortSignal.timeout(Math.min(request.timeoutMs ?? 30_000, capMs))
      try {
        return await exchange(request, signal ? AbortSignal.any([signal, limit]) : limit)
      } catch (error) {
        if (error instanceof HttpError) throw error
        if (signal?.aborted) throw new HttpError('aborted', 'aborted', error)
        throw new HttpError(reasonOf(error, limit), 'no answer', error)
      }
    },
  }
}

async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const response = await fetch(request.url, {
    method: request.method,
    ...(request.headers ? { headers: request.headers } : {}),
    ...(request.body === undefined ? {} : { body: request.body as string }),
    redirect: 'manual',
    signal,
  })
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > (request.maxBytes ?? 16 * 1024 * 1024)) throw new HttpError('too_large', 'answer too large')
    chunks.push(chunk)
  }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.concat(chunks),
  }
}

function reasonOf(error: unknown, limit: AbortSignal): HttpErrorReason {
  if (limit.aborted) return 'timeout'
  const code = (error as { cause?: { code?: string } }).cause?.code
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? 'unreachable' : 'broken'
}
