import type { components, operations } from './api.ts'
import { type Download, download, isFile } from './download.ts'
import { NoAnswer, Problem, parseJson } from './errors.ts'
import { askWhereItWorks } from './moved.ts'
import type { Answer, Call, CallArguments, FilePath, Method, PathOf } from './paths.ts'
import { DEFAULT_RETRY, type RetryOptions, retrying, sleep, type Waiting } from './retry.ts'

export type Schemas = components['schemas']

type WhyQuery = NonNullable<operations['getWhy']['parameters']['query']>

export interface ClientOptions {
  /** `https://torikomi.example`, without `/v1`. */
  url: string
  apiKey: string
  /** Of one call, 60,000 by default; of a download the longest time without a byte. */
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

/** An answer with its headers: `ETag`, `Location`, `X-RateLimit-Remaining`. 304 only answers an `If-None-Match`. */
export type Answered<B = unknown> =
  | { status: 200 | 201 | 202 | 204; headers: Headers; body: B }
  | { status: 304; headers: Headers; body: undefined }

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
    return this.#body('get', path, more[0]) as Promise<Answer<P, 'get'>>
  }

  post<P extends PathOf<'post'>>(path: P, ...more: CallArguments<P, 'post'>): Promise<Answer<P, 'post'>> {
    return this.#body('post', path, more[0]) as Promise<Answer<P, 'post'>>
  }

  put<P extends PathOf<'put'>>(path: P, ...more: CallArguments<P, 'put'>): Promise<Answer<P, 'put'>> {
    return this.#body('put', path, more[0]) as Promise<Answer<P, 'put'>>
  }

  patch<P extends PathOf<'patch'>>(path: P, ...more: CallArguments<P, 'patch'>): Promise<Answer<P, 'patch'>> {
    return this.#body('patch', path, more[0]) as Promise<Answer<P, 'patch'>>
  }

  delete<P extends PathOf<'delete'>>(
    path: P,
    ...more: CallArguments<P, 'delete'>
  ): Promise<Answer<P, 'delete'>> {
    return this.#body('delete', path, more[0]) as Promise<Answer<P, 'delete'>>
  }

  /** The same with status and headers: an ETag to send as `If-None-Match` or `If-Match`, the `Location` of what was made. */
  ask<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    ...more: CallArguments<P, M>
  ): Promise<Answered<Answer<P, M>>> {
    return this.#call(method, path, more[0]) as Promise<Answered<Answer<P, M>>>
  }

  /**
   * A file, as the CSV of the orders. It is tried again until it begins; what breaks later is for the reader to begin anew.
   * @throws NoAnswer also while it is read: the line broke, or nothing came for `timeoutMs`
   */
  download<P extends FilePath>(path: P, ...more: CallArguments<P, 'get'>): Promise<Download> {
    const call: Call = more[0] ?? {}
    const { apiKey, timeoutMs = TIMEOUT_MS, fetch: ask = fetch } = this.#options
    const raw = { method: 'GET', path: filled(path, call), headers: call.headers ?? {}, signal: call.signal }
    const from = {
      ask,
      url: this.#url(raw.path),
      headers: { authorization: `Bearer ${apiKey}`, ...raw.headers },
    }
    return retrying(() => download(from, timeoutMs, call.signal), this.retry, this.waiting, call.signal)
  }

  async #body(method: Method, path: string, call?: Call): Promise<unknown> {
    const { status, headers, body } = await this.#call(method, path, call)
    // Only `ask` can say that nothing is new.
    if (status === 304) throw new Problem(status, {}, null, headers)
    return body
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
  async #call(method: Method, path: string, call: Call = {}): Promise<Answered> {
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
    return retrying(() => this.exchange(raw), this.retry, this.waiting, call.signal, mayTryAgain)
  }

  /** One call, whatever comes of it. @throws Problem when the service refuses, NoAnswer when nobody knows */
  async once(call: RawCall): Promise<unknown> {
    return (await this.exchange(call)).body
  }

  /** The same with status and headers. */
  async exchange({ method, path, body, headers, signal }: RawCall): Promise<Answered> {
    const { apiKey, timeoutMs = TIMEOUT_MS, fetch: ask = fetch } = this.#options
    const limit = AbortSignal.timeout(timeoutMs)
    let response: Response
    let text: string
    try {
      response = await askWhereItWorks(ask, this.#url(path), {
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
    const { status } = response
    if (status === 204 || status === 304) return { status, headers: response.headers, body: undefined }
    if (!response.ok) throw Problem.of(response, text)
    const answered = parseJson(text)
    if (answered !== undefined) return { status: status as 200, headers: response.headers, body: answered }
    if (isFile(response)) throw new TypeError(`${method} ${path} answers a file: use download()`)
    // The sign-in page of a café's network is a 200 too.
    throw new NoAnswer(`${method} ${path}: ${status}, but no JSON`)
  }

  #url(path: string): string {
    return this.#options.url.replace(/\/$/, '') + path
  }
}

/** Longer than the 30 s that the service gives itself. */
const TIMEOUT_MS = 60_000

const isIdempotencyKey = (header: string) => header.toLowerCase() === 'idempotency-key'

function filled(path: string, { path: values = {}, query = {} }: Call): string {
  const asked = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size > 0 ? `${asked}?${search}` : asked
}
