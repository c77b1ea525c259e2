import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { GivenParameters } from '../platform/db/statement.ts'
import { FEED_KEPT_DAYS } from './retention.ts'
import type { OrderQuery } from './schemas.ts'
import { CANCELLED_AT_MALL } from './statements.ts'
import {
  foldedNames,
  normaliseEmail,
  normaliseItemText,
  normaliseName,
  normaliseTracking,
  notePhraseOf,
  phoneDigits,
  type SearchKind,
  searchHashes,
} from './store/search-tokens.ts'

/** Conditions of a list. `anyHash`: found by whatever the blind index has of an order. */
export type SearchQuery = z.infer<typeof OrderQuery> & { anyHash?: string }

export interface SearchCondition {
  sql: string
  given: GivenParameters
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
  query: SearchQuery,
  shops: readonly string[] | null = null,
  orderedAt = 'o.ordered_at',
): SearchCondition {
  const given: Record<string, readonly [string, unknown]> = { tenant: ['uuid', tenantId] }
  const conditions = ['o.tenant_id = :tenant']
  const give = (name: string, type: string, value: unknown, condition: (name: string) => string): void => {
    if (value === undefined) return
    given[name] = [type, value]
    conditions.push(condition(`:${name}`))
  }
  const add = (name: keyof SearchQuery, type: string, condition: (name: string) => string): void =>
    give(name, type, query[name], condition)
  /** Found under any of these kinds. */
  const addHashes = (wanted: readonly (readonly [kind: SearchKind, texts: readonly string[]])[]): void => {
    const found = wanted.map(([kind, texts]) => {
      const name = `hashes${Object.keys(given).length}`
      given[name] = ['bytea[]', texts.flatMap((text) => searchHashes(sealer, tenantId, kind, text))]
      const hashes = `:${name}`
      return `select order_id from order_search where tenant_id = :tenant and kind = '${kind}' and hash = any(${hashes})`
    })
    conditions.push(`o.id in (${found.join(' union all ')})`)
  }
  const addHash = (kind: SearchKind, text: string | undefined): void => {
    if (text !== undefined) addHashes([[kind, [text]]])
  }
  add('status', 'order_status', (p) => `o.status = ${p}`)
  add('statuses', 'order_status[]', (p) => `o.status = any(${p})`)
  add('ids', 'uuid[]', (p) => `o.id = any(${p})`)
  add('pullId', 'uuid', (p) => `o.pull_id = ${p}`)
  add('updatedSince', 'timestamptz', toldSince)
  add('shopId', 'uuid', (p) => `o.shop_id = ${p}`)
  give('shops', 'uuid[]', shops ?? undefined, (p) => `o.shop_id = any(${p})`)
  add('marketplace', 'marketplace', (p) => `o.marketplace = ${p}`)
  add('changeState', 'change_state', (p) => `o.change_state = ${p}`)
  add('from', 'timestamptz', (p) => `${orderedAt} >= ${p}`)
  add('to', 'timestamptz', (p) => `${orderedAt} < ${p}`)
  give(
    'number',
    'text',
    query.number && `${likeText(query.number.toLowerCase())}%`,
    (p) => `lower(o.order_number) like ${p}`,
  )
  give(
    'numberEnd',
    'text',
    query.numberEnd && `%${likeText(query.numberEnd.toLowerCase())}`,
    (p) => `lower(o.order_number) like ${p}`,
  )
  add(
    'mark',
    'text',
    (p) => `o.id in (select order_id from order_marks where tenant_id = :tenant and mark = ${p})`,
  )
  // As constants, which the conditions of the indexes are: of the held ones, and of those without a number.
  // Of `= 0` the planner would expect few.
  if (query.hold !== undefined) conditions.push(`${query.hold ? '' : 'not '}(cardinality(o.holds) > 0)`)
  if (query.cancelledAtMall !== undefined)
    conditions.push(query.cancelledAtMall ? CANCELLED_AT_MALL : `${CANCELLED_AT_MALL} is not true`)
  if (query.tracking) conditions.push(`o.tracked_parcels ${query.tracking === 'none' ? '=' : '>'} 0`)
  if (query.toShip !== undefined) conditions.push(query.toShip ? TO_SHIP : `not ${TO_SHIP}`)
  if (query.shipBy) conditions.push(`o.ship_by is ${query.shipBy === 'none' ? '' : 'not '}null`)
  add('shipByFrom', 'text', (p) => `o.ship_by >= ${p}`)
  add('shipByTo', 'text', (p) => `o.ship_by <= ${p}`)
  add('wishedFrom', 'text', (p) => `o.wished_on >= ${p}`)
  add('wishedTo', 'text', (p) => `o.wished_on <= ${p}`)
  add('onHoldTo', 'text', (p) => `o.on_hold_date <= ${p}`)
  add('amountFrom', 'int', (p) => `o.billed_amount >= ${p}`)
  add('amountTo', 'int', (p) => `o.billed_amount <= ${p}`)
  add('deliveryMethod', 'text', (p) => `o.delivery_method = ${p}`)
  // Looked up for each order, in both: as a join, a plan would read what all orders have of them.
  give(
    'prefecture',
    'bytea[]',
    query.prefecture && searchHashes(sealer, tenantId, 'prefecture', normaliseName(query.prefecture)),
    (p) =>
      `(select true from order_search s where s.order_id = o.id and s.kind = 'prefecture' and s.hash = any(${p}) limit 1)`,
  )
  if (query.labelled !== undefined)
    conditions.push(
      `(select true from labels l where l.order_id = o.id limit 1) is ${query.labelled ? 'not ' : ''}null`,
    )
  add('paymentKind', 'text', (p) => `o.payment_kind = ${p}`)
  give(
    'item',
    'text',
    query.item && normaliseItemText(query.item),
    (p) => `position(${p} in o.items_text) > 0`,
  )
  if (query.buyer !== undefined) addHashes(buyersCalled(query.buyer))
  if (query.name !== undefined)
    addHashes([...buyersCalled(query.name), ['recipient', foldedNames(query.name)]])
  addHash('note', query.note && notePhraseOf(query.note))
  addHash('email', query.email && normaliseEmail(query.email))
  if (query.phone !== undefined) addHashes([byPhone(digitsOf(query.phone))])
  if (query.anyHash !== undefined) addHashes(anyHashOf(query.anyHash))
  return { sql: conditions.join(' and '), given }
}

