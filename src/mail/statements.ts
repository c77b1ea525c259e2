import type pg from 'pg'
import { HAS_ORDER_FILES } from '../marketplaces/order-files/form.ts'
import { mailMayBeOf } from '../orders/store/mail-of-shop.ts'
import { prepared, statement } from '../platform/db/statement.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { present } from '../platform/narrow.ts'
import { mailRulesOf } from '../shops/shops/settings.ts'
import type { Cursor, MailboxShop, MailboxShops } from './intake/batch.ts'
import { fileSenders } from './recognition/shop-rules.ts'

export type MailboxState = 'connecting' | 'connected' | 'polling' | 'waiting' | 'attention' | 'disabled'

export interface MailboxRow {
  id: string
  tenantId: string
  host: string
  port: number
  security: 'tls' | 'starttls' | 'plain'
  sealedUsername: Uint8Array
  /** Null where it signs in by OAuth. */
  sealedPassword: Uint8Array | null
  authKind: string
  sealedAuth: Uint8Array | null
  authVersion: number
  folder: string
  settingsVersion: number
  cursor: Cursor | null
  /** All mails that came before then were read; null: not known. */
  readUntil: Date | null
  /** Since when the server's UIDs are not believed; null: they are. */
  uidsUnstableSince: Date | null
  authservId: string | null
  /** Failures in a row. */
  failures: number
  attentionCode: string | null
}

/** A fault for a person to see; null where there is none, or it may pass by itself. */
type Attention = { code: string; message: string } | null

interface FollowedMailbox {
  state: 'connected' | 'polling'
  attention: Attention
  unnumbered: boolean
}

export type MailboxStore = ReturnType<typeof createMailboxStore>

/**
 * Reads and updates the mailbox of a running session. Writes nothing when this listener does not hold it any
 * more.
 */
export function createMailboxStore(pool: Queries, owner: string) {
  return {
    /** Null when it is not ours, disabled or deleted. */
    async load(id: string): Promise<MailboxRow | null> {
      const { rows } = await pool.query<StoredMailbox>(LOAD({ id, owner }))
      const [row] = rows
      if (row === undefined) return null
      const { uidValidity, lastUid } = row
      const cursor =
        uidValidity === null || lastUid === null
          ? null
          : { uidValidity: BigInt(uidValidity), lastUid: Number(lastUid) }
      return { ...row, cursor }
    },
    async connecting(id: string): Promise<void> {
      await pool.query(CONNECTING({ id, owner }))
    },
    async following(id: string, { state, attention, unnumbered }: FollowedMailbox, now: Date): Promise<void> {
      await pool.query(FOLLOWING({ id, owner, now, state, ...toColumns(attention), unnumbered }))
    },
    async failed(
      id: string,
      { failures, nextAttemptAt, attention }: { failures: number; nextAttemptAt: Date; attention: Attention },
      now: Date,
    ): Promise<void> {
      await pool.query(FAILED({ id, owner, now, failures, nextAttemptAt, ...toColumns(attention) }))
    },
  }
}

const toColumns = (attention: Attention) => ({
  code: attention?.code ?? null,
  message: attention?.message ?? null,
})

/** Row from pg, which returns int8 as text. */
type StoredMailbox = Omit<MailboxRow, 'cursor'> & { uidValidity: string | null; lastUid: string | null }

const IF_HELD = 'where id = :id and lease_owner = :owner'

const LOAD = prepared(
  { id: 'uuid', owner: 'text' },
  `
select id::text, tenant_id::text as "tenantId", host, port, security::text, sealed_username as "sealedUsername",
  sealed_password as "sealedPassword", auth_kind as "authKind", sealed_auth as "sealedAuth", auth_version as "authVersion",
  folder, settings_version as "settingsVersion", uid_validity as "uidValidity", last_uid as "lastUid",
  read_until as "readUntil", uids_unstable_since as "uidsUnstableSince",
  authserv_id as "authservId", failures, attention_code as "attentionCode"
from mailboxes ${IF_HELD} and enabled`,
)

// Keeps a mailbox under attention until it works again.
const CONNECTING = prepared(
  { id: 'uuid', owner: 'text' },
  `update mailboxes set state = 'connecting' ${IF_HELD} and attention_code is null and state <> 'connecting'`,
)

