import { describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { FetchOutcome } from '../../../src/marketplaces/port/session.ts'
import { HttpError } from '../../../src/platform/http/http-client.ts'
import { answer, ORDER_XML, refusalXml } from './fixtures/order.ts'
import { HTML, KEY, NEVER, open, type Reply } from './fixtures/shop.ts'

const NUMBER = '300000001'
async function fetchOne(reply: Parameters<typeof open>[0]): Promise<FetchOutcome | MarketplaceFailure> {
  try {
    for await (const outcome of open(reply).session.fetchOrders([NUMBER], NEVER)) return outcome
  } catch (error) {
    if (error instanceof MarketplaceFailure) return error
    throw error
  }
  throw new Error('no outcome')
}

describe('a call', () => {
  it('carries key, shop and number as the API asks', async () => {
    const { session, requests, tools } = open({ body: answer(ORDER_XML) })
    for await (const outcome of session.fetchOrders([NUMBER], NEVER)) expect(outcome.kind).toBe('found')
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: `https://api.example/wmshopapi/searchTradeInfoProc?shopId=10000001&orderId=${NUMBER}`,
      headers: {
        authorization: `Bearer ${KEY}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
    expect(tools.quotas).toEqual([{ key: 'aupay:shop:10000001', perSecond: 2, burst: 2 }])
  })

  it('asks for a list by seconds of order date, both ends included', async () => {
    const { session, requests } = open({ body: answer('<resultCount>0</resultCount>') })
    const window = { from: new Date('2026-09-03T15:00:00Z'), to: new Date('2026-09-04T15:00:00Z') }
    expect(await session.listOrders(window, null, NEVER)).toEqual({ orders: [], next: null, total: 0 })
    const url = new URL(requests[0]?.url ?? '')
    expect(url.pathname).toBe('/wmshopapi/searchTradeInfoListProc')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      shopId: '10000001',
      totalCount: '500',
      startCount: '1',
      startDate: '20260904000000',
      endDate: '20260904235959',
      dateType: '0',
    })
  })
})

type Expected = [kind: MarketplaceFailure['kind'], code: string]

describe('what concerns the whole shop', () => {
  it.each<[string, Reply | Error, ...Expected]>([
    [
      '401 with 0002',
      { status: 401, body: refusalXml('0002', '認証に失敗しました') },
      'unauthorised',
      'AUPAY_KEY_REFUSED',
    ],
    [
      '200 with 0002',
      { body: refusalXml('0002', '認証に失敗しました') },
      'unauthorised',
      'AUPAY_KEY_REFUSED',
    ],
    ['401 without XML', { status: 401, body: '' }, 'unauthorised', 'AUPAY_KEY_REFUSED'],
    ['401 with HTML', { status: 401, body: HTML }, 'unauthorised', 'AUPAY_KEY_REFUSED'],
    [
      '401 with another code',
      { status: 401, body: refusalXml('0009', '?') },
      'unauthorised',
      'AUPAY_KEY_REFUSED',
    ],
    ['403', { status: 403, body: '' }, 'unauthorised', 'AUPAY_ACCESS_FORBIDDEN'],
    [
      '403 with 0002',
      { status: 403, body: refusalXml('0002', '認証に失敗しました') },
      'unauthorised',
      'AUPAY_KEY_REFUSED',
    ],
    [
      'CME0021',
      { body: refusalXml('CME0021', '店舗IDが設定されていません。') },
      'unauthorised',
      'AUPAY_SHOP_REFUSED',
    ],
    [
      'CME0022 with 400',
      { status: 400, body: refusalXml('CME0022', '店舗IDが正しくありません。') },
      'unauthorised',
      'AUPAY_SHOP_REFUSED',
    ],
    ['429', { status: 429, body: '' }, 'throttled', 'AUPAY_THROTTLED'],
    [
      'too many, in words',
      { body: refusalXml('CME9001', 'アクセス回数の上限を超えました。') },
      'throttled',
      'AUPAY_THROTTLED',
    ],
    [
      'maintenance, in words',
      { body: refusalXml('CME9002', 'ただいまメンテナンス中です。') },
      'unavailable',
      'AUPAY_UNAVAILABLE',
    ],
    ...(
      [
        ['1001', 'APIキーの有効期限が切れています。', 'AUPAY_KEY_REFUSED'],
        ['1002', 'ＡＰＩキーが正しくありません', 'AUPAY_KEY_REFUSED'],
        ['1003', '認証エラーが発生しました。', 'AUPAY_KEY_REFUSED'],
        ['1004', 'APIの利用権限がありません。', 'AUPAY_KEY_REFUSED'],
        ['1005', 'Unauthorized', 'AUPAY_KEY_REFUSED'],
        ['1006', '許可されていないIPアドレスからのアクセスです。', 'AUPAY_ACCESS_FORBIDDEN'],
        ['1007', '接続元アドレスが登録されていません', 'AUPAY_ACCESS_FORBIDDEN'],
      ] as const
    ).flatMap(([code, words, ours]): [string, Reply, ...Expected][] => [
      [`${words} with 200`, { body: refusalXml(code, words) }, 'unauthorised', ours],
      [`${words} with 400`, { status: 400, body: refusalXml(code, words) }, 'unauthorised', ours],
    ]),
    ['502 HTML', { status: 502, body: HTML }, 'unavailable', 'AUPAY_SERVER_ERROR'],
    [
      '500 with XML',
      { status: 500, body: refusalXml('E1', 'システムエラー') },
      'unavailable',
      'AUPAY_SERVER_ERROR',
    ],
    ['503', { status: 503, body: '' }, 'unavailable', 'AUPAY_UNAVAILABLE'],
    ['200 HTML', { body: HTML }, 'unavailable', 'AUPAY_GATEWAY_PAGE'],
    ['404 HTML', { status: 404, body: HTML }, 'unavailable', 'AUPAY_GATEWAY_PAGE'],
    ['empty body', { body: '' }, 'unavailable', 'AUPAY_EMPTY_ANSWER'],
    ['302', { status: 302, body: '' }, 'unavailable', 'AUPAY_EMPTY_ANSWER'],
    ['no connection', new HttpError('unreachable', 'x'), 'unavailable', 'AUPAY_UNREACHABLE'],
    ['no answer', new HttpError('timeout', 'x'), 'unavailable', 'AUPAY_TIMEOUT'],
    ['cut off', new HttpError('broken', 'x'), 'unavailable', 'AUPAY_CONNECTION_BROKEN'],
  ])('%s', async (_name, reply, kind, code) => {
    const failure = await fetchOne(reply)
    expect(failure).toBeInstanceOf(MarketplaceFailure)
    expect(failure).toMatchObject({ kind, code })
    const { message, renew } = failure as MarketplaceFailure
    expect(message).toMatch(/[ぁ-ん]/)
    expect(message).not.toContain(KEY)
    if (kind === 'unauthorised') expect(renew).toMatch(/確認|登録/)
  })

  it('keeps the mall’s own code and words, wherever they stand', async () => {
    const beside =
      '<response><result><status>1</status><code>0002</code><message>認証に\n失敗しました</message></result></response>'
    expect(await fetchOne({ status: 401, body: beside })).toMatchObject({
      mallCode: '0002',
      mallMessage: '認証に 失敗しました',
      status: 401,
    })
  })
})

describe('what concerns one order', () => {
  it.each<[string, Reply | Error, FetchOutcome['kind'], string?]>([
    ['status 0 without orderInfo', { body: answer('') }, 'not_found'],
    ['status 0 with an empty orderInfo', { body: answer('<orderInfo/>') }, 'not_found'],
    [
      'status 0 with an empty orderInfo of two tags',
      { body: answer('<orderInfo></orderInfo>') },
      'not_found',
    ],
    [
      'status 1 that knows no such order',
      { body: refusalXml('TRE0001', '該当する取引が存在しません。') },
      'not_found',
    ],
    [
      'the same with 400',
      { status: 400, body: refusalXml('TRE0001', '該当する取引が存在しません。') },
      'not_found',
    ],
    ['the same with 404', { status: 404, body: refusalXml('TRE0001', '取引が見つかりません') }, 'not_found'],
    ...[
      '本人認証に失敗した注文です。',
      'カードの認証エラーのため変更できません。',
      'メールアドレスが正しくありません。',
      'クーポンの利用期限が切れています。',
      'このAPIでは発送期限を過ぎた注文を返しません。',
    ].map((words): [string, Reply, FetchOutcome['kind']] => [
      `words that are not the key’s: ${words}`,
      { body: refusalXml('XYZ', words) },
      'not_found',
    ]),
    ['status 1 with a code that nobody knows', { body: refusalXml('XYZ', 'エラー') }, 'not_found'],
    [
      'a missing element',
      { body: refusalXml('CME0001', '[orderId]必須入力項目です') },
      'failed',
      'AUPAY_REJECTED',
    ],
    ['no XML', { body: 'OK' }, 'failed', 'AUPAY_MALFORMED'],
    ['404 without XML', { status: 404, body: 'not found' }, 'failed', 'AUPAY_MALFORMED'],
    ['cut XML', { body: answer(ORDER_XML).slice(0, -30) }, 'failed', 'AUPAY_MALFORMED'],
    [
      'a DOCTYPE',
      { body: `<!DOCTYPE a [<!ENTITY b "c">]>${answer(ORDER_XML).replace(/^.*\n/, '')}` },
      'failed',
      'AUPAY_MALFORMED',
    ],
    [
      'another root',
      { body: '<html5><result><status>0</status></result></html5>' },
      'failed',
      'AUPAY_MALFORMED',
    ],
    ['no status', { body: `<response>${ORDER_XML}</response>` }, 'failed', 'AUPAY_MALFORMED'],
    [
      'an empty status',
      { body: `<response><result><status/></result>${ORDER_XML}</response>` },
      'failed',
      'AUPAY_MALFORMED',
    ],
    ['an order with HTTP 400', { status: 400, body: answer(ORDER_XML) }, 'failed', 'AUPAY_MALFORMED'],
    ['another order', { body: answer(ORDER_XML.replace(NUMBER, '300000002')) }, 'failed', 'AUPAY_MALFORMED'],
    [
      'an order without its price',
      { body: answer(ORDER_XML.replace('<itemPrice>1980<', '<itemPrice><')) },
      'failed',
      'AUPAY_MALFORMED',
    ],
    ['too much', new HttpError('too_large', 'x'), 'failed', 'AUPAY_ANSWER_TOO_LARGE'],
    ['an order', { body: answer(ORDER_XML) }, 'found'],
    [
      'an order with BOM and namespace',
      { body: `\ufeff${answer(ORDER_XML).replace('<response>', '<response xmlns="urn:x">')}` },
      'found',
    ],
  ])('%s', async (_name, reply, kind, code) => {
    const outcome = await fetchOne(reply)
    expect(outcome).toMatchObject({ kind, orderNumber: NUMBER })
    if (code) expect((outcome as Extract<FetchOutcome, { kind: 'failed' }>).failure).toMatchObject({ code })
  })

  it('tells of a refusal whose code nobody knows, and of none that means "not there"', async () => {
    const known = open({ body: refusalXml('TRE0001', '該当する取引が存在しません。') })
    const unknown = open({ body: refusalXml('XYZ', 'エラー') })
    for (const { session } of [known, unknown]) {
      for await (const outcome of session.fetchOrders([NUMBER], NEVER)) expect(outcome.kind).toBe('not_found')
    }
    expect(known.tools.notices).toEqual([])
    expect(unknown.tools.notices.map(({ code }) => code)).toEqual(['AUPAY_UNKNOWN_ERROR'])
  })

  it('does not ask for what cannot be a number', async () => {
    const { session, requests } = open({ body: '' })
    for await (const outcome of session.fetchOrders(['123456-20260519-0123456789'], NEVER))
      expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'AUPAY_ORDER_NUMBER_FORM' } })
    expect(requests).toEqual([])
  })

  it('looks again at an order that the mall still decides on', async () => {
    const { session, tools } = open({ body: answer(ORDER_XML.replace('>新規受付<', '>不正取引審査中<')) })
    tools.clock = { ...tools.clock, now: () => Date.parse('2026-09-03T20:20:00+09:00') }
    for await (const outcome of session.fetchOrders([NUMBER], NEVER))
      expect(outcome.kind === 'found' && outcome.rereadAt?.toISOString()).toBe('2026-09-03T12:20:00.000Z')
  })
})

describe('a credential check that is refused', () => {
  const check = (words: string) => open({ body: refusalXml('9999', words) }).session.checkCredentials(NEVER)

  it.each(['店舗の利用が停止されています。', 'この操作は許可されていません。', '出店契約が終了しています'])(
    'is attention where it speaks of the shop: %s',
    async (words) => {
      await expect(check(words)).rejects.toMatchObject({
        kind: 'unauthorised',
        code: 'AUPAY_ACCESS_REFUSED',
        message: expect.stringContaining(words),
        mallCode: '9999',
      })
    },
  )

  it.each(['エラー', '店舗情報の取得に失敗しました', ''])('is none otherwise: %s', async (words) => {
    await expect(check(words)).rejects.toMatchObject({ kind: 'rejected', code: 'AUPAY_REJECTED' })
  })
})
