import type { MailboxFindings, MailboxLogin, TestMailbox } from '../shops/mailboxes/mailbox-test.ts'
import { hiddenOf } from '../shops/mailboxes/sign-in.ts'
import { type Link, type SignInTools, signIn } from './listener/connection.ts'
import { describeFailure } from './listener/failures.ts'
import { openFolder } from './listener/folder.ts'

/**
 * Tests a mailbox for the person who pressed "test". Never rejects because of the mail server: that is what
 * is being tested.
 */
export function createMailboxTester(tools: SignInTools): TestMailbox {
  return async (login, signal) => {
    let link: Link | null = null
    try {
      link = (await signIn(login, login.by, tools, signal)).link
      return await look(link, login)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const { code, message } = describeFailure(error, hiddenOf(login.username, login.by))
      return { ok: false, code, messages: [message], messageCount: null, idle: null }
    } finally {
      link?.close()
    }
  }
}

async function look(link: Link, login: MailboxLogin): Promise<MailboxFindings> {
  const folder = await openFolder(link, login.folder)
  const idle = link.client.capabilities.has('IDLE')
  const messageCount = folder.exists()
  const messages = [
    `ログインし、フォルダー「${login.folder}」を読み取り専用で開きました。メールは ${messageCount} 通あります。`,
    idle
      ? '新着の通知（IDLE）に対応しています。'
      : '新着の通知（IDLE）に対応していないため、30秒ごとに新着を確認します。',
  ]
  if (login.security === 'plain')
    messages.push('暗号化されていない接続です。パスワードが通信経路で盗み見られるおそれがあります。')
  return { ok: true, code: null, messages, messageCount, idle }
}
