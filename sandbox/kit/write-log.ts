import type { Clock } from '../../src/platform/clock.ts'
import type { Keep } from './keep.ts'
import type { SandboxWrite } from './types.ts'

/** What calls really changed at a simulated mall. A change that was made twice stands here twice. */
export interface WriteLog {
  add(write: Omit<SandboxWrite, 'at'>): void
  /** Oldest first; of one order when its number is given. */
  list(orderNumber?: string): SandboxWrite[]
  reset(): void
}

export function createWriteLog(clock: Clock, keep: Keep): WriteLog {
  const writes = keep('writes', (): SandboxWrite[] => [])
  return {
    add: (write) => void writes.push({ at: new Date(clock.now()).toISOString(), ...write }),
    list: (orderNumber) =>
      writes.filter((one) => orderNumber === undefined || one.orderNumber === orderNumber),
    reset: () => {
      writes.length = 0
    },
  }
}
