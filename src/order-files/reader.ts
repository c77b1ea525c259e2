import type { Pool } from 'pg'
import type { Marketplaces } from '../marketplaces/index.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import { OrderForm } from '../marketplaces/order-files/form.ts'
import { UNWANTED_ORDER } from '../orders/store/dismissed.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { LeaseLost } from '../platform/errors.ts'
import {
  CLAIM_FILE,
  DELETE_OLD_FILES,
  FINISH_FILE,
  LEASE_SECONDS,
  LOCK_CLAIMS,
  READ_PART,
  RELEASE_FILE,
  RENEW_FILE,
} from './statements.ts'
import type { ClaimedFile, FileDetails } from './take-file.ts'
import type { FileCounts, TakeDeps } from './take-orders.ts'

/** 注文ファイル: reads files that have come whole, one at a time in a process. */

/** A file that ends its process each time is given up. */
const MOST_ATTEMPTS = 5
const RENEW_MS = (LEASE_SECONDS * 1_000) / 4
const DAY_MS = 24 * 60 * 60_000
/** As long as the change feed. */
const KEPT_DAYS = 30
const OLD_AT_ONCE = 500

export const detailsContext = (fileId: string): string => `order-file:${fileId}:details`
export const partContext = (fileId: string, number: number): string => `order-file:${fileId}:part:${number}`

const MEND =
  '「注文ファイル」で理由を確認し、直したファイルを取り込んでください。次のファイルを誤りなく読み取れると、この表示は消えます。'

/** @param refused orders of it that were not taken; null: none was */
export const attentionOf = (fileName: string, refused: number | null): string =>
  `メールで届いた注文ファイル「${fileName}」${refused === null ? '' : `の${refused}件の受注`}を取り込めませんでした。${MEND}`

/** One claim at a time: two files of a tenant, read at once, are blind to what the other one leaves out. */
export const claimFile = (pool: Pool, holder: string, now: Date): Promise<ClaimedFile | undefined> =>
  inTransaction(pool, async (client) => {
    await client.query(LOCK_CLAIMS)
    return (await client.query<ClaimedFile>(CLAIM_FILE({ holder, now }))).rows[0]
  })

export function createFileReader(deps: TakeDeps & { marketplaces: Marketplaces }) {
  const { marketplaces, pool, sealer, clock, newId, log } = deps

  async function* pieces(file: ClaimedFile): AsyncGenerator<Uint8Array> {
    for (let number = 1; number <= file.parts; number += 1) {
      const { rows } = await pool.query<{ sealed: Buffer }>(READ_PART({ id: file.id, number }))
      const sealed = rows[0]?.sealed
      if (!sealed) throw new LeaseLost('an order file')
      yield sealer.of(file.tenantId).open(partContext(file.id, number), sealed)
    }
  }

  async function run(file: ClaimedFile, holder: string, signal: AbortSignal): Promise<void> {
    let renewedAt = clock.now()
    const goesOn = async () => {
      signal.throwIfAborted()
      if (clock.now() - renewedAt < RENEW_MS) return
      renewedAt = clock.now()
      const until = new Date(renewedAt + LEASE_SECONDS * 1_000)
      const { rowCount } = await pool.query(RENEW_FILE({ id: file.id, holder, until }))
      if (rowCount === 0) throw new LeaseLost('an order file')
    }
    const finish = async (end: { counts?: FileCounts; details?: FileDetails; message?: string }) => {
      const { counts = null, details = null, message = null } = end
      // An order that staff took off (取込対象外) is in each later file, and missed by nobody.
      const unwanted = details?.faults.filter(({ code }) => code === UNWANTED_ORDER).length ?? 0
      const refused = (counts?.refused ?? 0) - unwanted
      await pool.query(
        FINISH_FILE({
          id: file.id,
          holder,
          state: message === null ? 'done' : 'failed',
          counts,
          details:
            details && Buffer.from(sealer.of(file.tenantId).sealJson(detailsContext(file.id), details)),
          message,
          attention:
            message === null && refused === 0
              ? null
              : attentionOf(file.fileName, message === null ? refused : null),
          heals: message === null && refused === 0 && !file.dryRun,
          now: new Date(clock.now()),
        }),
      )
    }
    if (file.attempts > MOST_ATTEMPTS)
      return finish({
        message:
          'このファイルの読み取りが何度も途中で終わったため、取り込みをやめました。分けて取り込むか、運営者へ連絡してください。',
      })
    const form = OrderForm.safeParse(file.form)
    const rules = mallOfShop(marketplaces, file)?.byFile
    if (!rules || !form.success)
      return finish({ message: 'この店舗は注文ファイルで取り込む設定ではなくなりました。' })
    try {
      // Loaded with the first file: the packages that read CSV cost every worker their memory else.
      const { takeFile } = await import('./take-file.ts')
      const own = { ...rules, form: form.data }
      const source = { file, holder, pieces: () => pieces(file), rules: own, goesOn }
      const taken = await takeFile(deps, source)
      await finish(taken)
      const facts = { shopId: file.shopId, fileId: file.id, dryRun: file.dryRun }
      log.info({ ...facts, ...taken.counts }, 'order file read')
    } catch (error) {
      await pool.query(RELEASE_FILE({ id: file.id, holder, stopped: signal.aborted })).catch(() => undefined)
      if (error instanceof LeaseLost || signal.aborted) return
      throw error
    }
  }

  return {
    /** Reads all files that are due. @returns how many */
    async run(signal: AbortSignal): Promise<number> {
      for (let read = 0; ; read += 1) {
        if (signal.aborted) return read
        const holder = newId()
        const file = await claimFile(pool, holder, new Date(clock.now()))
        if (!file) return read
        await run(file, holder, signal)
      }
    },
    /** Uploads that broke off, and records of files that nobody needs. */
    async deleteOld(signal: AbortSignal): Promise<void> {
      const now = clock.now()
      const old = DELETE_OLD_FILES({
        uploadedBefore: new Date(now - DAY_MS),
        before: new Date(now - KEPT_DAYS * DAY_MS),
        limit: OLD_AT_ONCE,
      })
      for (let deleted = OLD_AT_ONCE; deleted === OLD_AT_ONCE && !signal.aborted; )
        deleted = (await pool.query(old)).rowCount ?? 0
    },
  }
}
