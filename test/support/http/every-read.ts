import { readFile } from 'node:fs/promises'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import type { History } from '../database/history.ts'
import { OPERATOR_KEY } from './rest-server.ts'

/**
 * Asks every route that reads, as a tenant of a history and as the operator, lists under each of their
 * conditions.
 */

const FIRST_SHOP = '00000000-0000-7000-9000-000100000001'

/** Without an index, of an open status. */
const OPEN = (query: string): string => `status=new&${query}`

export const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '/v1/orders': [
    ...[
      '',
      'status=new',
      'statuses=new,on_hold',
      'ids=00000000-0000-7000-8000-000000000001',
      'pullId=00000000-0000-7000-8000-000000000001',
      'updatedSince=2099-01-01T00:00:00Z',
      'changeState=failed',
      'number=shop-0000',
      'numberEnd=77',
      'buyer=%E9%AB%98%E6%A9%8B',
    ],
    ...[
      'phone=0312345678',
      'email=a@example.jp',
      'mark=repeat_buyer',
      'item=%E6%8A%B9%E8%8C%B6',
      'hold=true&total=true',
      'hold=false',
    ],
    ...['sort=oldest', 'from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z', 'item=m'],
    ...['paymentKind=invoice', 'paymentKind=loan', 'numberEnd=0777', 'numberEnd=nowhere', 'mark=never'],
    ...[
      'paymentKind=invoice&statuses=auto_imported,completed',
      'changeState=failed&status=completed&total=true',
    ],
    ...[
      'tracking=none',
      'tracking=some',
      'marketplace=amazon',
      `shopId=${FIRST_SHOP}`,
      'detail=true&limit=5',
    ],
    ...['q=777&total=true', 'q=%E6%8A%B9%E8%8C%B6', 'q=nobody%40example.jp', 'name=%E9%AB%98%E6%A9%8B'],
    ...['shipByFrom=2026-01-01&shipByTo=2026-02-01', 'wishedFrom=2026-01-01&wishedTo=2026-02-01'].map(OPEN),
    ...['prefecture=%E6%B2%96%E7%B8%84%E7%9C%8C', 'amountFrom=1&amountTo=2', 'deliveryMethod=x'].map(OPEN),
    'status=on_hold&onHoldTo=2026-01-31',
    ...['cancelledAtMall=true&total=true', 'cancelledAtMall=false'],
    ...['labelled=true', 'labelled=false&total=true', 'sort=-amount'].map(OPEN),
    ...['toShip=true', 'toShip=false&total=true'].map(OPEN),
    ...['shipBy=none', 'shipBy=none&total=true'].map(OPEN),
    ...['sort=shipBy', 'sort=shipBy&total=true&dueOn=2026-01-15'].map(OPEN),
    'note=%E9%A0%98%E5%8F%8E%E6%9B%B8&total=true',
    'statuses=new,on_hold&sort=wishedOn',
    'fields=orderNumber,status',
  ],
  '/v1/import-requests': [
    ...['', 'state=failed', 'outcome=skipped', 'orderNumber=shop-000000777', `shopId=${FIRST_SHOP}`],
    `shopId=${FIRST_SHOP}&outcome=skipped`,
  ],
  '/v1/site-changes': ['', 'state=failed'],
  '/v1/why': [
    ...['number=shop-000000777&live=false', 'number=nowhere&live=false', 'number=777x&live=false'],
    'buyer=%E9%AB%98%E6%A9%8B&day=2026-01-15&live=false',
  ],
}

export async function askRoutes(
  app: App,
  { tenantId }: History,
  idOf: (path: string) => string,
): Promise<void> {
  const asOperator = { authorization: `Bearer ${OPERATOR_KEY}` }
  const made = await app.inject({
    method: 'POST',
    url: '/v1/admin/api-keys',
    headers: asOperator,
    payload: { tenantId, name: 'plans' },
  })
  const asTenant = { authorization: `Bearer ${made.json<{ key: string }>().key}` }
  const document = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')
  const { paths } = JSON.parse(document) as { paths: Record<string, object> }
  const statuses: string[] = []
  for (const [path, methods] of Object.entries(paths)) {
    if (!('get' in methods) || path.startsWith('/v1/events')) continue
    const url = path.replace(/\{(\w+)\}/g, () => idOf(path))
    for (const query of QUERIES[path] ?? ['']) {
      for (const headers of [asTenant, asOperator]) {
        const { statusCode } = await app.inject({ url: `${url}${query ? `?${query}` : ''}`, headers })
        statuses.push(`${statusCode} ${url}`)
      }
    }
  }
  // Refused ones look nothing up.
  expect(statuses.filter((status) => /^(5|429)/.test(status))).toEqual([])
}

/** An id for each collection that stands in paths. */
export async function idsOfPaths(pool: Pool, history: History): Promise<(path: string) => string> {
  const id = async (table: string) =>
    (
      await pool.query<{ id: string }>(`select id::text from ${table} where tenant_id = $1 limit 1`, [
        history.tenantId,
      ])
    ).rows[0]?.id ?? ''
  const order = await id('orders')
  const request = await id('import_requests')
  const change = await id('site_changes')
  const pull = await id('pulls')
  return (path) => {
    if (path.includes('/pulls/')) return pull
    if (path.includes('/import-requests/')) return request
    if (path.includes('/site-changes/')) return change
    if (path.includes('/shops/')) return history.shopIds[0] ?? ''
    if (path.includes('/tenants/')) return history.tenantId
    return order
  }
}
