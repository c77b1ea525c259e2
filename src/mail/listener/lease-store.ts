import { Prisma } from '../../generated/prisma/client.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Fleet } from './fair-share.ts'

/** Who listens to which mailbox. Every statement is one round trip, however many mailboxes there are. */
export interface LeaseStore {
  /** Lets the other listeners count on this one until then. */
  alive(now: Date, until: Date): Promise<void>
  fleet(now: Date): Promise<Fleet>
  /** Takes up to `limit` mailboxes that nobody holds, or whose holder is overdue; none of `except`. */
  claim(now: Date, until: Date, limit: number, except: readonly string[]): Promise<ClaimedMailbox[]>
  /** @returns the ids that are still ours */
  renew(ids: readonly string[], until: Date): Promise<string[]>
  /** What is ours, as the settings stand now. Missing ones were taken over or deleted. */
  watch(ids: readonly string[]): Promise<WatchedMailbox[]>
  /** Gives back, and leaves a state that fits a mailbox that nobody listens to. */
  release(ids: readonly string[], now: Date): Promise<void>
  /** Gives back whatever is ours; the others count without this listener from now on. */
  releaseAll(now: Date): Promise<void>
}

export interface ClaimedMailbox {
  id: string
  settingsVersion: number
}

export interface WatchedMailbox extends ClaimedMailbox {
  /** Switched on, and its tenant is active. */
  wanted: boolean
  /** Its troubles were wiped out from outside (a connection test went well): it is to be tried at once. */
  reset: boolean
}

/** @param owner unique to this start of this process */
export function createLeaseStore(db: Db, owner: string): LeaseStore {
  return {
    async alive(now, until) {
      const forgotten = new Date(now.getTime() - FORGOTTEN_AFTER_MS)
      await db.$executeRaw`
        with forgotten as (delete from listeners where alive_until < ${forgotten}::timestamptz)
        insert into listeners (id, alive_until) values (${owner}, ${until}::timestamptz)
        on conflict (id) do update set alive_until = excluded.alive_until`
    },
    async fleet(now) {
      const [fleet] = await db.$queryRaw<Fleet[]>`
        select
          (select count(*) from mailboxes m join tenants t on t.id = m.tenant_id
            where m.enabled and m.kind = 'imap' and t.status = 'active')::int as mailboxes,
          (select count(*) from listeners where id <> ${owner} and alive_until > ${now}::timestamptz)::int + 1 as listeners`
      return fleet as Fleet
    },
    // SKIP LOCKED: two processes that claim at the same time share instead of waiting for each other.
    claim: (now, until, limit, except) => db.$queryRaw<ClaimedMailbox[]>`
        update mailboxes set lease_owner = ${owner}, lease_until = ${until}::timestamptz
        where id in (
          select m.id from mailboxes m join tenants t on t.id = m.tenant_id
          where m.enabled and m.kind = 'imap' and t.status = 'active'
            and (m.lease_owner is null or m.lease_until is null or m.lease_until < ${now}::timestamptz)
            and m.id <> all(${[...except]}::uuid[])
          order by m.id limit ${limit} for update of m skip locked)
        returning id::text, settings_version as "settingsVersion"`,
    async renew(ids, until) {
      if (ids.length === 0) return []
      const rows = await db.$queryRaw<{ id: string }[]>`
        update mailboxes set lease_until = ${until}::timestamptz
        where id = any(${[...ids]}::uuid[]) and lease_owner = ${owner}
        returning id::text`
      return rows.map((row) => row.id)
    },
    async watch(ids) {
      if (ids.length === 0) return []
      return db.$queryRaw<WatchedMailbox[]>`
        select m.id::text, m.settings_version as "settingsVersion", m.enabled and t.status = 'active' as wanted,
          m.state = 'waiting' and m.failures = 0 and m.next_attempt_at is null as reset
        from mailboxes m join tenants t on t.id = m.tenant_id
        where m.id = any(${[...ids]}::uuid[]) and m.lease_owner = ${owner}`
    },
    async release(ids, now) {
      if (ids.length === 0) return
      await db.$executeRaw`${letGo(now)} where id = any(${[...ids]}::uuid[]) and lease_owner = ${owner}`
    },
    async releaseAll(now) {
      await db.$executeRaw`with gone as (delete from listeners where id = ${owner}) ${letGo(now)} where lease_owner = ${owner}`
    },
  }
}

/** Longer than any lease: nobody counts on it any more. */
const FORGOTTEN_AFTER_MS = 60 * 60_000

const letGo = (now: Date): Prisma.Sql => Prisma.sql`
  update mailboxes set lease_owner = null, lease_until = null, updated_at = ${now}::timestamptz,
    state = case when not enabled then 'disabled'
      when state in ('connecting', 'connected', 'polling') then 'waiting' else state end`
