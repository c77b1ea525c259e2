import { z } from 'zod'

/** OAuth sign-in of mailboxes as data: each provider's endpoints, scopes, and the page for fixing it. */

export const OAUTH_KINDS = [
  'microsoft',
  'microsoft_application',
  'google',
  'google_service_account',
  'oauth',
  'oauth_application',
] as const
export type OAuthKind = (typeof OAUTH_KINDS)[number]

/** Set by the operator: where the providers are, and the operator's own applications at them. */
export interface MailOAuthSettings {
  /** Without a slash at the end. */
  microsoftUrl: string
  googleConsentUrl: string
  googleTokenUrl: string
  microsoftClient: OAuthClient | null
  googleClient: OAuthClient | null
}

interface OAuthClient {
  id: string
  secret: string
}

/** Sealed in Mailbox.sealedAuth. */
export const StoredAuth = z.object({
  kind: z.enum(OAUTH_KINDS),
  /** Microsoft: directory (tenant) id or domain. */
  tenant: z.string().optional(),
  /** Absent: the operator's application. */
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  /** Google service account. */
  clientEmail: z.string().optional(),
  privateKey: z.string().optional(),
  /** oauth, oauth_application */
  authorizationUrl: z.string().optional(),
  tokenUrl: z.string().optional(),
  scope: z.string().optional(),
  /** Set by the consent. */
  refreshToken: z.string().optional(),
})
export type StoredAuth = z.infer<typeof StoredAuth>

export interface OAuthProvider {
  /** As staff know it. */
  label: string
  /** A person consents in the browser; otherwise the application signs in by itself. */
  consent: boolean
  grant: 'refresh_token' | 'client_credentials' | 'jwt_bearer'
  /** Usual mail host of this kind of mailbox. */
  host: string | null
  scope: string
  /** Japanese: where the application's registration is mended. */
  page: string
  /** Japanese: a token was given and the mail server refuses it all the same. */
  loginRefused: string
}

const AZURE = 'Microsoft Entra 管理センター（entra.microsoft.com）の「アプリの登録」'
const IMAP_OFF =
  'Exchange 管理センターの「受信者」＞「メールボックス」＞「メール アプリの管理」で IMAP が有効か、'

export const PROVIDERS: Readonly<Record<OAuthKind, OAuthProvider>> = {
  microsoft: {
    label: 'Microsoft',
    consent: true,
    grant: 'refresh_token',
    host: 'outlook.office365.com',
    scope: 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access',
    page: AZURE,
    loginRefused: `${IMAP_OFF}同意したアカウントがこの受信箱を開けるか（共有メールボックスはフルアクセス許可）を確認してください。`,
  },
  microsoft_application: {
    label: 'Microsoft（アプリケーション）',
    consent: false,
    grant: 'client_credentials',
    host: 'outlook.office365.com',
    scope: 'https://outlook.office365.com/.default',
    page: AZURE,
    loginRefused:
      `${IMAP_OFF}アプリのアクセス許可 IMAP.AccessAsApp に管理者の同意があるか、Exchange Online で New-ServicePrincipal（-ServiceId は` +
      'アプリの登録ではなくエンタープライズ アプリケーションのオブジェクト ID）と Add-MailboxPermission（FullAccess）を実行したか、' +
      'アプリケーション アクセス ポリシーで除外されていないかを確認してください。反映に 1 時間ほどかかることがあります。',
  },
  google: {
    label: 'Google',
    consent: true,
    grant: 'refresh_token',
    host: 'imap.gmail.com',
    scope: 'https://mail.google.com/',
    page: 'Google Cloud コンソール（console.cloud.google.com）の「Google Auth Platform」',
    loginRefused:
      'Google 管理コンソールの「アプリ」＞「Gmail」＞「エンドユーザーのアクセス」で IMAP が有効か、同意したアカウントが受信箱のユーザー名と同じかを確認してください。',
  },
  google_service_account: {
    label: 'Google（サービスアカウント）',
    consent: false,
    grant: 'jwt_bearer',
    host: 'imap.gmail.com',
    scope: 'https://mail.google.com/',
    page: 'Google 管理コンソール（admin.google.com）の「セキュリティ」＞「API の制御」＞「ドメイン全体の委任」',
    loginRefused:
      'Google 管理コンソールの「アプリ」＞「Gmail」＞「エンドユーザーのアクセス」で IMAP が有効かを確認してください。',
  },
  oauth: {
    label: 'OAuth',
    consent: true,
    grant: 'refresh_token',
    host: null,
    scope: '',
    page: 'メール事業者のアプリ登録の画面',
    loginRefused: 'メール事業者の画面で IMAP が有効か、スコープに IMAP が含まれているかを確認してください。',
  },
  oauth_application: {
    label: 'OAuth（アプリケーション）',
    consent: false,
    grant: 'client_credentials',
    host: null,
    scope: '',
    page: 'メール事業者のアプリ登録の画面',
    loginRefused:
      'メール事業者の画面で IMAP が有効か、アプリケーションがこの受信箱を開けるかを確認してください。',
  },
}

export interface Endpoints {
  authorization: string | null
  token: string
}

export function endpointsOf(auth: StoredAuth, settings: MailOAuthSettings): Endpoints {
  switch (auth.kind) {
    case 'microsoft':
    case 'microsoft_application': {
      const base = `${settings.microsoftUrl}/${encodeURIComponent(auth.tenant ?? 'common')}/oauth2/v2.0`
      return { authorization: `${base}/authorize`, token: `${base}/token` }
    }
    case 'google':
    case 'google_service_account':
      return {
        authorization: `${settings.googleConsentUrl}/o/oauth2/v2/auth`,
        token: `${settings.googleTokenUrl}/token`,
      }
    case 'oauth':
    case 'oauth_application':
      return { authorization: auth.authorizationUrl ?? null, token: auth.tokenUrl ?? '' }
  }
}

/** The mailbox's own application, or the operator's; null when there is neither. */
export function clientOf(
  auth: StoredAuth,
  settings: MailOAuthSettings,
): { id: string; secret: string | null } | null {
  if (auth.clientId !== undefined) return { id: auth.clientId, secret: auth.clientSecret ?? null }
  if (auth.kind === 'microsoft') return settings.microsoftClient
  if (auth.kind === 'google') return settings.googleClient
  return null
}

export const scopeOf = (auth: StoredAuth): string => auth.scope ?? PROVIDERS[auth.kind].scope
