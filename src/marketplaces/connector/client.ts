import { createHash } from 'node:crypto'
import { signedHeaders } from '../../platform/crypto/signed-message.ts'
import type { HttpRequest, HttpResponse } from '../../platform/http/http-client.ts'
import { retryAfter } from '../../platform/http/http-client.ts'
import {
  type AnswerFacts,
  answerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  failureOfWrite,
  type MallNames,
  rejected,
  throttled,
  unauthorised,
  unavailable,
} from '../kit/failures.ts'
import { parseForeignJson } from '../kit/texts.ts'
import type { MarketplaceFailure } from '../port/failures.ts'
import type { MarketplaceTools, Quota, ShopContext } from '../port/session.ts'
import { type ErrorCode, PATH, Problem } from './contract.ts'

export interface ConnectorCredentials {
  /** Without `/torikomi/v1`. */
  url: string
  /** Standard Webhooks, both ways. */
  secret?: string | undefined
  /** Instead of it, for servers that cannot compute one. */
  token?: string | undefined
}

export type Answer =
  | { kind: 'ok'; body: unknown; raw: string }
  /** One of the contract's words that concerns this order alone. */
  | { kind: 'told'; code: ErrorCode; message: string; until: Date | undefined; facts: AnswerFacts }

export interface Call {
  method: 'GET' | 'POST'
  /** From the contract's path on, with its query. */
  path: string
  body?: unknown
  /** Of a change; absent: a read. */
  id?: string
  maxBytes: number
}

export type ConnectorClient = ReturnType<typeof createConnectorClient>

const TIMEOUT_MS = 30_000
/** As long as the kit believes a mall's Retry-After. */
const LONGEST_WAIT_MS = 12 * 60 * 60 * 1000
/** Makes the ids of reads differ within one millisecond. */
let sequence = 0

/** `mall`: the shop's own names. */
export function createConnectorClient(
  mall: MallNames,
  { shopId, credentials }: ShopContext<ConnectorCredentials>,
  { lane, http, clock }: MarketplaceTools,
  quota: Quota,
) {
  function requestOf({ method, path, body, id, maxBytes }: Call): HttpRequest {
    const text = body === undefined ? '' : JSON.stringify(body)
    const now = clock.now()
    const { secret, token, url } = credentials
    const ownId = id ?? digestOf(`${shopId} ${path} ${now} ${sequence++}`)
    // Signed from the contract's path on: a proxy before it may have another one in front.
    const signed = `${method} ${PATH}${path}\n${text}`
    return {
      method,
      url: `${url}${PATH}${path}`,
      entered: true,
      headers: {
        accept: 'application/json, application/problem+json',
        ...(secret === undefined ? {} : signedHeaders([secret], ownId, new Date(now), signed)),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json; charset=utf-8',
        ...(id === undefined ? {} : { 'idempotency-key': id }),
      },
      ...(body === undefined ? {} : { body: text }),
      timeoutMs: TIMEOUT_MS,
      maxBytes,
    }
  }

  return {
    mall,
    /** @throws MarketplaceFailure for what concerns the whole shop, and for an answer that cannot be read */
    async call(call: Call, signal: AbortSignal): Promise<Answer> {
      await lane.take(quota, signal)
      const isWrite = call.id !== undefined
      try {
        const response = await http.request(requestOf(call), signal)
        await paced(response, clock, signal)
        return read(mall, response, clock)
      } catch (error) {
        throw isWrite ? failureOfWrite(mall, error) : failureOfError(mall, error)
      }
    },
  }
}

/** Most that a shop's server makes this process read in a second. */
const BYTES_A_SECOND = 1024 * 1024

/** Reading costs the thread that all shops share: a server that sends much waits for its next call. */
async function paced(
  { body }: HttpResponse,
  clock: MarketplaceTools['clock'],
  signal: AbortSignal,
): Promise<void> {
  const waitMs = Math.round((body.length / BYTES_A_SECOND) * 1_000)
  if (waitMs > SHORT_MS) await clock.sleep(waitMs, signal)
}
const SHORT_MS = 100

