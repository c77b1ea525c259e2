import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createShipRequests } from '../../../src/app/api-area.ts'
import { labelRoutes } from '../../../src/labels/routes.ts'
import { readIslands } from '../../../src/marks/rules.ts'
import { packingRoutes } from '../../../src/packing/routes.ts'
import { decodeCp932, encodeCp932 } from '../../../src/platform/csv.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { type ChangeBench, changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { watchStalls } from '../../support/stalls.ts'

let database: TestDatabase
let bench: ChangeBench
let server: RestServer
let key: Record<string, string>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await server?.close()
  await database.close()
})
beforeEach(async () => {
  await server?.close()
  await database.db.tenant.deleteMany()
  bench = await changeBench(database, 2)
  const deps = { ...bench.requestDeps, ...bench.deps, random: systemRandom, db: database.db }
  server = await restServer(database.db, {
    marketplaces: bench.deps.marketplaces,
    clock: bench.clock,
    more: {
      clientRoutes: [
        packingRoutes(deps),
        labelRoutes({
          ...deps,
          ships: createShipRequests(bench.requestDeps),
          readIslands: (tenantId) => readIslands(deps, tenantId),
        }),
      ],
      operatorRoutes: [],
    },
  })
  key = await server.keyFor(bench.tenantId)
})

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
const call = (method: Method, url: string, payload?: object, headers = key) =>
  server.app.inject({ method, url: `/v1${url}`, headers, ...(payload && { payload }) })
const csv = (...lines: string[]) => Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
const importing = (file: Buffer, more: object = {}, headers = key) =>
  call('POST', '/items/import', { file: file.toString('base64'), ...more }, headers)
const listed = async (headers = key) =>
  (await call('GET', '/items', undefined, headers))
    .json()
    .items.map(({ code, shelf, jan }: Record<string, string>) => [code, shelf, jan].join(' ').trim())

/** Another tenant's key. */
async function strangersKey() {
  const { id: tenantId } = await makeTenant(database.db)
  const { id: shopId } = await makeShop(database.db, { tenantId, code: '777777' })
  return { headers: await server.keyFor(tenantId), shopId }
}

