import { PATH, Problem } from '../../src/marketplaces/connector/contract.ts'
import { signedHeaders } from '../../src/platform/crypto/signed-message.ts'

/** Calls a connector as the service does, and in the ways in which it must be refused. */

export interface Told {
  status: number
  /** One of the contract's words; null where the answer has none. */
  code: string | null
  body: unknown
  text: string
  headers: Headers
  tookMs: number
}

export interface Key {
  secret?: string | undefined
  token?: string | undefined
}

interface Sent {
  method?: 'GET' | 'POST'
  path: string
  body?: unknown
  id?: string
  key?: Key | null
  /** Of the signature; absent: now. */
  at?: Date
  /** What is signed instead of this call. */
  signed?: string
  signal?: AbortSignal
}

export type Call = (sent: Sent) => Promise<Told>

const MOST_BYTES = 12 * 1024 * 1024
const TIMEOUT_MS = 30_000
let count = 0

export const createCall =
  (url: string, own: Key): Call =>
  async ({ method = 'GET', path, body, id, key = own, at = new Date(), signed, signal }) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const { secret, token } = key ?? {}
    const ownId = id ?? `check_${Date.now()}_${count++}`
    const over = signed ?? `${method} ${PATH}${path}\n${text}`
    const began = performance.now()
    const response = await fetch(`${url.replace(/\/+$/, '')}${PATH}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json, application/problem+json',
        ...(secret === undefined ? {} : signedHeaders([secret], ownId, at, over)),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json; charset=utf-8',
        ...(id === undefined ? {} : { 'idempotency-key': id }),
      },
      ...(method === 'POST' ? { body: text } : {}),
      signal: signal ?? AbortSignal.timeout(TIMEOUT_MS),
    })
    const answer = await response.text()
    if (answer.length > MOST_BYTES) throw new Error(`an answer of ${answer.length} characters`)
    const parsed = parse(answer)
    const code = response.status >= 400 ? (Problem.safeParse(parsed).data?.code ?? null) : null
    const { status, headers } = response
    return { status, code, body: parsed, text: answer, headers, tookMs: performance.now() - began }
  }

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
