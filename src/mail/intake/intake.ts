import type pg from 'pg'
import { type NewImportRequest, toRequestRow } from '../../imports/requests/store.ts'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { retryable } from '../../platform/db/failures.ts'
import { inTransaction, type Queries } from '../../platform/db/transaction.ts'
import type { NewId } from '../../platform/ids.ts'
import { LeaseLost } from '../../platform/lease.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { WakeQueue } from '../../platform/queue/wake-queue.ts'
import type { Tracing } from '../../platform/tracing.ts'
import { lockSweeps, requestSweeps } from '../../reconciliation/store.ts'
import { decideMail, type MailDecision } from './decision.ts'
import { learnTrust } from './learned-trust.ts'
import { toMailRow } from './rows.ts'
import { type Answer, CROWD, STORE_BATCH } from './statement.ts'
import type { IntakeBatch, IntakeResult, SeenMail } from './types.ts'

export interface IntakeDeps {
  pool: pg.Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  log: Pick<Logger, 'info' | 'warn'>
  metrics: Pick<Metrics, 'mails' | 'mailsByTrust'>
  marketplaces: ListenedMalls
  wakeQueue: Pick<WakeQueue, 'wake'>
  tracing?: Tracing | null
}

interface DecidedMail {
  id: string
  mail: SeenMail
  decision: MailDecision
  /** Text of an unreadable mail. */
  text: string | null
}

/**
 * Stores a batch of mails, their requests and the cursor in one transaction, then wakes the shops. A mail
 * that was read before changes nothing.
 * @throws LeaseLost when another process holds the mailbox, or its cursor is not the one from which the batch
 * was read
 */
export function createIntake(deps: IntakeDeps): (batch: IntakeBatch) => Promise<IntakeResult> {
  return async (batch) => {
    const mails = await learnTrust(deps, batch)
    const decided = await Promise.all(mails.map((mail) => decide(mail, batch, deps)))
    const { fresh, shopIds, requests } = await store(deps, batch, decided)
    const { refused = 0, vanished = 0 } = batch.gaps ?? {}
    if (refused + vanished > 0)
      deps.log.warn({ mailboxId: batch.mailbox.id, refused, vanished }, 'mailbox: mails could not be had')
    // Not awaited: an unavailable queue must not block the mailbox, and the ticker finds shops that were not
    // woken.
    void deps.wakeQueue.wake(shopIds)
    const result = countStates(fresh, decided.length)
    report(deps, { ...batch, mails }, result)
    if (deps.tracing) traceMails(deps.tracing, batch, fresh, requests, deps.clock.now())
    return result
  }
}

async function decide(mail: SeenMail, { shops }: IntakeBatch, deps: IntakeDeps): Promise<DecidedMail> {
  const id = deps.newId()
  const decision = decideMail(mail, shops, deps.marketplaces)
  if (decision.state !== 'unreadable') return { id, mail, decision, text: null }
  return { id, mail, decision, text: typeof mail.text === 'string' ? mail.text : await mail.text() }
}

interface Stored {
  /** The mails that were not known yet. */
  fresh: DecidedMail[]
  /** Shops that have something to do now. */
  shopIds: string[]
  crowded: string[]
  /** Requests of the mails. A number that already waits has no row. */
  requests: readonly AskedFor[]
}

type AskedFor = ReturnType<typeof toRequestRow>

/** Nearly always one statement, which is a transaction by itself. */
async function store(deps: IntakeDeps, batch: IntakeBatch, decided: readonly DecidedMail[]): Promise<Stored> {
  const mayBeUnsure = shopsToCompare(batch, decided)
  if (mayBeUnsure.length === 0) {
    const stored = await retryable(() => storeBatch(deps.pool, deps, batch, decided))
    // Outside the transaction: if it is lost, the next sweep covers it.
    await requestSweeps(deps.pool, stored.crowded, new Date(deps.clock.now()))
    return stored
  }
  const work = async (client: pg.PoolClient): Promise<Stored> => {
    // Locks the sweeps first, because a sweep's page holds its row before it requests numbers. The other
    // order would deadlock.
    await lockSweeps(client, mayBeUnsure)
    const { fresh, shopIds, crowded, requests } = await storeBatch(client, deps, batch, decided)
    const unsure = [...new Set([...shopsToCompare(batch, fresh), ...crowded])]
    await requestSweeps(client, unsure, new Date(deps.clock.now()))
    return { fresh, shopIds: [...shopIds, ...unsure], crowded, requests }
  }
  return retryable(() => inTransaction(deps.pool, work))
}

