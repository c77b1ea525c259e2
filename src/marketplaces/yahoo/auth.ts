import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import { factsOf } from '../../platform/narrow.ts'
import { codeTable } from '../kit/codes.ts'
import {
  credentialField,
  KEY,
  optionally,
  pasted,
  readWith,
  shopCodeOf,
  withoutBlanks,
} from '../kit/credentials.ts'
import { rejected, unauthorised } from '../kit/failures.ts'
import { accessBy, beforeConsent, consentError, type TokenEndpoint, tokensOfCode } from '../kit/oauth.ts'
import { parseJson } from '../kit/texts.ts'
import type { ConsentFlow, CredentialField } from '../port/marketplace.ts'
import { YAHOO } from './facts.ts'
import { RECHECK_MS, RENEW_CONSENT } from './failures.ts'
import { parseDay, parseTime, toRfc3339 } from './wire.ts'

/**
 * Brings a pasted key into PEM form: fixes blanks of every width, missing or doubled line ends and missing
 * BEGIN/END lines, and narrows full-width letters. Null when the rest is not Base64 of a DER structure, or is
 * another kind of PEM.
 */
function cleanPem(pasted: string): string | null {
  const narrow = pasted.normalize('NFKC').replaceAll('\\n', '\n').replaceAll('\\r', '')
  const label = /BEGIN([A-Z0-9 ]*?)KEY/i.exec(narrow)
  if (label && label[1]?.replace(/\s/g, '').toUpperCase() !== 'PUBLIC') return null
  const body = narrow
    .replace(/[-‐‑–—−ー]*\s*(BEGIN|END)\s*PUBLIC\s*KEY\s*[-‐‑–—−ー]*/gi, '')
    .replace(/[\s\u200b\ufeff]/g, '')
  if (!/^[A-Za-z0-9+/]{64,}={0,2}$/.test(body)) return null
  const lines = body.match(/.{1,64}/g) ?? []
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n')
}

function isRsaKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

/**
 * Credentials of one store's session (YConnect v2, ストア向け公開鍵認証). Without the public key the order API ends
 * twelve hours after the consent, whatever the lifetime of the refresh token.
 */
export interface YahooCredentials {
  clientId: string
  clientSecret: string
  refreshToken: string
  /** RFC 3339. When a person last consented; both lifetimes count from it. */
  consentedAt?: string | undefined
  /** PEM, `-----BEGIN PUBLIC KEY-----`. */
  publicKey?: string | undefined
  /** Version number of that key in Store Creator Pro. */
  publicKeyVersion?: string | undefined
}

const consentedAt = readWith('同意日時は 日付・時刻・時差（+09:00）をそろえて入力してください。', (text) => {
  const plain = text.replaceAll('/', '-')
  const day = parseDay(plain)
  const time = parseTime(day ? `${day}T00:00:00` : plain)
  return time && toRfc3339(time)
})

const publicKey = z
  .string({ error: '公開鍵はPEM形式の文字列で入力してください。' })
  .max(20_000, '公開鍵が長すぎます。PEMの全文だけを貼り付けてください。')
  .transform((text, context) => {
    // A private key gets its own message, because it must not be stored.
    if (/PRIVATE\s*KEY/i.test(text.normalize('NFKC'))) {
      context.addIssue(
        '秘密鍵が貼り付けられています。ストアクリエイターProの暗号鍵管理で発行した「公開鍵」を入力してください。',
      )
      return z.NEVER
    }
    const pem = cleanPem(text)
    if (pem && isRsaKey(pem)) return pem
    context.addIssue(
      '公開鍵を読み取れません。ストアクリエイターProの「設定 > 暗号鍵管理」に表示される公開鍵を、-----BEGIN PUBLIC KEY----- から -----END PUBLIC KEY----- まで貼り付けてください。',
    )
    return z.NEVER
  })

