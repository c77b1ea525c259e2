import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import { checkWritable, type Database } from '../platform/db/database.ts'
import { databaseState, isUnreachable } from '../platform/db/failures.ts'
import { japaneseTime } from '../platform/japan-time.ts'
import type { Metrics } from '../platform/metrics.ts'
import { TimedOut, withTimeout } from '../platform/timeout.ts'

/**
 * State of the whole installation as one set of causes. `GET /v1/admin/health`, `/metrics`, and the doctor
 * use the same facts and decisions, so that no two of them name different causes for one fault.
 */

/** Rows of the database that say how the work of all processes stands. Times are UTC. */
export interface WorkFacts {
  listeners: number
  /** Enabled mailboxes of active tenants. */
  mailboxes: number
  unattended: number
  mailboxAttention: number
  /** Their most frequent attention codes with counts, as `AUTH_FAILED 2, …`; null: none. */
  mailboxCodes: string | null
  /** Mailboxes that get fewer order mails than they use to. */
  mailboxesQuiet: number
  shops: number
  shopAttention: number
  shopCodes: string | null
  /** Shops whose work their attention stops. */
  shopsStopped: number
  lanesClosed: number
  laneReasons: string | null
  /** Shops that may work and have had an import due for more than two minutes. */
  lateShops: number
  /** Seconds since the longest waiting of these imports became due; 0 where none is. */
  oldestDueSeconds: number
  /** Imports that wait, due or not; counted up to 1,000. */
  waiting: number
  changesOld: number
  webhooks: number
  webhooksFailing: number
  quietSince: Date | null
  /** Database time minus this process's clock, in milliseconds. */
  clockOffsetMs: number
  /** Null: `ops backup` has never run on this database. */
  backupAt: Date | null
  drilledAt: Date | null
  /** When the service first worked on this database; null: never. */
  bornAt: Date | null
  /** Null: Postgres knows of no archive of its changes. */
  archive: 'receives' | 'away' | null
}

export type DatabaseState = 'ok' | 'failed' | 'read_only' | 'full'

export interface InstallationFacts {
  database: DatabaseState
  queue: 'ok' | 'failed'
  /** Null where the database does not answer. */
  work: WorkFacts | null
}

const LOOK_MS = 3_000

export interface InstallationTools {
  database: Pick<Database, 'pool' | 'isFull'>
  wakeQueue: { counts(): Promise<unknown> }
  /** The service's time, which follows the database's. */
  clock: Pick<Clock, 'now'>
  /** This machine's own time, which is compared with the database's. */
  machineNow: () => number
}

export async function readInstallation(tools: InstallationTools): Promise<InstallationFacts> {
  const [database, queue, work] = await Promise.all([
    withTimeout(LOOK_MS, checkWritable(tools.database)).then(() => 'ok' as const, databaseState),
    withTimeout(LOOK_MS, tools.wakeQueue.counts()).then(
      () => 'ok' as const,
      () => 'failed' as const,
    ),
    withTimeout(LOOK_MS, readWork(tools.database.pool, tools)).catch(whenAway),
  ])
  return { database, queue, work }
}

/** A statement that is refused, for a right that is missing, is no database that is away. */
function whenAway(error: unknown): null {
  if (isUnreachable(error) || databaseState(error) !== 'failed' || error instanceof TimedOut) return null
  throw error
}

export async function readWork(
  pool: Pick<Pool, 'query'>,
  { clock, machineNow }: Pick<InstallationTools, 'clock' | 'machineNow'>,
): Promise<WorkFacts | null> {
  const before = machineNow()
  const { rows } = await pool.query<Omit<WorkFacts, 'clockOffsetMs'> & { databaseMs: string }>(WORK, [
    new Date(clock.now()),
  ])
  const [row] = rows
  if (row === undefined) return null
  const { databaseMs, ...facts } = row
  return { ...facts, clockOffsetMs: Number(databaseMs) - (before + machineNow()) / 2 }
}

export type Part =
  | 'database'
  | 'quiet'
  | 'clock'
  | 'listeners'
  | 'mailboxes'
  | 'shops'
  | 'imports'
  | 'changes'
  | 'webhooks'
  | 'queue'
  | 'backup'
type Rank = 'warning' | 'failed'

export interface Cause {
  code: string
  part: Part
  rank: Rank
  /** For the operator's page (運営者の画面). */
  text: string
  /** For the doctor and the runbook: the fact, and what to do. */
  fact: string
  advice: string
}

