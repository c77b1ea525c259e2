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
  /** Called when the first reading is done and waiting begins, and whenever a field changes. */
  onFollowing(following: Following): Promise<void>
  onProbe(result: ProbeResult): void
}

export interface Following {
  state: 'connected' | 'polling'
  /** True when the folder holds mails that the server does not hand out. */
  unread: boolean
}

/** level: all is read. found: the server had not announced some mails. unread: it keeps some back. */
export type ProbeResult = 'level' | 'found' | 'unread'

/**
 * Reads new mails, waits for news, and repeats. Probes the server now and then, because its announcements are
 * not reliable. Ends only by rejecting: the link was lost, reading failed, or the server keeps mails back
 * that a new link may get.
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
    // Cleared before reading, so that mails arriving meanwhile cause another round.
    news.clear()
    if (waited === 'probe') await probe()
    else await reader.catchUp()
    if (canIdle !== (shown.state === 'connected')) shown = await show(shown.unread)
    // Lets work woken by stored mails run before IDLE is sent; both begin now, and IDLE can wait.
    await setImmediate()
  }

  async function show(unread: boolean): Promise<Following> {
    const following = { state: canIdle ? 'connected' : 'polling', unread } as const
    await tools.onFollowing(following)
    return following
  }

  /** Spreads probes, because a mail server's mailboxes connect at the same time. */
  function nextProbe(): number {
    return tools.clock.now() + tools.timing.probeMs * (0.75 + 0.5 * tools.random.float())
  }

  function untilProbe(): number {
    // The next probe lies further ahead than ever set, so the clock was set back.
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
    // One find is chance: the mail arrived with the probe.
    silentFinds = untold ? silentFinds + 1 : 0
    if (silentFinds >= DEAF_AFTER) canIdle = false
  }

  async function idle(): Promise<'news' | 'probe' | 'refused'> {
    const waiting = waitFor(link, news, (signal) => tools.clock.sleep(untilProbe(), signal))
    try {
      for (;;) {
        // Resolves when another command ends it (ImapFlow's NOOP after a silence), and with false when the
        // server refused it.
        const ended = await Promise.race([waiting.over, link.client.idle().catch(() => undefined)])
        if (ended === 'news' || ended === 'probe') return ended
        // A broken connection resolves it too; the close event follows shortly.
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
    // A server that announces nothing in IDLE announces nothing to NOOP either.
    if (silentFinds >= DEAF_AFTER || untilProbe() === 0) return 'probe'
    // Some servers show new mail to FETCH only after a command that may report it.
    await link.run(link.client.noop())
    return 'news'
  }
}

const SETTLE_MS = 10
/** Probes in a row that find unannounced mails before polling replaces IDLE. */
const DEAF_AFTER = 2

/** The folder lists mails that the server does not hand out on this link. A new link may help. */
class MailsUnread extends Error {
  constructor() {
    super('the mail server lists mails and does not hand them out')
    this.name = 'MailsUnread'
  }
}

/**
 * Promise for the end of a wait, new for each wait. A race against one that lives as long as the connection
 * would keep every race's result until then.
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
      // Passes a reason, because abort() without one creates an exception with a stack for each mail.
      timer.abort(null)
      news.tell(null)
      link.gone.removeEventListener('abort', lose)
    },
  }
}

export interface News {
  arrived(): boolean
  clear(): void
  /** Calls `listener` at the next news, or at once when there are some; null unsubscribes. */
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