/** Start of the attention that staff see, whatever its first code was. */
const SINCE_FIRST = 'case when attention_code is null then :now else attention_since end'

const FOLLOWING = prepared(
  {
    id: 'uuid',
    owner: 'text',
    now: 'timestamptz',
    state: 'text',
    code: 'text?',
    message: 'text?',
    unnumbered: 'bool',
  },
  `
update mailboxes set state = :state, failures = 0, next_attempt_at = null, last_connected_at = :now,
  updated_at = :now, attention_code = :code, attention_message = :message,
  attention_since = case when :code is null then null else ${SINCE_FIRST} end,
  uids_unstable_since = case when :unnumbered then coalesce(uids_unstable_since, :now) end
${IF_HELD}`,
)

// Keeps a fault that a person must fix, whatever fails after it, until the listener follows the mailbox
// again.
const FAILED = prepared(
  {
    id: 'uuid',
    owner: 'text',
    now: 'timestamptz',
    failures: 'int',
    nextAttemptAt: 'timestamptz',
    code: 'text?',
    message: 'text?',
  },
  `
update mailboxes set failures = :failures, next_attempt_at = :nextAttemptAt,
  state = case when coalesce(:code, attention_code) is null then 'waiting' else 'attention' end,
  updated_at = :now, attention_code = coalesce(:code, attention_code),
  attention_message = coalesce(:message, attention_message),
  attention_since = case when :code is null then attention_since else ${SINCE_FIRST} end
${IF_HELD}`,
)

export interface Fleet {
  /** Mailboxes that need a listener. */
  mailboxes: number
  /** Live listeners, including this one. */
  listeners: number
}

export interface ClaimedMailbox {
  id: string
  settingsVersion: number
}

/** Raised version: settings changed, or a connection test succeeded. Its session begins anew. */
export interface ChangedMailbox extends ClaimedMailbox {
  /** True when it is still ours, enabled, and its tenant is active. */
  wanted: boolean
}

export type LeaseStore = ReturnType<typeof createLeaseStore>

/**
 * Assigns mailboxes to listeners. A mailbox names its listener and belongs to it while the listener's own row
 * is alive. So a listener keeps ten thousand leases by renewing one row. Each statement is one round trip for
 * any number of mailboxes.
 * @param owner unique to this start of this process
 */
export function createLeaseStore(pool: Queries, owner: string) {
  return {
    /** Makes the mailboxes that name this listener its own until `until`. */
    async register(until: Date): Promise<void> {
      await pool.query(REGISTER({ owner, until }))
    },
    /** @returns false when other listeners took it for dead meanwhile, and all its mailboxes with it */
    async renew(until: Date): Promise<boolean> {
      return (await pool.query(RENEW({ owner, until }))).rowCount === 1
    },
    async fleet(now: Date): Promise<Fleet> {
      const { rows } = await pool.query<Fleet>(FLEET({ owner, now }))
      return present(rows[0])
    },
    /**
     * Claims up to `limit` mailboxes without a live listener, except those of `except`, which still run here.
     */
    async claim(now: Date, limit: number, except: readonly string[]): Promise<ClaimedMailbox[]> {
      // Runs first, as its own statement: either this delete sees the renewal of a late listener, or that
      // renewal finds its row gone.
      await pool.query(BURY({ owner, now }))
      return (await pool.query<ClaimedMailbox>(CLAIM({ owner, now, except, limit }))).rows
    },
    /** Lists held mailboxes that changed after their sessions began. */
    async changed(held: readonly ClaimedMailbox[]): Promise<ChangedMailbox[]> {
      if (held.length === 0) return []
      const ids = held.map(({ id }) => id)
      const versions = held.map(({ settingsVersion }) => settingsVersion)
      return (await pool.query<ChangedMailbox>(CHANGED({ owner, ids, versions }))).rows
    },
    /** Releases leases and sets the state of a mailbox without a listener. */
    async release(ids: readonly string[], now: Date): Promise<void> {
      if (ids.length === 0) return
      await pool.query(RELEASE({ owner, now, ids }))
    },
    /** Releases all leases; other listeners then count without this one. */
    async releaseAll(now: Date): Promise<void> {
      await pool.query(RELEASE_ALL({ owner, now }))
    },
  }
}

const REGISTER = prepared(
  { owner: 'text', until: 'timestamptz' },
  `
insert into listeners (id, alive_until) values (:owner, :until)
on conflict (id) do update set alive_until = excluded.alive_until`,
)

