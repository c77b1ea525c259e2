import { setImmediate, setTimeout } from 'node:timers/promises'
import type { ImapFlow } from 'imapflow'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import type { Link } from './connection.ts'
import type { MailboxReader } from './mailbox-reader.ts'
import type { ListenerTiming } from './timing.ts'

export interface FollowTools {
  clock: Clock
  random: Random
  timing: Pick<ListenerTiming, 'pollMs' | 'probeMs'>
  /** Called once the first reading is done and the waiting begins, and when one of these changes. */
  onFollowing(following: Following): Promise<void>
  onProbe(result: ProbeResult): void
}

export interface Following {
  state: 'connected' | 'polling'
  /** The folder holds mails that the server does not hand out. */
  unread: boolean
}

/** level: all is read; found: there were mails of which the server had not told; unread: there are some that it keeps back. */
export type ProbeResult = 'level' | 'found' | 'unread'

/**
 * Reads what is new, waits for news, and so on. What the server tells is not relied on: now and then it is asked. Ends
 * only by rejecting: the link was lost, reading failed, or the server keeps mails back that a new link may be given.
 */
export async function follow(
  link: Link,
  news: News,
  reader: MailboxReader,
  tools: FollowTools,
): Promise<never> {
  let canIdle = link.client.capabilities.has('IDLE')
  let silentFinds = 0
  await reader.catchUp()
  const unread = await reader.isBehind()
  let shown = await show(unread)
  let probeAt = nextProbe()
  for (;;) {
    const waited = news.arrived() ? 'news' : await (canIdle ? idle() : poll())
    if (waited === 'refused') canIdle = false
    // Cleared before reading: what arrives while reading is read in another round.
    news.clear()
    if (waited === 'probe') await probe()
    else await reader.catchUp()
    if (canIdle !== (shown.state === 'connected')) shown = await show(shown.unread)
    // What was stored is woken before the server hears of IDLE: both begin now, and IDLE is in no hurry.
    await setImmediate()
  }

  async function show(unread: boolean): Promise<Following> {
    const following = { state: canIdle ? 'connected' : 'polling', unread } as const
    await tools.onFollowing(following)
    return following
  }

  /** Not all at once, although a mail server's mailboxes are connected together. */
  function nextProbe(): number {
    return tools.clock.now() + tools.timing.probeMs * (0.75 + 0.5 * tools.random.float())
  }

  function untilProbe(): number {
    // Further ahead than it was ever put: the clock was put back.
    if (probeAt > tools.clock.now() + tools.timing.probeMs * 1.25) probeAt = nextProbe()
    return Math.max(0, probeAt - tools.clock.now())
  }

  async function probe(): Promise<void> {
    const found = await reader.probe()
    const unread = await reader.isBehind()
    probeAt = nextProbe()
    const untold = found && canIdle
    tools.onProbe(unread ? 'unread' : untold ? 'found' : 'level')
    if (unread && !shown.unread) throw new MailsUnread()
    if (shown.unread && !unread) shown = await show(false)
    if (!canIdle) return
    // Once is chance: the mail came with the question.
    silentFinds = untold ? silentFinds + 1 : 0
    if (silentFinds >= DEAF_AFTER) canIdle = false
  }

  async function idle(): Promise<'news' | 'probe' | 'refused'> {
    const waiting = waitFor(link, news, (signal) => tools.clock.sleep(untilProbe(), signal))
    try {
      for (;;) {
        // Resolves when another command ends it (ImapFlow's NOOP after a silence); with false when it was refused.
        const ended = await Promise.race([waiting.over, link.client.idle().catch(() => undefined)])
        if (ended === 'news' || ended === 'probe') return ended
        // It resolves also when the connection broke; the close event follows shortly.
        await setTimeout(SETTLE_MS)
        link.gone.throwIfAborted()
        if (ended === false) return 'refused'
      }
    } finally {
      waiting.end()
    }
  }

  async function poll(): Promise<'news' | 'probe'> {
    await tools.clock.sleep(tools.timing.pollMs, link.gone)
    // A server that did not tell IDLE does not tell NOOP either.
    if (silentFinds >= DEAF_AFTER || untilProbe() === 0) return 'probe'
    // Some servers show new mail to FETCH only after a command that may report it.
    await link.run(link.client.noop())
    return 'news'
  }
}

const SETTLE_MS = 10
/** So many probes in a row that find what IDLE did not tell of, and the server is asked instead. */
const DEAF_AFTER = 2

/** The folder lists mails that the server does not hand out on this link; a new one may help. */
class MailsUnread extends Error {
  constructor() {
    super('the mail server lists mails and does not hand them out')
    this.name = 'MailsUnread'
  }
}

/**
 * What ends a wait. A promise of its own for each wait: a race with one that lives as long as the connection would keep
 * the result of every race until then.
 */
function waitFor(link: Link, news: News, sleep: (signal: AbortSignal) => Promise<void>) {
  const timer = new AbortController()
  let lose: () => void = () => {}
  const over = new Promise<'news' | 'probe'>((resolve, reject) => {
    lose = () => reject(link.gone.reason)
    link.gone.addEventListener('abort', lose)
    if (link.gone.aborted) lose()
    news.tell(() => resolve('news'))
    sleep(timer.signal).then(
      () => resolve('probe'),
      () => {},
    )
  })
  over.catch(() => {})
  return {
    over,
    end() {
      // A reason of ours: without one an exception with its stack is made for each mail.
      timer.abort(null)
      news.tell(null)
      link.gone.removeEventListener('abort', lose)
    },
  }
}

export interface News {
  arrived(): boolean
  clear(): void
  /** Calls back at the next news, at once when there are some; null: does not any more. */
  tell(listener: (() => void) | null): void
}

/** Remembers EXISTS, whatever else is going on. To be called before the folder is opened. */
export function watchForNews(client: ImapFlow): News {
  let raised = false
  let listener: (() => void) | null = null
  client.on('exists', () => {
    raised = true
    listener?.()
  })
  return {
    arrived: () => raised,
    clear() {
      raised = false
    },
    tell(next) {
      listener = next
      if (raised) next?.()
    },
  }
}
