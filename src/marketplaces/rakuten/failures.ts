import type { HttpResponse } from '../../platform/http/http-client.ts'
import { factsOf } from '../../platform/narrow.ts'
import {
  bodyText,
  type CallKind,
  isHtml,
  malformed,
  rejected,
  unauthorised,
  unavailable,
  wordsOnRefused,
} from '../kit/failures.ts'
import type { MarketplaceFailure } from '../port/failures.ts'
import { RAKUTEN } from './facts.ts'

/**
 * The failure of an answer without MessageModelList: the gateway spoke, not the order service. Its body may
 * be `errors[]` (newer RMS APIs), `Results` (also with HTTP 200), empty, HTML or plain text. The request is
 * the same for every order, so none of these is one order's fault: keys are refused, or the service is away.
 */
export function gatewayFailure(response: HttpResponse, json: unknown): MarketplaceFailure {
  const { status } = response
  const error = gatewayError(json)
  const facts = { status, raw: bodyText(response), mallCode: error.code, mallMessage: error.message }
  if (KEY_REFUSED.has(error.code ?? '') || status === 401 || isRefusal(response, json))
    return keyRefused(facts)
  if (KEY_MALFORMED.has(error.code ?? '') || (status === 400 && !isHtml(response))) return keyMalformed(facts)
  if (status === 200 && error.code === undefined) {
    return malformed(RAKUTEN, 'MessageModelListがありません', facts.raw)
  }
  return gatewayRefused(facts)
}

const gatewayRefused = unavailable(
  'RAKUTEN_GATEWAY_REFUSED',
  ({ status, mallCode }) =>
    `楽天のAPIが要求を受け付けません（HTTP ${status}${mallCode ? `、${mallCode}` : ''}）。時間をおいて自動で再試行します。続く場合は運営者がRAKUTEN_API_URLの設定を確認してください。`,
)

/** A 403 of the API itself. With an HTML page or an empty body it is a gateway's and passes. */
const isRefusal = ({ status }: HttpResponse, json: unknown): boolean => status === 403 && json !== undefined

/** GA0001 since about 2026, ES01-01 before. */
const KEY_REFUSED = new Set(['GA0001', 'ES01-01'])
/** ES04-01 is a bad request at the gateway, which reads only our header. */
const KEY_MALFORMED = new Set(['GK0001', 'GK0005', 'GK0006', 'ES04-01'])

const RENEW =
  'RMS ＞ WEB APIサービス ＞ 利用設定 で licenseKey の有効期限と「楽天ペイ受注API」の利用状態を確認し、新しい licenseKey を店舗設定に登録してください。'

const keyRefused = unauthorised(
  'RAKUTEN_KEY_REFUSED',
  '楽天のAPIにキーを拒否されました。licenseKeyの期限切れ、入力誤り、または機能が利用中でない可能性があります。発行した直後のキーは10～30分使えないことがあります。',
  RENEW,
)

const keyMalformed = unauthorised(
  'RAKUTEN_KEY_MALFORMED',
  '楽天のAPIが認証情報の形式を認識できません。serviceSecretとlicenseKeyを入力し直してください。',
  RENEW,
)

function gatewayError(json: unknown) {
  const { errors, Results } = factsOf(json)
  const first = factsOf(Array.isArray(errors) ? errors[0] : Results)
  return {
    code: textOf(first.code ?? first.errorCode),
    message: textOf(first.message ?? first.errorMessage),
  }
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** A refusal by the order service. `message` holds no order data: only codes and fixed texts. */
export function refused(
  mallCode: string | null,
  mallMessage: string | null,
  raw?: string,
  call: CallKind = 'order',
): MarketplaceFailure {
  const { what, advice } = wordsOnRefused(RAKUTEN, call, 'RMSで注文と店舗の状態を確認してください。')
  return rejected(
    'RAKUTEN_REFUSED',
    `楽天が${what}を受け付けませんでした（${mallCode ?? 'コードなし'}）。${advice}`,
  )({ mallCode: mallCode ?? undefined, mallMessage: mallMessage ?? undefined, raw })
}