const publicKeyVersion = z
  .union([z.string(), z.number()], { error: '公開鍵のバージョンは数字で入力してください。' })
  .transform((value) => withoutBlanks(String(value)).replace(/^0+(?=\d)/, ''))
  .pipe(z.string().regex(/^[0-9]{1,4}$/, '公開鍵のバージョンは数字で入力してください（例:1）。'))

const CLIENT_ID = 'Client ID（アプリケーションID）'

export const yahooCredentials: z.ZodType<YahooCredentials> = z
  .object(
    {
      clientId: pasted(CLIENT_ID),
      clientSecret: pasted('シークレット'),
      refreshToken: pasted('リフレッシュトークン'),
      consentedAt: optionally(consentedAt),
      publicKey: optionally(publicKey),
      publicKeyVersion: optionally(publicKeyVersion),
    },
    { error: 'Yahoo!ショッピングの認証情報を入力してください。' },
  )
  .superRefine((given, context) => {
    const issue = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (given.publicKey && !given.publicKeyVersion) {
      issue(
        'publicKeyVersion',
        '公開鍵のバージョンを入力してください。ストアクリエイターProの暗号鍵管理に公開鍵と並んで表示されます。',
      )
    }
    if (given.publicKeyVersion && !given.publicKey) {
      issue('publicKey', '公開鍵のバージョンに対応する公開鍵を貼り付けてください。')
    }
    if (looksLikeClientId(given.clientSecret)) {
      const swapped = looksLikeClientId(given.clientId) ? '' : 'Client IDとシークレットが入れ替わっています。'
      issue('clientSecret', `${swapped}シークレット欄にClient IDが入力されています。`)
    }
  })

/** Client ids are Base64 of a text that begins with "v=1;i=", padded by hyphens; secrets never are. */
const looksLikeClientId = (text: string) => /^dj0[0-9A-Za-z]{30,}-{0,2}$/.test(text)

export const yahooCredentialFields: readonly CredentialField[] = [
  credentialField(
    'clientId',
    CLIENT_ID,
    'Yahoo!デベロッパーネットワークのアプリケーション管理に表示される、サーバーサイド用のClient ID。注文APIの利用申請（Client IDと接続元IPアドレスの登録）が済んでいるもの。',
    { ...KEY, secret: false },
  ),
  credentialField(
    'clientSecret',
    'シークレット',
    'アプリケーション管理のアプリケーション詳細に、Client IDと並んで表示されるシークレット。',
    KEY,
  ),
  credentialField(
    'refreshToken',
    'リフレッシュトークン',
    'ストアの注文管理権限を持つYahoo! JAPAN IDで同意したときに発行されたリフレッシュトークン。',
    {
      ...KEY,
      lifetime: '同意から4週間。使っても延びないため、期限前に同意し直してください。',
      byConsent: true,
    },
  ),
  credentialField(
    'consentedAt',
    '同意日時',
    'Yahoo! JAPAN IDで同意した日時。入力すると期限が近づいたことを知らせます。',
    { belongsTo: 'refreshToken', byConsent: true },
  ),
  credentialField(
    'publicKey',
    '公開鍵',
    'ストアクリエイターProの「設定 > 暗号鍵管理」で発行した公開鍵（PEM）。未設定の場合、注文APIは同意から12時間で使えなくなります。',
    { secret: true, lifetime: '発行から1年。' },
  ),
  credentialField(
    'publicKeyVersion',
    '公開鍵のバージョン',
    '暗号鍵管理に公開鍵と並んで表示されるバージョン番号。',
    { lifetime: '公開鍵と同じ。', belongsTo: 'publicKey' },
  ),
]

/** Store account: the first part of each order number and the SellerId of each call. */
export const yahooShopCode = shopCodeOf(
  'ストアアカウントを入力してください。',
  /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/,
  'ストアアカウントは半角英数字とハイフンで入力してください（例:hoshizora-tools）。',
  (text) => text.normalize('NFKC').trim().toLowerCase(),
)

