import { malformed, rejectedCall } from '../../kit/http-failures.ts'
import { elementsAt, textAt } from '../../kit/xml.ts'
import type { CredentialCheck } from '../../port/session.ts'
import type { YahooClient } from '../client.ts'
import { YAHOO } from '../facts.ts'
import type { YahooCredentials } from './credentials.ts'
import { CONSENT_MS, SESSION_MS } from './lifetimes.ts'

const COUNT_MAX_BYTES = 256 * 1024

/** One 注文ステータス別件数参照API (orderCount) call: cheap, harmless, and refused for all the reasons the others are. */
export async function checkCredentials(
  client: YahooClient,
  credentials: YahooCredentials,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const answer = await client.call({ operation: 'orderCount', maxBytes: COUNT_MAX_BYTES }, signal)
  if (answer.kind === 'refused') throw rejectedCall(YAHOO, answer.error, answer.status, answer.raw)
  const [count] = elementsAt(answer.document.content, 'Result', 'Count')
  if (!count) throw malformed(YAHOO, '注文件数', answer.raw)
  const messages = [
    `Yahoo!ショッピングの注文APIに接続できました（新規注文 ${textAt(count, 'NewOrder') || '0'}件、新規予約 ${textAt(count, 'NewReserve') || '0'}件）。`,
    keyMessage(credentials, client.key.authorised()),
  ]
  return { messages, expiries: expiries(credentials, client.key.authorised()) }
}

function keyMessage({ publicKey, publicKeyVersion }: YahooCredentials, authorised: boolean): string {
  if (authorised) return `公開鍵認証は有効です（バージョン ${publicKeyVersion ?? ''}）。`
  return publicKey
    ? '公開鍵認証が認められていません。公開鍵とバージョンを確認してください。このままでは同意から12時間で使えなくなります。'
    : '公開鍵が設定されていません。このままでは同意から12時間で使えなくなります。'
}

/** Certain only as the latest end: a changed password or a withdrawn consent ends both earlier. */
function expiries({ consentedAt }: YahooCredentials, authorised: boolean): CredentialCheck['expiries'] {
  const consented = consentedAt === undefined ? Number.NaN : Date.parse(consentedAt)
  if (Number.isNaN(consented)) return []
  const consent = {
    what: '同意（リフレッシュトークン）',
    at: new Date(consented + CONSENT_MS),
    certain: true,
  }
  if (authorised) return [consent]
  return [
    { what: '注文APIの利用時間（公開鍵認証なし）', at: new Date(consented + SESSION_MS), certain: true },
    consent,
  ]
}
