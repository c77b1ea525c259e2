import { z } from 'zod'
import type { Mailbox } from '../../generated/prisma/client.ts'
import { Id, iso, isoOrNull, Time } from '../../http/schemas.ts'
import { AttentionAnswer, attentionAnswer } from '../shops/shop-schemas.ts'
import { OAUTH_KINDS, PROVIDERS, type StoredAuth } from './oauth/providers.ts'

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

const AuthAnswer = z
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

// Hints for staff about a working mailbox. They stop nothing.

export const MailboxHints = z
  .array(
    z
      .object({
        code: z.string().describe('For programs: MAILBOX_QUIET (コード)'),
        message: z.string().describe('What it means and what to check, Japanese (説明)'),
        since: Time.describe('発生日時'),
      })
      .meta({ id: 'MailboxNotice', description: 'A hint; the mailbox goes on working (受信箱のお知らせ)' }),
  )
  .describe('Hints that stop nothing (お知らせ)')

type HintFacts = Pick<Mailbox, 'enabled' | 'quietSince' | 'quietExpected' | 'skippedAt' | 'uidsUnstableSince'>

export const mailboxHints = (row: HintFacts): z.infer<typeof MailboxHints> =>
  row.enabled ? [...quiet(row), ...skipped(row), ...unstable(row)] : []

const quiet = ({ quietSince, quietExpected }: HintFacts) =>
  quietSince === null
    ? []
    : [
        {
          code: 'MAILBOX_QUIET',
          message:
            '下の時刻以降、注文メールが1通も届いていません。過去4週の同じ曜日・時間帯には、少ない週でも' +
            `${quietExpected ?? 0}通届いていました。モールの通知メールの宛先と、転送・振り分け・迷惑メールの設定を確認してください。` +
            '休業などで注文がないだけなら対応は不要です。受注はモールの注文一覧との定期照合でも取り込まれます。',
          since: quietSince.toISOString(),
        },
      ]

/** Shown for a week, until src/mail/statements.ts clears it. */
const skipped = ({ skippedAt }: HintFacts) =>
  skippedAt === null
    ? []
    : [
        {
          code: 'MAILBOX_MAILS_SKIPPED',
          message:
            'メールサーバーが渡さないメールがあったため、読み飛ばしました。ほかのメールは通常どおり取り込んでいます。' +
            '対象店舗のモールの注文一覧との照合を早めました。メールソフトで受信箱の新しいメールが開けるか確認してください。',
          since: skippedAt.toISOString(),
        },
      ]

const unstable = ({ uidsUnstableSince }: HintFacts) =>
  uidsUnstableSince === null
    ? []
    : [
        {
          code: 'MAILBOX_UIDS_UNSTABLE',
          message:
            'このメールサーバーはメールの番号（UID）を付け直すため、番号ではなく Message-ID などのヘッダーで読み取り済みのメールを見分けています。' +
            '受注は通常どおり取り込んでいます。対応は不要です。',
          since: uidsUnstableSince.toISOString(),
        },
      ]

const Name = z.string().trim().min(1).max(200).describe('Name for staff (受信箱名)')
const Host = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9.:_-]+$/, { error: 'ホスト名だけを指定してください（例 imap.example.jp）。' })
  .describe('IMAP server (ホスト名)')
const Port = z.int().min(1).max(65_535).describe('993 with tls, otherwise 143 (ポート)')
const Security = z
  .enum(['tls', 'starttls', 'plain'])
  .describe('tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化)')
const Folder = oneLine(255).describe('Folder that is read, never changed (フォルダー)')
const Enabled = z.boolean().describe('false: not listened to (利用する)')
const AuthservId = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[^\s;()"]+$/, {
    error:
      '届いたメールの Authentication-Results の先頭にある名前だけを指定してください（例 mx.example.jp）。',
  })
  .nullable()
  .describe(
    'The name with which the Authentication-Results of the receiving host begin: what it vouches for is believed. null: the ' +
      'one known for the host, where there is one (認証結果を付けるサーバー名)',
  )
const ShopIds = z.array(Id).max(500).describe('Shops whose order mails come here (対象店舗)')

/** A line break in a login would be a second IMAP command. */
function oneLine(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !/[\r\n\0]/.test(text), { error: '改行は使えません。' })
}

const Kind = z
  .enum(['imap', 'inbound'])
  .describe(
    'imap: read at its mail server (IMAP で受信); inbound: nothing is read, its mails are posted to `POST /v1/mailboxes/{id}/mails` (受信用アドレス)',
  )

export const NewMailbox = z.strictObject({
  name: Name,
  kind: Kind.default('imap'),
  host: Host.optional().describe('IMAP server; left out: the usual one of `auth.kind` (ホスト名)'),
  port: Port.optional(),
  security: Security.default('tls'),
  username: oneLine(320)
    .optional()
    .describe('Login; of an OAuth sign-in the address of the mailbox. Not for `inbound` (ユーザー名)'),
  password: oneLine(1024)
    .optional()
    .describe('Goes in, never comes out; with `auth.kind` password alone (パスワード)'),
  auth: MailboxAuth.default({ kind: 'password' }),
  folder: Folder.default('INBOX'),
  enabled: Enabled.default(true),
  authservId: AuthservId.default(null),
  shopIds: ShopIds.default([]),
})