async function storeBatch(
  queries: Queries,
  deps: IntakeDeps,
  batch: IntakeBatch,
  decided: readonly DecidedMail[],
): Promise<Stored> {
  const now = deps.clock.now()
  const mails = decided.map(({ id, mail, decision, text }) =>
    toMailRow(id, mail, decision, text, batch, deps.sealer),
  )
  const requests = decided
    .flatMap((one) => requestsOf(one, batch.mailbox.tenantId))
    .map((request) => toRequestRow(request, deps.newId, now))
  const values = [
    JSON.stringify(mails),
    batch.mailbox.id,
    batch.leaseOwner,
    batch.from?.uidValidity.toString() ?? null,
    batch.from?.lastUid.toString() ?? null,
    batch.to.uidValidity.toString(),
    batch.to.lastUid.toString(),
    batch.ignored,
    new Date(now),
    batch.mails.length + batch.ignored > 0,
    JSON.stringify(requests),
    batch.gaps?.refused ?? 0,
  ]
  const { rows } = await queries.query<Answer>({ ...STORE_BATCH, values })
  const [answer] = rows
  if (!answer?.moved) throw new LeaseLost('the mailbox')
  const fresh = new Set(answer.fresh)
  return {
    fresh: decided.filter(({ id }) => fresh.has(id)),
    shopIds: answer.shopIds,
    crowded: answer.crowded,
    requests,
  }
}

function requestsOf({ id, mail, decision }: DecidedMail, tenantId: string): NewImportRequest[] {
  return decision.requests.map((request) => ({
    ...request,
    tenantId,
    source: 'mail',
    mailId: id,
    trust: mail.trust,
  }))
}

/**
 * Lists shops whose mails may be incomplete: one was unreadable or unavailable, or the mailbox was replaced.
 */
function shopsToCompare({ shops, from, to, gaps }: IntakeBatch, fresh: readonly DecidedMail[]): string[] {
  const replaced = from !== null && from.uidValidity !== to.uidValidity
  const unseen = gaps !== undefined && gaps.refused + gaps.vanished > 0
  const malls = new Set(
    fresh.filter(({ decision }) => decision.compare).map(({ mail }) => mail.recognition.marketplace),
  )
  const asked = new Map<string, number>()
  for (const { mail, decision } of fresh)
    if (mail.trust === 'unknown')
      for (const { shopId } of decision.requests) asked.set(shopId, (asked.get(shopId) ?? 0) + 1)
  return shops
    .filter(
      ({ id, marketplace }) => replaced || unseen || malls.has(marketplace) || (asked.get(id) ?? 0) >= CROWD,
    )
    .map(({ id }) => id)
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
  for (const { trust } of batch.mails) metrics.mailsByTrust.inc({ trust })
  if (batch.mails.length === 0) return
  log.info({ mailboxId: batch.mailbox.id, ...result, ignored: batch.ignored }, 'mailbox: mails read')
}

/** Longest age that is traced: the time in a mail is only its sender's claim. */
const MOST_MAIL_MS = 60 * 60_000

function traceMails(
  tracing: Tracing,
  { mailbox }: IntakeBatch,
  fresh: readonly DecidedMail[],
  requests: readonly AskedFor[],
  now: number,
): void {
  const mails = new Map(fresh.map(({ id, mail }) => [id, mail]))
  for (const { id, mail_id: mailId, shop_id: shopId } of requests) {
    const mail = mailId === null ? undefined : mails.get(mailId)
    if (mailId === null || mail === undefined) continue
    const sentAt = mail.sentAt?.getTime() ?? now
    const from = sentAt > now || sentAt < now - MOST_MAIL_MS ? now : sentAt
    const facts = { mailId, shopId, mailboxId: mailbox.id, trust: mail.trust }
    tracing.part(id, { name: 'mail', from, to: now, facts })
  }
}
