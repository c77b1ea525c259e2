import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { elementsAt, parseXml, textAt, type XmlElement } from '../../../src/marketplaces/kit/xml.ts'
import type { SandboxEvent } from '../../kit/types.ts'
import { type AupaySimulator, startAupaySimulator } from './index.ts'

const SHOP = '10000001'
const OTHER = '10000002'

let mall: AupaySimulator
beforeEach(async () => {
  mall = await startAupaySimulator({
    shops: [
      { code: SHOP, name: '見本商店' },
      { code: OTHER, name: '別の店' },
    ],
  })
})
afterEach(() => mall.close())

interface Answer {
  http: number
  status: string | undefined
  code: string | undefined
  message: string | undefined
  content: XmlElement
  text: string
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${mall.keys.of(SHOP).key}`, ...(init.headers ?? {}) }
  const response = await fetch(`${mall.url}/wmshopapi/${path}`, { ...init, headers })
  const text = await response.text()
  const content = text.startsWith('<?xml') ? parseXml(text).content : {}
  const result = (...names: string[]) => textAt(content, 'result', ...names)
  return {
    http: response.status,
    status: result('status'),
    code: result('error', 'code'),
    message: result('error', 'message'),
    content,
    text,
  }
}

const post = (method: string, fields: Record<string, string>, body?: string) =>
  ask(method, {
    method: 'POST',
    headers: { 'content-type': 'application/xml; charset=utf-8' },
    body:
      body ??
      `<request><shopId>${SHOP}</shopId>${Object.entries(fields)
        .map(([name, text]) => `<${name}>${text}</${name}>`)
        .join('')}</request>`,
  })

async function orderOf(orderId: string): Promise<XmlElement> {
  const { content } = await ask(`searchTradeInfoProc?shopId=${SHOP}&orderId=${orderId}`)
  const [order] = elementsAt(content, 'orderInfo')
  if (!order) throw new Error('no order')
  return order
}

async function control(route: string, body?: unknown, shown = 200): Promise<Record<string, unknown>> {
  const [method = '', path = ''] = route.split(' ')
  const response = await fetch(`${mall.url}/_control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.status).toBe(shown)
  return (await response.json()) as Record<string, unknown>
}

const LIST = `searchTradeInfoListProc?shopId=${SHOP}`

