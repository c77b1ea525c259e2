import type { Schemas } from './client.ts'

export type Pull = Schemas['Pull']
export type Order = Pull['orders'][number]

/** Which staged orders a pull takes over. */
export interface Selection {
  shopId?: string
  marketplace?: Order['marketplace']
  limit?: number
}

/** The pull that is not ended: asked for under this key, and the batch once its answer is here. */
export interface JournalEntry {
  key: string
  selection: Selection
  batch?: Pull
}

/**
 * Where the one pull that is not ended is kept. What `write` has taken must be there after a crash and a power cut, or
 * not at all; a journal belongs to one puller at a time.
 */
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

/** For trying things out: a crash loses the key, and with it the batch that was on its way. */
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

/**
 * In a browser's `localStorage`, under this name. Only the key is kept, since a batch may be larger than all that a page may
 * store: after a reload the service is asked for the batch again. With the page's `navigator.locks` two tabs take turns.
 */
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
      else storage.setItem(name, JSON.stringify({ key: entry.key, selection: entry.selection }))
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

/** @throws Error when it is no entry: to go on with a new key could lose the batch of the old one */
export function parseEntry(text: string): JournalEntry {
  let entry: Partial<JournalEntry> | null = null
  try {
    entry = JSON.parse(text) as Partial<JournalEntry> | null
  } catch {
    // Told below.
  }
  if (typeof entry?.key !== 'string' || typeof entry.selection !== 'object')
    throw new Error(
      'The journal cannot be read. See which batch was last in GET /v1/orders before you remove it.',
    )
  return entry as JournalEntry
}
