import { setImmediate, setTimeout } from 'node:timers/promises'
import type { ImapFlow } from 'imapflow'
import type { Clock } from '../../platform/clock.ts'
import type { Link } from './connection.ts'
import type { MailboxReader } from './mailbox-reader.ts'
import type { ListenerTiming } from './timing.ts'

export interface FollowTools {
  clock: Clock
  timing: Pick<ListenerTiming, 'pollMs' | 'resyncMs'>
  /** Called once the first reading is done and the waiting begins, and when that changes to polling. */
  onFollowing(how: 'connected' | 'polling'): Promise<void>
}

/** Reads what is new, waits for news, and so on. Ends only by rejecting: the link was lost, or reading failed. */
export async function follow(
  link: Link,
  news: News,
  reader: MailboxReader,
  tools: FollowTools,
): Promise<never> {
  let canIdle = link.client.capabilities.has('IDLE')
  await reader.catchUp()
  await tools.onFollowing(canIdle ? 'connected' : 'polling')
  for (;;) {
    const waited = news.arrived() ? 'news' : await (canIdle ? idle() : poll())
    if (waited === 'refused') {
      canIdle = false
      await tools.onFollowing('polling')
    }
    // Cleared before reading: what arrives while reading is read in another round.
    news.clear()
    await reader.catchUp()
    // What was stored is woken before the server hears of IDLE: both begin now, and IDLE is in no hurry.
    await setImmediate()
  }

  async function idle(): Promise<'news' | 'resync' | 'refused'> {
    const waiting = waitFor(link, news, (signal) => tools.clock.sleep(tools.timing.resyncMs, signal))
    try {
      for (;;) {
        // Resolves when another command ends it (ImapFlow's NOOP after a silence); with false when it was refused.
        const ended = await Promise.race([waiting.over, link.client.idle().catch(() => undefined)])
        if (ended === 'news' || ended === 'resync') return ended
        // It resolves also when the connection broke; the close event follows shortly.
        await setTimeout(SETTLE_MS)
        link.gone.throwIfAborted()
        if (ended === false) return 'refused'
      }
    } finally {
      waiting.end()
    }
  }

  async function poll(): Promise<'news'> {
    await tools.clock.sleep(tools.timing.pollMs, link.gone)
    // Some servers show new mail to FETCH only after a command that may report it.
    await link.run(link.client.noop())
    return 'news'
  }
}

const SETTLE_MS = 10

/**
 * What ends a wait. A promise of its own for each wait: a race with one that lives as long as the connection would keep
 * the result of every race until then.
 */
function waitFor(link: Link, news: News, sleep: (signal: AbortSignal) => Promise<void>) {
  const timer = new AbortController()
  let lose: () => void = () => {}
  const over = new Promise<'news' | 'resync'>((resolve, reject) => {
    lose = () => reject(link.gone.reason)
    link.gone.addEventListener('abort', lose)
    if (link.gone.aborted) lose()
    news.tell(() => resolve('news'))
    sleep(timer.signal).then(
      () => resolve('resync'),
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