/** Beyond it Yahoo!'s key check fails, and leases of different machines overlap. */
const CLOCK_MS = 5_000
const DAY_MS = 24 * 60 * 60_000
/** A nightly backup that was missed once. */
const BACKUP_MS = 2 * DAY_MS

/** Decides what is wrong, the gravest first. A fault that hides others (no database) is the only one told. */
export function decideCauses({ database, queue, work }: InstallationFacts, now: number): Cause[] {
  const queueCauses = queue === 'ok' ? [] : [QUEUE_AWAY]
  if (database === 'failed' || work === null)
    return [DATABASE[database === 'ok' ? 'failed' : database], ...queueCauses]
  const causes = database === 'ok' ? [] : [DATABASE[database]]
  return [...causes, ...queueCauses, ...workCauses(work, queue, now)].toSorted(
    (a, b) => Number(a.rank === 'warning') - Number(b.rank === 'warning'),
  )
}

export const DATABASE: Record<Exclude<DatabaseState, 'ok'>, Cause> = {
  failed: {
    code: 'DATABASE_AWAY',
    part: 'database',
    rank: 'failed',
    text: 'データベースが応答しません。まずデータベースのディスクの空き容量を確認し（満杯になると Postgres は停止します）、Postgres が動いているか、接続先とネットワークを確認してください。',
    fact: 'Postgres does not answer',
    advice:
      'look at its disk first (df, "No space left on device" in its log): a full one stops it for good; then start it, or mend its address, its password or the way to it',
  },
  read_only: {
    code: 'DATABASE_READ_ONLY',
    part: 'database',
    rank: 'failed',
    text: 'データベースが読み取り専用です。待機系に接続していないか確認し、主系に切り替えてください。',
    fact: 'Postgres only reads: a standby, or a primary left behind by a failover',
    advice: 'point DATABASE_URL at the primary, or promote this one',
  },
  full: {
    code: 'DATABASE_FULL',
    part: 'database',
    rank: 'failed',
    text: 'データベースのディスクがいっぱいです。書き込みができません。空き容量を増やしてください。',
    fact: 'the disk of Postgres is full; nothing can be stored',
    advice: 'free or enlarge its disk (WAL archive, old backups); the service goes on by itself',
  },
}

const QUEUE_AWAY: Cause = {
  code: 'QUEUE_AWAY',
  part: 'queue',
  rank: 'failed',
  text: 'キュー（Redis）が応答しないため、注文を取得できません。Redis を起動するか、REDIS_URL とネットワークを確認してください。メールの受信は続いており、復旧後に自動で取り込みます。',
  fact: 'the queue does not answer, so no order is fetched',
  advice:
    'start Redis, or mend REDIS_URL and the way to it; mails are read meanwhile, and all that waits follows by itself',
}

