import { dovecotMissing, startDovecot } from '../../support/mail/dovecot.ts'
import { listenerSuite, type MailServer } from '../../support/mail/listener.ts'

const USER = 'orders@shop.example'
const missing = dovecotMissing()

listenerSuite(
  `listener on Dovecot over TLS${missing === null ? '' : ` [${missing}]`}`,
  startServer,
  missing !== null,
)

async function startServer(): Promise<MailServer> {
  const dovecot = await startDovecot({ [USER]: 'secret-password' })
  let renumbered = 4_000_000
  return {
    login: {
      host: 'localhost',
      port: dovecot.tlsPort,
      security: 'tls',
      username: USER,
      password: 'secret-password',
    },
    ca: dovecot.ca,
    deliver: (source, more) => dovecot.deliver(USER, source, more),
    flags: () => dovecot.flags(USER),
    async renumber() {
      renumbered += 1
      dovecot.setUidValidity(USER, renumbered)
    },
    setPassword: (password) => dovecot.setPassword(USER, password),
    stop: () => dovecot.stop(),
  }
}
