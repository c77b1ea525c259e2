import { statement } from '../../platform/db/statement-names.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { present } from '../../platform/narrow.ts'
import type { Fleet } from './fair-share.ts'

/**
 * Assigns mailboxes to listeners. A mailbox names its listener and belongs to it while the listener's own row
 * is alive. So a listener keeps ten thousand leases by renewing one row. Each statement is one round trip for
 * any number of mailboxes.
 */
export interface LeaseStore {
  /** Makes the mailboxes that name this listener its own until `until`. */
  register(until: Date): Promise<void>
  /** @returns false when other listeners took it for dead meanwhile, and all its mailboxes with it */
  renew(until: Date): Promise<boolean>
  fleet(now: Date): Promise<Fleet>
  /**
   * Claims up to `limit` mailboxes without a live listener, except those of `except`, which still run here.
   */
  claim(now: Date, limit: number, except: readonly string[]): Promise<ClaimedMailbox[]>
  /** Lists held mailboxes that changed after their sessions began. */
  changed(held: readonly ClaimedMailbox[]): Promise<ChangedMailbox[]>
  /** Releases leases and sets the state of a mailbox without a listener. */
  release(ids: readonly string[], now: Date): Promise<void>
  /** Releases all leases; other listeners then count without this one. */
  releaseAll(now: Date): Promise<void>
}

export interface ClaimedMailbox {
  id: string
  settingsVersion: number
}

/** Changed settings, or failures reset from outside (a connection test succeeded): retry at once. */
export interface ChangedMailbox extends ClaimedMailbox {
  /** True when it is still ours, enabled, and its tenant is active. */
  wanted: boolean
}

/** @param owner unique to this start of this process */
export function createLeaseStore(pool: Queries, owner: string): LeaseStore {
  return {
    async register(until) {
      await pool.query({ ...REGISTER, values: [owner, until] })
    },
    async renew(until) {
      return (await pool.query({ ...RENEW, values: [owner, until] })).rowCount === 1
    },
    async fleet(now) {
      const { rows } = await pool.query<Fleet>({ ...FLEET, values: [owner, now] })
      return present(rows[0])
    },
    async claim(now, limit, except) {
      // Runs first, as its own statement: either this delete sees the renewal of a late listener, or that
      // renewal finds its row gone.
      await pool.query({ ...BURY, values: [owner, now] })
      return (await pool.query<ClaimedMailbox>({ ...CLAIM, values: [owner, now, [...except], limit] })).rows
    },
    async changed(held) {
      if (held.length === 0) return []
      const values = [owner, held.map(({ id }) => id), held.map(({ settingsVersion }) => settingsVersion)]
      return (await pool.query<ChangedMailbox>({ ...CHANGED, values })).rows
    },
    async release(ids, now) {
      if (ids.length === 0) return
      await pool.query({ ...RELEASE, values: [owner, now, [...ids]] })
    },
    async releaseAll(now) {
      await pool.query({ ...RELEASE_ALL, values: [owner, now] })
    },
  }
}

const REGISTER = statement(`
insert into listeners (id, alive_until) values ($1, $2::timestamptz)
on conflict (id) do update set alive_until = excluded.alive_until`)

const RENEW = statement('update listeners set alive_until = $2::timestamptz where id = $1')

const FLEET = statement(`
select
  (select count(*) from mailboxes m join tenants t on t.id = m.tenant_id
    where m.enabled and m.kind = 'imap' and t.status = 'active')::int as mailboxes,
  (select count(*) from listeners where id <> $1 and alive_until > $2::timestamptz)::int + 1 as listeners`)

const BURY = statement('delete from listeners where alive_until < $2::timestamptz and id <> $1')

/**
 * Listeners of the previous release use only this time and renew it every 15 s; to them a mailbox held here
 * is not free.
 */
const NO_END = `'9999-12-31T00:00:00Z'::timestamptz`

// SKIP LOCKED: two processes that claim at the same time share instead of waiting for each other.
const CLAIM = statement(`
update mailboxes set lease_owner = $1, lease_until = ${NO_END}
where id in (
  select m.id from mailboxes m join tenants t on t.id = m.tenant_id
  where m.enabled and m.kind = 'imap' and t.status = 'active'
    and (m.lease_owner is null or m.lease_owner = $1 or not exists (select from listeners l where l.id = m.lease_owner)
      and (m.lease_until is null or m.lease_until < $2::timestamptz or m.lease_until = ${NO_END}))
    and m.id <> all($3::uuid[])
  order by m.id limit $4 for update of m skip locked)
returning id::text, settings_version as "settingsVersion"`)

const CHANGED = statement(`
select h.id::text, coalesce(m.settings_version, h.version) as "settingsVersion",
  coalesce(m.enabled and t.status = 'active', false) as wanted
from unnest($2::uuid[], $3::int[]) h (id, version)
left join mailboxes m on m.id = h.id and m.lease_owner = $1
left join tenants t on t.id = m.tenant_id
where m.id is null or not m.enabled or t.status <> 'active' or m.settings_version <> h.version
  or m.state = 'waiting' and m.failures = 0 and m.next_attempt_at is null`)

const LET_GO = `
update mailboxes set lease_owner = null, lease_until = null, updated_at = $2::timestamptz,
  state = case when not enabled then 'disabled'
    when state in ('connecting', 'connected', 'polling') then 'waiting' else state end`

const RELEASE = statement(`${LET_GO} where id = any($3::uuid[]) and lease_owner = $1`)

const RELEASE_ALL = statement(
  `with gone as (delete from listeners where id = $1) ${LET_GO} where lease_owner = $1`,
)
