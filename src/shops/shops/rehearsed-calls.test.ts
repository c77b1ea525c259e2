import { describe, expect, it } from 'vitest'
import { SHOPIFY } from '../../marketplaces/shopify/facts.ts'
import { READS, WRITES } from '../../marketplaces/shopify/graphql.ts'
import type { Db } from '../../platform/db/database.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import { codeIn, createCallBook, operationOf } from './rehearsed-calls.ts'

describe('an operation', () => {
  it.each([
    ['POST', 'https://api.example/es/2.0/order/getOrder/', 'POST /es/2.0/order/getOrder/'],
    [
      'GET',
      'https://api.example/orders/2026-01-01/orders/250-5013327-8846201?x=1',
      'GET /orders/2026-01-01/orders/{…}',
    ],
    ['POST', 'https://api.example/ShoppingWebService/V1/orderInfo', 'POST /ShoppingWebService/V1/orderInfo'],
    [
      'GET',
      'https://api.example/wmshopapi/searchTradeInfoProc?orderId=9',
      'GET /wmshopapi/searchTradeInfoProc',
    ],
    [
      'GET',
      'https://api.example/es/1.0/license-management/license-key/expiry-date?licenseKey=SL1',
      'GET /es/1.0/license-management/license-key/expiry-date',
    ],
    ['GET', 'https://api.example/a/%E8%8A%B1%E5%AD%90/09012345678', 'GET /a/{…}/{…}'],
  ] as const)('of %s %s is %s', (method, url, operation) => {
    expect(operationOf({ method, url })).toBe(operation)
  })
})

describe('a code', () => {
  it.each([
    [
      '{"MessageModelList":[{"messageType":"INFO","messageCode":"ORDER_EXT_API_GET_ORDER_INFO_101"}]}',
      'ORDER_EXT_API_GET_ORDER_INFO_101',
    ],
    ['{"errors":[{"code":"QuotaExceeded","message":"…"}]}', 'QuotaExceeded'],
    ['<Error><Message>a</Message><Code>px-04102</Code></Error>', 'px-04102'],
    ['<result><status>1</status><error><code>CME0021</code></error></result>', 'CME0021'],
    ['{"error":"invalid_grant"}', 'invalid_grant'],
    ['{"order":{"buyer":{"name":"見本"}}}', ''],
    ['{"code":"見本花子"}', ''],
  ])('of %s is %s', (body, code) => {
    expect(codeIn({ body: Buffer.from(body) })).toBe(code)
  })
})

it('counts each kind of call once, with those that got no answer, and writes them once', async () => {
  let now = 1_000
  const http: HttpClient = {
    async request({ url }) {
      now += 30
      if (url.endsWith('/silent')) throw new Error('silent')
      return { status: url.endsWith('/busy') ? 429 : 200, headers: {}, body: Buffer.from('{}') }
    },
  }
  const mall = { label: '見本市場', reads: ['GET /list', 'GET /busy', 'GET /silent'] }
  const book = createCallBook(http, { now: () => now } as Parameters<typeof createCallBook>[1], mall)
  const ask = (path: string) => book.http.request({ method: 'GET', url: `https://a.example/${path}` })
  await ask('list')
  await ask('list')
  await ask('busy')
  await expect(ask('silent')).rejects.toThrow('silent')
  const written: unknown[][] = []
  const db = {
    $executeRaw: async ({ values }: { values: unknown[] }) => void written.push(values),
  } as unknown as Db
  await book.save(db, 'rehearsal')
  await book.save(db, 'rehearsal')
  expect(written).toHaveLength(1)
  expect(JSON.parse(String(written[0]?.[1]))).toMatchObject([
    { operation: 'GET /list', status: 200, count: 2, slowestMs: 30 },
    { operation: 'GET /busy', status: 429, count: 1 },
    { operation: 'GET /silent', status: 0, count: 1 },
  ])
})

describe('what leaves a rehearsal', () => {
  const reads = ['GET /v1/orders', 'GET /v1/orders/{}', 'POST /v1/getOrder/']
  const sent: string[] = []
  const http: HttpClient = {
    async request({ method, url }) {
      sent.push(`${method} ${url}`)
      return { status: 200, headers: {}, body: Buffer.from('') }
    },
  }
  const { http: guarded } = createCallBook(http, { now: () => 0 } as Parameters<typeof createCallBook>[1], {
    label: '見本市場',
    reads,
  })

  it.each([
    ['GET', '/v1/orders'],
    ['GET', '/below/v1/orders?since=1'],
    ['GET', '/v1/orders/250-1'],
    ['POST', '/v1/getOrder/'],
  ] as const)('is %s %s', async (method, path) => {
    const url = `https://api.example${path}`
    expect(await guarded.request({ method, url })).toMatchObject({ status: 200 })
    expect(sent.at(-1)).toBe(`${method} ${url}`)
  })

  it.each([
    ['POST', '/v1/orders'],
    ['DELETE', '/v1/orders/250-1'],
    ['GET', '/v1/orders/250-1/cancel'],
    ['GET', '/v1/orders/'],
    ['POST', '/v1/getOrder'],
    ['POST', '/v1/cancelOrder/'],
    ['GET', '/v1/orders%2F..%2Fcancel'],
    ['POST', '/v1/getOrder/../cancelOrder/'],
  ] as const)('is not %s %s', async (method, path) => {
    const before = sent.length
    const asked = guarded.request({ method, url: `https://api.example${path}` })
    await expect(asked).rejects.toMatchObject({ code: 'REHEARSAL_READS_ONLY', kind: 'rejected' })
    expect(sent).toHaveLength(before)
  })

  it('is a query and no mutation, where both have one address', async () => {
    const { http: ofGraphql } = createCallBook(
      http,
      { now: () => 0 } as Parameters<typeof createCallBook>[1],
      SHOPIFY,
    )
    const url = 'https://mihon-shop.myshopify.com/admin/api/2026-04/graphql.json'
    const send = (query: string) =>
      ofGraphql.request({ method: 'POST', url, body: JSON.stringify({ query }) })
    for (const { text } of READS) expect(await send(text)).toMatchObject({ status: 200 })
    for (const { text } of Object.values(WRITES))
      await expect(send(text)).rejects.toMatchObject({ code: 'REHEARSAL_READS_ONLY' })
    await expect(ofGraphql.request({ method: 'POST', url })).rejects.toThrow('リハーサル')
  })
})
