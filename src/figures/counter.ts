import type { Pool, PoolClient } from 'pg'
import type { Clock } from '../platform/clock.ts'
import { dateNow } from '../platform/clock.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { japaneseDay, japaneseDayStart } from '../platform/japan-time.ts'
import type { Logger } from '../platform/logger.ts'
import { CLAIM_PLACE, COUNT_DUE, MARK_ALL, MARK_CHANGED, NOTE_PLACE } from './statements.ts'

export interface CounterTools {
  pool: Pool
  clock: Clock
  log: Logger
}

/** Events of one transaction: some ten milliseconds. */
const PAGE = 5_000
/** Days of one statement: some thousands of orders of a busy shop. */
const DAYS = 20
/** As far back as figures are asked for at once, and a month beside it. */
export const MOST_DAYS = 400

interface Place {
  place: string | null
  epoch: string
  xid: string
  eventId: string
  oldest: string
}

/**
 * Keeps the figures by day. It follows the change feed, so staging, edits and site changes write nothing
 * more, and orders that a process of an earlier release writes are counted, too. Every worker may run one.
 */
export function createFigureCounter({ pool, clock, log }: CounterTools) {
  /** @returns how many events it read; 0 when there are none, or another process follows them */
  async function follow(client: PoolClient): Promise<number> {
    const { rows } = await client.query<Place>(CLAIM_PLACE)
    const [at] = rows
    if (!at) return 0
    const from = placeOf(at)
    if (from === null) {
      const { rowCount } = await client.query(MARK_ALL({ now: dateNow(clock), days: MOST_DAYS }))
      // Behind all that was committed: it is counted anyway, and what is under way comes by the feed.
      await note(client, at.epoch, String(BigInt(at.oldest) - 1n), LAST_ID)
      log.info({ days: rowCount }, 'figures are counted from the orders')
      return 0
    }
    const { rows: read } = await client.query<{ xid: string; id: string; read: number }>(
      MARK_CHANGED({ ...from, now: dateNow(clock), limit: PAGE }),
    )
    const [last] = read
    if (!last) return 0
    await note(client, at.epoch, last.xid, last.id)
    return last.read
  }

  return {
    /** Marks what changed, then counts all that is due. */
    async run(signal: AbortSignal): Promise<void> {
      for (let read = PAGE; read === PAGE && !signal.aborted; ) read = await inTransaction(pool, follow)
      for (let counted = DAYS; counted === DAYS && !signal.aborted; ) {
        const now = clock.now()
        const { rowCount } = await pool.query(
          COUNT_DUE({
            now: new Date(now),
            today: japaneseDay(now),
            midnight: new Date(japaneseDayStart(now, -1)),
            limit: DAYS,
          }),
        )
        counted = rowCount ?? 0
      }
    },
  }
}

const LAST_ID = String(2n ** 63n - 1n)

/** Null: nothing was counted yet, or the feed is another one or not whole since then. */
function placeOf({ place, epoch, xid, eventId }: Place): { xid: string; id: string } | null {
  const [of, atXid, atId] = (place ?? '').split('/')
  if (of !== epoch || atXid === undefined || atId === undefined) return null
  const [was, whole] = [
    [BigInt(atXid), BigInt(atId)],
    [BigInt(xid), BigInt(eventId)],
  ] as const
  const behind = was[0] < whole[0] || (was[0] === whole[0] && was[1] < whole[1])
  return behind ? null : { xid: atXid, id: atId }
}

const note = (client: PoolClient, epoch: string, xid: string, id: string) =>
  client.query(NOTE_PLACE({ place: `${epoch}/${xid}/${id}` }))
