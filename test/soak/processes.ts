import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What one process of the service holds, from the kernel and from its own /metrics. */
export interface ProcessSample {
  rssMb: number
  /** Used by JavaScript. */
  heapMb: number
  /** Taken by V8 for the heap, and given back late. */
  takenMb: number
  files: number
  /** libuv's: sockets, timers, pipes. */
  handles: number
  /** How late the event loop was since the last look: timers fall due every 10 ms, so that is the least. */
  loopP99Ms: number
  loopMostMs: number
  /** Computed so far. */
  cpuSeconds: number
}

const MB = 1024 * 1024

export async function sampleProcess(pid: number, url: string): Promise<ProcessSample> {
  const [status, files, metrics] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
    fetch(`${url}/metrics`, { signal: AbortSignal.timeout(8_000) }).then((answer) => answer.text()),
  ])
  return {
    rssMb: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024,
    files: files.length,
    heapMb: metric(metrics, 'torikomi_nodejs_heap_size_used_bytes') / MB,
    takenMb: metric(metrics, 'torikomi_nodejs_heap_size_total_bytes') / MB,
    handles: metric(metrics, 'torikomi_nodejs_active_handles_total'),
    loopP99Ms: metric(metrics, 'torikomi_nodejs_eventloop_lag_p99_seconds') * 1_000,
    loopMostMs: metric(metrics, 'torikomi_nodejs_eventloop_lag_max_seconds') * 1_000,
    cpuSeconds: metric(metrics, 'torikomi_process_cpu_seconds_total'),
  }
}

function metric(text: string, name: string): number {
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`no ${name} in /metrics`)
  return Number(found)
}

/**
 * Where a process answers, from the line that it writes when it is ready; the last one where it was started
 * again.
 */
export async function addressOf(logDir: string, name: string): Promise<string> {
  const log = await readFile(join(logDir, `${name}.log`), 'utf8')
  const url = log.match(/http:\/\/127\.0\.0\.1:\d+/g)?.findLast((found) => log.includes(`ready: ${found}`))
  if (!url) throw new Error(`${name} has not said where it answers`)
  return url
}
