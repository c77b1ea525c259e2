import { startSandboxImap } from '../../sandbox/imap/index.ts'
import { startDovecot } from '../support/mail/dovecot.ts'
import { type Gate, startGate } from './gate.ts'

/** The mail server of a run, with a gate of its own before each mailbox. */

export type MailServerKind = 'dovecot' | 'sandbox'

export interface ChaosMailbox {
  user: string
  password: string
  /** The gate's. */
  port: number
  gate: Gate
}

export interface MailServer {
  host: string
  mailboxes: ChaosMailbox[]
  /** Resolves once the mail stands in the mailbox. */
  deliver(user: string, source: Buffer): Promise<void>
  /** The same mails under a new UIDVALIDITY. */
  changeUidValidity(user: string): Promise<void>
  /** While true every login is refused, of every mailbox. */
  refuseLogins(refused: boolean): Promise<void>
}

type Server = Omit<MailServer, 'mailboxes'> & { port: number; close(): Promise<void> }
type Login = Pick<ChaosMailbox, 'user' | 'password'>

export async function startMailServer(
  kind: MailServerKind,
  logins: readonly Login[],
  closing: (() => Promise<unknown>)[],
): Promise<MailServer> {
  const server = await (kind === 'dovecot' ? startReal(logins) : startSimulated(logins))
  closing.push(server.close)
  const mailboxes: ChaosMailbox[] = []
  for (const login of logins) {
    const gate = await startGate(server)
    closing.push(gate.close)
    mailboxes.push({ ...login, port: gate.port, gate })
  }
  return { ...server, mailboxes }
}

async function startReal(logins: readonly Login[]): Promise<Server> {
  const dovecot = await startDovecot(Object.fromEntries(logins.map(({ user, password }) => [user, password])))
  // The first login makes the folder that mails are dropped into.
  for (const { user } of logins) await dovecot.flags(user)
  let validity = Math.floor(Date.now() / 1000)
  return {
    host: dovecot.host,
    port: dovecot.port,
    deliver: dovecot.drop,
    async changeUidValidity(user) {
      validity += 1
      dovecot.setUidValidity(user, validity)
    },
    refuseLogins: dovecot.refuseLogins,
    close: dovecot.stop,
  }
}

async function startSimulated(logins: readonly Login[]): Promise<Server> {
  const imap = await startSandboxImap({ users: logins })
  return {
    host: imap.host,
    port: imap.port,
    deliver: async (user, source) => void imap.deliver(user, source),
    changeUidValidity: async (user) => imap.changeUidValidity(user),
    async refuseLogins(refused) {
      imap.faults.loginAnswer = refused ? '[UNAVAILABLE] Try again later' : null
    },
    close: imap.close,
  }
}
