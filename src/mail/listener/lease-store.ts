import { Prisma } from '../../generated/prisma/client.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Fleet } from './fair-share.ts'

/**
 * Who listens to which mailbox: a mailbox names its listener, and is that one's for as long as the listener's own row is there. So
 * a listener keeps ten thousand leases by renewing one row. Every statement is one round trip, however many mailboxes there are.
 */
export interface LeaseStore {
  /** From now on, until `until`, the mailboxes that name this listener are its own. */
  register(until: Date): Promise<void>
  /** @returns false when the others took it for dead meanwhile: nothing is ours any more */
  renew(until: Date): Promise<boolean>
  fleet(now: Date): Promise<Fleet>
  /** Takes up to `limit` mailboxes that nobody holds, or whose listener is dead; none of `except`, which are at work here. */
  claim(now: Date, limit: number, except: readonly string[]): Promise<ClaimedMailbox[]>
  /** Those of the held ones that are not as they were when their sessions began. */
  changed(held: readonly ClaimedMailbox[]): Promise<ChangedMailbox[]>
  /** Gives back, and leaves a state that fits a mailbox that nobody listens to. */
  release(ids: readonly string[], now: Date): Promise<void>
  /** Gives back whatever is ours; the others count without this listener from now on. */
  releaseAll(now: Date): Promise<void>
}

export interface ClaimedMailbox {
  id: string
  settingsVersion: number
}

/** Other settings, or its troubles were wiped out from outside (a connection test went well): it is to be tried at once. */
export interface ChangedMailbox extends ClaimedMailbox {
  /** Still ours, switched on, and its tenant is active. */
  wanted: boolean
}

/** @param owner unique to this start of this process */
export function createLeaseStore(db: Db, owner: string): LeaseStore {
  return {
    async register(until) {
      await db.$executeRaw`
        insert into listeners (id, alive_until) values (${owner}, ${until}::timestamptz)
        on conflict (id) do update set alive_until = excluded.alive_until`
    },
    async renew(until) {
      const renewed = await db.$executeRaw`
        update listeners set alive_until = ${until}::timestamptz where id = ${owner}`
      return renewed === 1
    },
    async fleet(now) {
      const [fleet] = await db.$queryRaw<Fleet[]>`
        select
          (select count(*) from mailboxes m join tenants t on t.id = m.tenant_id
            where m.enabled and m.kind = 'imap' and t.status = 'active')::int as mailboxes,
          (select count(*) from listeners where id <> ${owner} and alive_until > ${now}::timestamptz)::int + 1 as listeners`
      return fleet as Fleet
    },
    async claim(now, limit, except) {
      // First, and by itself: either this delete sees the renewal of one that was only late, or that one finds its row gone.
      await db.$executeRaw`delete from listeners where alive_until < ${now}::timestamptz and id <> ${owner}`
      // SKIP LOCKED: two processes that claim at the same time share instead of waiting for each other.
      return db.$queryRaw<ClaimedMailbox[]>`
        update mailboxes set lease_owner = ${owner}, lease_until = ${NO_END}::timestamptz
        where id in (
          select m.id from mailboxes m join tenants t on t.id = m.tenant_id
          where m.enabled and m.kind = 'imap' and t.status = 'active'
            and (m.lease_owner is null or m.lease_owner = ${owner} or not exists (select from listeners l where l.id = m.lease_owner)
              and (m.lease_until is null or m.lease_until < ${now}::timestamptz or m.lease_until = ${NO_END}::timestamptz))
            and m.id <> all(${[...except]}::uuid[])
          order by m.id limit ${limit} for update of m skip locked)
        returning id::text, settings_version as "settingsVersion"`
    },
    async changed(held) {
      if (held.length === 0) return []
      return db.$queryRaw<ChangedMailbox[]>`
        select h.id::text, coalesce(m.settings_version, h.version) as "settingsVersion",
          coalesce(m.enabled and t.status = 'active', false) as wanted
        from unnest(${held.map(({ id }) => id)}::uuid[], ${held.map(({ settingsVersion }) => settingsVersion)}::int[]) h (id, version)
        left join mailboxes m on m.id = h.id and m.lease_owner = ${owner}
        left join tenants t on t.id = m.tenant_id
        where m.id is null or not m.enabled or t.status <> 'active' or m.settings_version <> h.version
          or m.state = 'waiting' and m.failures = 0 and m.next_attempt_at is null`
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

/** Listeners of the release before go by this time alone, and renew it every 15 s: to them what is held here is not free. */
const NO_END = '9999-12-31T00:00:00Z'

const letGo = (now: Date): Prisma.Sql => Prisma.sql`
  update mailboxes set lease_owner = null, lease_until = null, updated_at = ${now}::timestamptz,
    state = case when not enabled then 'disabled'
      when state in ('connecting', 'connected', 'polling') then 'waiting' else state end`
