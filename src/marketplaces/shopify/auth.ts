import { z } from 'zod'
import { credentialField, optionally, pasted, readWith } from '../kit/credentials.ts'
import { type AnswerFacts, unauthorised } from '../kit/failures.ts'
import { accessBy, type TokenEndpoint } from '../kit/oauth.ts'
import type { CredentialField } from '../port/marketplace.ts'
import { CONSOLE, SHOP_CODE, SHOPIFY } from './facts.ts'

/** An app of the shop's own organisation (client credentials), or a token of an app made in its admin. */
export interface ShopifyCredentials {
  clientId?: string | undefined
  /** Signs webhooks too. */
  clientSecret?: string | undefined
  accessToken?: string | undefined
  /** Signs the webhooks that staff made on the shop's own screen. */
  webhookSecret?: string | undefined
}

export const baseUrl = (apiUrl: string, shopCode: string): string => apiUrl.replaceAll('{shop}', shopCode)

const key = (label: string, shape: RegExp, form: string) =>
  optionally(pasted(label).pipe(z.string().regex(shape, `${label}の形ではありません。${form}`)))

export const credentials: z.ZodType<ShopifyCredentials> = z
  .object(
    {
      clientId: key('クライアントID', /^[0-9a-f]{32}$/, '半角の0～9とa～fの32文字を入力してください。'),
      clientSecret: key(
        'クライアントシークレット',
        /^(?:shpss_)?[0-9a-f]{32}$/,
        'shpss_ で始まる値を入力してください。',
      ),
      accessToken: key(
        'アクセストークン',
        /^shp(?:at|ca|ua|pa)_[0-9A-Za-z]{16,64}$/,
        'shpat_ で始まる値を入力してください。',
      ),
      webhookSecret: key(
        'Webhookの署名キー',
        /^[0-9A-Za-z]{32,128}$/,
        '「設定」→「通知」→「Webhook」の下に表示される値を入力してください。',
      ),
    },
    { error: 'Shopifyの認証情報を入力してください。' },
  )
  .superRefine(({ clientId, clientSecret, accessToken }, context) => {
    const issue = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (accessToken !== undefined) {
      if (clientId !== undefined)
        issue('clientId', 'アクセストークンを使うときは、クライアントIDを空にしてください。')
      return
    }
    if (clientId === undefined) issue('clientId', 'クライアントIDを入力してください。')
    if (clientSecret === undefined) issue('clientSecret', 'クライアントシークレットを入力してください。')
  })

export const credentialFields: readonly CredentialField[] = [
  credentialField('clientId', 'クライアントID', `${CONSOLE} に表示される32文字の値。`, { onlyOwnKeys: true }),
  credentialField(
    'clientSecret',
    'クライアントシークレット',
    `${CONSOLE} に表示されます（shpss_ で始まります）。アプリのWebhookの署名にも使います。`,
    { secret: true, onlyOwnKeys: true },
  ),
  credentialField(
    'accessToken',
    'アクセストークン',
    '管理画面で作ったカスタムアプリ（2025年まで）だけで使います（shpat_ で始まります）。クライアントIDは空にします。',
    { secret: true, onlyOwnKeys: true },
  ),
  credentialField(
    'webhookSecret',
    'Webhookの署名キー',
    '「設定」→「通知」→「Webhook」で注文の作成と更新を登録した場合に、その下に表示される値。',
    { secret: true, onlyOwnKeys: true },
  ),
]

const FORM =
  'ストア名は mihon-shop.myshopify.com の「mihon-shop」の部分です。半角の英小文字、数字、ハイフンで入力してください。'

/** Pasted as a name, a domain, or the address of its admin. */
export const shopCode: z.ZodType<string> = readWith(FORM, (text) => {
  const plain = text
    .slice(0, 200)
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
  const name = plain.startsWith('admin.shopify.com/store/')
    ? plain.split('/')[2]
    : plain.split('/')[0]?.replace(/\.myshopify\.com$/, '')
  return name !== undefined && SHOP_CODE.test(name) ? name : null
})

export const RENEW = `${CONSOLE} でクライアントIDとクライアントシークレットを確認し、アプリがこのストアにインストールされているか確認して、店舗設定に登録し直してください。`

export const keyRefused = unauthorised(
  'SHOPIFY_KEY_REFUSED',
  'Shopifyがアプリのキーを拒否しました。シークレットが変更されたか、アプリがストアから削除された可能性があります。',
  RENEW,
)

/** Known words: invalid_client, application_cannot_be_found, shop_not_permitted, app_not_installed. */
const refused = (error: string, facts: AnswerFacts) =>
  error === 'shop_not_permitted'
    ? unauthorised(
        'SHOPIFY_SHOP_NOT_PERMITTED',
        'このアプリは、このストアと同じ組織のものではありません。ストアを持つ組織のDev Dashboardで作ったアプリのキーを登録してください。',
        RENEW,
      )(facts)
    : keyRefused(facts)

/** Tokens live for 24 hours and cannot be renewed: another one is asked for. */
const AHEAD_MS = 10 * 60_000

export const createAccess = accessBy<{ clientId: string; clientSecret: string }>(
  (url, { clientId, clientSecret }, tools): TokenEndpoint => ({
    mall: SHOPIFY,
    tools,
    unreadable: 'SHOPIFY_AUTH_UNREADABLE',
    url: `${url}/admin/oauth/access_token`,
    form: { client_id: clientId, client_secret: clientSecret },
    refused,
  }),
  AHEAD_MS,
)
