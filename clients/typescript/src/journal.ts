import type { Order, Selection } from './store.ts'

/**
 * Release 1.0.0 kept the key of the pull under way here. It keeps the position since: one short text, written when the handler
 * has ended. A key that 1.0.0 left is asked for once more, and its batch handed to the handler, before the first position.
 */
export type JournalEntry =
  | { position: string }
  | { key: string; selection: Selection; batch?: { pullId: string; orders: Order[]; remaining: number } }

/** Keeps what `write` was given whole or not at all after a crash. A journal belongs to one puller at a time. */
export interface Journal {
  /** Takes it for this puller. @throws Error when another one has it */
  open(): Promise<void>
  read(): Promise<JournalEntry | null>
  write(entry: JournalEntry | null): Promise<void>
  close(): Promise<void>
  /** How far the change feed was worked off; `keep` needs it to tell of erasures. */
  position?: { read(): Promise<string | null>; write(position: string): Promise<void> }
}

/** What is used of `navigator.locks`. */
export interface TabLocks {
  request(
    name: string,
    options: { ifAvailable: true },
    callback: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>
}

/** For trying things out: the next process begins with the desk's first batch. */
export function memoryJournal(): Journal {
  let entry: JournalEntry | null = null
  let position: string | null = null
  const nothing = async () => undefined
  return {
    open: nothing,
    close: nothing,
    read: async () => entry,
    async write(next) {
      entry = next
    },
    position: {
      read: async () => position,
      async write(next) {
        position = next
      },
    },
  }
}

/** In a browser's `localStorage`, under this name. With the page's `navigator.locks` two tabs take turns. */
export function storageJournal(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  name: string,
  locks: TabLocks | undefined = (globalThis.navigator as { locks?: TabLocks } | undefined)?.locks,
): Journal {
  let release: () => void = () => undefined
  return {
    open: () =>
      new Promise((resolve, reject) => {
        if (!locks) return resolve()
        const held = new Promise<void>((end) => {
          release = end
        })
        const taken = locks.request(name, { ifAvailable: true }, (lock) => {
          if (lock !== null) {
            resolve()
            return held
          }
          reject(new Error(`The journal ${name} is in use by another tab.`))
          return undefined
        })
        taken.catch(reject)
      }),
    async read() {
      const text = storage.getItem(name)
      return text === null ? null : parseEntry(text)
    },
    async write(entry) {
      if (entry === null) storage.removeItem(name)
      else storage.setItem(name, JSON.stringify(entry))
    },
    async close() {
      release()
    },
    position: {
      read: async () => storage.getItem(`${name}.position`),
      write: async (position) => storage.setItem(`${name}.position`, position),
    },
  }
}

/** @throws Error when it is no entry: to begin anew without asking would bring old orders back unseen */
export function parseEntry(text: string): JournalEntry {
  let entry: { key?: unknown; selection?: unknown; position?: unknown } | null = null
  try {
    entry = JSON.parse(text)
  } catch {
    // Told below.
  }
  const isKey = typeof entry?.key === 'string' && typeof entry.selection === 'object'
  if (!isKey && typeof entry?.position !== 'string')
    throw new Error(
      'The journal cannot be read. Remove it, and all batches of this desk come again: each order replaces itself.',
    )
  return entry as JournalEntry
}
