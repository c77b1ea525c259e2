import { z } from 'zod'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import { FRESH_START, mailboxNotFound } from './mailboxes.ts'
import { openSignIn, type SignInBy } from './sign-in.ts'

/** A login in clear, for the moment of the test. */
export interface MailboxLogin {
  host: string
  port: number
  security: 'tls' | 'starttls' | 'plain'
  username: string
  by: SignInBy
  folder: string
}

export type MailboxFindings = Omit<z.infer<typeof MailboxCheck>, 'folder'>

/**
 * Logs in, opens the folder read-only, logs out. Does not reject because the server refuses. Guards the
 * address at the moment of connecting: since it was stored, the name may have come to mean another.
 */
export type TestMailbox = (login: MailboxLogin, signal: AbortSignal) => Promise<MailboxFindings>

export const MailboxCheck = z
  .object({
    ok: z.boolean().describe('Login and folder are good (成功)'),
    code: z.string().nullable().describe('Failure code, null when all is well (コード)'),
    messages: z.array(z.string()).describe('What was found, Japanese (結果)'),
    folder: z.string().describe('フォルダー'),
    messageCount: z.int().nullable().describe('Mails in the folder (メール件数)'),
    idle: z.boolean().nullable().describe('The server tells of new mails by itself (IDLE 対応)'),
  })
  .describe('Result of a connection test (接続テスト結果)')

export interface MailboxTestTools {
  db: Db
  clock: Clock
  sealer: Pick<Sealer, 'of'>
  testMailbox: TestMailbox
  onMailboxChanged: () => Promise<void> | void
  timeoutMs: number
}

/** Tries the stored login. When it is good, attention is cleared and the listener tries at once. */
export async function checkMailbox(
  tools: MailboxTestTools,
  tenantId: string,
  id: string,
  signal: AbortSignal,
): Promise<z.infer<typeof MailboxCheck>> {
  const row = await tools.db.mailbox.findFirst({ where: { id, tenantId } })
  if (!row) throw mailboxNotFound()
  const { host, port, security, folder, settingsVersion } = row
  if (row.kind === 'inbound') throw notListenedTo()
  const login = { host, port, security, folder, ...openSignIn(tools.sealer, row) }
  const found = await abortAfter(tools.timeoutMs, signal, (limit) => tools.testMailbox(login, limit)).catch(
    (error: unknown) => {
      if (error instanceof TimedOut) return tooLate(tools.timeoutMs)
      throw error
    },
  )
  if (found.ok && (row.attentionCode !== null || row.nextAttemptAt !== null)) {
    await tools.db.mailbox.updateMany({
      where: { id, settingsVersion },
      data: {
        ...FRESH_START,
        ...(row.enabled ? { state: 'waiting' } : {}),
        settingsVersion: { increment: 1 },
        updatedAt: dateNow(tools.clock),
      },
    })
    await tools.onMailboxChanged()
  }
  const { ok, code, messages, messageCount, idle } = found
  return { ok, code, messages, messageCount, idle, folder }
}

const notListenedTo = () =>
  new AppError(
    'CONFLICT',
    '受信用アドレス（inbound）の受信箱には接続テストがありません。署名付きのメールを1通送り、状態を確認してください。',
  )

const tooLate = (ms: number): MailboxFindings => ({
  ok: false,
  code: 'MAILBOX_UNREACHABLE',
  messages: [
    `メールサーバーから ${Math.round(ms / 1000)} 秒以内に応答がありませんでした。ホスト名、ポート、暗号化の設定を確認してください。`,
  ],
  messageCount: null,
  idle: null,
})