export const MailboxChange = z.strictObject({
  name: Name.optional(),
  host: Host.optional(),
  port: Port.optional(),
  security: Security.optional(),
  username: oneLine(320).optional().describe('Login (ユーザー名)'),
  password: oneLine(1024)
    .optional()
    .describe('Needed again when host, port, security or username change (パスワード)'),
  auth: MailboxAuth.optional().describe(
    'Replaced whole; another one needs its consent again. Needed again when host, port, security or username change (サインイン方法)',
  ),
  folder: Folder.optional(),
  enabled: Enabled.optional(),
  authservId: AuthservId.optional(),
  shopIds: ShopIds.optional(),
})

const Count = z.int().min(0)

export const MailboxAnswer = z
  .object({
    id: Id,
    name: z.string().describe('Name for staff (受信箱名)'),
    kind: Kind,
    host: z.string().describe('IMAP server (ホスト名)'),
    port: z.int().describe('ポート'),
    security: Security,
    username: z.string().describe('Login, most of it hidden (ユーザー名・一部伏字)'),
    address: z
      .string()
      .nullable()
      .describe(
        'The login in whole where it is a mail address, to be entered at the malls; for owners alone, null for others (メールアドレス・管理者のみ)',
      ),
    password: z
      .object({
        set: z.boolean().describe('登録済み'),
        setAt: Time.nullable().describe('When it last changed (登録日時)'),
      })
      .describe('Whether it is set, never its value (パスワードの登録状況)'),
    auth: AuthAnswer,
    folder: z.string().describe('フォルダー'),
    enabled: z.boolean().describe('利用する'),
    authservId: AuthservId,
    shopIds: z.array(Id).describe('対象店舗'),
    state: z
      .string()
      .describe(
        'connecting 接続中, connected 受信中, polling 定期確認中, waiting 待機, attention 要対応, disabled 停止 (状態)',
      ),
    attention: AttentionAnswer.nullable(),
    notices: MailboxHints,
    lastConnectedAt: Time.nullable().describe('最終接続日時'),
    lastMailAt: Time.nullable().describe('最終受信日時'),
    mails: z
      .object({
        recognised: Count.describe('Order mails (判別済)'),
        unreadable: Count.describe('From a mall, but nothing found in it (判別不能)'),
        ignored: Count.describe('No mall’s (対象外)'),
        skipped: Count.describe('Stepped over, because the server does not hand them out (読み飛ばし)'),
      })
      .describe('Mails seen so far (受信件数)'),
    createdAt: Time.describe('登録日時'),
    updatedAt: Time.describe('更新日時'),
  })
  .meta({ id: 'Mailbox', description: 'An IMAP account that order mails reach (受信箱)' })

export type MailboxRow = Omit<Mailbox, 'sealedPassword' | 'sealedAuth' | 'sealedInboundSecret'> & {
  shops: { shopId: string }[]
}

/** @param isOwner of the caller: the login in whole is for owners. */
export const mailboxAnswer = (
  row: MailboxRow,
  username: string,
  isOwner: boolean,
): z.infer<typeof MailboxAnswer> => ({
  id: row.id,
  name: row.name,
  kind: row.kind === 'inbound' ? 'inbound' : 'imap',
  host: row.host,
  port: row.port,
  security: row.security,
  username: masked(username),
  address: isOwner && row.kind !== 'inbound' && username.includes('@') ? username : null,
  password: {
    set: row.kind !== 'inbound' && row.authKind === 'password',
    setAt: isoOrNull(row.passwordSetAt),
  },
  auth: {
    kind: row.authKind,
    consentNeeded: row.consentedAt === null && needsConsent(row.authKind),
    consentedAt: isoOrNull(row.consentedAt),
    consentEndsAt: isoOrNull(row.consentEndsAt),
    secretEndsAt: isoOrNull(row.secretEndsAt),
  },
  folder: row.folder,
  enabled: row.enabled,
  authservId: row.authservId,
  shopIds: row.shops.map((shop) => shop.shopId).sort(),
  state: row.state,
  attention: attentionAnswer(row),
  notices: mailboxHints(row),
  lastConnectedAt: isoOrNull(row.lastConnectedAt),
  lastMailAt: isoOrNull(row.lastMailAt),
  mails: {
    recognised: Number(row.mailsRecognised),
    unreadable: Number(row.mailsUnreadable),
    ignored: Number(row.mailsIgnored),
    skipped: Number(row.mailsSkipped),
  },
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
})

const needsConsent = (authKind: string): boolean =>
  OAUTH_KINDS.some((kind) => kind === authKind && PROVIDERS[kind].consent)

/** Enough for staff to know the account again: `ta***@example.jp`. */
function masked(username: string): string {
  const at = username.lastIndexOf('@')
  const name = at > 0 ? username.slice(0, at) : username
  const domain = at > 0 ? username.slice(at) : ''
  return `${name.slice(0, name.length > 3 ? 2 : 1)}***${domain}`
}
