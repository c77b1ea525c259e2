import type pg from 'pg'
import { COUNTED_DAYS, type HourCounts, japaneseHour, type Silence, startOfHour } from './silence.ts'

export interface MailboxCounts {
  id: string
  /** Hour since which it is quiet; null when it is not. */
  quietSince: number | null
  counts: HourCounts
}

/**
 * Counts of the mailboxes that `owner` listens to now. Without a listener it is unknown whether mails came.
 */
export interface QuietMailboxStore {
  /**
   * Lists up to `limit` mailboxes after the id `after`, in the order of ids. Deletes counts too old to
   * matter.
   */
  read(after: string | null, limit: number, now: Date): Promise<MailboxCounts[]>
  write(id: string, silence: Silence | null): Promise<void>
}

interface Row {
  id: string
  quietSince: Date | null
  /** Hours of each day. */
  days: { day: string; hours: number[] }[]
}

export function createQuietMailboxStore(pool: pg.Pool, owner: string): QuietMailboxStore {
  return {
    async read(after, limit, now) {
      const { rows } = await pool.query<Row>(READ, [owner, after ?? NO_ID, limit, now, COUNTED_DAYS])
      const ids = rows.map((row) => row.id)
      await pool.query(FORGET, [ids, now, COUNTED_DAYS])
      await pool.query(FORGET_SKIPPED, [ids, now])
      return rows.map(({ id, quietSince, days }) => ({
        id,
        quietSince: quietSince === null ? null : japaneseHour(quietSince.getTime()),
        counts: new Map(days.flatMap(({ day, hours }) => hoursOf(day, hours))),
      }))
    },
    async write(id, silence) {
      const since = silence === null ? null : new Date(startOfHour(silence.sinceHour))
      await pool.query(WRITE, [id, owner, since, silence?.expected ?? null])
    },
  }
}

function hoursOf(day: string, hours: readonly number[]): [number, number][] {
  const first = Date.parse(`${day}T00:00:00Z`) / 3_600_000
  return hours.flatMap((count, hour): [number, number][] => (count > 0 ? [[first + hour, count]] : []))
}

const NO_ID = '00000000-0000-0000-0000-000000000000'

const READ = `
select m.id::text, m.quiet_since as "quietSince", coalesce((
  select jsonb_agg(jsonb_build_object('day', d.day, 'hours', d.hours)) from mailbox_days d
  where d.mailbox_id = m.id and d.day >= ($4::timestamptz at time zone 'Asia/Tokyo')::date - $5::int), '[]') as days
from mailboxes m
where m.lease_owner = $1 and m.enabled and m.state in ('connected', 'polling') and m.id > $2::uuid
order by m.id limit $3`

const FORGET = `
delete from mailbox_days where mailbox_id = any($1::uuid[])
  and day < ($2::timestamptz at time zone 'Asia/Tokyo')::date - $3::int`

/** Mails that were stepped over a week ago are nothing to look at any more; how many there were stays. */
const FORGET_SKIPPED = `
update mailboxes set skipped_at = null where id = any($1::uuid[]) and skipped_at < $2::timestamptz - interval '7 days'`

const WRITE = `
update mailboxes set quiet_since = $3, quiet_expected = $4 where id = $1::uuid and lease_owner = $2`
