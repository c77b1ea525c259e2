import type { FastifyRequest } from 'fastify'
import type { ScopeCheck } from '../../http/server.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { AppError } from '../../platform/errors.ts'
import { factsOf } from '../../platform/narrow.ts'
import { FIND_OWN_SHOP, SHOPS_OF, SHOPS_OF_ORDERS } from './statements.ts'

/**
 * Whose shops a request is of. A key that is bound to shops (店舗限定キー) opens what is of these alone,
 * as each operation's record says (`bound`).
 */

interface Body {
  shopId?: string
  orderIds?: string[]
  changes?: { orderId?: string }[]
}

export const createScopeCheck =
  (queries: Queries): ScopeCheck =>
  async (request, { tenantId, shopIds }) => {
    // The route refuses malformed input.
    if (request.validationError !== undefined) return
    if (shopIds === null) return needShop(queries, tenantId, request)
    const found = await shopsOf(queries, request, tenantId)
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
  tenantId: string,
): Promise<readonly string[] | 'shut'> {
  const { config, url = '' } = request.routeOptions
  const { shopId, orderIds, changes } = (request.body ?? {}) as Body
  const read = async (text: string, value: unknown) => {
    const { rows } = await queries.query<{ shop: string }>({ text, values: [value, tenantId] })
    return rows.map(({ shop }) => shop)
  }
  switch (config.who?.kind === 'tenant' ? config.who.bound : 'refused') {
    case 'open':
      return []
    case 'filtered': {
      const named = shopId ?? factsOf(request.query).shopId
      return typeof named === 'string' ? [named] : []
    }
    case 'by shop':
      return shopId === undefined ? 'shut' : [shopId]
    case 'by orders':
      return read(SHOPS_OF_ORDERS, orderIds ?? changes?.map(({ orderId }) => orderId) ?? [])
    case 'by path': {
      const statement = SHOPS_OF.get(/^\/v1\/([\w-]+)\/:id/.exec(url)?.[1] ?? '')
      return statement === undefined ? 'shut' : read(statement, factsOf(request.params).id)
    }
    default:
      return 'shut'
  }
}

const shut = () =>
  new AppError(
    'FORBIDDEN',
    'この API キーは店舗が限定されています。shopId を指定するか、店舗を限定しないキーを使ってください。',
    { details: { reason: 'shop_scope' } },
  )
