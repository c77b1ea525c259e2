import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from '../chaos/fleet.ts'
import type { History, HistoryEntry } from '../chaos/history.ts'
import { addressOf, sampleProcess } from './processes.ts'
import type { Stores } from './stores.ts'

const EVERY_MS = 10_000

type Looked = Extract<HistoryEntry, { f: 'looked' }>['value']

/**
 * Looks at all processes and stores every ten seconds and notes what they hold. What cannot be read is
 * counted and left out.
 */
export function startWatch(parts: {
  fleet: Pick<Fleet, 'pids' | 'endedByItself'>
  logDir: string
  stores: Stores
  history: History
  told(text: string): void
}): { stop(): Promise<void> } {
  const began = Date.now()
  const seen = new Map<string, number[]>()
  const stopping = new AbortController()
  const done = run()
  return {
    async stop() {
      stopping.abort()
      await done
    },
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const after = Math.round((Date.now() - began) / 1000)
      const found: Looked['found'] = []
      const all: Add = (measure, of, unit, value, judged = true) =>
        found.push({ measure, of, unit, value: Number(value.toFixed(2)), judged })
      const results = await Promise.allSettled([
        ...Object.entries(parts.fleet.pids()).map(([name, pid]) => lookAt(name, pid, all)),
        lookAtStores(all),
      ])
      const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      for (const reason of failed)
        parts.told(`not read: ${reason instanceof Error ? reason.message : 'unknown'}`)
      const { endedByItself } = parts.fleet
      const value = { after, found, missed: failed.length, endedByItself }
      parts.history.note({ process: 'watch', f: 'looked', type: 'ok', value })
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  /** A process that follows another one is a series of its own. */
  function nameOf(name: string, pid: number): string {
    const pids = seen.get(name) ?? []
    if (!pids.includes(pid)) seen.set(name, [...pids, pid])
    const turn = seen.get(name)?.indexOf(pid) ?? 0
    return turn === 0 ? name : `${name}${FOLLOWS}${turn + 1}`
  }

  async function lookAt(process: string, pid: number, all: Add): Promise<void> {
    const name = nameOf(process, pid)
    const sample = await sampleProcess(pid, await addressOf(parts.logDir, process))
    all('resident memory', name, 'MB', sample.rssMb)
    all('heap after cleaning', name, 'MB', sample.heapMb)
    // Where resident memory is: the heap that V8 has taken, and the program, buffers, threads and what the C
    // library keeps.
    all('heap taken', name, 'MB', sample.takenMb, false)
    all('beside the heap', name, 'MB', sample.rssMb - sample.takenMb, false)
    all('open files', name, '', sample.files)
    all('active handles', name, '', sample.handles)
    // Told, not judged: beside other work it is the machine's as much as the service's.
    all('event loop, p99', name, 'ms', sample.loopP99Ms, false)
    all('event loop, most', name, 'ms', sample.loopMostMs, false)
    all('computed', name, 's', sample.cpuSeconds, false)
  }

  async function lookAtStores(all: Add): Promise<void> {
    const sample = await parts.stores.sample()
    for (const [name, count] of Object.entries(sample.connections))
      all('connections', `Postgres ${name.replace(/^torikomi ?/, '') || 'pools'}`, '', count)
    all('waiting requests', 'of orders', '', sample.waiting)
    // Told and not judged: these grow until as many wait as may, and with the reservations.
    all('waiting requests', 'of strangers’ mails', '', sample.doubtful, false)
    all('waiting requests', 'for another day', '', sample.later, false)
    all('waiting requests', 'due for 10 s', '', sample.overdue)
    all('changes not over', 'all', '', sample.changesOpen)
    if (sample.queueRows !== null) all('queue rows', 'Postgres', '', sample.queueRows)
    if (sample.redis) {
      all('keys', 'Redis', '', sample.redis.keys)
      all('used memory', 'Redis', 'MB', sample.redis.usedMb)
      all('connections', 'Redis', '', sample.redis.clients)
    }
    all('size', 'database', 'MB', sample.databaseMb, false)
    all('size of tables that keep their rows', 'Postgres', 'MB', sample.fixedTablesMb)
    all('dead rows', 'of all tables', '%', sample.deadRows, false)
  }
}

type Add = (measure: string, of: string, unit: string, value: number, judged?: boolean) => void

/** Before the turn of a process that follows another one. */
export const FOLLOWS = ' #'