function workCauses(work: WorkFacts, queue: InstallationFacts['queue'], now: number): Cause[] {
  const causes: Cause[] = []
  const add = (
    code: string,
    part: Part,
    rank: Rank,
    [text, fact, advice]: readonly [text: string, fact: string, advice: string],
  ) => causes.push({ code, part, rank, text, fact, advice })
  if (work.quietSince)
    add('QUIET_MODE', 'quiet', 'failed', [
      `${japaneseTime(work.quietSince)}から静止モードです。モールと受信箱に接続していません。本番として再開する場合は npm run ops -- resume を実行し、再起動してください。`,
      `quiet mode since ${work.quietSince.toISOString()}: no mall is called and no mailbox is read`,
      'npm run ops -- resume, then restart, if this database is the one to work on',
    ])
  const skewed = clockCause(work.clockOffsetMs)
  if (skewed) causes.push(skewed)
  // In quiet mode nobody listens and nothing is fetched by intention.
  if (!work.quietSince) causes.push(...standingStill(work, queue))
  if (work.mailboxAttention > 0)
    add(
      'MAILBOXES_IN_ATTENTION',
      'mailboxes',
      work.mailboxAttention === work.mailboxes ? 'failed' : 'warning',
      [
        `要対応の受信箱が${work.mailboxAttention}件あります（${work.mailboxCodes}）。npm run ops -- attention で確認してください。`,
        `${work.mailboxAttention} of ${work.mailboxes} mailboxes need a person (${work.mailboxCodes})`,
        'npm run ops -- attention',
      ],
    )
  if (work.shopAttention > 0)
    add('SHOPS_IN_ATTENTION', 'shops', work.shopsStopped === work.shops ? 'failed' : 'warning', [
      `要対応の店舗が${work.shopAttention}件あります（${work.shopCodes}）。npm run ops -- attention で確認してください。`,
      `${work.shopAttention} of ${work.shops} shops need a person (${work.shopCodes})`,
      'npm run ops -- attention',
    ])
  else if (work.lanesClosed > 0)
    add('SHOPS_WAIT_FOR_MALL', 'shops', 'warning', [
      `モールの都合で待機中の店舗が${work.lanesClosed}件あります（${work.laneReasons}）。自動的に再開します。`,
      `${work.lanesClosed} shops wait for their mall (${work.laneReasons})`,
      'nothing: they go on by themselves; GET /v1/admin/attention names them',
    ])
  if (work.changesOld > 0)
    add('CHANGES_OLD', 'changes', 'warning', [
      `1時間以上終わっていないサイト変更が${work.changesOld}件あります。`,
      `${work.changesOld} site changes have not ended for over an hour`,
      'look at the shops in attention, and at the mall',
    ])
  if (work.webhooksFailing > 0)
    add('WEBHOOKS_FAIL', 'webhooks', 'warning', [
      `1時間以上失敗しているWebhookが${work.webhooksFailing}件あります。受信側を確認してください。`,
      `${work.webhooksFailing} of ${work.webhooks} webhooks have failed for over an hour`,
      'their receivers answer with errors: their owners see it under 連携; look here only if all of them fail',
    ])
  if (work.backupAt && now - work.backupAt.getTime() > BACKUP_MS)
    add('BACKUP_OLD', 'backup', 'warning', [
      `最後のバックアップは${japaneseTime(work.backupAt)}です。バックアップの実行を確認してください。`,
      `the last backup is of ${work.backupAt.toISOString()}`,
      'look at the schedule of npm run ops -- backup, and at the disk it writes to',
    ])
  if (!work.backupAt && work.bornAt && now - work.bornAt.getTime() > BACKUP_MS)
    add('BACKUP_MISSING', 'backup', 'warning', [
      'バックアップが一度も実行されていません。npm run ops -- backup を定期実行してください。',
      `no backup was ever made of this database, which works since ${work.bornAt.toISOString()}`,
      'schedule npm run ops -- backup; where another tool makes backups, silence TorikomiBackupOld',
    ])
  if (work.archive === 'away')
    add('ARCHIVE_AWAY', 'backup', 'warning', [
      'データベースの変更（WAL）がアーカイブに届いていません。アーカイブのコンテナ、または archive_command を確認してください。',
      'the archive of the database’s changes (WAL) receives nothing',
      'see that the container archive runs, or run the archive_command of Postgres by hand and read its log',
    ])
  return causes
}

/**
 * Null where the clocks agree well enough. @param offsetMs time of the database minus time of this machine
 */
export function clockCause(offsetMs: number): Cause | null {
  if (Math.abs(offsetMs) <= CLOCK_MS) return null
  const seconds = Math.round(Math.abs(offsetMs) / 1_000)
  return {
    code: 'CLOCK_SKEWED',
    part: 'clock',
    rank: 'warning',
    text: `このサーバーとデータベースの時計が${seconds}秒ずれています。NTP で合わせてください。`,
    fact: clockFact(offsetMs),
    advice: 'set both by NTP; the service goes by the database',
  }
}

export const clockFact = (offsetMs: number): string =>
  `${Math.round(offsetMs)} ms between this machine and the database (of others torikomi_clock_offset_seconds tells)`

/** Lists causes that stop orders from coming in for everybody. */
function standingStill(work: WorkFacts, queue: InstallationFacts['queue']): Cause[] {
  const causes: Cause[] = []
  if (work.mailboxes > 0 && work.listeners === 0)
    causes.push({
      code: 'LISTENERS_GONE',
      part: 'listeners',
      rank: 'failed',
      text: '受信プロセスが1つも動いていません。ROLES に listener を含むプロセスを起動してください。',
      fact: 'no listener is alive',
      advice: 'start a process with the role listener',
    })
  else if (work.unattended > 0)
    causes.push({
      code: 'MAILBOXES_UNATTENDED',
      part: 'listeners',
      rank: 'warning',
      text: `受信箱 ${work.unattended}件をどのプロセスも受信していません。2分以上続く場合は受信プロセスを増やしてください。`,
      fact: `${work.unattended} mailboxes are held by no listener`,
      advice: 'start more listeners if it stays so for two minutes',
    })
  if (work.lateShops > 0)
    causes.push({
      code: 'IMPORTS_LATE',
      part: 'imports',
      rank: 'failed',
      text: `${work.lateShops}店舗の取込が予定から2分以上遅れています（最長${Math.round(work.oldestDueSeconds / 60)}分）。${queue === 'failed' ? 'まずキュー（Redis）を復旧してください。' : 'ROLES に worker を含むプロセスが動いているか確認してください。'}`,
      fact: `${work.lateShops} of ${work.shops} shops have imports due for more than two minutes (the oldest ${Math.round(work.oldestDueSeconds)} s)`,
      advice:
        queue === 'failed'
          ? 'mend the queue first: nothing is fetched without it'
          : 'see that processes with the role worker run, and whether they are short of CPU or connections',
    })
  return causes
}

