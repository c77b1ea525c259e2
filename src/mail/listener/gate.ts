import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'

export interface Gate {
  /** Runs `work` when fewer than the caps are at work, in all and under this key, and not all at the same instant. */
  pass<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export interface GateLimits {
  perKey: number
  total: number
  /** Those who had to queue start up to this much apart. Milliseconds. */
  spreadMs: number
}

/**
 * Connection starts, by host; what is connected does not count any more. A TLS handshake costs each side milliseconds of
 * CPU, and providers take many at once from one address for an attack.
 */
export const CONNECT_LIMITS: GateLimits = { perKey: 8, total: 40, spreadMs: 50 }
/** Big downloads at a time: after an outage every mailbox may have one, and each is held in memory. */
export const DOWNLOAD_LIMITS: GateLimits = { perKey: 6, total: 6, spreadMs: 0 }

/** Bounds what goes on at the same time in this process. First come, first served within what is free. */
export function createGate(clock: Clock, random: Random, limits: GateLimits): Gate {
  const working = new Map<string, number>()
  const queue: { key: string; start: () => void }[] = []
  let total = 0

  const isFree = (key: string) => total < limits.total && (working.get(key) ?? 0) < limits.perKey
  function enter(key: string) {
    total += 1
    working.set(key, (working.get(key) ?? 0) + 1)
  }
  function leave(key: string) {
    total -= 1
    const left = (working.get(key) ?? 1) - 1
    if (left === 0) working.delete(key)
    else working.set(key, left)
    const next = queue.findIndex((waiting) => isFree(waiting.key))
    if (next >= 0) queue.splice(next, 1)[0]?.start()
  }
  function wait(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = {
        key,
        start() {
          signal.removeEventListener('abort', abort)
          enter(key)
          resolve()
        },
      }
      function abort() {
        queue.splice(queue.indexOf(entry), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      queue.push(entry)
    })
  }

  return {
    async pass(key, signal, work) {
      signal.throwIfAborted()
      const queued = !isFree(key)
      if (queued) await wait(key, signal)
      else enter(key)
      try {
        if (queued) await clock.sleep(limits.spreadMs * random.float(), signal)
        return await work()
      } finally {
        leave(key)
      }
    },
  }
}
