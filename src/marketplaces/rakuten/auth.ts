import { z } from 'zod'
import { keysOf } from '../../platform/narrow.ts'
import { credentialField, KEY, shopCodeOf } from '../kit/credentials.ts'
import type { CredentialField } from '../port/marketplace.ts'

export interface RakutenCredentials {
  serviceSecret: string
  licenseKey: string
}

const WHERE = 'RMS ＞ 店舗様向け情報・サービス ＞ WEB APIサービス ＞ 利用設定'

export const credentialFields: readonly CredentialField[] = [
  credentialField('serviceSecret', 'serviceSecret', `${WHERE} に表示されます。`, KEY),
  credentialField(
    'licenseKey',
    'licenseKey',
    `${WHERE} で発行します。「楽天ペイ受注API」の機能を利用中にしてください。発行から10～30分は使えないことがあります。`,
    { ...KEY, lifetime: '発行から90日目の23:59:59まで' },
  ),
]

/** Pasted text brings blanks (full-width ones too), and invisible characters along. */
const isBlank = (character: string | undefined) =>
  character !== undefined && (/[\s\u200b\u200c\ufeff]/.test(character) || character === '\u200d')

function trimmed(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && isBlank(text[start])) start += 1
  while (end > start && isBlank(text[end - 1])) end -= 1
  return text.slice(start, end)
}

const pasted = (name: string) =>
  z
    .string({ error: `${name}を文字列で入力してください。` })
    .transform((value) => trimmed(narrowed(value)))
    .superRefine((value, context) => {
      const [, problem] = problemsOf(name).find(([found]) => found.test(value)) ?? []
      if (problem) context.addIssue({ code: 'custom', message: problem })
    })

/** Full-width letters, digits and signs have one half-width counterpart each; a key has no others. */
const narrowed = (text: string) =>
  text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))

/** Keys are opaque: only text that no header could carry, or plainly another kind of value, is refused. */
const problemsOf = (name: string): [found: RegExp, problem: string][] => [
  [/^$/, `${name}を入力してください。`],
  [/^ESA\s/i, `${name}にはAuthorizationヘッダーの値ではなく、RMSに表示される${name}だけを入力してください。`],
  [
    /:/,
    `${name}にコロン（:）が含まれています。serviceSecretとlicenseKeyを分けて、それぞれの欄に入力してください。`,
  ],
  [
    /[^\x21-\x7e]/,
    `${name}に使えない文字（空白・改行・全角文字など）が含まれています。RMSの表示をそのままコピーしてください。`,
  ],
  [/.{201}/, `${name}が長すぎます（200文字以内）。RMSの表示を確認してください。`],
]

/**
 * Keys carry the kind in front: SP… is a serviceSecret, SL… a licenseKey. A key entered alone has no
 * counterpart that would reveal a swap, so its form must be unmistakable.
 */
const OTHER_KIND = {
  serviceSecret: { shape: /^SL\d{4,}_\w+$/, kind: 'licenseKey' },
  licenseKey: { shape: /^SP\d{4,}_\w+$/, kind: 'serviceSecret' },
} as const

function pairProblem(pair: RakutenCredentials): [field: keyof RakutenCredentials, message: string] | null {
  const { serviceSecret, licenseKey } = pair
  if (/^SL\d/.test(serviceSecret) && /^SP\d/.test(licenseKey))
    return ['licenseKey', 'serviceSecretとlicenseKeyが逆に入力されています。入れ替えてください。']
  if (serviceSecret === licenseKey)
    return [
      'licenseKey',
      'serviceSecretとlicenseKeyに同じ値が入力されています。それぞれの値を確認してください。',
    ]
  const field = keysOf(OTHER_KIND).find((name) => OTHER_KIND[name].shape.test(pair[name]))
  if (field === undefined) return null
  return [field, `${field}の欄に${OTHER_KIND[field].kind}が入力されています。${field}を入力してください。`]
}

export const credentials: z.ZodType<RakutenCredentials> = z
  .object(
    { serviceSecret: pasted('serviceSecret'), licenseKey: pasted('licenseKey') },
    { error: 'serviceSecretとlicenseKeyを入力してください。' },
  )
  .superRefine((pair, context) => {
    const [field, message] = pairProblem(pair) ?? []
    if (field) context.addIssue({ code: 'custom', message, path: [field] })
  })

export const shopCode = shopCodeOf(
  '店舗ID（数字6桁）を入力してください。',
  /^\d{6}$/,
  '店舗IDは数字6桁です（受注番号の先頭6桁）。',
)