describe('the item list', () => {
  it.each([
    ['a NUL', Buffer.from('商品コード,棚番\r\na\0b,A-1\r\n')],
    ['a NUL as the shelf', Buffer.from('商品コード,棚番\r\nab,\0\r\n')],
    ['__proto__', csv('商品コード,棚番', '__proto__,A-1', 'constructor,A-2')],
    ['half a letter in CP932', Buffer.from([...Buffer.from('SKU,shelf\r\na'), 0x81, 0x0d, 0x0a])],
    ['one line of 2 MB', csv(`SKU,${'x'.repeat(1_900_000)}`)],
    ['a code that folding makes long', csv('SKU,shelf', `${'\ufdfa'.repeat(90)},A`)],
    ['words that are no codes', csv('SKU,shelf', '\u202eabc,A', '\ud83d\ude00,A')],
  ])('%s is read, or told by its row', async (_what, file) => {
    const answer = await importing(file)
    expect([200, 422]).toContain(answer.statusCode)
  })

  it('is read from a file, changed by the columns that a later one has, and replaced as a whole', async () => {
    const first = encodeCp932('商品コード,棚番,JAN\r\nTee-01,A-01,4901234567894\r\ncap,B-02,\r\n')
    expect((await importing(first, { dryRun: true })).json()).toMatchObject({ created: 2, dryRun: true })
    expect(await listed()).toEqual([])
    expect((await importing(first)).json()).toEqual({
      rows: 2,
      created: 2,
      updated: 0,
      unchanged: 0,
      removed: 0,
    })
    expect(await listed()).toEqual(['cap B-02', 'Tee-01 A-01 4901234567894'])
    // Without the column JAN it stays; an empty cell empties.
    const moved = csv('SKU,ロケーション', 'tee-01,A-09', 'cap,', 'mug,C')
    expect((await importing(moved)).json()).toMatchObject({ created: 1, updated: 2, unchanged: 0 })
    expect((await importing(moved)).json()).toMatchObject({ created: 0, updated: 0, unchanged: 3 })
    expect(await listed()).toEqual(['cap', 'mug C', 'tee-01 A-09 4901234567894'])
    expect((await importing(csv('商品コード,棚番', 'mug,C'), { replace: true })).json()).toMatchObject({
      unchanged: 1,
      removed: 2,
    })
    expect(await listed()).toEqual(['mug C'])
    const audited = await database.db.auditEntry.findMany({
      where: { action: 'items.imported', tenantId: bench.tenantId },
    })
    expect(audited).toHaveLength(4)
  })

  it('takes nothing of a file with a fault, which is told by its row', async () => {
    const answer = await importing(csv('商品コード,棚番,JAN', 'a,1,', 'b,2,123', 'A,3,'))
    expect([answer.statusCode, answer.json().errors]).toMatchObject([
      422,
      [
        { field: 'file.3行目.JAN', code: 'MALFORMED', message: expect.stringMatching(/^3行目: /) },
        { code: 'ROW_TWICE', message: expect.stringContaining('2行目と同じ') },
      ],
    ])
    expect(await listed()).toEqual([])
    for (const [file, message] of [
      [csv('棚番', 'A'), '「商品コード」の列がありません'],
      [Buffer.from([0x82, 0xff, 0xfe, 0x0a]), '文字コード'],
      [csv('商品コード', ...Array.from({ length: 20_001 }, (_, at) => `c${at}`)), '20,001 行まで'],
    ] as const) {
      const refused = await importing(file)
      expect(refused.statusCode).toBe(422)
      expect(JSON.stringify(refused.json())).toContain(message)
    }
    // Nor more than the list holds by several files.
    const many = (from: number) =>
      csv('商品コード', ...Array.from({ length: 15_000 }, (_, at) => `c${from + at}`))
    expect((await importing(many(0))).statusCode).toBe(200)
    expect((await importing(many(10_000))).json().errors[0].message).toContain('25,000')
    expect((await importing(many(10_000), { replace: true })).json()).toMatchObject({
      created: 10_000,
      unchanged: 5_000,
      removed: 10_000,
    })
  })

  it('is a tenant’s own, paged, searched and written as a file that is read again', async () => {
    await importing(csv('商品コード,棚番', '0600001,A-1', 'b,A-2', 'c,B-1'))
    const stranger = await strangersKey()
    expect(await listed(stranger.headers)).toEqual([])
    await importing(csv('商品コード', 'only'), { replace: true }, stranger.headers)
    const page = (await call('GET', '/items?limit=2')).json()
    expect(page.items.map(({ code }: { code: string }) => code)).toEqual(['0600001', 'b'])
    expect((await call('GET', `/items?limit=2&cursor=${page.nextCursor}`)).json()).toMatchObject({
      items: [{ code: 'c' }],
      nextCursor: null,
    })
    expect((await call('GET', '/items?part=a-')).json().items).toHaveLength(2)
    expect((await call('GET', '/items?part=%25')).json().items).toHaveLength(0)
    const file = await call('GET', '/items/export')
    expect(file.headers['content-type']).toContain('text/csv')
    expect((await importing(file.rawPayload, { replace: true })).json()).toMatchObject({ unchanged: 3 })
  })

  it('holds nobody up by its length, read or written', async () => {
    const line = (at: number) =>
      `sample-tee-${at}-wt-冬,A-${at % 99}-01,婦人服トップス長袖${at},常温,4901234567894`
    const file = csv(
      '商品コード,棚番,品名,温度帯,JAN',
      ...Array.from({ length: 20_000 }, (_, at) => line(at)),
    )
    const stalls = watchStalls()
    expect((await importing(file)).json()).toMatchObject({ created: 20_000 })
    expect((await call('GET', '/items/export')).rawPayload.length).toBeGreaterThan(1_000_000)
    // 520 ms when all rows were read at a stretch, and 70 when they were written so.
    expect(stalls.stop()).toBeLessThan(200)
  })

  it('is changed with its entry in the audit, or not at all', async () => {
    await database.pool.query(`create function no_audit() returns trigger language plpgsql as $$ begin
      raise exception 'no room' using errcode = '53100'; end $$;
      create trigger no_audit before insert on audit_entries for each row execute function no_audit()`)
    try {
      expect((await importing(csv('商品コード,棚番', 'a,1'))).statusCode).toBe(503)
    } finally {
      await database.pool.query('drop function no_audit cascade')
    }
    expect(await listed()).toEqual([])
  })

  it('two files at once follow each other', async () => {
    const files = ['x', 'y'].map((name) =>
      importing(csv('商品コード,棚番', ...Array.from({ length: 500 }, (_, at) => `c${at},${name}`)), {
        replace: true,
      }),
    )
    const answers = await Promise.all(files)
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200])
    expect(answers.map((one) => one.json().created).sort()).toEqual([0, 500])
  })

  it('names goods and class of a label, and the shelves of an order’s lines', async () => {
    await importing(csv('商品コード,棚番,品名,温度帯', 'item-1,A-01,洋菓子,冷凍', 'item-9,Z,,'))
    const { lines } = (await call('POST', '/items/match', { orderIds: bench.orderIds })).json()
    expect(lines).toEqual(
      bench.orderIds.map((orderId) => ({
        orderId,
        lineId: '1',
        code: 'item-1',
        shelf: 'A-01',
        goodsName: '洋菓子',
        temperature: 'frozen',
        jan: '',
      })),
    )
    const stranger = await strangersKey()
    expect(
      (await call('POST', '/items/match', { orderIds: bench.orderIds }, stranger.headers)).json(),
    ).toEqual({ lines: [] })
    const sender = {
      name: '取込商店',
      postalCode: '1000001',
      address: '東京都千代田区千代田1-1',
      phone: '03-1234-5678',
    }
    const settings = { sender, goodsName: '衣類', billingCode: '0312345678', freightNumber: '01' }
    await call('PUT', '/labels/settings', { format: 'yamato_b2', settings })
    const made = await call('POST', '/labels', {
      format: 'yamato_b2',
      orderIds: bench.orderIds.slice(0, 1),
      options: { service: 'takkyubin', shippedOn: '2026-01-16' },
    })
    expect(made.json().orders[0]).toMatchObject({ ok: true, labels: [{ temperature: 'frozen' }] })
    const cells = decodeCp932(Buffer.from(made.json().file, 'base64')).split('\r\n')[1]?.split(',')
    expect([cells?.[2], cells?.[27]]).toEqual(['1', '洋菓子'])
  })
})

