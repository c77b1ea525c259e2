/** The mailboxes that this process holds, with one session each. */
export interface Held {
  /** The session read its settings at least as late as this version was seen. */
  settingsVersion: number
  leaseUntil: number
  stopping: AbortController
  done: Promise<void>
}

export interface Holdings {
  begin(id: string, settingsVersion: number, leaseUntil: number): void
  /** Lets go of it, and resolves once its session is over. */
  end(id: string, mailbox: Held): Promise<void>
  /** Whether this very session is still held. */
  has(id: string, mailbox: Held): boolean
  /** Lets go of all, and waits for what is still ending, too. */
  endAll(): Promise<void>
  all(): [string, Held][]
  size(): number
}

export interface HoldingsTools {
  keep(id: string, signal: AbortSignal): Promise<void>
  onGone(id: string): void
}

export function createHoldings(tools: HoldingsTools): Holdings {
  const held = new Map<string, Held>()
  /** Sessions that were told to end and may still be storing something. */
  const ending = new Set<Promise<void>>()

  async function end(id: string, mailbox: Held): Promise<void> {
    if (held.get(id) === mailbox) held.delete(id)
    mailbox.stopping.abort(new Error('the mailbox is let go of'))
    ending.add(mailbox.done)
    await mailbox.done
    ending.delete(mailbox.done)
    tools.onGone(id)
  }

  return {
    begin(id, settingsVersion, leaseUntil) {
      const stopping = new AbortController()
      const done = tools.keep(id, stopping.signal)
      held.set(id, { settingsVersion, leaseUntil, stopping, done })
    },
    end,
    has: (id, mailbox) => held.get(id) === mailbox,
    async endAll() {
      await Promise.all([...held].map(([id, mailbox]) => end(id, mailbox)))
      await Promise.all(ending)
    },
    all: () => [...held],
    size: () => held.size,
  }
}
