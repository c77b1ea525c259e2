/**
 * Mailboxes that this process holds. Each has at most one session at any time, including one that is ending.
 */
export interface HeldLease {
  /** The session read its settings no earlier than this version appeared. */
  settingsVersion: number
  stopping: AbortController
  done: Promise<void>
}

export interface HeldLeases {
  /** Does nothing while the mailbox has a session. */
  begin(id: string, settingsVersion: number): void
  /** Ends the session and resolves when it is over. */
  end(id: string, mailbox: HeldLease): Promise<void>
  /** True while this very session is held. */
  has(id: string, mailbox: HeldLease): boolean
  /** Ends all sessions and waits for those already ending too. */
  endAll(): Promise<void>
  all(): [string, HeldLease][]
  /** Ids of held and ending mailboxes. */
  running(): string[]
  size(): number
}

export interface HeldLeasesTools {
  keep(id: string, signal: AbortSignal): Promise<void>
  onGone(id: string): void
}

export function createHeldLeases(tools: HeldLeasesTools): HeldLeases {
  const held = new Map<string, HeldLease>()
  /** Sessions asked to end that may still be storing something. */
  const ending = new Map<string, HeldLease>()

  async function end(id: string, mailbox: HeldLease): Promise<void> {
    if (held.get(id) === mailbox) {
      held.delete(id)
      ending.set(id, mailbox)
      mailbox.stopping.abort(new Error('mailbox released'))
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
