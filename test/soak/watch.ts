import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from '../chaos/fleet.ts'
import { addressOf, sampleProcess } from './processes.ts'
import type { Stores } from './stores.ts'
import { lowest, type Point, type Series } from './trend.ts'

export interface Watch {
  /** Ends it. */
  stop(): Promise<{ series: Series[]; samples: number; missed: number }>
}

const EVERY_MS = 10_000
/** Long enough for the heap of a process that does little to be cleaned in it. */
const HEAP_SECONDS = 300

/** Looks at all processes and stores every ten seconds. What cannot be read is counted and left out. */
export function startWatch(parts: {
  fleet: Pick<Fleet, 'pids'>
  logDir: string
  stores: Stores
  told(text: string): void
}): Watch {
  const began = Date.now()
  const all = createCollection()
  const stopping = new AbortController()
  let samples = 0
  let missed = 0
  const done = run()
  return {
    async stop() {
      stopping.abort()
      await done
      return { series: all.series(), samples, missed }
    },
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const at = Math.round((Date.now() - began) / 1000)
      const results = await Promise.allSettled([
        ...Object.entries(parts.fleet.pids()).map(([name, pid]) => lookAt(name, pid, at)),
        lookAtStores(at),
      ])
      samples += 1
      for (const result of results) {
        if (result.status === 'fulfilled') continue
        missed += 1
        parts.told(`not read: ${result.reason instanceof Error ? result.reason.message : 'unknown'}`)
      }
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  async function lookAt(name: string, pid: number, at: number): Promise<void> {
    const sample = await sampleProcess(pid, await addressOf(parts.logDir, name))
    all.add('resident memory', name, 'MB', at, sample.rssMb)
    all.add('heap after cleaning', name, 'MB', at, sample.heapMb)
    // Where resident memory is: the heap that V8 has taken, and the program, buffers, threads and what the C
    // library keeps.
    all.add('heap taken', name, 'MB', at, sample.takenMb, false)
    all.add('beside the heap', name, 'MB', at, sample.rssMb - sample.takenMb, false)
    all.add('open files', name, '', at, sample.files)
    all.add('active handles', name, '', at, sample.handles)
    // Told, not judged: beside other work it is the machine's as much as the service's.
    all.add('event loop, p99', name, 'ms', at, sample.loopP99Ms, false)
    all.add('event loop, most', name, 'ms', at, sample.loopMostMs, false)
    all.add('computed', name, 's', at, sample.cpuSeconds, false)
  }

  async function lookAtStores(at: number): Promise<void> {
    const sample = await parts.stores.sample()
    for (const [name, count] of Object.entries(sample.connections))
      all.add('connections', `Postgres ${name.replace(/^torikomi ?/, '') || 'pools'}`, '', at, count)
    all.add('waiting requests', 'of orders', '', at, sample.waiting)
    // Told and not judged: these grow until as many wait as may, and with the reservations.
    all.add('waiting requests', 'of strangers’ mails', '', at, sample.doubtful, false)
    all.add('waiting requests', 'for another day', '', at, sample.later, false)
    all.add('waiting requests', 'due for 10 s', '', at, sample.overdue)
    all.add('changes not over', 'all', '', at, sample.changesOpen)
    if (sample.queueRows !== null) all.add('queue rows', 'Postgres', '', at, sample.queueRows)
    if (sample.redis) {
      all.add('keys', 'Redis', '', at, sample.redis.keys)
      all.add('used memory', 'Redis', 'MB', at, sample.redis.usedMb)
      all.add('connections', 'Redis', '', at, sample.redis.clients)
    }
    all.add('size', 'database', 'MB', at, sample.databaseMb, false)
  }
}

function createCollection() {
  const found = new Map<string, Series>()
  return {
    add(measure: string, of: string, unit: string, at: number, value: number, judged = true): void {
      const key = `${measure} ${of}`
      const series = found.get(key) ?? { measure, of, unit, judged, points: [] as Point[] }
      found.set(key, series)
      series.points.push({ at, value: Number(value.toFixed(2)) })
    },
    series: () =>
      [...found.values()]
        .map((one) =>
          one.measure === 'heap after cleaning' ? { ...one, points: lowest(one.points, HEAP_SECONDS) } : one,
        )
        .toSorted((a, b) => a.measure.localeCompare(b.measure) || a.of.localeCompare(b.of)),
  }
}
