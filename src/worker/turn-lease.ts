import type { Clock } from '../platform/clock.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { LeaseLost } from '../platform/errors.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Logger } from '../platform/logger.ts'
import { giveBack, LEASE_MS, renewTurns, type TurnLease } from './statements.ts'

const RENEW_EVERY_MS = LEASE_MS / 4

/** The leases that this process holds. */
export interface HeldTurns {
  /** Renews a lease from now on. @returns aborted when another process has the shop, or by `signal` */
  keep(lease: TurnLease, signal: AbortSignal): AbortSignal
  /** Gives the shop back. @returns whether it is to have another turn */
  end(lease: TurnLease): Promise<boolean>
  /** Keeps a lease no more: the statement that did the turn's last work has given it back. */
  forget(lease: TurnLease): void
}

interface Held extends TurnLease {
  lost: AbortController
  /** Ends the listening to the signal of whoever works, which outlives the turn. */
  forget(): void
}

export function createHeldTurns({
  pool,
  clock,
  log,
}: {
  pool: Queries
  clock: Clock
  log: Logger
}): HeldTurns {
  const logRepeat = createRepeatLog(log)
  const held = new Map<string, Held>()
  /** Ends the wait for the next renewal: nothing is held any more. */
  let idle = new AbortController()

  async function renew(): Promise<void> {
    const asked = [...held.values()]
    if (asked.length === 0) return
    const ours = await renewTurns(pool, asked, new Date(clock.now() + LEASE_MS))
    for (const { holder, lost } of asked) if (!ours.has(holder)) lost.abort(new LeaseLost('the shop'))
  }

  async function keepRenewing({ signal }: AbortController): Promise<void> {
    const waited = () =>
      clock.sleep(RENEW_EVERY_MS, signal).then(
        () => true,
        () => false,
      )
    while (await waited())
      await renew().catch((err: unknown) =>
        logRepeat({ err }, 'leases of shops were not renewed; tried again'),
      )
  }

  function forget({ holder }: TurnLease): void {
    held.get(holder)?.forget()
    held.delete(holder)
    // With a reason: without one each abort makes an exception with a stack.
    if (held.size === 0) idle.abort(null)
  }

  return {
    keep(lease, signal) {
      const lost = new AbortController()
      const abort = () => lost.abort(signal.reason)
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort)
      held.set(lease.holder, { ...lease, lost, forget: () => signal.removeEventListener('abort', abort) })
      if (held.size === 1) {
        idle = new AbortController()
        void keepRenewing(idle)
      }
      return lost.signal
    },
    forget,
    async end(lease) {
      forget(lease)
      try {
        return await giveBack(pool, lease)
      } catch (err) {
        log.warn({ err, shopId: lease.shopId }, 'shop could not be given back; its lease runs out')
        return false
      }
    },
  }
}
