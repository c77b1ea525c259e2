/** The mailboxes that this process holds. At any time there is at most one session of each, those that are ending counted in. */
export interface HeldLease {
  /** The session read its settings at least as late as this version was seen. */
  settingsVersion: number
  stopping: AbortController
  done: Promise<void>
}

export interface HeldLeases {
  /** Does nothing while there is a session of it. */
  begin(id: string, settingsVersion: number): void
  /** Lets go of it, and resolves once its session is over. */
  end(id: string, mailbox: HeldLease): Promise<void>
  /** Whether this very session is still held. */
  has(id: string, mailbox: HeldLease): boolean
  /** Lets go of all, and waits for what is still ending, too. */
  endAll(): Promise<void>
  all(): [string, HeldLease][]
  /** Ids of what is held and of what is still ending. */
  running(): string[]
  size(): number
}

export interface HeldLeasesTools {
  keep(id: string, signal: AbortSignal): Promise<void>
  onGone(id: string): void
}

export function createHeldLeases(tools: HeldLeasesTools): HeldLeases {
  const held = new Map<string, HeldLease>()
  /** Sessions that were told to end and may still be storing something. */
  const ending = new Map<string, HeldLease>()

  async function end(id: string, mailbox: HeldLease): Promise<void> {
    if (held.get(id) === mailbox) {
      held.delete(id)
      ending.set(id, mailbox)
      mailbox.stopping.abort(new Error('the mailbox is let go of'))
    }
    await mailbox.done
    if (ending.get(id) !== mailbox) return
    ending.delete(id)
    tools.onGone(id)
  }

  return {
    begin(id, settingsVersion) {
      if (held.has(id) || ending.has(id)) return
      const stopping = new AbortController()
      const done = tools.keep(id, stopping.signal)
      held.set(id, { settingsVersion, stopping, done })
    },
    end,
    has: (id, mailbox) => held.get(id) === mailbox,
    async endAll() {
      await Promise.all([...held, ...ending].map(([id, mailbox]) => end(id, mailbox)))
    },
    all: () => [...held],
    running: () => [...held.keys(), ...ending.keys()],
    size: () => held.size,
  }
}
