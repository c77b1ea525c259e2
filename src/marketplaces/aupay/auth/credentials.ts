import { z } from 'zod'
import type { CredentialField } from '../../port/credentials.ts'
import { endOfDay, readDay } from '../dates.ts'

/** One static key per shop, without any way to renew it through the API. */
export interface AupayCredentials {
  /** 64 hexadecimal characters in lower case. */
  apiKey: string
  /** YYYY-MM-DD, as Wow!manager shows it. */
  keyExpiresOn?: string | undefined
  /** YYYY-MM-DD. When the key was issued; used where the day of its end was not noted. */
  keyIssuedOn?: string | undefined
}

const WHERE = 'Wow!manager ＞ 各種お申し込み ＞ API利用申請'
const BLANKS = /[\s\u00ad\u200b-\u200f\u2060\ufeff]/g

/**
 * Cleans a key of width, blanks, letter case and the header's prefix, which are certain; other faults of a
 * wrong key are not.
 */
const cleanKey = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(BLANKS, '')
    .replace(/^(?:authorization:?)?bearer:?/i, '')
    .replace(/^(["'])(.*)\1$/, '$2')
    .toLowerCase()

const apiKey = z.string({ error: 'APIキーを入力してください。' }).transform((text, context) => {
  const key = cleanKey(text)
  if (/^[0-9a-f]{64}$/.test(key)) return key
  context.addIssue(problemOf(key))
  return z.NEVER
})

function problemOf(key: string): string {
  if (key === '') return 'APIキーを入力してください。'
  const found = /^[0-9a-f]*$/.test(key)
    ? `${key.length}文字です。コピーした範囲を確認してください`
    : '使えない文字が含まれています'
  return `APIキーは半角の0～9とa～fの64文字です（入力された値は${found}）。${WHERE} に表示されるキーをそのまま貼り付けてください。`
}

const blankAsAbsent = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value

const day = (label: string) =>
  z.preprocess(
    blankAsAbsent,
    z
      .string({ error: `${label}は 2026-12-01 の形で入力してください。` })
      .transform((text, context) => {
        const plain = text
          .normalize('NFKC')
          .trim()
          .replace(/[年月.]/g, '-')
          .replace(/日/, '')
        const found = readDay(plain)
        if (found !== null) return found
        context.addIssue(`${label}は 2026-12-01 の形で入力してください。`)
        return z.NEVER
      })
      .optional(),
  )

const LABELS = { keyExpiresOn: 'APIキーの有効期限', keyIssuedOn: 'APIキーの発行日' } as const

export const aupayCredentials: z.ZodType<AupayCredentials> = z
  .object(
    { apiKey, keyExpiresOn: day(LABELS.keyExpiresOn), keyIssuedOn: day(LABELS.keyIssuedOn) },
    { error: 'APIキーを入力してください。' },
  )
  .superRefine(({ keyExpiresOn, keyIssuedOn }, context) => {
    if (keyExpiresOn === undefined || keyIssuedOn === undefined || keyIssuedOn <= keyExpiresOn) return
    context.addIssue({
      code: 'custom',
      path: ['keyExpiresOn'],
      message: 'APIキーの有効期限が発行日より前になっています。',
    })
  })

const KEY_DAYS = 90
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Returns the end of the key: the day that a person read off the console, else an estimate by the 90 days
 * that keys live. A newly issued key ends this one earlier. `enteredAt`: when it was stored here, the latest
 * possible issue. Null when nothing is known.
 */
export function keyExpiry(
  credentials: Pick<AupayCredentials, 'keyExpiresOn' | 'keyIssuedOn'>,
  enteredAt: Date | null = null,
): Date | null {
  const { keyExpiresOn, keyIssuedOn } = credentials
  if (keyExpiresOn !== undefined) return endOfDay(keyExpiresOn)
  const issued = keyIssuedOn === undefined ? enteredAt : endOfDay(keyIssuedOn)
  return issued && new Date(issued.getTime() + KEY_DAYS * DAY_MS)
}

export const aupayCredentialFields: readonly CredentialField[] = [
  {
    name: 'apiKey',
    label: 'APIキー',
    help: `${WHERE} で発行した64文字のキー。同じ画面の「接続元IPアドレス」に、このサービスの送信元IPアドレスも登録してください。`,
    secret: true,
    required: true,
    onlyOwnKeys: true,
    lifetime: '発行から90日。延長はできないため、期限前に同じ画面で再発行してください。',
  },
  {
    name: 'keyExpiresOn',
    label: LABELS.keyExpiresOn,
    help: `${WHERE} に表示される有効期限の日付。入力すると期限が近づいたことを知らせます。`,
    secret: false,
    required: false,
    belongsTo: 'apiKey',
  },
  {
    name: 'keyIssuedOn',
    label: LABELS.keyIssuedOn,
    help: '有効期限がわからない場合に入力します。発行日から90日後を期限の目安にします。',
    secret: false,
    required: false,
    belongsTo: 'apiKey',
  },
]

const shopCodeMissing = '店舗ID（会員番号）を入力してください。'

/** The shop's member number: `shopId` of every call. */
export const aupayShopCode: z.ZodType<string> = z
  .string({ error: shopCodeMissing })
  .transform((text) => text.normalize('NFKC').replace(BLANKS, ''))
  .pipe(
    z
      .string()
      .min(1, shopCodeMissing)
      .regex(/^\d{1,18}$/, '店舗IDは数字だけで入力してください（Wow!managerの会員番号、例:10000001）。'),
  )
