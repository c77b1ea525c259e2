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
export async function follow(link: Link, news: News, reader: MailboxReader, tools: FollowTools): Promise<never> {
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
  }

  async function idle(): Promise<'news' | 'resync' | 'refused'> {
    const over = new AbortController()
    const resync = tools.clock.sleep(tools.timing.resyncMs, over.signal).then(
      () => 'resync' as const,
      () => 'resync' as const,
    )
    try {
      for (;;) {
        // Resolves when another command ends it (ImapFlow's NOOP after a silence), false when it was refused.
        const idling = link.client.idle()
        idling.catch(() => {})
        const ended = await Promise.race([news.wait(), resync, idling, link.lost])
        if (ended === 'news' || ended === 'resync') return ended
        await settle(link)
        if (news.arrived()) return 'news'
        if (ended === false) return 'refused'
      }
    } finally {
      over.abort()
    }
  }

  async function poll(): Promise<'news'> {
    const over = new AbortController()
    try {
      await Promise.race([tools.clock.sleep(tools.timing.pollMs, over.signal), link.lost])
    } finally {
      over.abort()
    }
    // Some servers show new mail to FETCH only after a command that may report it.
    await link.run(link.client.noop())
    return 'news'
  }
}

/** idle() resolves also when the connection broke; its close event follows shortly. Rejects when it is lost. */
const settle = (link: Link): Promise<unknown> =>
  Promise.race([link.lost, new Promise((resolve) => setTimeout(resolve, SETTLE_MS))])

const SETTLE_MS = 10

export interface News {
  arrived(): boolean
  clear(): void
  wait(): Promise<'news'>
}

/** Remembers EXISTS, whatever else is going on. To be called before the folder is opened. */
export function watchForNews(client: ImapFlow): News {
  let raised = false
  let tell: () => void = () => {}
  client.on('exists', () => {
    raised = true
    tell()
  })
  return {
    arrived: () => raised,
    clear() {
      raised = false
    },
    wait: () =>
      new Promise((resolve) => {
        tell = () => resolve('news')
        if (raised) tell()
      }),
  }
}
