import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Journal, type JournalEntry, parseEntry } from './journal.ts'
import type { OrderStore } from './store.ts'

/**
 * A folder with a file for each order, `orders/<shop>_<number>_<id>.json`, and the `position`. Without a transaction the order of the writes
 * does it: all orders are on the disk before the position is, and what a crash left half done comes again and replaces itself.
 * So copy the folder while the client is stopped, or its position first.
 */
export function fileStore(folder: string): OrderStore {
  const inOrders = (name: string) => join(folder, 'orders', name)
  const [position, fed, lock] = ['position', 'erasures', 'lock'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  return {
    async open() {
      await mkdir(join(folder, 'orders'), { recursive: true })
      takeLock(lock)
    },
    async close() {
      unlinkSync(lock)
    },
    position: () => readIfThere(position),
    async save(orders, next) {
      const here = await readdir(join(folder, 'orders'))
      for (const order of orders) {
        const stem = `${order.shopId}_${encodeURIComponent(order.orderNumber)}_`
        const name = `${stem}${order.id}.json`
        await replace(inOrders(name), JSON.stringify(order, null, 2))
        for (const old of here) if (old.startsWith(stem) && old !== name) await rm(inOrders(old))
      }
      await replace(position, next)
    },
    erasures: {
      position: () => readIfThere(fed),
      async erase(orderIds, next) {
        const here = orderIds.length === 0 ? [] : await readdir(join(folder, 'orders'))
        for (const name of here)
          if (orderIds.some((id) => name.includes(`_${id}.json`))) await rm(inOrders(name))
        if (next !== null) await replace(fed, next)
      },
    },
  }
}

/**
 * A journal in a file: written beside it, brought to the disk and renamed, so that it is the old one or the new one.
 * @deprecated with `Puller`: `fileStore` keeps orders and position
 */
export function fileJournal(path: string): Journal {
  const lock = `${path}.lock`
  return {
    async open() {
      await mkdir(dirname(path), { recursive: true })
      takeLock(lock)
    },
    async read() {
      const text = await readIfThere(path)
      if (text === null) return null
      const entry: JournalEntry | null = text === 'null' ? null : parseEntry(text)
      return entry
    },
    write: (entry) => replace(path, JSON.stringify(entry)),
    async close() {
      unlinkSync(lock)
    },
    position: {
      read: () => readIfThere(`${path}.position`),
      write: (position) => replace(`${path}.position`, position),
    },
  }
}

function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.new`
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
  await syncFolder(dirname(path))
}

/** Windows cannot open a folder, and needs not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null)
  if (!folder) return
  await folder.sync().catch(() => undefined)
  await folder.close()
}

/** Names the process, so that a lock that a crash has left holds nobody up. */
function takeLock(path: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      const file = openSync(path, 'wx', 0o600)
      writeSync(file, String(process.pid))
      closeSync(file)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 1) throw error
      const pid = Number(readFileSync(path, 'utf8'))
      if (pid !== process.pid && isAlive(pid))
        throw new Error(`In use by process ${pid}. Remove ${path} only if that is no puller.`)
      unlinkSync(path)
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