describe('who may call', () => {
  it.each([
    ['no key', ''],
    ['another key', `Bearer ${'0'.repeat(64)}`],
    ['another scheme', 'Basic abc'],
  ])('refuses %s with 401 and 0002', async (_name, authorization) => {
    expect(await ask(LIST, { headers: { authorization } })).toMatchObject({
      http: 401,
      status: '1',
      code: '0002',
    })
  })

  it('ends a key after 90 days and when a new one is issued', async () => {
    const old = mall.keys.of(SHOP).key
    expect(old).toMatch(/^[0-9a-f]{64}$/)
    expect((await ask(LIST)).status).toBe('0')
    mall.clock.advance(91 * 86_400_000)
    expect((await ask(LIST)).code).toBe('0002')
    const { apiKey } = await control('POST keys', { shopCode: SHOP })
    expect(apiKey).not.toBe(old)
    expect((await ask(LIST)).status).toBe('0')
    expect((await ask(LIST, { headers: { authorization: `Bearer ${old}` } })).code).toBe('0002')
  })

  it('knows registered addresses', async () => {
    mall.change({ allowedIps: ['192.0.2.1'] })
    expect(await ask(LIST)).toMatchObject({ http: 401, code: '0002' })
    mall.change({ foreignIp: '403' })
    expect(await ask(LIST)).toMatchObject({ http: 403, code: '0002' })
    expect((await ask(LIST, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe('0')
  })

  it('wants the key’s own shop', async () => {
    expect(await ask('searchTradeInfoListProc')).toMatchObject({ http: 200, status: '1', code: 'CME0021' })
    mall.change({ shopErrorStatus: 400 })
    expect(await ask(`searchTradeInfoListProc?shopId=${OTHER}`)).toMatchObject({ http: 400, code: 'CME0022' })
  })

  it.each([
    ['429', 429, undefined],
    ['503-html', 503, undefined],
    ['status-1', 200, 'CME9001'],
  ] as const)('counts calls and answers %s above the limit', async (overLimit, http, code) => {
    mall.change({ requestsPerSecond: 1, overLimit })
    const answers = [await ask(LIST), await ask(LIST), await ask(LIST)]
    expect(answers[0]?.status).toBe('0')
    expect(answers[2]).toMatchObject({ http, code })
  })
})

describe('searches', () => {
  it('filter by period and status, in pages from a 1-based row', async () => {
    mall.clock.hold()
    const numbers = Array.from(
      { length: 12 },
      () => mall.place({ overrides: { orderStatus: '新規受付' } }).orderNumber,
    )
    mall.edit(numbers[0] ?? '', { orderStatus: '発送待ち' })
    mall.edit(numbers[1] ?? '', { orderStatus: '完了' })
    const idsOf = ({ content }: Answer) =>
      elementsAt(content, 'orderInfo').map((order) => textAt(order, 'orderId'))
    expect(idsOf(await ask(LIST))).toEqual(numbers.slice(0, 10))
    expect(idsOf(await ask(`${LIST}&totalCount=5&startCount=11`))).toEqual(numbers.slice(10))
    const status = encodeURIComponent('発送待ち')
    expect(idsOf(await ask(`${LIST}&orderStatus=${status}`))).toEqual([numbers[0]])
    expect(
      idsOf(await ask(`${LIST}&orderStatus=${status}&orderStatus2=${encodeURIComponent('完了')}`)),
    ).toEqual(numbers.slice(0, 2))
    expect(idsOf(await ask(`${LIST}&startDate=20000101&endDate=2000-01-02`))).toEqual([])
    expect(idsOf(await ask(`${LIST}&dateType=1`))).toEqual([])
    expect((await ask(`${LIST}&dateType=9`)).status).toBe('1')
    expect((await ask(`${LIST}&startDate=gestern`)).status).toBe('1')
  })

  it('count rows of the page or of the search', async () => {
    for (let placed = 0; placed < 12; placed += 1) mall.place()
    const count = async () => textAt((await ask(LIST)).content, 'resultCount')
    expect(await count()).toBe('10')
    mall.change({ resultCount: 'total' })
    expect(await count()).toBe('12')
  })

  it('know no other shop’s order and none that is not visible yet', async () => {
    const foreign = mall.place({ shopCode: OTHER }).orderNumber
    const early = mall.place({ visibleAfterSeconds: 60 }).orderNumber
    const find = (orderId: string) => ask(`searchTradeInfoProc?shopId=${SHOP}&orderId=${orderId}`)
    for (const number of [foreign, early]) {
      const { status, content } = await find(number)
      expect([status, content.orderInfo]).toEqual(['0', undefined])
    }
    mall.change({ unknownOrder: 'status-1' })
    expect((await find(foreign)).status).toBe('1')
    mall.clock.advance(61_000)
    expect((await find(early)).status).toBe('0')
    expect((await ask(`searchTradeInfoProc?shopId=${SHOP}`)).message).toBe('[orderId]必須入力項目です')
  })

  it('write empty elements, leave them out, and add new ones, each order always alike', async () => {
    const texts: string[] = []
    for (let placed = 0; placed < 60; placed += 1) {
      const path = `searchTradeInfoProc?shopId=${SHOP}&orderId=${mall.place().orderNumber}`
      const { text } = await ask(path)
      expect((await ask(path)).text).toBe(text)
      texts.push(text)
    }
    const some = (part: RegExp) => texts.filter((text) => part.test(text)).length
    for (const part of [
      /<memo><\/memo>/,
      /<memo\/>/,
      /newElementOf2027/,
      /<\/detail><\w+Price>/,
      /出荷準備中/,
    ])
      expect(some(part), String(part)).toBeGreaterThan(0)
    expect(some(/<memo/)).toBeLessThan(60)
  })

  it('make orders whose sums hold', () => {
    for (let placed = 0; placed < 200; placed += 1) mall.place()
    for (const { fields, details } of mall.store.all()) {
      const n = (name: string) => Number(fields[name] || '0')
      const lines = details.map((line) => Number(line.fields.itemPrice) * Number(line.fields.unit))
      const goods = lines.reduce((sum, line) => sum + line, 0)
      expect(n('totalSalePrice')).toBe(goods)
      const charges =
        n('postagePrice') + n('chargePrice') + n('totalItemOptionPrice') + n('totalGiftWrappingPrice')
      expect(n('totalPrice')).toBe(goods + charges)
      expect(n('requestPrice')).toBe(
        n('totalPrice') - n('couponTotalPrice') - n('usePoint') - n('useAuPointPrice'),
      )
      expect(n('requestPrice')).toBeGreaterThan(0)
      for (const name of ['totalPrice', 'requestPrice', 'couponTotalPrice'])
        expect(n(`${name}NormalTax`) + n(`${name}ReducedTax`)).toBe(n(name))
    }
  })
})

describe('updates', () => {
  const card = { settlementName: 'クレジットカード決済', authorizationStatus: 'Y', orderStatus: '新規受付' }

  it('ship and complete: the mall settles what was authorised', async () => {
    const orderId = mall.place({ overrides: card }).orderNumber
    const shipping = {
      orderId,
      shippingDate: '20260905',
      shippingCarrier: '1',
      shippingNumber: '400000000001',
    }
    expect(await post('updateTradeInfoProc', shipping)).toMatchObject({ http: 200, status: '0' })
    expect(await orderOf(orderId)).toMatchObject({
      shippingDate: '2026/09/05',
      shippingCarrier: '1',
      shippingNumber: '400000000001',
      orderStatus: '新規受付',
      shipStatus: 'N',
    })
    expect((await post('updateTradeStsProc', { orderId, orderStatus: '完了' })).status).toBe('0')
    expect(await orderOf(orderId)).toMatchObject({ orderStatus: '完了', shipStatus: 'Y', paymentStatus: 'Y' })
  })

  it('keep what is left out and take three forms of a date', async () => {
    const orderId = mall.place({ overrides: card }).orderNumber
    for (const shippingDate of ['20260905', '2026/09/06', '2026-09-07'])
      expect((await post('updateTradeInfoProc', { orderId, shippingDate, shippingNumber: '1' })).status).toBe(
        '0',
      )
    await post('updateTradeInfoProc', { orderId, shippingCarrier: '6' })
    expect(await orderOf(orderId)).toMatchObject({
      shippingDate: '2026/09/07',
      shippingNumber: '1',
      shippingCarrier: '6',
    })
  })

  it('cancel a whole order, and then nothing more', async () => {
    const orderId = mall.place({ overrides: card }).orderNumber
    expect(
      (await post('cancelTradeProc', { orderId, cancelReason: '9', cancelComment: '在庫切れのため' })).status,
    ).toBe('0')
    expect(await orderOf(orderId)).toMatchObject({
      orderStatus: 'キャンセル',
      cancelStatus: 'C',
      cancelReason: '9',
      cancelComment: '在庫切れのため',
    })
    expect((await post('updateTradeStsProc', { orderId, orderStatus: '発送待ち' })).status).toBe('1')
  })

  it.each<[string, string, Record<string, string>, RegExp]>([
    [
      'no order number',
      'updateTradeStsProc',
      { orderId: '', orderStatus: '完了' },
      /^\[orderId\]必須入力項目です$/,
    ],
    ['no status', 'updateTradeStsProc', {}, /^\[orderStatus\]必須入力項目です$/],
    ['キャンセル as a status', 'updateTradeStsProc', { orderStatus: 'キャンセル' }, /orderStatus/],
    ['no reason', 'cancelTradeProc', {}, /^\[cancelReason\]必須入力項目です$/],
    [
      'a long comment',
      'cancelTradeProc',
      { cancelReason: '9', cancelComment: 'あ'.repeat(34) },
      /cancelComment/,
    ],
    ['a carrier that is none', 'updateTradeInfoProc', { shippingCarrier: '8' }, /shippingCarrier/],
    ['a long number', 'updateTradeInfoProc', { shippingNumber: '1234567890123456' }, /shippingNumber/],
    ['a date that is none', 'updateTradeInfoProc', { shippingDate: 'morgen' }, /shippingDate/],
    ['an unknown order', 'updateTradeInfoProc', { orderId: '399999999' }, /存在しません/],
  ])('refuse %s', async (_name, method, fields, message) => {
    const orderId = mall.place({ overrides: card }).orderNumber
    const before = await orderOf(orderId)
    const answer = await post(method, { orderId, ...fields })
    expect(answer).toMatchObject({ http: 200, status: '1' })
    expect(answer.message).toMatch(message)
    expect(await orderOf(orderId)).toEqual(before)
  })

  it('are noted when they change something, and not when it was so already', async () => {
    const orderId = mall.place({ overrides: card }).orderNumber
    const shipping = { orderId, shippingDate: '20260905', shippingCarrier: '1' }
    for (let time = 0; time < 2; time++) {
      await post('updateTradeInfoProc', shipping)
      await post('updateTradeStsProc', { orderId, orderStatus: '完了' })
    }
    const noted = [
      { operation: 'updateTradeInfoProc', orderNumber: orderId },
      { operation: 'updateTradeStsProc', orderNumber: orderId },
    ]
    expect(mall.writes?.(orderId)).toMatchObject(noted)
    const writes = `${mall.url}/_control/writes`
    expect(await (await fetch(writes)).json()).toMatchObject({ writes: noted })
    await fetch(writes, { method: 'DELETE' })
    expect(mall.writes?.()).toEqual([])
  })

  it('take a wrapped body, and one that is no XML, as empty', async () => {
    const orderId = mall.place().orderNumber
    const wrapped = `<request><shopId>${SHOP}</shopId><orderInfo><orderId>${orderId}</orderId></orderInfo></request>`
    expect((await post('updateTradeInfoProc', {}, wrapped)).message).toBe('[orderId]必須入力項目です')
    expect((await post('updateTradeInfoProc', {}, '<request>')).code).toBe('CME0021')
  })

  it('may want shipping data before 完了, and take the shop’s own statuses', async () => {
    mall.change({ needsShipping: true })
    const orderId = mall.place({ overrides: card }).orderNumber
    expect((await post('updateTradeStsProc', { orderId, orderStatus: '完了' })).status).toBe('1')
    expect((await post('updateTradeStsProc', { orderId, orderStatus: '出荷準備中' })).status).toBe('0')
  })
})

describe('time and people', () => {
  it('end a review on the simulator’s clock', async () => {
    const orders = Array.from({ length: 100 }, () => mall.place())
    const reviewed = mall.store.all().find(({ fields }) => fields.orderStatus === '不正取引審査中')
    if (!reviewed) throw new Error(`none of ${orders.length} orders is under review`)
    expect(await orderOf(reviewed.orderNumber)).toMatchObject({ orderStatus: '不正取引審査中' })
    mall.clock.advance((mall.settings().reviewSeconds + 1) * 1000)
    expect(await orderOf(reviewed.orderNumber)).toMatchObject({ orderStatus: '新規受付' })
  })

  it('place, edit, pay and cancel through the control API, and tell of it', async () => {
    const events: SandboxEvent[] = []
    mall.onEvent((event) => events.push(event))
    const { orders } = (await control('POST orders', {
      count: 2,
      shopCode: SHOP,
      overrides: { orderStatus: '新規受付' },
    })) as { orders: { orderNumber: string }[] }
    const [first = '', second = ''] = orders.map(({ orderNumber }) => orderNumber)
    await control(`PATCH orders/${first}`, { memo: 'メモ' })
    await control(`POST orders/${first}/pay`)
    await control(`POST orders/${first}/request-cancel`)
    expect(await orderOf(first)).toMatchObject({
      memo: 'メモ',
      paymentStatus: 'Y',
      orderStatus: 'キャンセル受付中',
    })
    await control(`POST orders/${second}/cancel`)
    expect(events.map(({ type }) => type)).toEqual([
      'placed',
      'placed',
      'changed',
      'paid',
      'changed',
      'cancelled',
    ])
    expect(events.at(-1)?.order).toMatchObject({ marketplace: 'aupay', orderNumber: second })
    expect((await control('GET orders')).orders).toHaveLength(2)
  })

  it('sets faults, settings and the clock through the control API', async () => {
    await control('PUT faults', { kind: '502-html', times: 1 })
    expect((await ask(LIST)).http).toBe(502)
    expect((await ask(LIST)).http).toBe(200)
    await control('PUT settings', { mailNumberLabel: '受注ID' })
    expect(mall.place().mail?.numberLabel).toBe('受注ID')
    await control('PUT settings', { resultCount: 'neither' }, 422)
    await control('POST clock', { hold: true, setTo: '2026-09-03T20:13:00+09:00' })
    const { orderNumber } = mall.place()
    expect((await orderOf(orderNumber)).orderDate).toBe('2026/09/03 20:13')
    expect(await control('GET calls')).toMatchObject({ searchTradeInfoListProc: 2, searchTradeInfoProc: 1 })
    await control('GET nothing', undefined, 404)
  })

  it('makes the same orders of the same seed', async () => {
    const twin = await startAupaySimulator({ shops: [{ code: SHOP, name: '見本商店' }], clock: mall.clock })
    mall.clock.hold()
    const facts = ({ mail: _mail, ...order }: ReturnType<AupaySimulator['place']>) => order
    expect(facts(twin.place())).toEqual(facts(mall.place()))
    await twin.close()
  })
})
