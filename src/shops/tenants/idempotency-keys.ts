import type { Pool } from 'pg'
import {
  canonical,
  type IdempotencyStore,
  type IdempotentRequest,
  type KeptAnswer,
  type KeyedWork,
  keyReused,
  storedKey,
} from '../../http/idempotency.ts'
import type { Clock } from '../../platform/clock.ts'
import { ifOpens, type Sealer } from '../../platform/crypto/sealer.ts'
import { beginOneTransaction } from '../../platform/db/one-transaction.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { firstActorOf } from './actor-names.ts'
import {
  BREAK_OFF_KEYS,
  CLAIM_KEYS,
  DELETE_KEYS,
  END_KEYS,
  ERASE_ANSWERS,
  READ_KEYS,
  TRY_KEY,
} from './statements.ts'

export interface IdempotencyTools {
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
}

/** Hours for which an answer is given again. The retention task deletes keys that are older. */
export const KEYS_KEPT_HOURS = 24
/** Beyond what any request may take: it died with its process, or its answer could not be stored. */
const RUNS_AT_MOST_MS = 5 * 60_000
const HOUR_MS = 60 * 60_000
/** Of a longer answer only that it was given is kept. */
const MOST_KEPT_CHARACTERS = 1024 * 1024

export const answerContext = (id: string): string => `idempotency_key:${id}:answer`

/** Stands for the tenant in keys of the operator, who has none. */
const OPERATOR = 'operator'

interface Row {
  id: string
  key: string
  /** Null: written by release 1.0.0, whose keys know neither caller nor operation. */
  operation: string | null
  hash: Buffer | null
  runsUntil: Date | null
  answer: Buffer | null
}

export function createIdempotencyStore(tools: IdempotencyTools): IdempotencyStore {
  const { pool, sealer, clock } = tools

  async function beginTogether(request: IdempotentRequest): Promise<KeyedWork | { answer: KeptAnswer }> {
    const names = await namesOf(pool, request)
    const transaction = await beginOneTransaction(pool)
    try {
      const claimed = await transaction.own(async (queries) => {
        const { rows } = await queries.query<{ free: boolean }>(TRY_KEY, [names.own])
        if (!rows[0]?.free) throw inProgress()
        return claim(tools, queries, request, names, null)
      })
      if ('answer' in claimed) {
        await transaction.rollback()
        return claimed
      }
      return {
        transaction,
        async done(answer) {
          try {
            const values = [claimed.ids, claimed.id, seal(request, claimed.id, answer)]
            await transaction.own((queries) => queries.query(END_KEYS, values))
            await transaction.commit()
          } catch (error) {
            await transaction.rollback()
            throw error
          }
        },
        async refused() {
          await transaction
            .own((queries) => queries.query(DELETE_KEYS, [claimed.ids]))
            .then(transaction.commit)
            // Nothing of the request is left then, which is what a refusal says.
            .catch(transaction.rollback)
        },
        // A handler that is still at work holds a statement; its end is not waited for.
        failed: async () => void transaction.rollback(),
      }
    } catch (error) {
      await transaction.rollback()
      throw error
    }
  }

  async function beginBefore(request: IdempotentRequest): Promise<KeyedWork | { answer: KeptAnswer }> {
    const names = await namesOf(pool, request)
    const until = new Date(clock.now() + RUNS_AT_MOST_MS)
    const claimed = await claim(tools, pool, request, names, until)
    if ('answer' in claimed) return claimed
    return {
      transaction: null,
      async done(answer) {
        await pool.query(END_KEYS, [claimed.ids, claimed.id, seal(request, claimed.id, answer)])
      },
      refused: async () => void (await pool.query(DELETE_KEYS, [claimed.ids])),
      // What was done by then is done: nobody may do it a second time without a look at it.
      async failed(ended) {
        if (!ended) return
        await pool.query(BREAK_OFF_KEYS, [claimed.ids, new Date(clock.now())])
      },
    }
  }

  function seal({ tenantId }: IdempotentRequest, id: string, answer: KeptAnswer): Buffer | null {
    if (answer.body === null || answer.body.length > MOST_KEPT_CHARACTERS) return null
    return Buffer.from(sealer.of(tenantId).sealJson(answerContext(id), answer))
  }

  return {
    begin: (request) =>
      request.repeat.work === 'several steps' ? beginBefore(request) : beginTogether(request),
  }
}