const LOGO =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAQCAIAAABV7cRbAAAAFElEQVR4nGP4z8CAFTGMSgxKCQCX7IABx7NCpQAAAABJRU5ErkJggg=='

describe('a shop’s papers', () => {
  const papers = (shopId = bench.shopId) => `/shops/${shopId}/papers`
  const put = (url: string, payload: object, headers = key, version = '*') =>
    call('PUT', url, payload, { ...headers, 'if-match': version })

  it('have its words and its logo, and an ETag', async () => {
    expect((await call('GET', papers())).json()).toEqual({
      headText: '',
      footText: '',
      packText: '',
      logo: null,
      updatedAt: null,
      version: 0,
    })
    const wanted = { headText: ' 上\r\n二行目\u0007 ', footText: '下', packText: 'チラシ', logo: LOGO }
    const set = await put(papers(), wanted)
    expect(set.json()).toMatchObject({
      headText: '上\n二行目',
      footText: '下',
      packText: 'チラシ',
      logo: { file: LOGO, type: 'image/png', width: 8, height: 16 },
    })
    const read = await call('GET', papers())
    expect(read.json()).toEqual(set.json())
    const again = await call('GET', papers(), undefined, {
      ...key,
      'if-none-match': String(read.headers.etag),
    })
    expect(again.statusCode).toBe(304)
    expect((await put(papers(), { ...wanted, logo: null })).json().logo).toBeNull()
    expect(await database.db.auditEntry.count({ where: { action: 'shop.papers_updated' } })).toBe(2)
  })

  it.each([
    ['not_a_picture', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['not_a_picture', Buffer.from('RIFF0000WEBPVP8 ')],
    ['picture_size', bigPng()],
    ['too_big', Buffer.concat([Buffer.alloc(200 * 1_024), Buffer.from('x')])],
  ])('refuse a logo: %s', async (code, bytes) => {
    const answer = await put(papers(), { headText: '', footText: '', logo: bytes.toString('base64') })
    expect([answer.statusCode, answer.json().errors]).toMatchObject([422, [{ field: 'logo', code }]])
  })

  it('refuse long words, and are another tenant’s of nobody', async () => {
    const none = { headText: '', footText: '', logo: null }
    for (const wordy of [
      { headText: 'あ'.repeat(301) },
      { footText: Array.from({ length: 13 }, () => 'あ').join('\n') },
      { footText: 'あ'.repeat(1_001) },
      { logo: 'no base64!' },
      { colour: 'red' },
    ])
      expect((await put(papers(), { ...none, ...wordy })).statusCode).toBe(422)
    const stranger = await strangersKey()
    const empty = { headText: 'x', footText: '', logo: null }
    expect((await put(papers(), empty, stranger.headers)).statusCode).toBe(404)
    expect((await call('GET', papers(), undefined, stranger.headers)).statusCode).toBe(404)
    expect((await put(papers(stranger.shopId), empty)).statusCode).toBe(404)
    expect(await database.db.shopPapers.count()).toBe(0)
  })

  it('are changed on the version that was read, and by one of two at once', async () => {
    const words = (headText: string) => ({ headText, footText: '', logo: null })
    const missing = await call('PUT', papers(), words('a'))
    expect([missing.statusCode, missing.json().code]).toEqual([428, 'IF_MATCH_MISSING'])
    const tag = async () => String((await call('GET', papers())).headers.etag)
    const first = await tag()
    expect((await put(papers(), words('a'), key, first)).statusCode).toBe(200)
    const late = await put(papers(), words('b'), key, first)
    expect([late.statusCode, late.json()]).toMatchObject([
      412,
      { code: 'VERSION_MISMATCH', current: { headText: 'a' }, sent: { version: 0 } },
    ])
    const seen = await tag()
    const both = await Promise.all(['c', 'd'].map((one) => put(papers(), words(one), key, seen)))
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412])
    const { version, headText } = (await call('GET', papers())).json()
    const won = both.find(({ statusCode }) => statusCode === 200)?.json()
    expect([version, headText]).toEqual([won.version, won.headText])
  })

  it('are the same for other shops, all of them or none', async () => {
    const other = await makeShop(database.db, { tenantId: bench.tenantId, code: 'papers2' })
    const stranger = await strangersKey()
    const wanted = { headText: '同じ', footText: '', logo: LOGO }
    const refused = await put(papers(), { ...wanted, alsoShops: [other.id, stranger.shopId] })
    expect([refused.statusCode, await database.db.shopPapers.count()]).toEqual([404, 0])
    await put(papers(other.id), { ...wanted, headText: '別' })
    expect((await put(papers(), { ...wanted, alsoShops: [other.id] })).statusCode).toBe(200)
    expect((await call('GET', papers(other.id))).json()).toMatchObject({
      headText: '同じ',
      logo: { file: LOGO },
    })
    expect(
      await database.db.auditEntry.count({
        where: { action: 'shop.papers_updated', tenantId: bench.tenantId },
      }),
    ).toBe(3)
  })

  it('go with their shop', async () => {
    await put(papers(), { headText: 'x', footText: '', logo: LOGO })
    await database.db.tenant.deleteMany({ where: { id: bench.tenantId } })
    expect([await database.db.shopPapers.count(), await database.db.item.count()]).toEqual([0, 0])
  })
})

/** The head of one of 4,000 × 4,000 pixels. */
function bigPng(): Buffer {
  const bytes = Buffer.from(LOGO, 'base64')
  bytes.writeUInt32BE(4_000, 16)
  bytes.writeUInt32BE(4_000, 20)
  return bytes
}