const RENEW = prepared(
  { owner: 'text', until: 'timestamptz' },
  'update listeners set alive_until = :until where id = :owner',
)

const FLEET = prepared(
  { owner: 'text', now: 'timestamptz' },
  `
select
  (select count(*) from mailboxes m join tenants t on t.id = m.tenant_id
    where m.enabled and m.kind = 'imap' and t.status = 'active')::int as mailboxes,
  (select count(*) from listeners where id <> :owner and alive_until > :now)::int + 1 as listeners`,
)

const BURY = prepared(
  { owner: 'text', now: 'timestamptz' },
  'delete from listeners where alive_until < :now and id <> :owner',
)

/**
 * Listeners of the previous release use only this time and renew it every 15 s; to them a mailbox held here
 * is not free.
 */
const NO_END = `'9999-12-31T00:00:00Z'::timestamptz`

// SKIP LOCKED: two processes that claim at the same time share instead of waiting for each other.
const CLAIM = prepared(
  { owner: 'text', now: 'timestamptz', except: 'uuid[]', limit: 'int' },
  `
update mailboxes set lease_owner = :owner, lease_until = ${NO_END}
where id in (
  select m.id from mailboxes m join tenants t on t.id = m.tenant_id
  where m.enabled and m.kind = 'imap' and t.status = 'active'
    and (m.lease_owner is null or m.lease_owner = :owner or not exists (select from listeners l where l.id = m.lease_owner)
      and (m.lease_until is null or m.lease_until < :now or m.lease_until = ${NO_END}))
    and m.id <> all(:except)
  order by m.id limit :limit for update of m skip locked)
returning id::text, settings_version as "settingsVersion"`,
)

const CHANGED = prepared(
  { owner: 'text', ids: 'uuid[]', versions: 'int[]' },
  `
select h.id::text, coalesce(m.settings_version, h.version) as "settingsVersion",
  coalesce(m.enabled and t.status = 'active', false) as wanted
from unnest(:ids, :versions) h (id, version)
left join mailboxes m on m.id = h.id and m.lease_owner = :owner
left join tenants t on t.id = m.tenant_id
where m.id is null or not m.enabled or t.status <> 'active' or m.settings_version <> h.version`,
)

const LET_GO = `
update mailboxes set lease_owner = null, lease_until = null, updated_at = :now,
  state = case when not enabled then 'disabled'
    when state in ('connecting', 'connected', 'polling') then 'waiting' else state end`

const RELEASE = prepared(
  { owner: 'text', now: 'timestamptz', ids: 'uuid[]' },
  `${LET_GO} where id = any(:ids) and lease_owner = :owner`,
)

const RELEASE_ALL = prepared(
  { owner: 'text', now: 'timestamptz' },
  `with gone as (delete from listeners where id = :owner) ${LET_GO} where lease_owner = :owner`,
)

/**
 * Counts of the mailboxes that `owner` listens to now. Without a listener it is unknown whether mails came.
 */
export function createQuietMailboxStore(pool: Queries, owner: string) {
  return {
    /**
     * Lists up to `limit` mailboxes after the id `after`, in the order of ids, with the hours of their last
     * `countedDays`. Deletes counts too old to matter.
     */
    async read(after: string | null, limit: number, now: Date, countedDays: number) {
      const { rows } = await pool.query<MailboxHours>(
        LIST_HOURS({ owner, after: after ?? NO_ID, limit, now, days: countedDays }),
      )
      const ids = rows.map((row) => row.id)
      await pool.query(DELETE_OLD_HOURS({ mailboxes: ids, now, days: countedDays }))
      await pool.query(CLEAR_SKIPPED({ mailboxes: ids, now }))
      return rows
    },
    async write(id: string, since: Date | null, expected: number | null): Promise<void> {
      await pool.query(UPDATE_QUIET({ id, owner, since, expected }))
    },
  }
}

export interface MailboxHours {
  id: string
  /** Null when it is not quiet. */
  quietSince: Date | null
  /** Order mails in each hour of each day. */
  days: { day: string; hours: number[] }[]
}

const NO_ID = '00000000-0000-0000-0000-000000000000'

