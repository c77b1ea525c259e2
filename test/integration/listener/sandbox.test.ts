import { startSandboxImap } from '../../../sandbox/imap/index.ts'
import { listenerSuite, type MailServer } from '../../support/mail/listener.ts'

const USER = 'orders@shop.example'

listenerSuite('listener on the sandbox IMAP server', startServer, false)

async function startServer(): Promise<MailServer> {
  const imap = await startSandboxImap({ users: [{ user: USER, password: 'secret-password' }] })
  return {
    login: {
      host: imap.host,
      port: imap.port,
      security: 'plain',
      username: USER,
      password: 'secret-password',
    },
    deliver: async (source, more) => void imap.deliver(USER, source, more),
    flags: async () => Object.fromEntries(imap.mails(USER).map(({ uid, flags }) => [uid, flags])),
    renumber: async () => imap.changeUidValidity(USER),
    setPassword: async (password) => imap.setPassword(USER, password),
    stop: () => imap.close(),
  }
}