/** Yahoo! ID連携 v2 (YConnect), Authorization Code flow with PKCE: the store's staff must consent. */
export const yahooConsent = (authUrl: string): ConsentFlow<YahooCredentials> => ({
  application: beforeConsent(yahooCredentials, 'to-be-brought-by-the-consent'),
  authorisationUrl(ask) {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: ask.credentials.clientId ?? '',
      redirect_uri: ask.redirectUri,
      scope: 'openid',
      state: ask.state,
      nonce: ask.nonce,
      // Makes a refusal return to us instead of ending on Yahoo!'s error page.
      bail: '1',
      code_challenge: ask.codeChallenge,
      code_challenge_method: 'S256',
    })
    return `${authUrl}/yconnect/v2/authorization?${query}`
  },
  readAnswer(query) {
    const error = consentError(YAHOO, query)
    if (error) return error
    return query.code ? { kind: 'code', code: query.code } : null
  },
  async exchange({ credentials, code, redirectUri, verifier, nonce, tools, signal }) {
    const form = { code, redirect_uri: redirectUri, code_verifier: verifier }
    const answer = await tokensOfCode(tokenEndpoint(authUrl, credentials, tools), form, signal)
    if (!isOurs(answer.idToken, nonce)) throw otherSession()
    return { refreshToken: answer.refreshToken, consentedAt: toJapaneseRfc3339(tools.clock.now()) }
  },
  // px-14303, px-14304: the Business ID has no right to this store.
  wrongAccount: ['YAHOO_NO_PERMISSION', 'YAHOO_STORE_NOT_ALLOWED'],
})

/**
 * The id token comes straight from Yahoo! over TLS, so its signature may go unchecked (OpenID Connect Core
 * §3.1.3.7); its nonce ties the code to this very request. A token that cannot be read says nothing.
 */
function isOurs(idToken: string | undefined, nonce: string): boolean {
  const payload = Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString('utf8')
  const said = factsOf(parseJson(payload)).nonce
  return said === undefined || said === nonce
}

const otherSession = rejected(
  'YAHOO_NONCE_MISMATCH',
  'Yahoo!から、この手続きとは別の同意の結果が返りました。もう一度、同意の手続きを最初から行ってください。',
)

/** YConnect v2: a refresh may replace its refresh token, but only a consent makes it live longer. */
const tokenEndpoint = (
  authUrl: string,
  { clientId = '', clientSecret = '' }: Partial<YahooCredentials>,
  tools: TokenEndpoint['tools'],
): TokenEndpoint => ({
  mall: YAHOO,
  tools,
  unreadable: 'YAHOO_TOKEN_UNREADABLE',
  url: `${authUrl}/yconnect/v2/token`,
  headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
  refused: (error, facts) =>
    (REFUSALS[error] ?? otherRefusal)({ ...facts, until: new Date(tools.clock.now() + RECHECK_MS) }),
})

/** A call may wait for its turn for a while. */
const AHEAD_MS = 3 * 60 * 1000

export const createAccess = accessBy<YahooCredentials>(tokenEndpoint, AHEAD_MS)

const clientRefused = unauthorised(
  'YAHOO_CLIENT_REFUSED',
  'Client IDまたはシークレットが正しくないため、Yahoo!ショッピングへ接続できません。',
  'アプリケーション管理でClient IDとシークレットを確認し、登録し直してください。',
)

const otherRefusal = unauthorised(
  'YAHOO_TOKEN_REQUEST_REFUSED',
  'Yahoo!ショッピングがアクセストークンの更新を拒否しました。認証情報を確認してください。',
  `Client ID、シークレット、リフレッシュトークンを確認してください。解決しない場合は${RENEW_CONSENT}`,
)

const REFUSALS = codeTable({
  invalid_grant: unauthorised(
    'YAHOO_CONSENT_ENDED',
    'Yahoo!ショッピングのリフレッシュトークンが無効です（同意から4週間の経過、パスワード変更または同意の取り消し）。同意し直すまで取込を止めます。',
    RENEW_CONSENT,
  ),
  invalid_client: clientRefused,
  unauthorized_client: clientRefused,
})
