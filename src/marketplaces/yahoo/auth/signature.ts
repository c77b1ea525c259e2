import { constants, publicEncrypt } from 'node:crypto'
import { codeTable } from '../../kit/code-table.ts'
import type { YahooCredentials } from './credentials.ts'

/**
 * ストア向け公開鍵認証: two headers that prove, to Yahoo! alone, that the caller holds the store's public key. "Signature" is
 * Yahoo!'s word; it is an encryption, different each time, of the store account and the time.
 */

/** Headers for one call; none when the store has no key. `now` in milliseconds. */
export function signatureHeaders(
  sellerId: string,
  credentials: Pick<YahooCredentials, 'publicKey' | 'publicKeyVersion'>,
  now: number,
): Record<string, string> {
  const { publicKey, publicKeyVersion } = credentials
  if (!publicKey || !publicKeyVersion) return {}
  const text = `${sellerId}:${Math.floor(now / 1000)}`
  // PKCS#1 v1.5 is what Yahoo! decrypts with; Node.js would choose OAEP.
  const encrypted = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(text))
  return { 'x-sws-signature': encrypted.toString('base64'), 'x-sws-signature-version': publicKeyVersion }
}

const MISSING = 'YAHOO_KEY_MISSING'
const NOT_AUTHORISED = 'YAHOO_KEY_NOT_AUTHORISED'
export const KEY_NOTICES = [MISSING, NOT_AUTHORISED]

/** Converts an `X-SWS-Authorize-Status` other than `authorized` into a notice for staff. */
export function keyNotice(status: string, hasKey: boolean): { code: string; message: string } {
  if (!hasKey) {
    return {
      code: MISSING,
      message:
        '公開鍵が設定されていないため、注文APIは同意から12時間で使えなくなります。ストアクリエイターProの「設定 > 暗号鍵管理」で公開鍵を発行し、設定してください。',
    }
  }
  const reason = REASONS[status] ?? '公開鍵認証に失敗しています。公開鍵とバージョンを確認してください。'
  return {
    code: NOT_AUTHORISED,
    message: `${reason}このままでは同意から12時間で注文APIが使えなくなります（${status}）。`,
  }
}

const REASONS = codeTable<string>({
  none: '公開鍵認証のヘッダーがYahoo!に届いていません。',
  'expired-key-version':
    '公開鍵の有効期限が切れています。暗号鍵管理で新しい公開鍵を発行し、鍵とバージョンを設定してください。',
  'invalid-key-version':
    '公開鍵のバージョンが正しくありません。暗号鍵管理に表示されるバージョンを設定してください。',
  'not-found-key-version':
    '設定されたバージョンの公開鍵がYahoo!にありません。暗号鍵管理に表示されるバージョンを設定してください。',
  'invalid-key-status': '公開鍵が有効な状態ではありません。暗号鍵管理で状態を確認してください。',
  'expired-timestamp': 'サーバーの時計がずれています。運営者が時刻同期を確認してください。',
  'invalid-timestamp': 'サーバーの時計がずれています。運営者が時刻同期を確認してください。',
  'invalid-sellerid': '公開鍵が別のストアのものです。このストアの公開鍵を設定してください。',
  'invalid-authorize-value': '公開鍵がYahoo!の鍵と一致しません。暗号鍵管理の公開鍵を貼り付け直してください。',
  unauthorized: '公開鍵認証が認められていません。公開鍵とバージョンを確認してください。',
})