const LIST_HOURS = statement(
  { owner: 'text', after: 'uuid', limit: 'int', now: 'timestamptz', days: 'int' },
  `
select m.id::text, m.quiet_since as "quietSince", coalesce((
  select jsonb_agg(jsonb_build_object('day', d.day, 'hours', d.hours)) from mailbox_days d
  where d.mailbox_id = m.id and d.day >= (:now at time zone 'Asia/Tokyo')::date - :days), '[]') as days
from mailboxes m
where m.lease_owner = :owner and m.enabled and m.state in ('connected', 'polling') and m.id > :after
order by m.id limit :limit`,
)

const DELETE_OLD_HOURS = statement(
  { mailboxes: 'uuid[]', now: 'timestamptz', days: 'int' },
  `
delete from mailbox_days where mailbox_id = any(:mailboxes)
  and day < (:now at time zone 'Asia/Tokyo')::date - :days`,
)

/** Mails that were stepped over a week ago are nothing to look at any more; how many there were stays. */
const CLEAR_SKIPPED = statement(
  { mailboxes: 'uuid[]', now: 'timestamptz' },
  `
update mailboxes set skipped_at = null where id = any(:mailboxes) and skipped_at < :now - interval '7 days'`,
)

const UPDATE_QUIET = statement(
  { id: 'uuid', owner: 'text', since: 'timestamptz?', expected: 'int?' },
  `
update mailboxes set quiet_since = :since, quiet_expected = :expected where id = :id and lease_owner = :owner`,
)

/**
 * Loads the enabled shops of a mailbox and the rules that they added to their malls' mail rules, in one
 * statement, and shops that take order files even when they are off.
 */
export async function listMailboxShops(pool: pg.Pool, mailboxId: string): Promise<MailboxShops> {
  const { rows } = await pool.query<ShopRow>(LIST_SHOPS({ mailbox: mailboxId }))
  const rules = rows
    .map(({ marketplace, settings, takesFiles, isOff }) => {
      const rules = mailRulesOf(settings)
      const ofFiles = takesFiles ? { fileSenders: fileSenders(rules.senders) } : {}
      return { marketplace, rules: isOff ? {} : rules, ...ofFiles }
    })
    .filter(({ rules, fileSenders = [] }) => Object.keys(rules).length + fileSenders.length > 0)
  const toShop = ({ id, marketplace, code, name, settings, takesFiles }: ShopRow) => ({
    id,
    marketplace,
    code,
    name,
    senders: mailRulesOf(settings).senders ?? [],
    ...(takesFiles ? { takesFiles } : {}),
  })
  const [on, off] = [rows.filter(({ isOff }) => !isOff), rows.filter(({ isOff }) => isOff)]
  return { shops: on.map(toShop), offShops: off.map(toShop), rules }
}

type ShopRow = Pick<MailboxShop, 'id' | 'marketplace' | 'code'> & {
  name: string
  settings: unknown
  takesFiles: boolean
  isOff: boolean
}

const LIST_SHOPS = prepared(
  { mailbox: 'uuid' },
  `select s.id::text, s.marketplace::text, s.code, s.name, s.settings, ${HAS_ORDER_FILES} as "takesFiles",
     not s.enabled as "isOff"
   from mailbox_shops ms join shops s on s.id = ms.shop_id
   where ms.mailbox_id = :mailbox and (s.enabled or ${HAS_ORDER_FILES})
   order by s.id`,
)

export const MOST_ERASED = 200

/** Unreadable mails carry no order number, so their text must be searched. They are kept 14 days at most. */
export const LIST_ERASABLE = statement(
  { tenant: 'uuid', number: 'text?', shop: 'uuid?', after: 'uuid' },
  `
select id::text, sealed_mail as sealed, :number = any (order_numbers) as named,
  :shop is null or ${mailMayBeOf(':shop', ':number')} as "mayBeOf" from mails m
where tenant_id = :tenant and sealed_mail is not null and (state = 'unreadable' or :number = any (order_numbers))
  and id > :after order by id limit ${MOST_ERASED}`,
)

export const ERASE_MAILS = statement(
  { ids: 'uuid[]' },
  'update mails set sealed_mail = null, path = null where id = any (:ids)',
)

export const LIST_SHOP_SETTINGS = statement(
  { tenant: 'uuid', shop: 'uuid?' },
  'select marketplace::text, settings from shops where tenant_id = :tenant and (:shop is null or id = :shop)',
)