interface Names {
  own: string
  /** By which release 1.0.0, which may run beside, looks for a key. */
  old: string
}

async function namesOf(pool: Pool, { tenantId, actor, operation, key }: IdempotentRequest): Promise<Names> {
  const whose = `answers ${tenantId ?? OPERATOR}`
  // The client that was given a new API key meanwhile is the same, and repeats what it sent before.
  const caller = tenantId === null ? actor : await firstActorOf(pool, tenantId, actor)
  return { own: storedKey(`${whose} ${caller} ${operation}`, key), old: storedKey(whose, key) }
}

/**
 * Writes the key, and beside it the one that a process of release 1.0.0 finds: it must not do the work again.
 * @throws AppError where the key was used before, unless its answer was kept
 */
async function claim(
  { sealer, clock, newId }: IdempotencyTools,
  queries: Queries,
  request: IdempotentRequest,
  { own, old }: Names,
  runsUntil: Date | null,
): Promise<{ id: string; ids: string[] } | { answer: KeptAnswer }> {
  const { tenantId, operation, content } = request
  const now = clock.now()
  const hashes = sealer.fingerprints('idempotent request', canonical([tenantId, content]))
  const hash = Buffer.from(hashes[0] ?? [])
  const fresh = { tenantId, operation, hash: hash.toString('hex'), runsUntil, at: new Date(now) }
  const [id, fence] = [newId(), newId()]
  const wanted = JSON.stringify([
    { ...fresh, id, key: own },
    { ...fresh, id: fence, key: old },
  ])
  const { rows: written } = await queries.query<{ id: string }>(CLAIM_KEYS, [
    wanted,
    new Date(now - KEYS_KEPT_HOURS * HOUR_MS),
  ])
  const ids = written.map((row) => row.id)
  const isNew = ids.includes(id)
  if (isNew && ids.includes(fence)) return { id, ids }
  const { rows } = await queries.query<Row>(READ_KEYS, [[own, old]])
  const isSame = (row: Row) => row.hash === null || hashes.some((one) => row.hash?.equals(one))
  const before = rows.find(({ key }) => key === old)
  // Another request of 1.0.0's, or another caller's: it is none of ours.
  if (before && before.operation === null && isSame(before)) {
    await queries.query(DELETE_KEYS, [ids])
    throw settled(before, now)
  }
  if (isNew) return { id, ids }
  const first = rows.find(({ key }) => key === own)
  if (first === undefined) throw inProgress()
  if (!isSame(first)) throw keyReused('リクエスト')
  // Without its hash (`ops keys rotate`) nobody knows whether it was this request.
  if (first.runsUntil !== null || first.hash === null || first.answer === null) throw settled(first, now)
  const { answer } = first
  const opened = ifOpens(() => sealer.of(tenantId).openJson<KeptAnswer>(answerContext(first.id), answer))
  if (opened === null) throw notKept()
  return { answer: opened }
}

/** Empties the kept answers, of a tenant or of all. The keys stay: what was done is not done again. */
export async function eraseAnswers(queries: Queries, tenantId: string | null): Promise<void> {
  await queries.query(ERASE_ANSWERS, [tenantId])
}

function settled({ runsUntil }: Row, now: number): AppError {
  if (runsUntil === null) return notKept()
  return runsUntil.getTime() > now ? inProgress() : brokenOff()
}

const inProgress = () =>
  new AppError(
    'IDEMPOTENCY_KEY_IN_PROGRESS',
    'この Idempotency-Key のリクエストは処理中です。少し待ってから同じキーで送り直してください。',
    { details: { retryAfterSeconds: 2 } },
  )

const brokenOff = () =>
  new AppError(
    'CONFLICT',
    'この Idempotency-Key のリクエストは途中で終わり、行われたかどうか分かりません。一覧で確認し、行われていなければ新しいキーで送ってください。',
    { details: { reason: 'outcome_unknown' } },
  )

const notKept = () =>
  new AppError(
    'CONFLICT',
    'この Idempotency-Key のリクエストは完了していますが、応答は保存されていません（秘密の値や個人情報を含むか、大きすぎるため）。一覧で確認し、受け取れなかった値は新しいキーで作り直してください。',
    { details: { reason: 'answer_not_kept' } },
  )
