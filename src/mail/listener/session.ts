import type { Clock } from '../../platform/clock.ts'
import { SealError, type Sealer } from '../../platform/crypto/sealer.ts'
import { LeaseLost } from '../../platform/errors.ts'
import type { Throttle } from '../../platform/fair-gate.ts'
import type { Random } from '../../platform/random.ts'
import { aheadOf, hiddenOf, type MailToken, openSignIn } from '../../shops/mailboxes/sign-in.ts'

import { authservIdFor } from '../recognition/trust.ts'
import type { MailboxRow } from '../statements.ts'
import { type SignedIn, type SignInTools, signIn, watchForNews } from './connection.ts'
import { describeFailure, type MailboxFailure } from './failures.ts'
import { isTooLarge, openFolder } from './folder.ts'
import {
  type Following,
  follow,
  IdleDeaf,
  MailboxReader,
  type ProbeResult,
  type ReaderTools,
} from './mailbox-reader.ts'
import type { ListenerTiming } from './timing.ts'

export interface SessionTools extends SignInTools, Omit<ReaderTools, 'firstDays'> {
  sealer: Sealer
  random: Random
  /** Connection starts, by host. */
  connects: Throttle
  owner: string
  timing: ListenerTiming
  onProbe(result: ProbeResult): void
}

/** Facts that earlier connections of a mailbox showed of its server. */
export interface ServerHabits {
  /** False: its IDLE is deaf, so that it is asked now and then. */
  mayIdle: boolean
  /** Silence after which it is asked, since it ended longer ones; null: not known. */
  mostQuietMs: number | null
}

/**
 * Runs one connection from login to loss. Never resolves. Rejects with SessionFailed, with LeaseLost, with
 * SessionRenewed, with IdleDeaf, or with the signal's reason.
 * @param signed a connection that is logged in already
 */
export type RunSession = (
  mailbox: MailboxRow,
  signal: AbortSignal,
  onFollowing: (following: Following) => Promise<void>,
  habits: ServerHabits,
  signed?: SignedIn,
) => Promise<never>

export class SessionFailed extends Error {
  readonly failure: MailboxFailure
  constructor(failure: MailboxFailure, cause: unknown) {
    super(failure.code, { cause })
    this.name = 'SessionFailed'
    this.failure = failure
  }
}

/** The token was to end soon: a new connection is logged in, and the old one closed. No failure. */
export class SessionRenewed extends Error {
  readonly next: SignedIn
  constructor(next: SignedIn) {
    super('the connection was renewed with its token')
    this.name = 'SessionRenewed'
    this.next = next
  }
}

export function createSession(tools: SessionTools): RunSession {
  /** Mailboxes with a mail whose headers are more than is taken: it must not stop those behind it. */
  const careful = new Set<string>()
  return async (mailbox, signal, onFollowing, { mayIdle, mostQuietMs }, signed) => {
    const login = loginOf(mailbox, tools.sealer)
    try {
      if ('error' in login) throw login.error
      const open = () =>
        tools.connects.pass(mailbox.host, signal, () =>
          signIn(login.address, login.by, { ...tools, mostQuietMs }, signal),
        )
      return await followUntilRenewal(signed ?? (await open()), open, signal, (link) =>
        followLink(mailbox, link, signal, onFollowing, mayIdle),
      )
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof LeaseLost || error instanceof SessionRenewed || error instanceof IdleDeaf)
        throw error
      if (isTooLarge(error)) careful.add(mailbox.id)
      throw new SessionFailed(describeFailure(error, 'hide' in login ? login.hide : []), error)
    }
  }

  /** The next connection is made before this one goes: no mail waits for a login. */
  async function followUntilRenewal(
    { link, token }: SignedIn,
    open: () => Promise<SignedIn>,
    signal: AbortSignal,
    follow: (link: SignedIn['link']) => Promise<never>,
  ): Promise<never> {
    const over = new AbortController()
    const prepared: { next?: SignedIn; refusal?: unknown } = {}
    const until = AbortSignal.any([signal, over.signal])
    const renewed =
      token &&
      prepareNext(token, open, until).then(
        (next) => {
          prepared.next = next
          link.close()
        },
        (error: unknown) => {
          if (until.aborted) return
          prepared.refusal = error
          link.close()
        },
      )
    try {
      return await follow(link)
    } catch (error) {
      const lost = link.gone.aborted
      over.abort()
      await renewed
      if (prepared.next && lost && !signal.aborted) throw new SessionRenewed(prepared.next)
      prepared.next?.link.close()
      throw prepared.refusal ?? error
    } finally {
      link.close()
    }
  }

  /** Retries until it has one. Rejects when only a person can fix the cause. */
  async function prepareNext(
    token: MailToken,
    open: () => Promise<SignedIn>,
    signal: AbortSignal,
  ): Promise<SignedIn> {
    // Renews after the token counts as old, and spread, so that a provider's mailboxes do not renew together.
    const at = token.expiresAt - aheadOf(token) * (0.3 + 0.6 * tools.random.float())
    let waitMs = Math.max(0, at - tools.clock.now())
    for (;;) {
      await sleepLong(tools.clock, waitMs, signal)
      try {
        return await open()
      } catch (error) {
        if (signal.aborted || describeFailure(error, []).needsPerson) throw error
        waitMs = RENEW_AGAIN_MS * (0.5 + tools.random.float())
      }
    }
  }

  async function followLink(
    mailbox: MailboxRow,
    link: SignedIn['link'],
    signal: AbortSignal,
    onFollowing: (following: Following) => Promise<void>,
    mayIdle: boolean,
  ): Promise<never> {
    const news = watchForNews(link.client)
    const folder = await openFolder(link, mailbox.folder, careful.has(mailbox.id))
    const { id, tenantId, cursor, readUntil, uidsUnstableSince } = mailbox
    const settings = { authservId: authservIdFor(mailbox.host, mailbox.authservId) }
    const read = { id, tenantId, cursor, readUntil, uidsUnstableSince, settings, leaseOwner: tools.owner }
    const reader = new MailboxReader(folder, read, { ...tools, firstDays: tools.timing.firstDays }, signal)
    const { clock, random, timing, onProbe } = tools
    return follow(link, news, reader, { clock, random, timing, onFollowing, onProbe, mayIdle })
  }
}

/** The old connection continues meanwhile, for as long as its server allows. */
const RENEW_AGAIN_MS = 20_000
const LONGEST_SLEEP_MS = 24 * 60 * 60_000

/** Node's timers end at once beyond 24.8 days. */
async function sleepLong(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  for (let left = ms; left > 0; left -= LONGEST_SLEEP_MS)
    await clock.sleep(Math.min(left, LONGEST_SLEEP_MS), signal)
}

function loginOf(mailbox: MailboxRow, sealer: Sealer) {
  try {
    const { host, port, security } = mailbox
    const { username, by } = openSignIn(sealer, mailbox)
    return { address: { host, port, security, username }, by, hide: hiddenOf(username, by) }
  } catch (error) {
    if (error instanceof SealError) return { error }
    throw error
  }
}
