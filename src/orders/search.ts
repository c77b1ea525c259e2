import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { itemOf } from './item-search.ts'
import { FEED_KEPT_DAYS } from './retention.ts'
import type { OrderQuery } from './schemas.ts'
import {
  normaliseEmail,
  normaliseName,
  phoneDigits,
  type SearchKind,
  searchHashes,
} from './store/search-tokens.ts'

export interface SearchCondition {
  sql: string
  values: unknown[]
}

/**
 * Builds the condition on `orders o` that narrows a list. Names, phones and addresses go through the blind
 * index. src/orders/list-parts.ts chooses where to search.
 * @param shops those that the caller is bound to; null: all
 * @param orderedAt the column of the order's time
 * @throws AppError VALIDATION_FAILED for a phone of fewer than four digits
 */
export function searchCondition(
  sealer: Pick<Sealer, 'fingerprints'>,
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
  shops: readonly string[] | null = null,
  orderedAt = 'o.ordered_at',
): SearchCondition {
  const values: unknown[] = [tenantId]
  const conditions = ['o.tenant_id = $1']
  const add = (value: unknown, condition: (parameter: string) => string): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  const addHash = (kind: SearchKind, text: string | undefined): void =>
    add(
      text === undefined ? undefined : searchHashes(sealer, tenantId, kind, text),
      (p) =>
        `o.id in (select order_id from order_search where tenant_id = $1 and kind = '${kind}' and hash = any(${p}::bytea[]))`,
    )
  add(query.status, (p) => `o.status = ${p}::order_status`)
  add(query.statuses, (p) => `o.status = any(${p}::order_status[])`)
  add(query.ids, (p) => `o.id = any(${p}::uuid[])`)
  add(query.pullId, (p) => `o.pull_id = ${p}::uuid`)
  add(query.updatedSince, toldSince)
  add(query.shopId, (p) => `o.shop_id = ${p}::uuid`)
  add(shops ?? undefined, (p) => `o.shop_id = any(${p}::uuid[])`)
  add(query.marketplace, (p) => `o.marketplace = ${p}::marketplace`)
  add(query.changeState, (p) => `o.change_state = ${p}::change_state`)
  add(query.from, (p) => `${orderedAt} >= ${p}::timestamptz`)
  add(query.to, (p) => `${orderedAt} < ${p}::timestamptz`)
  add(query.number && `${likeText(query.number.toLowerCase())}%`, (p) => `lower(o.order_number) like ${p}`)
  add(
    query.numberEnd && `%${likeText(query.numberEnd.toLowerCase())}`,
    (p) => `lower(o.order_number) like ${p}`,
  )
  add(query.mark, (p) => `o.id in (select order_id from order_marks where tenant_id = $1 and mark = ${p})`)
  // As constants, which the conditions of the indexes are: of the held ones, and of those without a number. Of `= 0` the planner would expect few.
  if (query.hold !== undefined) conditions.push(`${query.hold ? '' : 'not '}(cardinality(o.holds) > 0)`)
  if (query.tracking) conditions.push(`o.tracked_parcels ${query.tracking === 'none' ? '=' : '>'} 0`)
  add(query.paymentKind, (p) => `o.payment_kind = ${p}`)
  add(itemOf(query.item), (p) => `position(${p}::text in o.items_text) > 0`)
  addHash('name', query.buyer && normaliseName(query.buyer))
  addHash('email', query.email && normaliseEmail(query.email))
  if (query.phone !== undefined) {
    const digits = digitsOf(query.phone)
    addHash(digits.length === 4 ? 'phone4' : 'phone', digits)
  }
  return { sql: conditions.join(' and '), values }
}

/**
 * Orders that the change feed has a row of since a time, without an index of their own, which each write of an order would pay for. Rows are by
 * transaction, hence nearly by time: the first one is found by halving. A transaction lasts well below the 15 minutes that are taken off.
 */
const toldSince = (p: string): string => `o.id = any(array(
  with recursive place (low, high) as (
    select min(xid), max(xid) + 1 from events where tenant_id = $1 and kind <> 'counts'
    union all
    select case when early then middle + 1 else low end, case when early then high else middle end
    from (select low, high, (low + high) / 2 as middle from place where low < high) p
    cross join lateral (select coalesce((
      select at < ${p}::timestamptz - interval '15 minutes' from events
      where tenant_id = $1 and kind <> 'counts' and xid >= middle order by xid, id limit 1
    ), false) as early) first
  )
  select distinct (e.data ->> 'orderId')::uuid from events e
  where e.tenant_id = $1 and e.kind <> 'counts' and e.kind = 'order' and e.at >= ${p}::timestamptz
    and e.xid >= (select low from place where low >= high limit 1)))`

const likeText = (text: string): string => text.replace(/[\\%_]/g, (letter) => `\\${letter}`)

function digitsOf(phone: string): string {
  const digits = phoneDigits(phone)
  if (digits.length >= 4) return digits
  throw invalid([
    {
      field: 'phone',
      message: '電話番号は全桁、または下4桁の数字で指定してください。',
      code: 'invalid_format',
    },
  ])
}

/** @throws AppError VALIDATION_FAILED for a time of which the feed's rows may be deleted already: the answer would lack orders. */
export function checkUpdatedSince(
  clock: Clock,
  { updatedSince }: Pick<z.infer<typeof OrderQuery>, 'updatedSince'>,
): void {
  if (updatedSince === undefined || Date.parse(updatedSince) >= clock.now() - FEED_KEPT_DAYS * 86_400_000)
    return
  const message = `${FEED_KEPT_DAYS}日前より後の日時を指定してください。それより前の変更は from と to で一覧を読み直してください。`
  throw invalid([{ field: 'updatedSince', message, code: 'too_early' }])
}