export const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 32)

function read(mall: MallNames, response: HttpResponse, clock: MarketplaceTools['clock']): Answer {
  const { status } = response
  const raw = bodyText(response)
  // Fits no schema, so it is told as an answer that cannot be read.
  const body = parseForeignJson(raw)
  const problem = status >= 400 ? Problem.safeParse(body).data : undefined
  if (problem !== undefined) {
    const { code, message } = problem
    const facts = answerFacts(response, { code, message })
    const until = retryAfter(response, clock, LONGEST_WAIT_MS)
    const failure = failureOfShop(mall, code, { ...facts, until })
    if (failure) throw failure
    return { kind: 'told', code, message, until, facts }
  }
  const facts = answerFacts(response, null)
  const busy = failureOfStatus(mall, response, clock)
  if (busy) throw busy
  if (status === 401 || status === 403) throw keyRefused(mall)(facts)
  if (status >= 300) throw notThere(mall, status)(facts)
  const gateway = failureOfGatewayBody(mall, response)
  if (gateway) throw gateway
  return { kind: 'ok', body, raw }
}

/** The words that concern the whole shop; null for those that concern one order. */
function failureOfShop(mall: MallNames, code: ErrorCode, facts: AnswerFacts): MarketplaceFailure | null {
  switch (code) {
    case 'key_refused':
      return keyRefused(mall)(facts)
    case 'scope_missing':
      return unauthorised(
        'CONNECTOR_SCOPE_MISSING',
        `${mall.label}のコネクターの権限が不足しています。コネクターの設定で必要な権限を許可してください。`,
        RENEW,
      )(facts)
    case 'address_refused':
      return unauthorised(
        'CONNECTOR_ADDRESS_REFUSED',
        `${mall.label}のコネクターが、このサービスからの接続を拒否しました。コネクターの設定で送信元のIPアドレスを許可してください。`,
        RENEW,
      )(facts)
    case 'throttled':
      return throttled(
        'CONNECTOR_THROTTLED',
        `${mall.label}のコネクターの利用回数が上限に達しました。時間をおいて自動で再試行します。`,
      )(facts)
    case 'unavailable':
    case 'internal':
      return unavailable(
        code === 'internal' ? 'CONNECTOR_SERVER_ERROR' : 'CONNECTOR_UNAVAILABLE',
        `${mall.label}のコネクターが混雑中またはメンテナンス中です。時間をおいて自動で再試行します。`,
      )(facts)
    default:
      return null
  }
}

const RENEW =
  'コネクターの管理画面で鍵を確認し、店舗設定の「コネクターのURL」と「共有シークレット」（またはトークン）を登録し直してください。'

const keyRefused = (mall: MallNames) =>
  unauthorised(
    'CONNECTOR_KEY_REFUSED',
    `${mall.label}のコネクターが鍵を拒否しました。共有シークレット（またはトークン）と、サーバーの時刻を確認してください。`,
    RENEW,
  )

/** Never "no such order": a path that is not there says nothing of orders. */
const notThere = (mall: MallNames, status: number) =>
  unavailable(
    'CONNECTOR_NOT_THERE',
    `${mall.label}のコネクターが見つかりません（HTTP ${status}）。店舗設定の「コネクターのURL」と、コネクターが動いているかを確認してください。自動で再試行します。`,
  )

/** One order's refusal, in the shop's own words. */
export const refusedBy = (mall: MallNames, { code, message, facts }: Extract<Answer, { kind: 'told' }>) =>
  rejected(
    'CONNECTOR_REJECTED',
    `${mall.label}が要求を拒否しました（${code}）。${message === '' ? `${mall.console}で注文を確認してください。` : message.slice(0, 300)}`,
  )(facts)
