import { z } from 'zod'
import {
  credentialField,
  daysAfter,
  KEY,
  optionally,
  readWith,
  shopCodeOf,
  withoutBlanks,
} from '../kit/credentials.ts'
import type { CredentialField } from '../port/marketplace.ts'
import { CONSOLE } from './facts.ts'
import { endOfDay, readDay } from './wire.ts'

/** One static key per shop, without any way to renew it through the API. */
export interface AupayCredentials {
  /** 64 hexadecimal characters in lower case. */
  apiKey: string
  /** YYYY-MM-DD, as Wow!manager shows it. */
  keyExpiresOn?: string | undefined
  /** YYYY-MM-DD. When the key was issued; used where the day of its end was not noted. */
  keyIssuedOn?: string | undefined
}

/** Width, blanks, letter case and the header's prefix are certain; other faults of a wrong key are not. */
const cleanKey = (text: string): string =>
  withoutBlanks(text)
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
  return `APIキーは半角の0～9とa～fの64文字です（入力された値は${found}）。${CONSOLE} に表示されるキーをそのまま貼り付けてください。`
}

const day = (label: string) =>
  optionally(
    readWith(`${label}は 2026-12-01 の形で入力してください。`, (text) =>
      readDay(text.replace(/[年月.]/g, '-').replace(/日/, '')),
    ),
  )

const LABELS = { keyExpiresOn: 'APIキーの有効期限', keyIssuedOn: 'APIキーの発行日' } as const

export const aupayCredentials: z.ZodType<AupayCredentials> = z
  .object(
    { apiKey, keyExpiresOn: day(LABELS.keyExpiresOn), keyIssuedOn: day(LABELS.keyIssuedOn) },
    { error: 'APIキーを入力してください。' },
  )
  .refine(
    ({ keyExpiresOn, keyIssuedOn }) =>
      keyExpiresOn === undefined || keyIssuedOn === undefined || keyIssuedOn <= keyExpiresOn,
    { path: ['keyExpiresOn'], error: 'APIキーの有効期限が発行日より前になっています。' },
  )

export const KEY_DAYS = 90

/**
 * The day that a person read off the console, else an estimate by the 90 days that keys live. `enteredAt`:
 * when the key was stored here, the latest possible issue. Null when nothing is known.
 */
export function keyExpiry(
  { keyExpiresOn, keyIssuedOn }: Pick<AupayCredentials, 'keyExpiresOn' | 'keyIssuedOn'>,
  enteredAt: Date | null = null,
): Date | null {
  if (keyExpiresOn !== undefined) return endOfDay(keyExpiresOn)
  const issued = keyIssuedOn === undefined ? enteredAt : endOfDay(keyIssuedOn)
  return issued && daysAfter(issued, KEY_DAYS)
}

export const aupayCredentialFields: readonly CredentialField[] = [
  credentialField(
    'apiKey',
    'APIキー',
    `${CONSOLE} で発行した64文字のキー。同じ画面の「接続元IPアドレス」に、このサービスの送信元IPアドレスも登録してください。`,
    { ...KEY, lifetime: '発行から90日。延長はできないため、期限前に同じ画面で再発行してください。' },
  ),
  credentialField(
    'keyExpiresOn',
    LABELS.keyExpiresOn,
    `${CONSOLE} に表示される有効期限の日付。入力すると期限が近づいたことを知らせます。`,
    { belongsTo: 'apiKey' },
  ),
  credentialField(
    'keyIssuedOn',
    LABELS.keyIssuedOn,
    '有効期限がわからない場合に入力します。発行日から90日後を期限の目安にします。',
    { belongsTo: 'apiKey' },
  ),
]

/** The shop's member number: `shopId` of every call. */
export const aupayShopCode = shopCodeOf(
  '店舗ID（会員番号）を入力してください。',
  /^\d{1,18}$/,
  '店舗IDは数字だけで入力してください（Wow!managerの会員番号、例:10000001）。',
)
