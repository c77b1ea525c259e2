import { isIP, type LookupFunction } from 'node:net'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { codeOf } from '../errors.ts'
import { createGatherer } from '../gather.ts'
import { AddressError, type AddressRules, portOf, resolvePublicHost } from './address-guard.ts'
import {
  currentSendDeadline,
  type HttpClient,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  isPast,
} from './http-client.ts'

export interface HttpClientOptions {
  /** Hosts that may have a private address (a simulator, an inside proxy); `all` switches the guard off. */
  allowPrivateHosts: readonly string[] | 'all'
  resolve?: AddressRules['resolve']
  /** Time for DNS, TCP and TLS together. Default 10 s; the request's own limit holds too. */
  connectTimeoutMs?: number
  /** Connections held to one origin at most. Default 64. */
  connectionsPerHost?: number
}

export interface ClosableHttpClient extends HttpClient {
  /** Ends all connections; requests under way fail. */
  close(): Promise<void>
}

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024

/**
 * HTTP/1.1 over a pool of kept-alive connections. Addresses are checked where the connection is made, so a
 * name that changes its address between check and use gains nothing. gzip, deflate and brotli are undone
 * while they arrive.
 */
export function createHttpClient(options: HttpClientOptions): ClosableHttpClient {
  const rules: AddressRules = {
    allow: options.allowPrivateHosts,
    ...(options.resolve ? { resolve: options.resolve } : {}),
  }
  const agent = new Agent({
    allowH2: false,
    connections: options.connectionsPerHost ?? 64,
    keepAliveTimeout: 10_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: guardedConnect(rules, options.connectTimeoutMs ?? 10_000),
  })
  return {
    async request(request, signal) {
      const url = parseUrl(request.url)
      // Node looks up names only, so a literal address is checked here.
      await checkLiteral(url, rules)
      return exchange(agent, url, request, signal)
    },
    close: () => agent.destroy(),
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new HttpError('unreachable', 'not an http(s) URL')
  }
  return url
}

async function checkLiteral(url: URL, rules: AddressRules): Promise<void> {
  const { hostname } = url
  if (!/^[\d.]+$|^\[/.test(hostname)) return
  try {
    await resolvePublicHost(hostname, rules, portOf(url))
  } catch (error) {
    throw new HttpError('forbidden_address', 'address is not allowed', error)
  }
}

function exchange(agent: Agent, url: URL, request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
  // Taken here: what undici calls back belongs to the connection, not to the work that asked.
  const deadline = currentSendDeadline()
  return new Promise((resolve, reject) => {
    let started = false
    let settled = false
    let controller: Dispatcher.DispatchController | null = null
    let response: {
      status: number
      headers: Record<string, string>
      body: ReturnType<typeof startBody>
    } | null = null

    const settle = (finish: () => void) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      finish()
    }
    const fail = (error: HttpError) =>
      settle(() => {
        controller?.abort(error)
        response?.body.destroy()
        reject(error)
      })
    const onAbort = () => fail(new HttpError('aborted', 'request was aborted', signal?.reason))
    const onTime = () =>
      fail(
        started
          ? new HttpError('timeout', 'no whole answer in time')
          : new HttpError('unreachable', 'no connection in time'),
      )

    const timer = setTimeout(onTime, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    if (signal?.aborted) return onAbort()
    if (deadline && isPast(deadline)) return fail(TOO_LATE())
    signal?.addEventListener('abort', onAbort, { once: true })

    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: requestHeaders(request, url),
        body: request.body ?? null,
      },
      {
        onRequestStart(given) {
          // Time may have run out while the request waited for a connection: nothing is sent then.
          if (settled) return given.abort(new Error('no longer wanted'))
          if (deadline && isPast(deadline)) return given.abort(TOO_LATE())
          started = true
          controller = given
        },
        onResponseStart(_controller, status, headers) {
          // 1xx announces an answer, it is none.
          if (status < 200) return
          const flat = flattenHeaders(headers)
          const body = startBody(flat['content-encoding'], request.maxBytes ?? DEFAULT_MAX_BYTES, fail)
          response = { status, headers: flat, body }
        },
        onResponseData(_controller, chunk) {
          response?.body.push(chunk)
        },
        onResponseEnd() {
          const { status, headers, body } = response ?? {}
          if (!body || status === undefined || !headers) return fail(new HttpError('broken', 'no answer'))
          body.end((whole) => settle(() => resolve({ status, headers, body: whole })))
        },
        onResponseError(_controller, error) {
          fail(toHttpError(error, started))
        },
      },
    )
  })
}

