import type pg from 'pg'
import { type NewImportRequest, requestImports } from '../imports/requests.ts'
import { requestSweeps } from '../imports/sweep-store.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import { decideMail, type MailDecision } from './intake-decision.ts'
import { toMailRow } from './intake-rows.ts'
import { createTransactions, type RawTx } from './intake-transaction.ts'
import { type IntakeBatch, type IntakeResult, LeaseLost, type SeenMail } from './intake-types.ts'

export interface IntakeDeps {
  pool: pg.Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  log: Pick<Logger, 'info' | 'warn'>
  metrics: Pick<Metrics, 'mails'>
  marketplaces: Marketplaces
  wakeQueue: Pick<WakeQueue, 'wake'>
}

interface DecidedMail {
  id: string
  mail: SeenMail
  decision: MailDecision
}

/**
 * Stores a batch of mails, what they ask for, and how far the mailbox was read, in one transaction; then wakes the shops.
 * A mail that was read before changes nothing.
 *
 * @throws LeaseLost when the mailbox is held by another process, or its cursor is not the one the batch was read from
 */
export function createIntake(deps: IntakeDeps): (batch: IntakeBatch) => Promise<IntakeResult> {
  const inTransaction = createTransactions(deps.pool)
  return async (batch) => {
    const decided = batch.mails.map((mail) => ({
      id: deps.newId(),
      mail,
      decision: decideMail(mail, batch.shops, deps.marketplaces),
    }))
    const { fresh, shopIds, unsure } = await inTransaction(async (tx) => {
      const fresh = await storeMails(tx, batch, decided, deps)
      const requests = fresh.flatMap((one) => requestsOf(one, batch.mailbox.tenantId))
      const { shopIds } = await requestImports(tx, deps, requests)
      const unsure = shopsToCompare(batch, fresh)
      await requestSweeps(tx, unsure, new Date(deps.clock.now()))
      return { fresh, shopIds, unsure }
    })
    // Not waited for: a queue that is away must not hold up the mailbox, and the ticker finds what was not woken.
    void deps.wakeQueue.wake([...shopIds, ...unsure])
    const result = countStates(fresh, decided.length)
    report(deps, batch, result)
    return result
  }
}

/** @returns the mails that were not known yet */
async function storeMails(
  tx: RawTx,
  batch: IntakeBatch,
  decided: readonly DecidedMail[],
  deps: IntakeDeps,
): Promise<DecidedMail[]> {
  const rows = decided.map(({ id, mail, decision }) => toMailRow(id, mail, decision, batch, deps.sealer))
  const [answer] = await tx.$queryRawUnsafe<{ moved: boolean; fresh: string[] }[]>(
    STORE_BATCH,
    JSON.stringify(rows),
    batch.mailbox.id,
    batch.leaseOwner,
    batch.from?.uidValidity.toString() ?? null,
    batch.from?.lastUid.toString() ?? null,
    batch.to.uidValidity.toString(),
    batch.to.lastUid.toString(),
    batch.ignored,
    new Date(deps.clock.now()),
    batch.mails.length + batch.ignored > 0,
  )
  if (!answer?.moved) throw new LeaseLost()
  const fresh = new Set(answer.fresh)
  return decided.filter(({ id }) => fresh.has(id))
}

// Mails, counters and cursor in one statement: what it costs is mostly the way to the server. The comparison with the
// cursor as it was read makes a second reader of the same mailbox fail instead of counting twice.
const STORE_BATCH = `
with inserted as (
  insert into mails (id, tenant_id, mailbox_id, uid_validity, uid, fingerprint, state, marketplace, kind, order_numbers,
    reason, sent_at, seen_at, size, sealed_mail)
  select id, tenant_id, $2::uuid, $6::bigint, uid, decode(fingerprint, 'hex'), state, marketplace, kind, order_numbers,
    reason, sent_at, $9::timestamptz, size, decode(sealed_mail, 'hex')
  from jsonb_to_recordset($1::jsonb) as new (id uuid, tenant_id uuid, uid bigint, fingerprint text, state mail_state,
    marketplace marketplace, kind text, order_numbers text[], reason text, sent_at timestamptz, size int, sealed_mail text)
  on conflict (mailbox_id, fingerprint) do nothing
  returning id, state),
moved as (
  update mailboxes set uid_validity = $6::bigint, last_uid = $7::bigint,
    mails_recognised = mails_recognised + (select count(*) from inserted where state = 'recognised'),
    mails_unreadable = mails_unreadable + (select count(*) from inserted where state = 'unreadable'),
    mails_ignored = mails_ignored + $8::int,
    last_mail_at = case when $10::boolean then $9::timestamptz else last_mail_at end
  where id = $2::uuid and lease_owner = $3
    and uid_validity is not distinct from $4::bigint and last_uid is not distinct from $5::bigint
  returning id)
select exists (select from moved) as moved, array(select id::text from inserted) as fresh`

function requestsOf({ id, decision }: DecidedMail, tenantId: string): NewImportRequest[] {
  return decision.requests.map((request) => ({ ...request, tenantId, source: 'mail', mailId: id }))
}

/** Shops whose mails may not have told all: one could not be read, or the mailbox was replaced since it was read last. */
function shopsToCompare({ shops, from, to }: IntakeBatch, fresh: readonly DecidedMail[]): string[] {
  const replaced = from !== null && from.uidValidity !== to.uidValidity
  const malls = new Set(
    fresh
      .filter(({ decision }) => decision.state === 'unreadable')
      .map(({ mail }) => mail.recognition.marketplace),
  )
  return shops.filter(({ marketplace }) => replaced || malls.has(marketplace)).map(({ id }) => id)
}

function countStates(fresh: readonly DecidedMail[], read: number): IntakeResult {
  const unreadable = fresh.filter(({ decision }) => decision.state === 'unreadable').length
  return { recognised: fresh.length - unreadable, unreadable, duplicates: read - fresh.length }
}

function report({ metrics, log }: IntakeDeps, batch: IntakeBatch, result: IntakeResult): void {
  metrics.mails.inc({ result: 'recognised' }, result.recognised)
  metrics.mails.inc({ result: 'unreadable' }, result.unreadable)
  metrics.mails.inc({ result: 'duplicate' }, result.duplicates)
  metrics.mails.inc({ result: 'ignored' }, batch.ignored)
  if (batch.mails.length === 0) return
  log.info({ mailboxId: batch.mailbox.id, ...result, ignored: batch.ignored }, 'mailbox: mails read')
}
