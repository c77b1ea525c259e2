import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import { findSilence, isHeardSince, japaneseHour } from './silence.ts'
import type { MailboxCounts, QuietMailboxStore } from './store.ts'

export interface QuietMailboxWatch {
  start(): void
  /** Resolves when no look is under way any more. */
  stop(): Promise<void>
  /** One look at all mailboxes that are listened to here. */
  look(): Promise<void>
}

const EVERY_MS = 10 * 60_000
/** Read at a time: some 35 rows each. */
const PAGE = 200

/** Finds mailboxes that get fewer order mails than usual. A hint: it stops nothing. */
export function createQuietMailboxWatch(deps: {
  clock: Clock
  log: Logger
  quietMailboxes: QuietMailboxStore
}): QuietMailboxWatch {
  const { clock, log, quietMailboxes } = deps
  const stopped = new AbortController()
  let running: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    const now = clock.now()
    for (let after: string | null = null; !stopped.signal.aborted; ) {
      const page: MailboxCounts[] = await quietMailboxes.read(after, PAGE, new Date(now))
      for (const mailbox of page) await judge(mailbox, japaneseHour(now))
      after = page.at(-1)?.id ?? null
      if (page.length < PAGE) return
    }
  }

  async function judge({ id, quietSince, counts }: MailboxCounts, nowHour: number): Promise<void> {
    if (quietSince !== null) {
      // A reported silence lasts until mails come: after a week the silence itself would look usual.
      if (isHeardSince(counts, quietSince)) await quietMailboxes.write(id, null)
      return
    }
    const silence = findSilence(counts, nowHour)
    if (silence === null) return
    log.warn({ mailboxId: id, expected: silence.expected }, 'mailbox: quieter than usual')
    await quietMailboxes.write(id, silence)
  }

  async function loop(): Promise<void> {
    while (await slept()) {
      await look().catch((error: unknown) =>
        log.warn({ err: error }, 'quiet mailboxes could not be checked; retrying'),
      )
    }
  }

  const slept = (): Promise<boolean> =>
    clock.sleep(EVERY_MS, stopped.signal).then(
      () => true,
      () => false,
    )

  return {
    look,
    start() {
      running = loop()
    },
    async stop() {
      stopped.abort()
      await running
    },
  }
}
