import { z } from 'zod'
import { keysOf, present } from '../../../platform/narrow.ts'
import { optionally, pasted, readWith, shopCodeOf, withoutBlanks } from '../../kit/credentials.ts'
import { parseTime, toRfc3339 } from '../dates.ts'

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

const CLIENT_ID = /^amzn1\.application-oa2-client\.[0-9A-Za-z]{16,64}$/
const CLIENT_SECRET_START = 'amzn1.oa2-cs.'
/** Secrets made before the prefix came are 64 hexadecimal digits. */
const OLD_SECRET = /^[0-9a-f]{64}$/i
const REFRESH_TOKEN = /^Atzr\|\S{10,2043}$/

type Field = 'clientId' | 'clientSecret' | 'refreshToken'

const LABELS: Record<Field, string> = {
  clientId: 'LWA クライアントID',
  clientSecret: 'LWA クライアントシークレット',
  refreshToken: 'リフレッシュトークン',
}

/** The only field that a value can belong to; null when its prefix does not decide it. */
function belongsTo(value: string): Field | null {
  if (value.startsWith('amzn1.application-oa2-client.')) return 'clientId'
  if (value.startsWith(CLIENT_SECRET_START)) return 'clientSecret'
  return value.startsWith('Atzr|') ? 'refreshToken' : null
}

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
  const fields = keysOf(LABELS)
  const places = fields.map((field) => belongsTo(given[field]))
  if (new Set(places).size !== fields.length || places.includes(null)) return swapPair(given)
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
  if (place !== null && place !== field) {
    return `${LABELS[field]}の欄に${LABELS[place]}が入力されています。正しい欄に入力し直してください。`
  }
  if (/^A(?:KIA|SIA)[0-9A-Z]{16}$/.test(value)) {
    return `${LABELS[field]}の欄にAWSのアクセスキーが入力されています。${LABELS[field]}を入力してください。`
  }
  switch (field) {
    case 'clientId':
      return CLIENT_ID.test(value)
        ? null
        : 'LWA クライアントIDの形ではありません。amzn1.application-oa2-client. で始まる値を入力してください。'
    case 'clientSecret':
      return value.startsWith(CLIENT_SECRET_START) || OLD_SECRET.test(value)
        ? null
        : 'LWA クライアントシークレットの形ではありません。amzn1.oa2-cs. で始まる値を入力してください。'
    case 'refreshToken':
      if (value.startsWith('Atza|')) {
        return 'アクセストークン（Atza|）ではなく、リフレッシュトークン（Atzr| で始まる値）を入力してください。'
      }
      return REFRESH_TOKEN.test(value)
        ? null
        : 'リフレッシュトークンの形ではありません。Atzr| で始まる値を入力してください。'
  }
}

export const credentials: z.ZodType<AmazonCredentials> = z
  .object(
    {
      clientId: pasted(LABELS.clientId),
      clientSecret: pasted(LABELS.clientSecret),
      refreshToken: pasted(LABELS.refreshToken),
      consentedAt: moment('認可日時'),
      secretIssuedAt: moment('クライアントシークレットの発行日時'),
      applicationId,
    },
    { error: 'Amazonの認証情報を入力してください。' },
  )
  .transform((given, context) => {
    const right = putRight(given)
    for (const field of keysOf(LABELS)) {
      const message = problemOf(field, right[field])
      if (message) context.addIssue({ code: 'custom', path: [field], message })
    }
    return right
  })

/** 出品者ID: A and capitals or digits, 10 to 21 in all. */
export const shopCode = shopCodeOf(
  '出品者ID（セラーID）を入力してください。',
  /^A[0-9A-Z]{9,20}$/,
  '出品者IDの形ではありません。セラーセントラル ＞ 設定 ＞ 出品用アカウント情報 に表示される、Aで始まる英数字を入力してください。',
  (text) => withoutBlanks(text).toUpperCase(),
)

export const timeOf = (text: string | undefined): number | null => parseTime(text ?? null)
