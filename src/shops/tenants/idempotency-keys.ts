import type { Pool } from 'pg'
import {
  canonical,
  type IdempotencyStore,
  type KeptAnswer,
  keyReused,
  storedKey,
} from '../../http/idempotency.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { CLAIM_KEY, DELETE_KEY, READ_KEY, STORE_ANSWER } from './statements.ts'

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

export function createIdempotencyStore({ pool, sealer, clock, newId }: IdempotencyTools): IdempotencyStore {
  return {
    async claim({ tenantId, key, content }) {
      const now = clock.now()
      const stored = storedKey(`answers ${tenantId ?? OPERATOR}`, key)
      const hashes = sealer.fingerprints('idempotent request', canonical([tenantId, content]))
      const id = newId()
      const { rowCount } = await pool.query(CLAIM_KEY, [
        ...[id, tenantId, stored, Buffer.from(hashes[0] ?? []), new Date(now + RUNS_AT_MOST_MS)],
        ...[new Date(now), new Date(now - KEYS_KEPT_HOURS * HOUR_MS)],
      ])
      if (rowCount === 1) return { claim: { id, tenantId } }
      const { rows } = await pool.query<{
        id: string
        hash: Buffer | null
        runsUntil: Date | null
        answer: Buffer | null
      }>(READ_KEY, [stored])
      const [row] = rows
      // Released between the two statements.
      if (row === undefined) throw inProgress()
      // Null: its key was rotated out (`ops keys rotate`), and the Idempotency-Key alone has to do.
      if (row.hash && !hashes.some((hash) => row.hash?.equals(hash))) throw keyReused('リクエスト')
      if (row.runsUntil !== null) throw row.runsUntil.getTime() > now ? inProgress() : brokenOff()
      if (row.answer === null) return { answer: null }
      return { answer: sealer.of(tenantId).openJson<KeptAnswer>(answerContext(row.id), row.answer) }
    },
    async keep({ id, tenantId }, answer) {
      const sealed =
        answer === null || answer.body.length > MOST_KEPT_CHARACTERS
          ? null
          : Buffer.from(sealer.of(tenantId).sealJson(answerContext(id), answer))
      await pool.query(STORE_ANSWER, [id, sealed])
    },
    async release({ id }) {
      await pool.query(DELETE_KEY, [id])
    },
  }
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
