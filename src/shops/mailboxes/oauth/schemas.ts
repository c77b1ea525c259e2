import { z } from 'zod'
import type { StoredAuth } from './providers.ts'

/** The ways to sign in, as the REST side takes them. */

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), { error: '改行や制御文字は使えません。' })

const httpsUrl = z
  .string()
  .max(2_000)
  .refine((text) => URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol), {
    error: 'https:// で始まる URL を指定してください。',
  })

const ClientId = line(300).describe(
  'Application (client) id; left out: the operator’s application (クライアントID)',
)
const ClientSecret = line(500).describe('Goes in, never comes out (クライアントシークレット)')
const SecretEndsAt = z.iso
  .datetime({ offset: true })
  .optional()
  .describe('When the client secret ends, for the calendar of keys (シークレットの期限)')
const Tenant = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/, {
    error: 'テナントID（ディレクトリID）またはドメイン名を指定してください。',
  })

const ofAnyProvider = {
  tokenUrl: httpsUrl.describe('Token endpoint (トークンエンドポイント)'),
  clientId: line(300).describe('Application (client) id (クライアントID)'),
  clientSecret: ClientSecret.optional(),
  scope: z.string().trim().max(1_000).default('').describe('Scopes, separated by blanks (スコープ)'),
  secretEndsAt: SecretEndsAt,
}

export const MailboxAuth = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('password').describe('User and password (パスワード)') }),
    z.strictObject({
      kind: z
        .literal('microsoft')
        .describe('Microsoft 365 or Outlook.com; a person consents (Microsoft・同意)'),
      tenant: Tenant.optional().describe('Directory id or domain; `common` when left out (テナントID)'),
      clientId: ClientId.optional(),
      clientSecret: ClientSecret.optional(),
      secretEndsAt: SecretEndsAt,
    }),
    z.strictObject({
      kind: z
        .literal('microsoft_application')
        .describe('Microsoft 365, by the application itself: IMAP.AccessAsApp (Microsoft・アプリケーション)'),
      tenant: Tenant.describe('Directory id or domain (テナントID)'),
      clientId: line(300).describe('Application (client) id (クライアントID)'),
      clientSecret: ClientSecret,
      secretEndsAt: SecretEndsAt,
    }),
    z.strictObject({
      kind: z.literal('google').describe('Gmail; a person consents (Google・同意)'),
      clientId: ClientId.optional(),
      clientSecret: ClientSecret.optional(),
      secretEndsAt: SecretEndsAt,
    }),
    z.strictObject({
      kind: z
        .literal('google_service_account')
        .describe('Google Workspace, domain-wide delegation (Google・サービスアカウント)'),
      clientEmail: line(320).describe('`client_email` of the key file (サービスアカウントのメールアドレス)'),
      privateKey: z
        .string()
        .min(100)
        .max(10_000)
        .describe('`private_key` of the key file, PEM; goes in, never comes out (秘密鍵)'),
    }),
    z.strictObject({
      kind: z
        .literal('oauth')
        .describe('Any provider with XOAUTH2 or OAUTHBEARER; a person consents (OAuth・同意)'),
      authorizationUrl: httpsUrl.describe('Consent page (認可エンドポイント)'),
      ...ofAnyProvider,
    }),
    z.strictObject({
      kind: z
        .literal('oauth_application')
        .describe('The same, by the application itself: client credentials (OAuth・アプリケーション)'),
      ...ofAnyProvider,
    }),
  ])
  .describe('How the mailbox signs in (サインイン方法)')
export type MailboxAuth = z.infer<typeof MailboxAuth>

export const AuthAnswer = z
  .object({
    kind: z
      .string()
      .describe(
        'password, microsoft, microsoft_application, google, google_service_account, oauth, oauth_application (方法)',
      ),
    consentNeeded: z.boolean().describe('A person must consent before it can be read (同意が必要)'),
    consentedAt: z.iso.datetime().nullable().describe('同意日時'),
    consentEndsAt: z.iso.datetime().nullable().describe('Where the provider tells (同意の期限)'),
    secretEndsAt: z.iso.datetime().nullable().describe('As it was entered (シークレットの期限)'),
  })
  .describe('How the mailbox signs in, without secrets (サインイン方法)')

/** Separates the part to seal from the secret's end date; null for passwords. */
export function toStoredAuth(auth: MailboxAuth): { stored: StoredAuth; secretEndsAt: Date | null } | null {
  if (auth.kind === 'password') return null
  if (auth.kind === 'google_service_account') return { stored: auth, secretEndsAt: null }
  const { secretEndsAt, ...stored } = auth
  return { stored, secretEndsAt: secretEndsAt === undefined ? null : new Date(secretEndsAt) }
}
