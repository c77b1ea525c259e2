import type { Clock } from '../platform/clock.ts'
import { type Statement, statement } from '../platform/db/statement-names.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { LeaseLost } from '../platform/lease.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Logger } from '../platform/logger.ts'

/**
 * The right to ask a shop's mall. A turn claims it by the statement that reads what is due, gives it back at
 * its end, and renews it meanwhile. A process that died keeps its shop until the lease ends; one that was
 * paused finds at its next renewal that it has lost it.
 */
export interface TurnLease {
  shopId: string
  /** An id of this turn alone. */
  holder: string
}

/** Longer than two renewals that fail; a killed process delays its shops by so much. */
export const LEASE_MS = 10_000
const RENEW_EVERY_MS = LEASE_MS / 4

/**
 * SQL condition, null where nobody has the shop: a lease lasts at `now`. An end that is further away than any
 * was written by a clock that has been put back since.
 */
export const lasts = (leaseUntil: string, now: string): string =>
  `(${leaseUntil} > ${now}::timestamptz and ${leaseUntil} <= ${now}::timestamptz + interval '${2 * LEASE_MS} ms')`

const GIVE_BACK: Statement = statement(`
update shop_turns set lease_until = null, released = holder
where shop_id = $1 and holder = $2 returning wanted`)

/** @returns whether somebody woke the shop meanwhile: it is to have another turn */
export async function giveBack(queries: Queries, { shopId, holder }: TurnLease): Promise<boolean> {
  const { rows } = await queries.query<{ wanted: boolean }>({ ...GIVE_BACK, values: [shopId, holder] })
  return rows[0]?.wanted ?? false
}

const RENEW: Statement = statement(`
update shop_turns w set lease_until = $3 from unnest($1::uuid[], $2::uuid[]) as h (shop_id, holder)
where w.shop_id = h.shop_id and w.holder = h.holder and w.lease_until is not null returning w.holder::text`)

/** All that a process holds, in one statement. @returns the holders of those that are still its own */
export async function renewTurns(
  queries: Queries,
  held: readonly TurnLease[],
  until: Date,
): Promise<ReadonlySet<string>> {
  const values = [held.map(({ shopId }) => shopId), held.map(({ holder }) => holder), until]
  const { rows } = await queries.query<{ holder: string }>({ ...RENEW, values })
  return new Set(rows.map(({ holder }) => holder))
}

const COUNT: Statement = statement(
  `select count(*)::int as held from shop_turns where ${lasts('lease_until', '$1')}`,
)

/** How many shops are at work in all processes. */
export async function countTurns(queries: Queries, now: Date): Promise<number> {
  const { rows } = await queries.query<{ held: number }>({ ...COUNT, values: [now] })
  return rows[0]?.held ?? 0
}

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
