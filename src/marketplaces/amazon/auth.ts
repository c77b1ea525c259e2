import { z } from 'zod'
import { toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import { keysOf, present } from '../../platform/narrow.ts'
import {
  credentialField,
  optionally,
  pasted,
  readWith,
  shopCodeOf,
  withoutBlanks,
} from '../kit/credentials.ts'
import { rejected } from '../kit/failures.ts'
import { accessBy, beforeConsent, consentError, type TokenEndpoint, tokensOfCode } from '../kit/oauth.ts'
import type { ConsentFlow, CredentialField } from '../port/marketplace.ts'
import { AMAZON } from './facts.ts'
import { clientRefused, consentRevoked, tokenRequestRefused } from './failures.ts'
import { toRfc3339 } from './wire.ts'

/** Credentials for one seller's calls: a Login with Amazon application, and the seller's consent to it. */
export interface AmazonCredentials {
  clientId: string
  clientSecret: string
  refreshToken: string
  /** RFC 3339. When the seller last authorised the application. */
  consentedAt?: string | undefined
  /** RFC 3339. When the client secret was made. */
  secretIssuedAt?: string | undefined
  /** Names the application on the consent page; needed for consenting in the browser only. */
  applicationId?: string | undefined
}

/** Public applications must be authorised again each year (SP-API, Renew authorization). */
export const CONSENT_DAYS = 365
/** LWA client secrets must be rotated (SP-API, Rotate your application client secret). */
export const SECRET_DAYS = 180

/** Secrets made before the prefix came are 64 hexadecimal digits. */
const OLD_SECRET = /^[0-9a-f]{64}$/i
const CLIENT_ID = /^amzn1\.application-oa2-client\.[0-9A-Za-z]{16,64}$/

/** `start` tells the only field that a value can belong to. */
const KEYS = {
  clientId: { label: 'LWA クライアントID', start: 'amzn1.application-oa2-client.', shape: CLIENT_ID },
  clientSecret: {
    label: 'LWA クライアントシークレット',
    start: 'amzn1.oa2-cs.',
    shape: /^(?:amzn1\.oa2-cs\.|[0-9a-fA-F]{64}$)/,
  },
  refreshToken: { label: 'リフレッシュトークン', start: 'Atzr|', shape: /^Atzr\|\S{10,2043}$/ },
}
type Field = keyof typeof KEYS

const belongsTo = (value: string): Field | undefined =>
  keysOf(KEYS).find((field) => value.startsWith(KEYS[field].start))

const moment = (label: string) =>
  optionally(
    readWith(`${label}は 日付・時刻・時差（+09:00）をそろえて入力してください。`, (text) => {
      const plain = text.replaceAll('/', '-')
      return toRfc3339(/^\d{4}-\d{2}-\d{2}$/.test(plain) ? `${plain}T00:00:00+09:00` : plain)
    }),
  )

const applicationId = optionally(
  z
    .string({ error: 'アプリIDを文字列で入力してください。' })
    .transform(withoutBlanks)
    .pipe(
      z
        .string()
        .regex(
          /^amzn1\.(?:sp\.solution|sellerapps\.app)\.[0-9A-Za-z-]{8,64}$/,
          'アプリIDの形ではありません。amzn1.sp.solution. で始まる値を入力してください。',
        ),
    ),
)

/** Values in one another's fields are put right when every one of them says where it belongs. */
function putRight<T extends Record<Field, string>>(given: T): T {
  const fields = keysOf(KEYS)
  const places = fields.map((field) => belongsTo(given[field]))
  if (new Set(places).size !== fields.length || places.includes(undefined)) return swapPair(given)
  const right = { ...given }
  for (const [index, place] of places.entries()) right[present(place)] = given[present(fields[index])]
  return right
}

/**
 * An old secret has no prefix. The swap is still certain when the secret is in the client id's field and the
 * id in the secret's.
 */
function swapPair<T extends Record<Field, string>>(given: T): T {
  const swapped = OLD_SECRET.test(given.clientId) && CLIENT_ID.test(given.clientSecret)
  return swapped ? { ...given, clientId: given.clientSecret, clientSecret: given.clientId } : given
}

function problemOf(field: Field, value: string): string | null {
  const place = belongsTo(value)
  const { label, start, shape } = KEYS[field]
  if (place !== undefined && place !== field)
    return `${label}の欄に${KEYS[place].label}が入力されています。正しい欄に入力し直してください。`
  if (/^A(?:KIA|SIA)[0-9A-Z]{16}$/.test(value))
    return `${label}の欄にAWSのアクセスキーが入力されています。${label}を入力してください。`
  if (field === 'refreshToken' && value.startsWith('Atza|'))
    return 'アクセストークン（Atza|）ではなく、リフレッシュトークン（Atzr| で始まる値）を入力してください。'
  return shape.test(value) ? null : `${label}の形ではありません。${start} で始まる値を入力してください。`
}

export const credentials: z.ZodType<AmazonCredentials> = z
  .object(
    {
      clientId: pasted(KEYS.clientId.label),
      clientSecret: pasted(KEYS.clientSecret.label),
      refreshToken: pasted(KEYS.refreshToken.label),
      consentedAt: moment('認可日時'),
      secretIssuedAt: moment('クライアントシークレットの発行日時'),
      applicationId,
    },
    { error: 'Amazonの認証情報を入力してください。' },
  )
  .transform((given, context) => {
    const right = putRight(given)
    for (const field of keysOf(KEYS)) {
      const message = problemOf(field, right[field])
      if (message) context.addIssue({ code: 'custom', path: [field], message })
    }
    return right
  })

const WHERE = 'セラーセントラル ＞ アプリとサービス ＞ アプリの開発'

export const credentialFields: readonly CredentialField[] = [
  credentialField(
    'clientId',
    'LWA クライアントID',
    `${WHERE} の「LWA認証情報」に表示されます（amzn1.application-oa2-client. で始まります）。`,
    { required: true },
  ),
  credentialField(
    'clientSecret',
    'LWA クライアントシークレット',
    `${WHERE} の「LWA認証情報」に表示されます。180日ごとの更新が必要です。`,
    {
      secret: true,
      required: true,
      lifetime: '発行から180日。更新してもリフレッシュトークンはそのまま使えます。',
    },
  ),
  credentialField(
    'refreshToken',
    'リフレッシュトークン',
    `${WHERE} でアプリを認可すると表示されます（Atzr| で始まります）。ロールを追加したあとは認可し直してください。`,
    {
      secret: true,
      required: true,
      lifetime: '自社専用アプリは期限なし、公開アプリは認可から365日。',
      byConsent: true,
    },
  ),
  credentialField(
    'consentedAt',
    '認可日時',
    '公開アプリを認可した日時。入力すると期限が近づいたことを知らせます。',
    { belongsTo: 'refreshToken', byConsent: true },
  ),
  credentialField(
    'secretIssuedAt',
    'クライアントシークレットの発行日時',
    'クライアントシークレットを発行または更新した日時。入力すると期限が近づいたことを知らせます。',
    { belongsTo: 'clientSecret' },
  ),
  credentialField(
    'applicationId',
    'アプリID',
    `${WHERE} に表示されます（amzn1.sp.solution. で始まります）。公開アプリをブラウザーで認可するときに使います。`,
  ),
]

/** 出品者ID: A and capitals or digits, 10 to 21 in all. */
export const shopCode = shopCodeOf(
  '出品者ID（セラーID）を入力してください。',
  /^A[0-9A-Z]{9,20}$/,
  '出品者IDの形ではありません。セラーセントラル ＞ 設定 ＞ 出品用アカウント情報 に表示される、Aで始まる英数字を入力してください。',
  (text) => withoutBlanks(text).toUpperCase(),
)

/**
 * SP-API, website authorization workflow for public applications. No PKCE; the state guards the answer.
 * @param consentUrl Seller Central, the part before `/apps`: https://sellercentral-japan.amazon.com
 * @param authUrl Login with Amazon, the part before `/auth`
 */
export const amazonConsent = (consentUrl: string, authUrl: string): ConsentFlow<AmazonCredentials> => ({
  application,
  authorisationUrl({ credentials: { applicationId = '' }, state, redirectUri }) {
    const url = new URL(`${consentUrl}/apps/authorize/consent`)
    url.searchParams.set('application_id', applicationId)
    url.searchParams.set('state', state)
    url.searchParams.set('redirect_uri', redirectUri)
    return url.href
  },
  readAnswer(query, shopCode) {
    const error = consentError(AMAZON, query)
    if (error) return error
    const { spapi_oauth_code: code, selling_partner_id: seller } = query
    if (!code) return null
    // The Seller Central user who consented may belong to another account than this shop's.
    return seller === shopCode ? { kind: 'code', code } : { kind: 'failed', failure: otherSeller() }
  },
  async exchange({ credentials: known, code, redirectUri, tools, signal }) {
    const form = { code, redirect_uri: redirectUri }
    const { refreshToken } = await tokensOfCode(tokenEndpoint(authUrl, known, tools), form, signal)
    return { refreshToken, consentedAt: toJapaneseRfc3339(tools.clock.now()) }
  },
  wrongAccount: [],
})

const application = beforeConsent(credentials, 'Atzr|to-be-brought-by-the-consent').superRefine(
  (given, context) => {
    if (given.applicationId !== undefined) return
    context.addIssue({
      code: 'custom',
      path: ['applicationId'],
      message:
        'アプリIDを入力してください。セラーセントラル ＞ アプリとサービス ＞ アプリの開発 に表示される、amzn1.sp.solution. で始まる値です。',
    })
  },
)

const otherSeller = rejected(
  'AMAZON_OTHER_SELLER',
  '別の出品者アカウントで認可されました。この店舗の出品者アカウントでセラーセントラルにログインし、もう一度認可してください。',
)

/** Login with Amazon: the refresh token stays the same while the consent lasts. */
export const tokenEndpoint = (
  authUrl: string,
  { clientId = '', clientSecret = '' }: Partial<AmazonCredentials>,
  tools: TokenEndpoint['tools'],
): TokenEndpoint => ({
  mall: AMAZON,
  tools,
  unreadable: 'AMAZON_AUTH_UNREADABLE',
  url: `${authUrl}/auth/o2/token`,
  form: { client_id: clientId, client_secret: clientSecret },
  refused(error, facts) {
    if (error === 'invalid_grant') return consentRevoked(facts)
    return error === 'invalid_client' ? clientRefused(facts) : tokenRequestRefused(facts)
  },
})

/** Amazon's own clients renew a minute ahead; a call may wait for its turn for a while more. */
const AHEAD_MS = 2 * 60 * 1000

export const createAccess = accessBy<AmazonCredentials>(tokenEndpoint, AHEAD_MS)