/**
 * Leaves out orders that are picked up at the shop's counter. One of an earlier release that is not counted
 * yet goes by its tracking numbers.
 */
const TO_SHIP = `coalesce(o.shipping ->> 'state' <> 'all' and o.shipping ->> 'total' <> '0', coalesce(o.tracked_parcels, 0) = 0)`

const byPhone = (digits: string): readonly [SearchKind, readonly string[]] => [
  digits.length === LEAST_PHONE ? 'phone4' : 'phone',
  [digits],
]

/** All that a typed text may be in the blind index; looked up by one statement. */
function anyHashOf(typed: string): (readonly [SearchKind, readonly string[]])[] {
  const plain = typed.normalize('NFKC').trim()
  const digits = phoneDigits(plain)
  return [
    ...buyersCalled(typed),
    ['recipient', foldedNames(typed)],
    ['note', [notePhraseOf(typed)]],
    ...(/^[-+()\d\s]+$/.test(plain) && digits.length >= LEAST_PHONE ? [byPhone(digits)] : []),
    ...(TRACKING.test(plain) ? [['tracking', [normaliseTracking(plain)]] as const] : []),
    ...(plain.includes('@') ? [['email', [normaliseEmail(plain)]] as const] : []),
  ]
}

/** Ten digits are no carrier's number, and letters alone no number. */
const TRACKING = /^(?=.*\d)[A-Za-z\d][A-Za-z\d -]{9,39}$/

/** Names that were hashed as they are written are looked up so, too. */
const buyersCalled = (name: string): (readonly [SearchKind, readonly string[]])[] => [
  ['name', [...new Set([normaliseName(name), ...foldedNames(name)])]],
  ['buyer_fold', foldedNames(name)],
]

/**
 * Orders that the change feed has a row of since a time, without an index of their own, which each write of
 * an order would pay for. Rows are by transaction, hence nearly by time: the first one is found by halving. A
 * transaction lasts well below the 15 minutes that are taken off.
 */
const toldSince = (p: string): string => `o.id = any(array(
  with recursive place (low, high) as (
    select min(xid), max(xid) + 1 from events where tenant_id = :tenant and kind <> 'counts'
    union all
    select case when early then middle + 1 else low end, case when early then high else middle end
    from (select low, high, (low + high) / 2 as middle from place where low < high) p
    cross join lateral (select coalesce((
      select at < ${p} - interval '15 minutes' from events
      where tenant_id = :tenant and kind <> 'counts' and xid >= middle order by xid, id limit 1
    ), false) as early) first
  )
  select distinct (e.data ->> 'orderId')::uuid from events e
  where e.tenant_id = :tenant and e.kind <> 'counts' and e.kind = 'order' and e.at >= ${p}
    and e.xid >= (select low from place where low >= high limit 1)))`

const likeText = (text: string): string => text.replace(/[\\%_]/g, (letter) => `\\${letter}`)

const LEAST_PHONE = 4

function digitsOf(phone: string): string {
  const digits = phoneDigits(phone)
  if (digits.length >= LEAST_PHONE) return digits
  const message = '電話番号は全桁、または下4桁の数字で指定してください。'
  throw invalid([{ field: 'phone', message, code: 'invalid_format' }])
}

const ONE_OF = ['number', 'numberEnd', 'name', 'buyer', 'phone', 'email', 'item', 'note'] as const

/**
 * The queries that together find what `q` means; each has its own way to be read. Of a query without `q`
 * itself.
 * @throws AppError VALIDATION_FAILED for one beside the conditions that it stands for
 */
export function waysOf({ q, ...others }: z.infer<typeof OrderQuery>): SearchQuery[] {
  if (q === undefined) return [others]
  const beside = ONE_OF.find((name) => others[name] !== undefined)
  if (beside !== undefined) {
    const message = `q か ${beside} のどちらか一方を指定してください。`
    throw invalid([{ field: 'q', message, code: 'one_of' }])
  }
  const plain = q.normalize('NFKC').trim()
  return [
    { ...others, number: plain },
    ...(plain.length > 1 ? [{ ...others, numberEnd: plain }] : []),
    { ...others, item: q },
    { ...others, anyHash: q },
  ]
}

/**
 * @throws AppError VALIDATION_FAILED for a time of which the feed's rows may be deleted already: the answer
 * would lack orders.
 */
export function checkUpdatedSince(
  clock: Clock,
  { updatedSince }: Pick<z.infer<typeof OrderQuery>, 'updatedSince'>,
): void {
  if (updatedSince === undefined || Date.parse(updatedSince) >= clock.now() - FEED_KEPT_DAYS * 86_400_000)
    return
  const message = `${FEED_KEPT_DAYS}日前より後の日時を指定してください。それより前の変更は from と to で一覧を読み直してください。`
  throw invalid([{ field: 'updatedSince', message, code: 'too_early' }])
}
