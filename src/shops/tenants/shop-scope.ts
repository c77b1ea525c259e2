import type { FastifyRequest } from 'fastify'
import type { ScopeCheck } from '../../http/server.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { AppError } from '../../platform/errors.ts'
import { factsOf } from '../../platform/narrow.ts'
import { FIND_OWN_SHOP, SHOPS_OF, SHOPS_OF_ORDERS } from './statements.ts'

/**
 * Whose shops a request is of. A key that is bound to shops (店舗限定キー) opens what is of these alone. One list
 * of what it opens at all: a route that nobody thought of here stays shut, and does not quietly show the
 * other shops.
 */

interface Body {
  shopId?: string
  orderIds?: string[]
  changes?: { orderId?: string }[]
}

/** Lists show a bound key what is of its shops, by `shopsOf()`; a named one must be among them. */
const LISTS = new Set([
  'GET /v1/orders',
  'GET /v1/import-requests',
  'GET /v1/why',
  'GET /v1/why/waiting',
  'GET /v1/why/shops',
  'POST /v1/why',
  'GET /v1/site-changes',
  'GET /v1/shops',
  'GET /v1/notices',
  'GET /v1/credentials',
])
/** Routes that name their shop in the query or the body, and those that name orders. */
const BY_SHOP = new Set([
  'POST /v1/orders/pull',
  'POST /v1/orders/import',
  'POST /v1/import-requests/retry',
  'POST /v1/why/actions',
])
const BY_ORDERS = new Set(['POST /v1/orders/move', 'POST /v1/orders/reimport', 'POST /v1/site-changes'])
/** Of no shop. */
const OPEN = new Set(['GET /v1/marketplaces'])

export const createScopeCheck =
  (queries: Queries): ScopeCheck =>
  async (request, { tenantId, shopIds }) => {
    // The route refuses malformed input.
    if (request.validationError !== undefined) return
    if (shopIds === null) return needShop(queries, tenantId, request)
    const url = request.routeOptions.url ?? ''
    const route = `${request.method} ${url}`
    if (OPEN.has(route)) return
    const found = await shopsOf(queries, request, route, tenantId)
    if (found === 'shut') throw shut()
    if (found.some((shop) => !shopIds.includes(shop)))
      throw new AppError(
        'NOT_FOUND',
        'この API キーで扱える店舗のものではありません。ID を確認してください。',
      )
  }

/** One answer for a shop that is not there, and for one of another tenant. */
export const shopNotFound = () => new AppError('NOT_FOUND', '店舗が見つかりません。ID を確認してください。')

/** A shop that query or body names: unknown ones and those of others get the same answer everywhere. */
async function needShop(queries: Queries, tenantId: string, request: FastifyRequest): Promise<void> {
  const shopId = factsOf(request.query).shopId ?? factsOf(request.body).shopId
  if (typeof shopId !== 'string') return
  const { rowCount } = await queries.query(FIND_OWN_SHOP, [shopId, tenantId])
  if (rowCount === 0) throw shopNotFound()
}

async function shopsOf(
  queries: Queries,
  request: FastifyRequest,
  route: string,
  tenantId: string,
): Promise<readonly string[] | 'shut'> {
  const body = (request.body ?? {}) as Body
  const read = async (text: string, value: unknown) => {
    const { rows } = await queries.query<{ shop: string }>({ text, values: [value, tenantId] })
    return rows.map(({ shop }) => shop)
  }
  if (LISTS.has(route)) {
    const { shopId } = (request.method === 'POST' ? body : request.query) as Body
    return shopId === undefined ? [] : [shopId]
  }
  if (BY_SHOP.has(route)) return body.shopId === undefined ? 'shut' : [body.shopId]
  if (BY_ORDERS.has(route))
    return read(SHOPS_OF_ORDERS, body.orderIds ?? body.changes?.map(({ orderId }) => orderId) ?? [])
  const collection = /^\S+ \/v1\/([\w-]+)\/:id(?:\/|$)/.exec(route)?.[1] ?? ''
  const statement = SHOPS_OF.get(collection)
  return statement === undefined ? 'shut' : read(statement, factsOf(request.params).id)
}

const shut = () =>
  new AppError(
    'FORBIDDEN',
    'この API キーは店舗が限定されています。shopId を指定するか、店舗を限定しないキーを使ってください。',
    { details: { reason: 'shop_scope' } },
  )