const LATE = "interval '2 minutes'"
/** Late imports that are read, oldest first: the age is exact, the number of shops a lower bound. */
const MOST_LATE = 2_000

// Postgres counts no failure of an archive_command whose program is missing (exit code 127), or that hangs.
// Counts the bytes behind the segment that was archived last, or all that were written.
const UNARCHIVED = `case when pg_is_in_recovery() then 0
    when last_archived_wal ~ '^[0-9A-F]{24}' then pg_current_wal_lsn() -
      (substr(last_archived_wal, 9, 8) || '/' || to_hex(('x' || substr(last_archived_wal, 17, 8))::bit(32)::bigint * segment))::pg_lsn
    else (select wal_bytes from pg_stat_wal) end`

// Late is what is due at shops that may work: others wait for a person or for their mall. A lane that our own
// storage closed (STORAGE_REFUSES of imports) is no wait for a mall: its imports stand, and nobody was told.
/** SQL of the most frequent values of `column` with their counts. */
const countsOf = (column: string, from: string): string =>
  `(select string_agg(concat(code, ' ', n), ', ' order by n desc, code) from (
    select ${column} as code, count(*) as n from ${from} group by 1 order by n desc, code limit 3) c)`

const WORK = `
with shop as (
  select s.id, s.attention_code, s.attention_stops, s.lane_closed_reason, case when s.lane_closed_reason is distinct from 'STORAGE_REFUSES' then s.lane_closed_until end as lane_closed_until
  from shops s join tenants t on t.id = s.tenant_id where t.status = 'active' and s.enabled
), box as (
  select m.id, m.kind, m.lease_owner, m.attention_code, m.quiet_since from mailboxes m join tenants t on t.id = m.tenant_id where t.status = 'active' and m.enabled
), late as (
  select r.shop_id, min(r.next_attempt_at) as at from (
    select shop_id, next_attempt_at from import_requests
    where state = 'waiting' and next_attempt_at < $1::timestamptz - ${LATE}
      and shop_id in (select id from shop where not attention_stops and coalesce(lane_closed_until, $1) <= $1)
    order by next_attempt_at limit ${MOST_LATE}) r
  group by r.shop_id
), hook as (
  select w.failing_since from webhooks w join tenants t on t.id = w.tenant_id where t.status = 'active' and w.enabled
)
select (select count(*) from listeners where alive_until >= $1)::int as listeners, (select count(*) from box)::int as mailboxes,
  (select count(*) from box where kind = 'imap' and not exists (
    select from listeners l where l.id = box.lease_owner and l.alive_until >= $1))::int as unattended,
  (select count(*) from box where attention_code is not null)::int as "mailboxAttention",
  ${countsOf('attention_code', 'box where attention_code is not null')} as "mailboxCodes",
  (select count(*) from box where quiet_since is not null)::int as "mailboxesQuiet",
  (select count(*) from shop)::int as shops, (select count(*) from shop where attention_code is not null)::int as "shopAttention",
  ${countsOf('attention_code', 'shop where attention_code is not null')} as "shopCodes",
  (select count(*) from shop where attention_stops)::int as "shopsStopped",
  (select count(*) from shop where lane_closed_until > $1)::int as "lanesClosed",
  ${countsOf('lane_closed_reason', 'shop where lane_closed_until > $1')} as "laneReasons",
  (select count(*) from late)::int as "lateShops",
  (select coalesce(extract(epoch from $1::timestamptz - min(at)), 0) from late)::float8 as "oldestDueSeconds",
  (select count(*) from (select from import_requests where state = 'waiting' limit 1000) w)::int as waiting,
  (select count(*) from site_changes where state in ('queued', 'changing') and requested_at < $1::timestamptz - interval '1 hour')::int as "changesOld",
  (select count(*) from hook)::int as webhooks,
  (select count(*) from hook where failing_since < $1::timestamptz - interval '1 hour')::int as "webhooksFailing",
  (select made_at from data_steps where name = 'quiet') as "quietSince",
  (select made_at from data_steps where name = 'backup') as "backupAt",
  (select made_at from data_steps where name = 'restore_drill') as "drilledAt",
  (select made_at from data_steps where name = 'instance') as "bornAt",
  (select min(state) from (
    select case when not active or wal_status = 'lost' then 'away' else 'receives' end as state
    from pg_replication_slots where slot_name = 'torikomi_archive'
    union all
    select case when last_failed_time > coalesce(last_archived_time, '-infinity') or ${UNARCHIVED} > 4 * segment then 'away' else 'receives' end
    from pg_stat_archiver a, pg_size_bytes(current_setting('wal_segment_size')) segment
    where current_setting('archive_mode') <> 'off') archives) as archive,
  extract(epoch from clock_timestamp()) * 1000 as "databaseMs"`

