import type { Sealer } from '../../platform/crypto/sealer.ts'
import { LeaseLost } from '../../platform/lease.ts'
import type { Random } from '../../platform/random.ts'
import { authservIdFor } from '../recognition/trust.ts'
import type { Throttle } from './connect-throttle.ts'
import { type ConnectTools, type MailboxLogin, openLink } from './connection.ts'
import { describeFailure, type MailboxFailure } from './failures.ts'
import { openFolder } from './folder.ts'
import { type Following, follow, type ProbeResult, watchForNews } from './follow.ts'
import { createReader, type ReaderTools } from './mailbox-reader.ts'
import type { MailboxRow } from './mailbox-store.ts'
import type { ListenerTiming } from './timing.ts'

export interface SessionTools extends ConnectTools, Omit<ReaderTools, 'firstDays'> {
  sealer: Sealer
  random: Random
  /** Connection starts, by host. */
  connects: Throttle
  owner: string
  timing: ListenerTiming
  onProbe(result: ProbeResult): void
}

/**
 * Runs one connection from login to loss. Never resolves. Rejects with SessionFailed, with LeaseLost, or with the signal's
 * reason.
 */
export type RunSession = (
  mailbox: MailboxRow,
  signal: AbortSignal,
  onFollowing: (following: Following) => Promise<void>,
) => Promise<never>

export class SessionFailed extends Error {
  readonly failure: MailboxFailure
  constructor(failure: MailboxFailure, cause: unknown) {
    super(failure.code, { cause })
    this.name = 'SessionFailed'
    this.failure = failure
  }
}

export function createSession(tools: SessionTools): RunSession {
  return async (mailbox, signal, onFollowing) => {
    let login: MailboxLogin | null = null
    try {
      login = loginOf(mailbox, tools.sealer)
      return await connectAndFollow(mailbox, login, signal, onFollowing)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof LeaseLost) throw error
      throw new SessionFailed(
        describeFailure(error, login === null ? [] : [login.username, login.password]),
        error,
      )
    }
  }

  async function connectAndFollow(
    mailbox: MailboxRow,
    login: MailboxLogin,
    signal: AbortSignal,
    onFollowing: (following: Following) => Promise<void>,
  ): Promise<never> {
    const link = await tools.connects.pass(login.host, signal, () => openLink(login, tools, signal))
    try {
      const news = watchForNews(link.client)
      const folder = await openFolder(link, mailbox.folder)
      const { id, tenantId, cursor } = mailbox
      const settings = { authservId: authservIdFor(mailbox.host, mailbox.authservId) }
      const read = { id, tenantId, cursor, settings, leaseOwner: tools.owner }
      const reader = createReader(folder, read, { ...tools, firstDays: tools.timing.firstDays }, signal)
      const { clock, random, timing, onProbe } = tools
      return await follow(link, news, reader, { clock, random, timing, onFollowing, onProbe })
    } finally {
      link.close()
    }
  }
}

function loginOf(mailbox: MailboxRow, sealer: Sealer): MailboxLogin {
  const open = (field: string, sealed: Uint8Array) =>
    sealer.open(`mailbox:${mailbox.id}:${field}`, sealed).toString()
  return {
    host: mailbox.host,
    port: mailbox.port,
    security: mailbox.security,
    username: open('username', mailbox.sealedUsername),
    password: open('password', mailbox.sealedPassword),
  }
}
