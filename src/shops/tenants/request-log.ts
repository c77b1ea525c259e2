import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../../http/access.ts'
import type { Routes } from '../../http/app-types.ts'
import { tenantOf } from '../../http/auth.ts'
import { operation } from '../../http/operation.ts'
import { pageById } from '../../http/paging.ts'
import { AskedTime, Id, NextCursor, pageQuery, QueryFlag, Time } from '../../http/schemas.ts'
import type { KeyRequest, RequestLog } from '../../http/server.ts'
import type { Clock } from '../../platform/clock.ts'
import { acrossTenants } from '../../platform/db/tenant-scope.ts'
import { firstIdAt } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { DELETE_OLD_REQUESTS, INSERT_REQUESTS, LIST_REQUESTS, TRIM_REQUESTS } from './statements.ts'

/**
 * The log of requests by API keys, for whoever writes the client: how each ended, and nothing of what it
 * said. Requests are kept in memory and written together: a request, and with it an order, costs no
 * statement of its own. What a process has not written when it dies is lost.
 */

interface LogTools {
  pool: Pool
  clock: Clock
  log: Logger
  /** Milliseconds until what was noted is written. */
  writeMs?: number
}

const WRITE_MS = 5_000
/** Of a tenant between two writes: four times what a key may ask. */
const MOST_OF_TENANT = 400
const MOST_IN_ALL = 4_000

export function createRequestLog({ pool, clock, log, writeMs = WRITE_MS }: LogTools): RequestLog {
  let kept: (KeyRequest & { at: string })[] = []
  let byTenant = new Map<string, number>()
  let passedOver = 0
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()

  async function write(rows: readonly KeyRequest[], left: number): Promise<void> {
    if (left > 0) log.info({ requests: left }, 'requests were left out of the log of requests')
    try {
      await pool.query(INSERT_REQUESTS({ rows }))
    } catch (err) {
      log.warn({ err, requests: rows.length }, 'the log of requests was not written')
    }
  }

  function flush(): Promise<void> {
    if (timer) clearTimeout(timer)
    timer = null
    if (kept.length > 0) {
      const [rows, left] = [kept, passedOver]
      kept = []
      byTenant = new Map()
      passedOver = 0
      writing = writing.then(() =>
        acrossTenants('rows of all tenants in one statement', () => write(rows, left)),
      )
    }
    return writing
  }

  return {
    note(request) {
      const own = byTenant.get(request.tenantId) ?? 0
      if (own >= MOST_OF_TENANT || kept.length >= MOST_IN_ALL) {
        passedOver += 1
        return
      }
      byTenant.set(request.tenantId, own + 1)
      kept.push({ ...request, at: new Date(clock.now()).toISOString() })
      timer ??= setTimeout(() => void flush(), writeMs).unref()
    },
    flush,
  }
}

const DAYS_KEPT = 30
const DAY_MS = 24 * 60 * 60_000
/** A request a minute for thirty days, and more. A client that asks each second fills it within a day. */
const MOST_KEPT = 50_000

/** Deletes what is over, and of a tenant what is beyond the newest. */
export async function deleteOldRequests({ pool, clock }: { pool: Pool; clock: Clock }): Promise<void> {
  await pool.query(DELETE_OLD_REQUESTS({ first: firstIdAt(clock.now() - DAYS_KEPT * DAY_MS) }))
  await pool.query(TRIM_REQUESTS({ most: MOST_KEPT }))
}

const LoggedRequest = z
  .object({
    id: Id.describe('`X-Request-Id` of its answer (リクエストID)'),
    at: Time.describe('When it had its answer (応答日時)'),
    apiKeyId: Id.describe('By which key (API キー)'),
    apiKeyName: z.string().describe('Its name (API キー名)'),
    method: z.string().describe('メソッド'),
    path: z
      .string()
      .describe('As in the document, without ids and without its query: `/v1/orders/{id}` (パス)'),
    status: z.int().describe('HTTP status (ステータス)'),
    ms: z.int().describe('Milliseconds until its answer had left (所要時間)'),
    code: z.string().nullable().describe('Code of the problem; null where it went well (エラーコード)'),
  })
  .meta({ id: 'LoggedRequest', description: 'A request by an API key (API リクエスト)' })

interface Row extends Omit<z.infer<typeof LoggedRequest>, 'at'> {
  at: Date
}

export const requestLogRoutes =
  ({ pool, requestLog }: { pool: Pool; requestLog: Pick<RequestLog, 'flush'> }): Routes =>
  (app) => {
    operation(app, {
      id: 'listRequests',
      at: 'GET /v1/requests',
      since: '1.1.0',
      tag: 'service',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      summary: 'Requests by API keys, and how they ended (API リクエストの記録)',
      description:
        'Newest first, of the last 30 days; of a tenant the newest 50,000. No bodies, no ids and no values of queries are kept. A key that is no owner’s sees its own ' +
        'requests alone. Requests with a key that is not known, or to a path that is not there, are nobody’s and not listed.',
      query: z.strictObject({
        apiKeyId: Id.optional().describe('Only by this key (API キー)'),
        requestId: Id.optional().describe('The one with this `X-Request-Id` (リクエストID)'),
        failed: QueryFlag.optional().describe('true: only those with a status of 400 and above (失敗のみ)'),
        code: z.string().max(100).optional().describe('Only with this code of a problem (エラーコード)'),
        from: AskedTime.optional().describe('Those that came from this time on (開始日時)'),
        to: AskedTime.optional().describe('… and before this time (終了日時)'),
        ...pageQuery(),
      }),
      answers: { 200: z.object({ requests: z.array(LoggedRequest), nextCursor: NextCursor }) },
      run: async (request) => {
        const { auth, query } = request
        // This process's own are seen at once, those of others within seconds.
        await requestLog.flush()
        const { apiKeyId, requestId, failed, code, from, to } = query
        const own =
          auth.kind === 'client' && auth.apiKeyId !== undefined && !seesAll(auth) ? auth.apiKeyId : null
        const { rows, nextCursor } = await pageById('desc', query, async ({ behind, take }) => {
          const asked = LIST_REQUESTS({
            tenant: tenantOf(request),
            key: apiKeyId ?? own,
            own,
            id: requestId ?? null,
            failed: failed ?? null,
            code: code ?? null,
            from: from === undefined ? null : firstIdAt(Date.parse(from)),
            to: to === undefined ? null : firstIdAt(Date.parse(to)),
            before: behind,
            limit: take,
          })
          return (await pool.query<Row>(asked)).rows
        })
        return { requests: rows.map((row) => ({ ...row, at: row.at.toISOString() })), nextCursor }
      },
    })
  }

const seesAll = ({ role, shopIds }: { role: string; shopIds: readonly string[] | null }): boolean =>
  role === 'owner' && shopIds === null
