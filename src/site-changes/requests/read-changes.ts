import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../../http/paging.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { AppError } from '../../platform/errors.ts'
import type { SiteChangeAnswer, SiteChangeQuery } from '../schemas.ts'
import { CHANGE_COLUMNS, type ChangeRow, toAnswer } from './change-json.ts'

export interface ReadDeps {
  pool: Pool
  clock: Clock
  sealer: Pick<Sealer, 'of'>
}

type Answer = z.infer<typeof SiteChangeAnswer>

const FROM = 'from site_changes c join orders o on o.id = c.order_id join shops s on s.id = c.shop_id'

/** One page of a tenant's site changes, newest first. */
export async function readChangePage(
  deps: ReadDeps,
  tenantId: string,
  query: z.infer<typeof SiteChangeQuery>,
  shops: readonly string[] | null,
) {
  const [before] = query.cursor === undefined ? [null] : decodeCursor(query.cursor, z.tuple([z.uuid()]))
  const { rows } = await deps.pool.query<ChangeRow>(
    `select ${CHANGE_COLUMNS} ${FROM}
     where c.tenant_id = $1
       and ($2::change_state is null or c.state = $2)
       and ($3::uuid is null or c.shop_id = $3)
       and ($4::uuid is null or c.order_id = $4)
       and ($5::text is null or c.action = $5)
       and ($6::bool is null or (c.dismissed_at is not null) = $6)
       and ($7::uuid is null or c.id < $7)
       and ($9::uuid[] is null or c.shop_id = any($9))
     order by c.id desc
     limit $8`,
    [
      tenantId,
      query.state ?? null,
      query.shopId ?? null,
      query.orderId ?? null,
      query.action ?? null,
      query.dismissed ?? null,
      before,
      query.limit + 1,
      shops,
    ],
  )
  const page = pageOf(rows, query.limit, (row) => [row.id])
  const now = deps.clock.now()
  return {
    siteChanges: page.rows.map((row) => toAnswer(deps.sealer.of(tenantId), row, now)),
    nextCursor: page.nextCursor,
  }
}

/** @throws AppError NOT_FOUND, also for another tenant's */
export async function readChange(deps: ReadDeps, tenantId: string, id: string): Promise<Answer> {
  const { rows } = await deps.pool.query<ChangeRow>(
    `select ${CHANGE_COLUMNS} ${FROM} where c.id = $1 and c.tenant_id = $2`,
    [id, tenantId],
  )
  const [row] = rows
  if (!row)
    throw new AppError('NOT_FOUND', 'サイト変更が見つかりません。一覧を再読み込みして確認してください。')
  return toAnswer(deps.sealer.of(tenantId), row, deps.clock.now())
}

/** Lists the changes made of a request, in its order. */
export async function readRequested(deps: ReadDeps, tenantId: string, key: string): Promise<Answer[]> {
  const { rows } = await deps.pool.query<ChangeRow>(
    `select ${CHANGE_COLUMNS} ${FROM} where c.tenant_id = $1 and c.request_key = $2 order by c.request_index`,
    [tenantId, key],
  )
  const now = deps.clock.now()
  return rows.map((row) => toAnswer(deps.sealer.of(tenantId), row, now))
}