const TOO_LATE = () => new HttpError('unreachable', 'too late to be sent')

function requestHeaders(request: HttpRequest, url: URL): Record<string, string> {
  const given = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return { 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'torikomi', ...given, host: url.host }
}

function flattenHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return out
}

/** Node's error codes for a certificate that it rejects. */
const CERTIFICATE =
  /^(CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/

function toHttpError(error: unknown, started: boolean): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof AddressError && error.reason === 'forbidden') {
    return new HttpError('forbidden_address', 'address is not allowed', error)
  }
  if (!started && CERTIFICATE.test(codeOf(error) ?? ''))
    return new HttpError('untrusted', 'the certificate is not to be trusted', error)
  return started
    ? new HttpError('broken', 'connection broke before the answer was whole', error)
    : new HttpError('unreachable', 'no connection could be made', error)
}

/** One way out for each port, as a host may be allowed at one alone. */
function guardedConnect(rules: AddressRules, timeout: number): buildConnector.connector {
  const byPort = new Map<number, buildConnector.connector>()
  return (options, callback) => {
    const port = portOf({ port: options.port, protocol: options.protocol })
    const connect = byPort.get(port) ?? buildConnector({ timeout, lookup: guardedLookup(rules, port) })
    byPort.set(port, connect)
    connect(options, callback)
  }
}

/** The lookup that sockets themselves use: the addresses it checks are those connected to. */
function guardedLookup(rules: AddressRules, port: number): LookupFunction {
  return (hostname, options, callback) => {
    resolvePublicHost(hostname, rules, port).then(
      (addresses) => {
        const wanted = options.family === 4 || options.family === 6 ? options.family : 0
        const entries = addresses
          .map((address) => ({ address, family: isIP(address) }))
          .filter((entry) => wanted === 0 || entry.family === wanted)
        const [first] = entries
        if (!first)
          return callback(Object.assign(new Error('no address of that family'), { code: 'ENOTFOUND' }), '')
        if (options.all) return callback(null, entries)
        callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
}

interface Body {
  push(chunk: Buffer): void
  end(done: (whole: Buffer) => void): void
  destroy(): void
}

/**
 * Collects an answer, undoing its content coding as it comes. `maxBytes` bounds both what is received and
 * what it unfolds to, so that a few kilobytes of zeros packed a thousandfold are stopped at the limit.
 */
function startBody(encoding: string | undefined, maxBytes: number, fail: (error: HttpError) => void): Body {
  const decoder = decoderFor(encoding)
  const store = collector(maxBytes, fail)
  if (!decoder) return { push: store.add, end: (done) => done(store.whole()), destroy: () => {} }

  let received = 0
  let ended: ((whole: Buffer) => void) | null = null
  decoder.on('data', store.add)
  decoder.on('end', () => ended?.(store.whole()))
  decoder.on('error', (error) => fail(new HttpError('broken', 'compressed answer cannot be read', error)))
  return {
    push(chunk) {
      received += chunk.length
      if (received > maxBytes) return fail(tooLarge(maxBytes))
      decoder.write(chunk)
    },
    end(done) {
      // HEAD, 204 and 304 name a coding and have no body.
      if (received === 0) return done(Buffer.alloc(0))
      ended = done
      decoder.end()
    },
    destroy: () => decoder.destroy(),
  }
}

function collector(maxBytes: number, fail: (error: HttpError) => void) {
  const gathered = createGatherer()
  return {
    add(chunk: Buffer) {
      if (gathered.size + chunk.length > maxBytes) return fail(tooLarge(maxBytes))
      gathered.add(chunk)
    },
    whole: gathered.whole,
  }
}

const tooLarge = (maxBytes: number) => new HttpError('too_large', `answer is longer than ${maxBytes} bytes`)

function decoderFor(encoding: string | undefined): Transform | null {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      return null
  }
}