type Gauges = Pick<
  Metrics,
  | 'parts'
  | 'quietMode'
  | 'clockOffset'
  | 'listeners'
  | 'mailboxesEnabled'
  | 'mailboxesUnattended'
  | 'mailboxesInAttention'
  | 'mailboxesQuiet'
  | 'shops'
  | 'importsOldestDue'
  | 'importsWaiting'
  | 'webhooks'
  | 'backupAge'
  | 'restoreDrillAge'
  | 'walArchive'
>

const DATABASE_STATES = ['ok', 'failed', 'read_only', 'full'] as const

/**
 * Sets the gauges of the whole installation for a scrape. Where the database does not answer its gauges are
 * taken away: a number that is old, or the 0 of a process that has just begun, would be taken for the truth
 * by every rule.
 */
export function setInstallationGauges(metrics: Gauges, facts: InstallationFacts, now: number): void {
  for (const state of DATABASE_STATES)
    metrics.parts.set({ part: 'database', state }, Number(facts.database === state))
  for (const state of ['ok', 'failed'] as const)
    metrics.parts.set({ part: 'queue', state }, Number(facts.queue === state))
  const { work } = facts
  for (const gauge of [
    metrics.quietMode,
    metrics.clockOffset,
    metrics.importsOldestDue,
    metrics.importsWaiting,
    metrics.listeners,
    metrics.mailboxesEnabled,
    metrics.mailboxesUnattended,
    metrics.mailboxesInAttention,
    metrics.mailboxesQuiet,
    metrics.backupAge,
    metrics.restoreDrillAge,
  ])
    gauge.remove()
  metrics.shops.reset()
  metrics.webhooks.reset()
  metrics.walArchive.reset()
  if (work === null) return
  metrics.quietMode.set(Number(work.quietSince !== null))
  metrics.clockOffset.set(work.clockOffsetMs / 1_000)
  metrics.listeners.set(work.listeners)
  metrics.mailboxesEnabled.set(work.mailboxes)
  metrics.mailboxesUnattended.set(work.unattended)
  metrics.mailboxesInAttention.set(work.mailboxAttention)
  metrics.mailboxesQuiet.set(work.mailboxesQuiet)
  metrics.shops.set({ state: 'enabled' }, work.shops)
  metrics.shops.set({ state: 'attention' }, work.shopAttention)
  metrics.shops.set({ state: 'waits_for_mall' }, work.lanesClosed)
  metrics.shops.set({ state: 'late' }, work.lateShops)
  metrics.importsOldestDue.set(work.oldestDueSeconds)
  metrics.importsWaiting.set(work.waiting)
  metrics.webhooks.set({ state: 'enabled' }, work.webhooks)
  metrics.webhooks.set({ state: 'failing' }, work.webhooksFailing)
  // Without any the installation's own age: a gauge that is not there breaks no rule.
  const backedUp = work.backupAt ?? work.bornAt
  if (backedUp) metrics.backupAge.set((now - backedUp.getTime()) / 1_000)
  if (work.drilledAt) metrics.restoreDrillAge.set((now - work.drilledAt.getTime()) / 1_000)
  if (work.archive !== null)
    for (const state of ['receives', 'away'] as const)
      metrics.walArchive.set({ state }, Number(work.archive === state))
}
