import type { HttpResponse } from '../../platform/http/http-client.ts'
import { answerFacts, type MallError, throttled, unauthorised, unavailable } from '../kit/failures.ts'
import { elementsAt, textAt, type XmlDocument } from '../kit/xml.ts'
import type { MarketplaceFailure } from '../port/failures.ts'
import { CONSOLE } from './facts.ts'

/**
 * Returns the refusal in `result/status` (応答 of the API設計書: 0 success, anything else not). Null when there is
 * none. The message is below `error`, in some answers directly below `result`; batch answers repeat the error
 * per item below `updateResult`.
 */
export function errorIn({ name, content }: XmlDocument): MallError | null {
  const [result] = name === 'response' ? elementsAt(content, 'result') : []
  const status = result && textAt(result, 'status')
  if (!result || status === undefined || status === '' || status === '0') return null
  const stated = [
    ...elementsAt(result, 'error'),
    result,
    ...elementsAt(content, 'updateResult').flatMap((item) => elementsAt(item, 'error')),
  ]
  const words = firstText(stated, 'message') ?? ''
  return { code: firstText(stated, 'code'), message: words.replace(/\s+/g, ' ').slice(0, 500) }
}

function firstText(elements: readonly Parameters<typeof textAt>[0][], name: string): string | undefined {
  return elements.map((element) => textAt(element, name)).find((text) => text !== undefined && text !== '')
}

/**
 * 認証に失敗しました. The mall sends the same code for a missing, a wrong and an expired key; vendors also name an
 * unregistered address.
 */
const KEY_REFUSED = '0002'
/** CME0021 店舗IDが設定されていません, CME0022 the shop id is wrong. */
const SHOP_REFUSED = /^CME002\d$/

/**
 * Returns the failure of a refusal that concerns the whole shop, whatever its HTTP status. Null when it may
 * concern this call alone.
 */
export function failureOfShop(error: MallError, response: HttpResponse): MarketplaceFailure | null {
  const facts = answerFacts(response, error)
  if (error.code === KEY_REFUSED) return keyRefused(facts)
  if (error.code !== undefined && SHOP_REFUSED.test(error.code)) return shopRefused(facts)
  if (response.status === 429 || response.status >= 500) return null
  if (AWAY.test(error.message)) return away(facts)
  if (TOO_MANY.test(error.message)) return tooMany(facts)
  const words = error.message.normalize('NFKC')
  if (KEY_WORDS.test(words)) return keyRefused(facts)
  return ADDRESS_WORDS.test(words) ? addressRefused(facts) : null
}

/** Words of such messages, since no code is public for either. 「制限」 is not used: it also concerns rights. */
const AWAY = /メンテナンス|混雑|混み合|システムエラー|タイムアウト|しばらく(?:して|経って|たって|お待ち)/
const TOO_MANY = /(?:アクセス|リクエスト|呼び?出し|利用)(?:回?数)?[^。]{0,6}(?:上限|超過|超え|集中)/

/**
 * Words of a refused key, because it is not public whether an expired one always answers 0002. Excludes words
 * that can refuse an order: 認証 also concerns a buyer's card.
 */
const KEY_WORDS =
  /(?:API|認証|アクセス)\s*キー|API[のをへ]?(?:利用|使用|アクセス|有効)(?:する)?[のが]?(?:権|期限|許可|申請)|(?<!(?:本人|カード|決済|与信|セキュア|3D)の?)認証(?:に失敗|エラー|でき)|api\s*key|unauthori[sz]ed|authentication failed/i
const ADDRESS_WORDS = /IP\s*アドレス|(?:接続|送信|アクセス)元(?:IP|の?アドレス)|ip\s*address/i

export const keyRefused = unauthorised(
  'AUPAY_KEY_REFUSED',
  'au PAY マーケットのAPIに認証を拒否されました。APIキーの期限切れ（発行から90日）、入力誤り、または接続元IPアドレスの登録漏れの可能性があります。',
  `${CONSOLE} で有効期限と接続元IPアドレスを確認し、期限切れの場合はAPIキーを再発行して店舗設定に登録してください。`,
)

export const addressRefused = unauthorised(
  'AUPAY_ACCESS_FORBIDDEN',
  'au PAY マーケットのAPIに接続を拒否されました。接続元IPアドレスが登録されていないか、APIの利用が認められていない可能性があります。',
  `${CONSOLE} の接続元IPアドレスに、このサービスの送信元IPアドレスを登録してください。登録済みの場合はAPIの利用状態を確認してください。`,
)

const shopRefused = unauthorised(
  'AUPAY_SHOP_REFUSED',
  'au PAY マーケットが店舗IDを認めませんでした。店舗IDの入力誤りか、別の店舗のAPIキーが登録されている可能性があります。',
  '店舗設定の店舗ID（Wow!managerの会員番号）と、APIキーを発行した店舗が同じか確認してください。',
)

const away = unavailable(
  'AUPAY_UNAVAILABLE',
  ({ mallCode }) =>
    `au PAY マーケットのAPIが混雑中またはメンテナンス中です（${mallCode ?? 'コードなし'}）。時間をおいて自動で再試行します。`,
)

const tooMany = throttled(
  'AUPAY_THROTTLED',
  'au PAY マーケットのAPIの利用回数が上限に達しました。時間をおいて自動で再試行します。',
)

/** Words of rights and contracts: in the answer to an always allowed call they concern the shop. */
const SHOP_WORDS =
  /権限|許可|拒否|認証|利用(?:停止|期限|申請|資格)|(?:店舗|ショップ|出店|会員|契約)[^。]{0,20}(?:停止|休止|終了|退店|解約|無効|切れ)/

/**
 * Converts a refusal of the credential check, which names no order: one that concerns the shop stops all its
 * work. Its message therefore names no buyer and is shown, because nothing else tells staff the remedy.
 */
export function failureOfCheck(failure: MarketplaceFailure): MarketplaceFailure {
  const { kind, mallCode, mallMessage = '', status, raw } = failure
  if (kind !== 'rejected' || !SHOP_WORDS.test(mallMessage)) return failure
  return accessRefused({ mallCode, mallMessage, status, raw, cause: failure })
}

const accessRefused = unauthorised(
  'AUPAY_ACCESS_REFUSED',
  ({ mallCode = 'コードなし', mallMessage }) =>
    `au PAY マーケットが店舗のAPI利用を認めませんでした（${mallCode}:${mallMessage}）。`,
  `${CONSOLE} でAPIの利用状態、有効期限、接続元IPアドレスを確認してください。`,
)
