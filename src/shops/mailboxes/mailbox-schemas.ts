import { z } from 'zod'
import type { Mailbox } from '../../generated/prisma/client.ts'
import { Id, iso, isoOrNull, Time } from '../../http/schemas.ts'
import { AttentionAnswer, attentionAnswer } from '../shops/shop-schemas.ts'
import { MailboxHints, mailboxHints } from './mailbox-hints.ts'
import { OAUTH_KINDS, PROVIDERS } from './oauth/providers.ts'
import { AuthAnswer, MailboxAuth } from './oauth/schemas.ts'

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

export const mailboxAnswer = (row: MailboxRow, username: string): z.infer<typeof MailboxAnswer> => ({
  id: row.id,
  name: row.name,
  kind: row.kind === 'inbound' ? 'inbound' : 'imap',
  host: row.host,
  port: row.port,
  security: row.security,
  username: masked(username),
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
