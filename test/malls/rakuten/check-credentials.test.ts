import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../../src/platform/http/http-client.ts'
import {
  type Canned,
  canned,
  errors,
  HTML,
  KEYS,
  messages,
  NEVER,
  NUMBER,
  sessionOf,
} from './fixtures/canned.ts'

describe('the request', () => {
  it('carries the ESA header, UTF-8 JSON, the trailing slash and the newest version', async () => {
    const { session, requests, tools } = sessionOf(() => canned({ status: 200, body: messages() }))
    for await (const _ of session.fetchOrders([NUMBER], NEVER));
    const [request] = requests
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://api.example/es/2.0/order/getOrder/',
      headers: {
        authorization: `ESA ${Buffer.from(`${KEYS.serviceSecret}:${KEYS.licenseKey}`).toString('base64')}`,
        'content-type': 'application/json; charset=utf-8',
      },
    })
    expect(JSON.parse(String(request?.body))).toEqual({ orderNumberList: [NUMBER], version: 10 })
    expect(tools.quotas).toEqual([{ key: 'rakuten:shop:123456', perSecond: 1, burst: 1 }])
  })
})

describe('checkCredentials', () => {
  const search = (numbers: string[]) =>
    canned({
      status: 200,
      body: JSON.stringify({
        MessageModelList: [],
        orderNumberList: numbers,
        PaginationResponseModel: { totalRecordsAmount: numbers.length, totalPages: 1, requestPage: 1 },
      }),
    })
  const answering = (numbers: string[], expiry: Canned) => (request: HttpRequest) =>
    request.method === 'GET' ? canned(expiry) : search(numbers)

  it('tells when the key ends, in JST', async () => {
    const { session, requests } = sessionOf(
      answering([NUMBER], { status: 200, body: '{"expiryDate":"2026-11-28T23:59:59"}' }),
    )
    const check = await session.checkCredentials(NEVER)
    expect(check.expiries).toEqual([
      { what: 'licenseKey', at: new Date('2026-11-28T14:59:59Z'), certain: true },
    ])
    expect(check.messages.join('')).toContain('2026-11-28')
    expect(requests[1]?.url).toContain(`expiry-date?licenseKey=${KEYS.licenseKey}`)
  })

  it.each<[string, Canned, RegExp]>([
    ['is not switched on', { status: 401, body: errors('GA0001') }, /license\.expiryDate\.get/],
    ['is away', { status: 503 }, /確認できませんでした/],
    ['answers something else', { status: 200, body: '{"expiryDate":"そのうち"}' }, /読み取れません/],
    ['answers HTML', { status: 200, body: HTML }, /確認できませんでした/],
  ])('still succeeds when the expiry function %s', async (_name, expiry, words) => {
    const check = await sessionOf(answering([], expiry)).session.checkCredentials(NEVER)
    expect(check.expiries).toEqual([])
    expect(check.messages.join('')).toMatch(words)
  })

  it('refuses the keys of another shop', async () => {
    const { session } = sessionOf(answering(['999999-20260519-0123456789'], { status: 200 }))
    await expect(session.checkCredentials(NEVER)).rejects.toMatchObject({
      code: 'RAKUTEN_OTHER_SHOP',
      kind: 'rejected',
    })
  })
})
