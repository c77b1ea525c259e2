import type { components, operations } from './api.ts'
import { NoAnswer, Problem } from './errors.ts'
import type { Answer, Call, CallArguments, Method, PathOf } from './paths.ts'
import {
  DEFAULT_RETRY,
  type RetryOptions,
  retryAfterSeconds,
  retrying,
  sleep,
  type Waiting,
} from './retry.ts'

export type Schemas = components['schemas']

type WhyQuery = operations['getWhy']['parameters']['query']

export interface ClientOptions {
  /** `https://torikomi.example`, without `/v1`. */
  url: string
  apiKey: string
  /** Of one call; longer than the 30 s that the service gives itself. */
  timeoutMs?: number
  retry?: Partial<RetryOptions>
  fetch?: typeof fetch
  waiting?: Partial<Waiting>
}

export interface RawCall {
  method: string
  path: string
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal | undefined
}

/**
 * The REST surface with its types. Reads, and writes with an `Idempotency-Key`, are tried again when an answer is lost;
 * another write is not, for nobody knows whether it was done: its error is then `NoAnswer`.
 */
export class Torikomi {
  readonly retry: RetryOptions
  readonly waiting: Waiting
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
    this.retry = { ...DEFAULT_RETRY, ...options.retry }
    this.waiting = { random: Math.random, sleep, ...options.waiting }
  }

  get<P extends PathOf<'get'>>(path: P, ...more: CallArguments<P, 'get'>): Promise<Answer<P, 'get'>> {
    return this.#call('get', path, more[0]) as Promise<Answer<P, 'get'>>
  }

  post<P extends PathOf<'post'>>(path: P, ...more: CallArguments<P, 'post'>): Promise<Answer<P, 'post'>> {
    return this.#call('post', path, more[0]) as Promise<Answer<P, 'post'>>
  }

  put<P extends PathOf<'put'>>(path: P, ...more: CallArguments<P, 'put'>): Promise<Answer<P, 'put'>> {
    return this.#call('put', path, more[0]) as Promise<Answer<P, 'put'>>
  }

  patch<P extends PathOf<'patch'>>(path: P, ...more: CallArguments<P, 'patch'>): Promise<Answer<P, 'patch'>> {
    return this.#call('patch', path, more[0]) as Promise<Answer<P, 'patch'>>
  }

  delete<P extends PathOf<'delete'>>(
    path: P,
    ...more: CallArguments<P, 'delete'>
  ): Promise<Answer<P, 'delete'>> {
    return this.#call('delete', path, more[0]) as Promise<Answer<P, 'delete'>>
  }

  /**
   * Why an order is not here, with what happens next and when.
   * @param number the mall’s order number
   * @param query `shopId` asks about one shop alone
   */
  why(number: string, query: Omit<WhyQuery, 'number'> = {}, signal?: AbortSignal): Promise<Schemas['Why']> {
    return this.get('/v1/why', { query: { number, ...query }, ...(signal ? { signal } : {}) })
  }

  /** Typed by its callers: an inferred union of all paths is more than TypeScript takes. */
  async #call(method: Method, path: string, call: Call = {}): Promise<unknown> {
    const raw: RawCall = {
      method: method.toUpperCase(),
      path: filled(path, call),
      body: call.body,
      headers: call.headers ?? {},
      signal: call.signal,
    }
    const repeatable = method === 'get' || Object.keys(raw.headers ?? {}).some(isIdempotencyKey)
    // A call beyond the limit was not begun, whatever it is.
    const mayTryAgain = repeatable
      ? undefined
      : (error: unknown) => error instanceof Problem && error.status === 429
    return retrying(() => this.once(raw), this.retry, this.waiting, call.signal, mayTryAgain)
  }

  /** One call, whatever comes of it. @throws Problem when the service refuses, NoAnswer when nobody knows */
  async once({ method, path, body, headers, signal }: RawCall): Promise<unknown> {
    const { url, apiKey, timeoutMs = 60_000, fetch: ask = fetch } = this.#options
    const limit = AbortSignal.timeout(timeoutMs)
    let response: Response
    let text: string
    try {
      response = await ask(`${url.replace(/\/$/, '')}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      })
      text = await response.text()
    } catch (error) {
      signal?.throwIfAborted()
      throw new NoAnswer(
        `${method} ${path}: ${error instanceof Error ? error.message : String(error)}`,
        error,
      )
    }
    if (response.status === 204) return undefined
    const answered = readJson(text)
    if (response.ok) {
      // The sign-in page of a café's network is a 200 too.
      if (answered === undefined) throw new NoAnswer(`${method} ${path}: ${response.status}, but no JSON`)
      return answered
    }
    const after = retryAfterSeconds(response.headers.get('retry-after'), Date.now())
    throw new Problem(response.status, isObject(answered) ? answered : {}, after)
  }
}

const isIdempotencyKey = (header: string) => header.toLowerCase() === 'idempotency-key'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function filled(path: string, { path: values = {}, query = {} }: Call): string {
  const asked = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size > 0 ? `${asked}?${search}` : asked
}
