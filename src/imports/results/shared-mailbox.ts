import type { Marketplaces } from '../../marketplaces/index.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { WorkingShop } from '../../worker/shop-job.ts'
import type { DueRequest } from '../requests/due.ts'
import { NOT_FOUND, OTHER_SHOP, SKIPPED } from '../requests/result-codes.ts'
import type { AttemptResult } from './attempt-result.ts'

/*
 * A mail whose number does not tell the shop asks every shop of the mall that its mailbox serves. All but one
 * of these requests are for nothing: they end when another shop of the mailbox has the order, instead of
 * asking for a day what the mall does not have.
 */

/**
 * Attempts before another shop's order counts, where a number may be both shops'. The own account must have
 * denied it for as long as a new order may take to show: over a minute, by the retry schedule.
 */
const ATTEMPTS_IN_DOUBT = 4

const isUnique = (marketplaces: Marketplaces, shop: WorkingShop): boolean =>
  marketplaces.get(shop.marketplace)?.orderNumbersAreUnique === true

/**
 * Those of the numbers that a mail may have brought to other shops of its mailbox too. Of most shops none,
 * without asking the database.
 */
export function sharedNumbers(
  marketplaces: Marketplaces,
  shop: WorkingShop,
  orderNumbers: readonly string[],
): string[] {
  if (shop.sharedMailboxShopIds.length === 0) return []
  const mall = marketplaces.get(shop.marketplace)
  return orderNumbers.filter((number) => mall?.ownsOrderNumber(shop.code, number) === null)
}

/** Ends a shop's due requests whose order another shop of the mailbox has, to spare the mall the calls. */
export async function otherShopResults(
  deps: { pool: Queries; marketplaces: Marketplaces },
  shop: WorkingShop,
  due: readonly DueRequest[],
): Promise<AttemptResult[]> {
  const unique = isUnique(deps.marketplaces, shop)
  const suspects = due.filter((request) => mayBeOthers(request, unique))
  const numbers = sharedNumbers(
    deps.marketplaces,
    shop,
    suspects.map(({ orderNumber }) => orderNumber),
  )
  if (numbers.length === 0) return []
  const { rows } = await deps.pool.query<{ orderNumber: string; owner: string }>(OWNERS, [
    shop.id,
    shop.sharedMailboxShopIds,
    numbers,
    SKIPPED,
  ])
  const owners = new Map(rows.map(({ orderNumber, owner }) => [orderNumber, owner]))
  return suspects.flatMap((request) => {
    const owner = owners.get(request.orderNumber)
    return owner === undefined ? [] : [ofOtherShop(request, owner)]
  })
}

const mayBeOthers = (request: DueRequest, unique: boolean): boolean =>
  request.source === 'mail' &&
  request.purpose !== 'reimport' &&
  request.orderId === null &&
  (unique ||
    (request.lastCode === NOT_FOUND &&
      request.pendingUntil === null &&
      request.attempts >= ATTEMPTS_IN_DOUBT))

const messageOf = (owner: string): string =>
  `同じ受信箱を使う店舗「${owner}」の受注です。この店舗では取り込みません。`

const ofOtherShop = (request: DueRequest, owner: string): AttemptResult => ({
  request,
  state: 'done',
  tried: false,
  nextAttemptAt: null,
  code: OTHER_SHOP,
  message: messageOf(owner),
  mallMessage: null,
  raw: null,
})

/**
 * Ends the requests of the mailbox's other shops for orders that turned out to be this shop's, and clears
 * those away that had been given up. To be the last step of a transaction: until then it waits for rows of
 * its own shop only, and here for none at all, so that it cannot dead-lock with another shop's worker doing
 * the same. What is locked now ends when it is due again.
 */
export async function endForOtherShops(
  queries: Queries,
  marketplaces: Marketplaces,
  shop: WorkingShop,
  orderNumbers: readonly string[],
  at: Date,
): Promise<void> {
  await queries.query(END_FOR_OTHERS, [
    shop.sharedMailboxShopIds,
    orderNumbers,
    at,
    OTHER_SHOP,
    messageOf(shop.name),
    isUnique(marketplaces, shop),
    NOT_FOUND,
    ATTEMPTS_IN_DOUBT,
  ])
}

/**
 * SQL condition: the shop's own list lacks the number; a listed one is the shop's, whoever else has it. A
 * value and no `exists`, here and below: as a join, the plan may read all that the shop ever listed.
 */
const unlisted = (shopId: string, orderNumber: string): string =>
  `(select w.state from swept_orders w where w.shop_id = ${shopId} and w.order_number = ${orderNumber}) is null`

// An order that was skipped, as one that the mall ships itself, is never here and known all the same.
const OWNERS = `
select distinct on (k.order_number) k.order_number as "orderNumber",
  (select s.name from shops s where s.id = k.shop_id) as owner
from (
  select o.order_number, o.shop_id from orders o where o.shop_id = any($2::uuid[]) and o.order_number = any($3::text[])
  union all
  select r.order_number, r.shop_id from import_requests r
  where r.shop_id = any($2::uuid[]) and r.order_number = any($3::text[]) and r.outcome = $4
) k
where ${unlisted('$1', 'k.order_number')}
order by k.order_number`

const END_FOR_OTHERS = `
with others as (
  select r.id from import_requests r
  where r.shop_id = any($1::uuid[]) and r.order_number = any($2::text[]) and r.state in ('waiting', 'failed')
    and r.source = 'mail' and r.purpose <> 'reimport'
    and ($6::bool or (r.outcome = $7 and r.pending_until is null and r.attempts >= $8::int))
    and (select o.id from orders o where o.shop_id = r.shop_id and o.order_number = r.order_number) is null
    and ${unlisted('r.shop_id', 'r.order_number')}
  for update of r skip locked
)
update import_requests r set state = 'done', finished_at = $3, outcome = $4, message = $5, sealed_mall_message = null
from others where r.id = others.id`
