import type { Listener } from '../mail/listener/index.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'

export interface LateListener {
  /** Settings of a mailbox changed. Other processes see it at their next look. */
  refresh(): void
  /** Starts it; the answer stops it again. */
  start(listener: Listener): (timeoutMs: number) => Promise<void>
}

/** A listener takes mailboxes when used, so it is absent before it starts and in processes of other roles. */
export function createLateListener(): LateListener {
  let running: Listener | null = null
  return {
    refresh: () => acrossTenants('it takes mailboxes of all tenants', () => void running?.refresh()),
    start(listener) {
      listener.start()
      running = listener
      return (timeoutMs) => {
        running = null
        return listener.stop(timeoutMs)
      }
    },
  }
}
