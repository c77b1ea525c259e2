import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createShipRequests } from '../../../src/app/api-area.ts'
import { labelRoutes } from '../../../src/labels/routes.ts'
import { formatOf } from '../../../src/labels/settings.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { readIslands, readMarkLabels } from '../../../src/marks/rules.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { exportRoutes } from '../../../src/orders/export-csv.ts'
import { openDetail } from '../../../src/orders/store/content.ts'
import { csvLines, decodeCp932, encodeCp932 } from '../../../src/platform/csv.ts'
import { createHeavyReads } from '../../../src/platform/db/heavy-reads.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { type ChangeBench, changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { type RestServer, restServer, testMarketplaces } from '../../support/http/rest-server.ts'
import { numbers } from '../../support/imports/import-bench.ts'
import { watchStalls } from '../../support/stalls.ts'
import { NEXT_ENGINE_NAMES } from '../../unit/labels/column-names.ts'

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
  bench = await changeBench(database, 3)
  const deps = { ...bench.requestDeps, ...bench.deps, random: systemRandom, db: database.db }
  const ships = createShipRequests(bench.requestDeps)
  server = await restServer(database.db, {
    marketplaces: bench.deps.marketplaces,
    clock: bench.clock,
    more: {
      clientRoutes: [
        labelRoutes({ ...deps, ships, readIslands: (tenantId) => readIslands(deps, tenantId) }),
        exportRoutes({
          ...deps,
          heavyReads: createHeavyReads(),
          readMarkLabels: (tenantId) => readMarkLabels(deps, tenantId),
        }),
      ],
      operatorRoutes: [],
    },
  })
  key = await server.keyFor(bench.tenantId)
})

const call = (method: 'POST' | 'PUT', url: string, payload: object, headers: Record<string, string> = {}) =>
  server.app.inject({ method, url: `/v1${url}`, headers: { ...key, ...headers }, payload })

const SETTINGS = {
  sender: {
    name: '取込商店',
    postalCode: '1000001',
    address: '東京都千代田区千代田1-1',
    phone: '03-1234-5678',
  },
  goodsName: '衣類',
  billingCode: '0312345678',
  freightNumber: '01',
}
const configure = () => call('PUT', '/labels/settings', { format: 'yamato_b2', settings: SETTINGS })
const wanted = (more: object = {}) => ({
  format: 'yamato_b2',
  orderIds: bench.orderIds,
  options: { service: 'takkyubin', shippedOn: '2026-01-16' },
  ...more,
})

const { sender } = SETTINGS
const blank = (cells: number): string[] => Array.from({ length: cells }, () => '')
/**
 * The whole line of one order by each tool's list of columns; test/unit/labels holds the names. Null: no
 * heading line. Every cell is quoted, or none.
 */
const FILES = [
  [
    'sagawa_ehiden3',
    { sender, goodsName: '衣類', customerCode: '123456789012' },
    [
      ...[
        '',
        '',
        '090-1234-5678',
        '907-0001',
        '沖縄県石垣市大浜１－２－３',
        'ハイツ浜　１０１',
        '',
        '髙橋　花子',
        '',
      ],
      ...[
        'T000000000',
        '123456789012',
        ...blank(6),
        '03-1234-5678',
        '100-0001',
        '東京都千代田区千代田１－１',
        '',
      ],
      ...['取込商店', '', '', '衣類', ...blank(16), '1', '000', '001', ...blank(5), '0', ...blank(7), '1'],
      ...['', '', '20260116', ...blank(13)],
    ],
    { quoted: true, heading: true },
  ],
  [
    'click_post',
    { goodsName: '衣類' },
    ['907-0001', '髙橋　花子', '様', '沖縄県石垣市大浜1-2-3', 'ハイツ浜 101', '', '', '衣類'],
    { quoted: false, heading: true },
  ],
  [
    'web_yupack',
    { sender, goodsName: '衣類', size: '80' },
    [
      ...['1', '0', ...blank(4), '1', '髙橋　花子', '様', '', '907-0001', '沖縄県', '石垣市', '大浜1-2-3'],
      ...['ハイツ浜 101', '090-1234-5678', ...blank(6), '取込商店', '', '', '100-0001', '東京都', '千代田区'],
      ...[
        '千代田1-1',
        '',
        '03-1234-5678',
        '',
        '',
        '',
        '衣類',
        '',
        '',
        '2026/01/16',
        ...blank(4),
        '0',
        '0',
        '0',
      ],
      ...['', '0', ...blank(14), 'T000000000', '80', '', '0', ...blank(6), '0'],
    ],
    { quoted: true, heading: false },
  ],
  [
    'seino_kangaroo',
    { sender, goodsName: '衣類', senderCode: '01234567890' },
    [
      ...['01234567890', '', '2026/01/16', '', 'T000000000', '1', '', '1', '', '', '', '取込商店'],
      ...['東京都千代田区千代田1-1', '', '03-1234-5678', '', '', '', '907-0001', '髙橋　花子', ''],
      ...['沖縄県石垣市大浜1-2-3', 'ハイツ浜 101', '090-1234-5678', ...blank(8), '衣類', ...blank(11)],
    ],
    { quoted: false, heading: true },
  ],
  [
    'fukuyama_istar2',
    { goodsName: '衣類', senderCode: '0312345678' },
    [
      ...[
        '',
        '090-1234-5678',
        '沖縄県石垣市大浜１－２－３',
        'ハイツ浜　１０１',
        '',
        '髙橋　花子',
        '',
        '907-0001',
      ],
      ...[
        '',
        '',
        '0312345678',
        '1',
        ...blank(4),
        '衣類',
        '',
        '',
        '',
        'T000000000',
        '',
        '1',
        '',
        '20260116',
        '',
      ],
    ],
    { quoted: false, heading: true },
  ],
  [
    'yupri_r',
    { sender, goodsName: '衣類', slipKind: '1100780', size: '080' },
    [
      ...['T000000000', '20260116', ...blank(3), '0', '0', '0', '', '', '1100780', '', '907-0001'],
      ...['沖縄県石垣市大浜1-2-3', 'ハイツ浜 101', '', '髙橋　花子', '', '', '090-1234-5678', ...blank(9)],
      ...['100-0001', '東京都千代田区千代田1-1', '', '', '取込商店', '', '', '03-1234-5678', ...blank(16)],
      ...['000000-00000000-8', ...blank(5), '080', ...blank(5), '00', ...blank(6), '衣類', ...blank(29)],
      ...['衣類', ...blank(14)],
    ],
    { quoted: false, heading: false },
  ],
] as const

/** What B2 gives back after printing: the key, and a number whose last digit is the rest by seven. */
const issued = (keys: readonly string[], more: Record<number, string> = {}) =>
  csvLines([
    ['お客様管理番号', '送り状種類', 'クール区分', '伝票番号', '出荷予定日'],
    ...keys.map((one, index) => [
      one,
      '0',
      '0',
      more[index] ?? `4000000000${index}${(2 + index) % 7}`,
      '2026/01/16',
    ]),
  ])
/** 4000000000N: ten more is three more by seven, one more is one more. */
const base64 = (text: string) => encodeCp932(text).toString('base64')
const tracking = (file: string, more: object = {}, headers: Record<string, string> = {}) =>
  call('POST', '/labels/tracking', { format: 'yamato_b2', file: base64(file), ...more }, headers)

async function makeFile(more: object = {}) {
  await configure()
  const answer = await call('POST', '/labels', wanted(more))
  expect(answer.statusCode).toBe(200)
  return answer.json()
}

describe('settings', () => {
  it('are asked for before a file is made, and say what is wrong in them', async () => {
    const early = await call('POST', '/labels/check', wanted())
    expect([early.statusCode, early.json().code]).toEqual([409, 'CONFLICT'])
    expect(early.headers).toMatchObject({
      sunset: expect.any(String),
      link: expect.stringContaining('/v1/labels'),
    })
    expect(early.json().detail).toContain('ヤマト B2クラウド')
    const wrong = await call('PUT', '/labels/settings', {
      format: 'yamato_b2',
      settings: { ...SETTINGS, billingCode: '12', sender: { ...SETTINGS.sender, name: '😀' }, colour: 'red' },
    })
    expect(wrong.statusCode).toBe(422)
    expect(
      wrong
        .json()
        .errors.map(({ field }: { field: string }) => field)
        .sort(),
    ).toEqual([...['settings.billingCode', 'settings.colour', 'settings.sender.name']])
    // By the rules of a label, or each order would be blamed for the sender's address.
    const sender = { ...SETTINGS.sender, address: `東京都千代田区${'千代田'.repeat(6)}1-1` }
    const long = await call('PUT', '/labels/settings', {
      format: 'yamato_b2',
      settings: { ...SETTINGS, sendersByShop: { [bench.shopId]: sender } },
    })
    expect([long.statusCode, long.json().errors]).toEqual([
      422,
      [
        {
          field: `settings.sendersByShop.${bench.shopId}.address`,
          code: 'ADDRESS_TOO_LONG',
          message: expect.stringContaining('ご依頼主住所（町・番地）'),
        },
      ],
    ])
    expect((await configure()).json()).toMatchObject({ configured: true, settings: SETTINGS })
    const { formats } = (await server.app.inject({ url: '/v1/labels/formats', headers: key })).json()
    expect(formats.map(({ configured }: { configured: boolean }) => configured)).toEqual([
      ...[true, false, false, false, false, false, false],
    ])
    expect(await database.db.auditEntry.count({ where: { action: 'label_settings.updated' } })).toBe(1)
  })
})

describe('a sender', () => {
  it('is held to the limits of each tool when it is saved, by the field that is at fault', async () => {
    const faultsOf = async (format: string, settings: object) =>
      (await call('PUT', '/labels/settings', { format, settings }))
        .json()
        .errors.map(({ field, code, message }: Record<string, string>) => [
          field,
          code,
          /（([^）]*)）/.exec(message ?? '')?.[1],
        ])
    const high = { ...SETTINGS.sender, building: '高'.repeat(17) }
    expect(await faultsOf('yamato_b2', { ...SETTINGS, sender: high })).toEqual([
      ['settings.sender.building', 'ADDRESS_TOO_LONG', 'アパートマンション名'],
    ])
    const sendersByShop = { [bench.shopId]: high }
    expect(await faultsOf('yamato_b2', { ...SETTINGS, sendersByShop })).toEqual([
      [`settings.sendersByShop.${bench.shopId}.building`, 'ADDRESS_TOO_LONG', 'アパートマンション名'],
    ])
    // e飛伝Ⅲ has two cells of sixteen for it, ゆうプリR three of 25.
    const wide = (...cells: number[]) => ({
      ...SETTINGS.sender,
      address: cells.map((count) => '区'.repeat(count)).join(' '),
    })
    const goodsName = '衣類'
    for (const [format, room, more] of [
      ['sagawa_ehiden3', [16, 16], { customerCode: '123456789012' }],
      ['yupri_r', [25, 25, 25], { slipKind: '1100780', size: '080' }],
    ] as const) {
      const over = room.map((count, at) => (at === 0 ? count + 1 : count))
      expect(await faultsOf(format, { goodsName, sender: wide(...over), ...more })).toEqual([
        ['settings.sender.address', 'ADDRESS_TOO_LONG', expect.anything()],
      ])
      const fits = await call('PUT', '/labels/settings', {
        format,
        settings: { goodsName, sender: wide(...room), ...more },
      })
      expect([format, fits.statusCode]).toEqual([format, 200])
    }
  })
})

describe('a file', () => {
  it('has a line for each order, under a key that stays the same in the next file', async () => {
    const first = await makeFile()
    expect(first).toMatchObject({ ready: 3, refused: 0, rows: 3, fileName: 'yamato_b2-2026-01-16.csv' })
    const text = decodeCp932(Buffer.from(first.file, 'base64'))
    const lines = text.trimEnd().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^お客様管理番号,送り状種類/)
    const keys = first.orders.map((order: { labels: { key: string }[] }) => order.labels[0]?.key)
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(keys)
    expect(lines[1]?.split(',')).toHaveLength(97)
    const second = await makeFile()
    expect(second.orders.map((order: { labels: { key: string }[] }) => order.labels[0]?.key)).toEqual(keys)
    expect(second.orders[0].warnings[0].code).toBe('ALREADY_EXPORTED')
    expect(await database.db.auditEntry.findMany({ where: { action: 'labels.exported' } })).toMatchObject([
      { data: { orders: 3, rows: 3 } },
      {},
    ])
  })

  it.each(FILES)('of %s, byte for byte', async (format, settings, line, { quoted, heading }) => {
    const orderId = await orderTo(['髙橋　花子'])
    expect((await call('PUT', '/labels/settings', { format, settings })).statusCode).toBe(200)
    const { columns, services } = formatOf(format)
    const options = { service: services[0].code, shippedOn: '2026-01-16' }
    const made = (await call('POST', '/labels', { format, orderIds: [orderId], options })).json()
    expect(made.orders[0].problems).toEqual([])
    const [{ key: label }] = made.orders[0].labels
    const names = columns.map(({ name }) => name)
    const lines = [...(heading ? [names] : []), line].map((cells) =>
      cells.map((cell) => (quoted ? `"${cell}"` : cell)).join(','),
    )
    const whole = [...lines, ''].join('\r\n').replace('T000000000', label ?? '')
    const bytes = Buffer.from(made.file, 'base64')
    expect(decodeCp932(bytes)).toBe(whole)
    // 髙 of CP932, which plain Shift_JIS has not.
    expect(bytes.includes(Buffer.from([0xfb, 0xfc]))).toBe(true)
    expect(bytes.equals(encodeCp932(whole))).toBe(true)
  })

  it('of クリックポスト has forty labels at most: an order of 41 recipients is refused whole', async () => {
    const settings = { goodsName: '衣類' }
    await call('PUT', '/labels/settings', { format: 'click_post', settings })
    const options = { service: 'click_post', shippedOn: '2026-01-16' }
    const names = Array.from({ length: 41 }, (_, at) => `受取 ${at + 1}`)
    const asked = { format: 'click_post', orderIds: [await orderTo(names)], options }
    const counted = (await call('POST', '/labels', { ...asked, dryRun: true })).json()
    expect(counted).toMatchObject({ rows: 41, file: null })
    const refused = await call('POST', '/labels', asked)
    expect([refused.statusCode, refused.json()]).toMatchObject([
      422,
      { detail: expect.stringContaining('40 件まで'), errors: [{ field: 'orderIds', code: 'too_big' }] },
    ])
    expect(await database.db.label.count({ where: { format: 'click_post' } })).toBe(0)
  })

  it('is made though the tenant’s rules for marks were sealed with a key that is gone', async () => {
    await configure()
    const row = { sealedRules: new Uint8Array(40), updatedAt: new Date(0) }
    await database.db.markRules.create({ data: { tenantId: bench.tenantId, ...row } })
    expect((await call('POST', '/labels/check', wanted())).json()).toMatchObject({ ready: 3 })
  })

  it('makes no file and no keys for a dryRun', async () => {
    await configure()
    const before = await database.db.label.count()
    const dry = (await call('POST', '/labels', { ...wanted(), dryRun: true })).json()
    expect(dry).toMatchObject({ dryRun: true, ready: 3, rows: 3, file: null, fileName: null })
    expect(dry.orders[0].labels[0].key).toBeNull()
    expect(await database.db.label.count()).toBe(before)
  })

  it('says of each order whether that order was in an earlier file', async () => {
    const [first = '', ...others] = bench.orderIds
    await makeFile({ orderIds: [first] })
    const { orders } = (await call('POST', '/labels/check', wanted())).json()
    const codes = orders.map(({ warnings }: { warnings: { code: string }[] }) =>
      warnings.map(({ code }) => code).includes('ALREADY_EXPORTED'),
    )
    expect(codes).toEqual([true, ...others.map(() => false)])
  })

  it('leaves out what is refused, or is refused whole', async () => {
    const [held = ''] = bench.orderIds
    await database.db.order.update({ where: { id: held }, data: { holds: ['fraud_check'] } })
    const orderIds = [...bench.orderIds, newId()]
    const answer = await makeFile({ orderIds })
    expect(answer).toMatchObject({ ready: 2, refused: 2, rows: 2 })
    expect(answer.orders[0].problems).toMatchObject([{ code: 'ORDER_ON_HOLD' }])
    expect(answer.orders[3].problems).toMatchObject([{ code: 'NOT_FOUND' }])
    const strict = await call('POST', '/labels', wanted({ orderIds, strict: true }))
    expect([strict.statusCode, strict.json().errors]).toMatchObject([
      422,
      [
        { field: 'orderIds[0]', code: 'ORDER_ON_HOLD' },
        { field: 'orderIds[3]', code: 'NOT_FOUND' },
      ],
    ])
    expect(await makeFile({ orderIds: [held] })).toMatchObject({ rows: 0, file: null, fileName: null })
  })

  it('is told of another tenant’s orders nothing', async () => {
    const stranger = await makeTenant(database.db)
    key = await server.keyFor(stranger.id)
    await configure()
    const answer = await call('POST', '/labels/check', wanted())
    expect(answer.json()).toMatchObject({ ready: 0, refused: 3 })
    expect(answer.body).not.toContain(bench.numbers[0])
  })
})

describe('a tracking file', () => {
  const keysOf = (file: { orders: { labels: { key: string }[] }[] }) =>
    file.orders.map(({ labels }) => labels[0]?.key ?? '')

  it('is refused where its year is another one, in the file or in the request', async () => {
    const [key = ''] = keysOf(await makeFile())
    const file = (day: string) => `お客様管理番号,伝票番号,出荷日\r\n${key},400000000002,${day}\r\n`
    const codesOf = async (day: string, more: object = {}) =>
      (await tracking(file(day), more)).json().rows[0].problems.map(({ code }: { code: string }) => code)
    for (const day of ['2062/01/16', '9999/12/31', '2016/01/16'])
      expect(await codesOf(day)).toEqual(['DATE_FAR'])
    expect(await codesOf('', { shippedOn: '2062-01-16' })).toEqual(['DATE_FAR'])
    for (const day of ['2026/01/20', '2025/11/01', '']) expect(await codesOf(day)).toEqual([])
  })

  it('is shown first, becomes ship changes once, and the orders are shipped at the mall', async () => {
    const file = issued(keysOf(await makeFile()))
    const preview = (await tracking(file)).json()
    expect(preview).toMatchObject({ ready: 3, requested: 0, refused: 0 })
    expect(preview.rows[0]).toMatchObject({
      line: 2,
      orderId: bench.orderIds[0],
      orderNumber: bench.numbers[0],
      carrier: 'yamato',
      trackingNumber: '400000000002',
      shippedOn: '2026-01-16',
      problems: [],
    })
    expect(await database.db.siteChange.count()).toBe(0)

    expect((await tracking(file, { apply: true })).json().code).toBe('IDEMPOTENCY_KEY_MISSING')
    const again = { 'idempotency-key': 'file-1' }
    const applied = (await tracking(file, { apply: true }, again)).json()
    expect(applied).toMatchObject({ ready: 0, requested: 3, refused: 0 })
    const repeated = (await tracking(file, { apply: true }, again)).json()
    const ids = (answer: { rows: { siteChangeId: string }[] }) => answer.rows.map((row) => row.siteChangeId)
    expect(ids(repeated)).toEqual(ids(applied))
    expect(await database.db.siteChange.count()).toBe(3)
    for (const id of ids(applied)) expect((await bench.untilEnded(id)).state).toBe('succeeded')
    for (const number of ['400000000002', '400000000013', '400000000024']) {
      expect(JSON.stringify(bench.mall.site.values)).toContain(number)
    }
  })

  it('sent again after midnight under its key is the same request, with or without days in it', async () => {
    const [first = '', second = ''] = keysOf(await makeFile())
    const file = (day: string) =>
      `注文番号,送り状番号,発送日\r\n${first},400000000002,${day}\r\n${second},400000000013,\r\n`
    const send = async (day: string) =>
      (
        await tracking(
          file(day),
          { format: 'plain', carrier: 'yamato', apply: true },
          { 'idempotency-key': 'night' },
        )
      ).json()
    const before = await send('2026/01/15')
    expect(before).toMatchObject({ requested: 2, refused: 0 })
    bench.clock.advance(86_400_000)
    const after = await send('2026/01/15')
    const ids = (answer: { rows: { siteChangeId: string }[] }) => answer.rows.map((row) => row.siteChangeId)
    expect(ids(after)).toEqual(ids(before))
    const made = await database.db.siteChange.findMany({ orderBy: { position: 'asc' } })
    expect(made.map(({ parameters }) => (parameters as { shippedOn: string }).shippedOn)).toEqual([
      '2026-01-15',
      before.rows[1].shippedOn,
    ])
    // Another day is another request.
    expect((await send('2026/01/14')).rows[0]).toMatchObject({ result: 'refused', siteChangeId: null })
  })

  it('of orders of all malls asks for a confirmation first only where the mall knows one', async () => {
    const file = issued(keysOf(await makeFile()))
    const answer = await tracking(file, { apply: true, confirmFirst: true }, { 'idempotency-key': 'c' })
    expect(answer.json()).toMatchObject({ requested: 3, refused: 0 })
    // The mall of this bench has none, as Amazon.
    const made = await database.db.siteChange.findMany({ select: { parameters: true } })
    expect(made.map(({ parameters }) => Object.keys(parameters as object).includes('confirmFirst'))).toEqual([
      ...[false, false, false],
    ])
    const real = createShipRequests({ ...bench.requestDeps, marketplaces: testMarketplaces })
    expect([real.confirmsFirst('rakuten'), real.confirmsFirst('yahoo')]).toEqual([true, true])
  })

  it('names each line that cannot go, and lets the others', async () => {
    const [a = '', b = '', c = ''] = keysOf(await makeFile())
    const file = issued([a, 'T000000009', b, b, c, ''], {
      2: '400000000024',
      3: '400000000024',
      4: '400000000001',
    })
    const { rows } = (await tracking(file)).json()
    const codes = rows.map(({ problems }: { problems: { code: string }[] }) =>
      problems.map(({ code }) => code),
    )
    expect(codes).toEqual([
      ...[[], ['ORDER_NOT_FOUND'], [], ['LINE_TWICE'], ['NUMBER_CHECK_DIGIT'], ['ORDER_NOT_FOUND']],
    ])
    const doubtful = (await tracking(file, { acceptDoubtful: true })).json()
    expect(doubtful.rows[4]).toMatchObject({ result: 'ready', hints: [{ code: 'NUMBER_CHECK_DIGIT' }] })
  })

  it('hints at an order whose address was changed after its label was printed, here or at the mall', async () => {
    const deps = { ...bench.requestDeps, ...bench.deps, db: database.db }
    const edit = async (id: string, change: (order: NormalisedOrder) => Record<string, unknown>) => {
      const { sealedDetail } = await bench.order(id)
      const order = openDetail(deps.sealer.of(bench.tenantId), id, Buffer.from(present(sealedDetail)))
      bench.clock.advance(1_000)
      await editOrder(deps, { tenantId: bench.tenantId, actor: 'test' }, id, null, change(order))
    }
    const moved = ({ recipients }: NormalisedOrder) => ({
      recipients: recipients.map((one) => ({ ...one, person: { ...one.person, address1: '三番町3-3' } })),
    })
    const hints = async (keys: readonly string[]) => {
      const { rows } = (await tracking(issued([...keys]))).json()
      return rows.map(({ result, hints }: { result: string; hints: { code: string }[] }) =>
        [result, ...hints.map(({ code }) => code)].join(' '),
      )
    }
    const [first = '', second = '', third = ''] = bench.orderIds
    await edit(first, moved)
    const keys = keysOf(await makeFile())
    expect(await hints(keys)).toEqual(['ready', 'ready', 'ready'])
    await edit(first, () => ({ notes: { shop: '至急' } }))
    await edit(second, moved)
    await database.db.orderEvent.create({
      data: {
        id: newId(),
        orderId: third,
        at: new Date(bench.clock.now()),
        kind: 'changed_at_mall',
        actor: 'worker',
        data: { parts: ['recipients'] },
      },
    })
    expect(await hints(keys)).toEqual(['ready', 'ready ADDRESS_CHANGED', 'ready ADDRESS_CHANGED'])
    // A new label goes where the order goes now.
    bench.clock.advance(1_000)
    expect(await hints(keysOf(await makeFile()))).toEqual(['ready', 'ready', 'ready'])
  })

  it('notices a slipped line: one number on two orders, and both stay', async () => {
    const [a = '', b = ''] = keysOf(await makeFile())
    const file = issued([a, b], { 1: '400000000002' })
    const answer = (await tracking(file, { apply: true }, { 'idempotency-key': 'x' })).json()
    expect(answer).toMatchObject({ requested: 0, refused: 2 })
    expect(answer.rows[0].problems[0].code).toBe('NUMBER_TWICE')
    expect(await database.db.siteChange.count()).toBe(0)
  })

  it('notices it within one order too: one number on two of its recipients', async () => {
    const [a = '', b = ''] = keysOf(await makeFile())
    const toAnother = `update labels set order_id = $1, recipient_id = 'another' where key = $2`
    await database.pool.query(toAnother, [bench.orderIds[0], b])
    const file = issued([a, b], { 1: '400000000002' })
    const { rows } = (await tracking(file)).json()
    expect(rows.map(({ problems }: { problems: { code: string }[] }) => problems[0]?.code)).toEqual([
      ...['NUMBER_TWICE', 'NUMBER_TWICE'],
    ])
  })

  it('of クリックポスト finds who receives, and says where two parcels go to one person', async () => {
    await call('PUT', '/labels/settings', { format: 'click_post', settings: { goodsName: '衣類' } })
    const options = { service: 'click_post', shippedOn: '2026-01-16', replaceLetters: true }
    const make = (orderIds: readonly string[]) =>
      call('POST', '/labels', { format: 'click_post', orderIds, options })
    const named = async (id: string, fullName: string, postalCode = '9070001') => {
      const deps = { ...bench.requestDeps, ...bench.deps, db: database.db }
      const { sealedDetail } = await bench.order(id)
      const order = openDetail(deps.sealer.of(bench.tenantId), id, Buffer.from(present(sealedDetail)))
      await editOrder(deps, { tenantId: bench.tenantId, actor: 'test' }, id, null, {
        recipients: order.recipients.map((one) => ({
          ...one,
          person: { ...one.person, fullName, familyName: null, givenName: null, postalCode },
        })),
      })
    }
    const [first = '', second = '', third = ''] = bench.orderIds
    await named(first, '髙橋　花子')
    await named(second, '𠮷田 次郎')
    await named(third, '吉田次郎')
    const made = (await make([first, second])).json()
    expect(made.rows).toBe(2)
    const file = csvLines([
      ['お問い合わせ番号', 'お届け先郵便番号', 'お届け先氏名', '内容品'],
      ['6281-0000-0006', '907-0001', '高橋 花子', '衣類'],
      // As the file was written: in the common form.
      ['628100000010', '907-0001', '吉田 次郎', '衣類'],
      ['628100000021', '907-0001', '知らない 人', '衣類'],
      ['628100000032', '907-0002', '高橋 花子', '衣類'],
    ])
    const read = async () =>
      (await tracking(file, { format: 'click_post' }))
        .json()
        .rows.map((row: { orderId: string; problems: { code: string }[] }) => [
          row.orderId,
          // The mall of this bench knows no 日本郵便.
          ...row.problems.map(({ code }) => code).filter((code) => code !== 'not_offered'),
        ])
    expect(await read()).toEqual([[first], [second], [null, 'ORDER_NOT_FOUND'], [null, 'ORDER_NOT_FOUND']])
    await make([third])
    expect((await read())[1]).toEqual([null, 'RECIPIENT_AMBIGUOUS'])
    // With the key behind the goods each line finds its own.
    await call('PUT', '/labels/settings', {
      format: 'click_post',
      settings: { goodsName: '衣類', keyInGoods: 'yes' },
    })
    const again = (await make([second, third])).json()
    const goods = decodeCp932(Buffer.from(again.file, 'base64'))
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',').at(-1) ?? '')
    expect(goods).toEqual(
      again.orders.map(({ labels }: { labels: { key: string }[] }) => `衣類 ${labels[0]?.key}`),
    )
    const keyed = csvLines([
      ['お問い合わせ番号', '内容品'],
      ...goods.map((one, at) => [`6281000000${at}${(at * 3 + 3) % 7}`, one]),
    ])
    const rows = (await tracking(keyed, { format: 'click_post', acceptDoubtful: true })).json().rows
    expect(rows.map((row: { orderId: string }) => row.orderId)).toEqual([second, third])
    const stranger = await server.keyFor((await makeTenant(database.db)).id)
    const other = await tracking(file, { format: 'click_post' }, stranger)
    expect(other.json()).toMatchObject({ ready: 0, refused: 4 })
  })

  it('finds orders by the mall’s own number in a file of another program', async () => {
    const rows = [
      ['受注番号', '送り状番号'],
      [(bench.numbers[1] ?? '').toUpperCase(), '4000-0000-0002'],
    ]
    const answer = await tracking(csvLines(rows), {
      format: 'plain',
      carrier: 'sagawa',
      shippedOn: '2026-01-17',
    })
    expect(answer.json().rows).toMatchObject([
      {
        orderId: bench.orderIds[1],
        trackingNumber: '400000000002',
        carrier: 'sagawa',
        shippedOn: '2026-01-17',
      },
    ])
    const without = await tracking(csvLines(rows), { format: 'plain' })
    expect(without.json().errors).toMatchObject([{ field: 'carrier' }])
  })

  it('finds no order of another tenant, by our key or the mall’s number', async () => {
    const [a = ''] = keysOf(await makeFile())
    const [number = ''] = bench.numbers
    const ours = key
    key = await server.keyFor((await makeTenant(database.db)).id)
    const byKey = await tracking(issued([a]))
    const rows = [
      ['受注番号', '送り状番号'],
      [number, '400000000002'],
    ]
    const byNumber = await tracking(csvLines(rows), { format: 'plain', carrier: 'sagawa' })
    for (const answer of [byKey, byNumber]) {
      expect(answer.json().rows).toMatchObject([{ orderId: null, problems: [{ code: 'ORDER_NOT_FOUND' }] }])
    }
    key = ours
    expect((await tracking(issued([a]))).json().rows).toMatchObject([{ orderId: bench.orderIds[0] }])
  })

  it('ships no order by a number that two shops have', async () => {
    const { id: shopId } = await makeShop(database.db, { tenantId: bench.tenantId, code: '654321' })
    const [number = '', id] = [bench.numbers[0], bench.orderIds[2] ?? '']
    await database.db.order.update({ where: { id }, data: { shopId, orderNumber: number } })
    const rows = [
      ['受注番号', '送り状番号'],
      [number, '400000000002'],
    ]
    const answer = await tracking(csvLines(rows), { format: 'plain', carrier: 'sagawa' })
    expect(answer.json().rows).toMatchObject([
      { orderId: null, result: 'refused', problems: [{ code: 'ORDER_AMBIGUOUS' }] },
    ])
  })

  it.each([
    ['a file without the columns', 'a,b\r\n1,2\r\n'],
    ['an open quotation mark', '"お客様管理番号,伝票番号\r\nT1,2'],
    ['no lines', 'お客様管理番号,伝票番号\r\n'],
    ['501 lines', issued(Array.from({ length: 501 }, () => 'T1'))],
  ])('refuses %s', async (_, file) => {
    const answer = await tracking(file)
    expect([answer.statusCode, answer.json().errors?.[0]?.field]).toEqual([422, 'file'])
  })
})

/** To two recipients, of whom the first has a number: 3,080 of goods, 600 of postage, 50 of points. */
/** An order to people of these names; its id. */
async function orderTo(
  names: readonly string[],
  {
    parcels = [],
    deleted = [],
  }: { parcels?: NormalisedOrder['recipients'][number]['parcels']; deleted?: number[] } = {},
): Promise<string> {
  const row = await database.db.order.findFirstOrThrow({ where: { orderNumber: bench.numbers[0] ?? '' } })
  const order = openDetail(
    bench.deps.sealer.of(bench.tenantId),
    row.id,
    Buffer.from(present(row.sealedDetail)),
  )
  const [to, line] = [present(order.recipients[0]), present(order.items[0])]
  const person = (fullName: string) => ({
    ...to.person,
    fullName,
    familyName: null,
    givenName: null,
    postalCode: '9070001',
    prefecture: '沖縄県',
    city: '石垣市',
    address1: '大浜1-2-3',
    address2: 'ハイツ浜 101',
    phone: '090-1234-5678',
    company: null,
  })
  const number = '000000-00000000-8'
  bench.mall.place(number, {
    recipients: names.map((name, at) => ({
      ...to,
      id: `${at}`,
      person: person(name),
      lineIds: [`${at}`],
      parcels,
      wish: { ...to.wish, date: null, timeText: null, timeFrom: null, timeTo: null },
    })),
    items: names.map((_, at) => ({
      ...line,
      lineId: `${at}`,
      recipientId: `${at}`,
      quantity: 2,
      deleted: deleted.includes(at),
    })),
  })
  await bench.want([number])
  await bench.run()
  return (await database.db.order.findFirstOrThrow({ where: { orderNumber: number } })).id
}

async function orderToTwo(): Promise<void> {
  const { id, sealedDetail } = await database.db.order.findFirstOrThrow({
    where: { orderNumber: bench.numbers[0] ?? '' },
  })
  const order = openDetail(bench.deps.sealer.of(bench.tenantId), id, Buffer.from(present(sealedDetail)))
  const [to, line] = [present(order.recipients[0]), present(order.items[0])]
  const person = (family: string, given: string) => ({
    ...to.person,
    fullName: null,
    familyName: family,
    givenName: given,
    postalCode: '0600001',
  })
  const parcel = {
    id: null,
    carrierCode: null,
    carrierName: null,
    trackingNumber: '400000000002',
    shippedOn: null,
    arrivedOn: null,
  }
  const item = (lineId: string, recipientId: string, more: object) => ({
    ...line,
    lineId,
    recipientId,
    options: [],
    ...more,
  })
  const number = '000000-00000000-7'
  bench.mall.place(number, {
    recipients: [
      { ...to, id: '1', person: person('一', '一郎'), lineIds: ['1'], parcels: [parcel] },
      { ...to, id: '2', person: person('二', '二郎'), lineIds: ['2'], parcels: [] },
    ],
    items: [
      item('1', '1', {
        name: '茶',
        quantity: 1,
        unitPrice: 1080,
        subtotal: 1080,
        itemCode: 'tea',
        sku: '-wt',
        merchantSku: null,
      }),
      item('2', '2', {
        name: '碗',
        quantity: 2,
        unitPrice: 1000,
        subtotal: 2000,
        itemCode: null,
        mallItemId: null,
        sku: '-m',
        merchantSku: null,
      }),
    ],
    charges: {
      ...order.charges,
      goods: 3080,
      shipping: 600,
      cod: 0,
      paymentFee: 0,
      giftWrap: 0,
      adjustment: 0,
      other: 0,
    },
    discounts: [],
    points: { ...order.points, used: 50 },
    totals: { total: 3680, billed: 3630 },
  })
  await bench.want([number])
  await bench.run()
}

describe('orders as CSV', () => {
  const get = (query: string, headers = key) =>
    server.app.inject({ url: `/v1/orders/export${query}`, headers })
  /** Cells of a file without quotation marks, by the names of its columns. */
  const tableOf = (text: string) => {
    const lines = text.trimEnd().split('\r\n')
    const [head = [], ...rows] = lines.map((line) => line.split(','))
    return { head, rows, at: (name: string) => rows.map((row) => row[head.indexOf(name)]) }
  }

  it('are those of the view, for spreadsheets', async () => {
    const answer = await get('?columns=orderNumber,recipientName,billedAmount,items')
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect([...answer.rawPayload.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const lines = answer.payload.slice(1).trimEnd().split('\r\n')
    expect(lines[0]).toBe('受注番号,送付先名,請求金額,商品')
    expect(lines).toHaveLength(4)
    expect(lines.some((line) => line.startsWith(`${bench.numbers[0]},﨑山`))).toBe(true)
    const one = await get(`?number=${bench.numbers[0]}&per=item&encoding=cp932`)
    expect(decodeCp932(one.rawPayload).trimEnd().split('\r\n')).toHaveLength(3)
    expect(await database.db.auditEntry.count({ where: { action: 'orders.exported' } })).toBe(2)
  })

  it('are those of each condition of the list, with their defaults', async () => {
    const [number = ''] = bench.numbers
    await database.db.order.updateMany({ where: { orderNumber: number }, data: { holds: ['x'] } })
    const held = await get('?columns=orderNumber&hold=true&sort=oldest')
    expect([held.statusCode, held.payload]).toEqual([200, `\ufeff受注番号\r\n${number}\r\n`])
    expect((await get('?columns=orderNumber&hold=false')).payload.trim().split('\r\n')).toHaveLength(3)
  })

  it('say what was cancelled at its mall, though it was read before', async () => {
    const where = { orderNumber: bench.numbers[0] ?? '' }
    const { mallState } = await database.db.order.findFirstOrThrow({ where })
    const stateOf = async () =>
      (await get(`?number=${bench.numbers[0]}&columns=mallStatus`)).payload.trim().split('\r\n')[1]
    const before = await stateOf()
    await database.db.order.updateMany({ where, data: { mallState: 'cancelled' } })
    expect(await stateOf()).toBe('キャンセル')
    await database.db.order.updateMany({ where, data: { mallState } })
    expect(await stateOf()).toBe(before)
  })

  it('hold no formula, whatever buyers write', async () => {
    bench.mall.place('000000-00000000-1', {
      notes: { buyer: '=HYPERLINK("x")', shop: null, mail: null, operator: null },
    })
    await bench.want(['000000-00000000-1'])
    await bench.run()
    const answer = await get('?columns=buyerNote,totalAmount')
    expect(answer.payload).toContain(`"'=HYPERLINK(""x"")",3500`)
  })

  it('name marks and holds in words, and keep zeros for Excel where that is asked for', async () => {
    const where = { orderNumber: bench.numbers[0] ?? '' }
    await database.db.order.updateMany({
      where,
      data: { marks: ['no_house_number'], holds: ['fraud_check'] },
    })
    const lineOf = async (columns: string, target: string) => {
      const answer = await get(`?number=${bench.numbers[0]}&columns=${columns}&target=${target}`)
      return answer.payload.trim().split('\r\n')[1] ?? ''
    }
    const words = await lineOf('flags,holds', 'sheet')
    expect(words).toContain('番地なし')
    expect(words).not.toContain('fraud_check')
    const notes = { buyer: '0600001', shop: '-m', mail: null, operator: null }
    bench.mall.place('000000-00000000-2', { notes })
    await bench.want(['000000-00000000-2'])
    await bench.run()
    const notesFor = async (target: string) => {
      const answer = await get(`?number=000000-00000000-2&columns=buyerNote,shopNote&target=${target}`)
      return answer.payload.trim().split('\r\n')[1]
    }
    expect(await notesFor('excel')).toBe(`"=""0600001""",'-m`)
    expect(await notesFor('sheet')).toBe(`0600001,'-m`)
    expect(await notesFor('program')).toBe('0600001,-m')
  })

  it('have a line for each recipient, with its own goods and number', async () => {
    await orderToTwo()
    const answer = await get(
      '?number=000000-00000000-7&per=recipient&columns=recipientName,items,trackingNumbers',
    )
    const lines = answer.payload.trim().split('\r\n').slice(1)
    expect(lines).toEqual(['一 一郎,茶 ×1,400000000002', '二 二郎,碗 ×2,'])
  })

  it('are taken by ネクストエンジン: its 38 columns, a slip for each recipient, and sums that make the bill', async () => {
    await orderToTwo()
    const answer = await get('?number=000000-00000000-7&preset=next_engine&encoding=cp932')
    const { head, rows: lines, at } = tableOf(decodeCp932(answer.rawPayload))
    const [names, others] = NEXT_ENGINE_NAMES
    expect(head).toEqual(names)
    expect(head.slice(0, 37)).toEqual(others?.slice(0, 37))
    expect(at('店舗伝票番号')).toEqual(['000000-00000000-7', '000000-00000000-7-2'])
    expect(at('商品コード')).toEqual(['tea-wt', '-m'])
    expect(at('発送郵便番号')).toEqual(['0600001', '0600001'])
    expect(at('商品価格')).toEqual(['1080', '1000'])
    const sum = (name: string) => at(name).reduce((total, cell) => total + Number(cell), 0)
    expect(sum('合計金額')).toBe(3630)
    for (const [index] of lines.entries()) {
      const of = (name: string) => Number(at(name)[index])
      expect(of('合計金額')).toBe(
        of('商品計') + of('発送料') + of('手数料') + of('その他費用') - of('ポイント'),
      )
    }
    // The first slip's parcel is on the way, though the mall says that the order is open.
    expect(at('出荷済フラグ')).toEqual(['1', '0'])
  })

  it('leave what was cancelled out for ネクストエンジン, say it for GoQSystem, and ship no order again', async () => {
    const where = { orderNumber: bench.numbers[0] ?? '' }
    const rowsOf = async (preset: string, column: string) => {
      const answer = await get(`?number=${bench.numbers[0]}&preset=${preset}`)
      expect(answer.statusCode).toBe(200)
      return tableOf(answer.payload.slice(1)).at(column)
    }
    await database.db.order.updateMany({ where, data: { status: 'ready_to_ship', mallState: 'cancelled' } })
    expect(await rowsOf('next_engine', '店舗伝票番号')).toEqual([])
    expect(new Set(await rowsOf('goq', '受注ステータス'))).toEqual(new Set(['キャンセル']))
    // Shipped in the mall's own screen.
    await database.db.order.updateMany({ where, data: { mallState: 'shipped' } })
    expect(new Set(await rowsOf('next_engine', '出荷済フラグ'))).toEqual(new Set(['1']))
    expect(new Set(await rowsOf('goq', '受注ステータス'))).toEqual(new Set(['発送済']))
    await database.db.order.updateMany({ where, data: { status: 'cancelled', mallState: 'open' } })
    expect(await rowsOf('next_engine', '店舗伝票番号')).toEqual([])
    await database.db.order.updateMany({ where, data: { status: 'ready_to_ship' } })
    expect(new Set(await rowsOf('next_engine', '出荷済フラグ'))).toEqual(new Set(['0']))
    // Shipped here; its mall is told in the background.
    await database.db.order.updateMany({ where, data: { status: 'shipped' } })
    expect(new Set(await rowsOf('next_engine', '出荷済フラグ'))).toEqual(new Set(['1']))
    expect(new Set(await rowsOf('goq', '受注ステータス'))).toEqual(new Set(['出荷済み']))
  })

  it('tell ネクストエンジン the pieces that have left, and the fees where the first recipient has no goods', async () => {
    const rowOf = async () => {
      const answer = await get('?number=000000-00000000-8&preset=next_engine')
      const { head, rows } = tableOf(answer.payload.slice(1))
      return rows.map((row) => new Map(head.map((name, at) => [name, row[at]])))
    }
    const parcel = { id: 'p1', carrierCode: null, carrierName: null, trackingNumber: '400000000002' }
    const lines = [{ lineId: '0', quantity: 1 }]
    await orderTo(['一'], { parcels: [{ ...parcel, shippedOn: null, arrivedOn: null, lines }] })
    const [slip] = await rowOf()
    expect([slip?.get('出荷済フラグ'), slip?.get('作業者欄')]).toEqual([
      '0',
      expect.stringMatching(/^【一部発送済み】.+ ×1 は発送済みです。/),
    ])
    await database.db.order.deleteMany({ where: { orderNumber: '000000-00000000-8' } })
    await orderTo(['一', '二'], { deleted: [0] })
    const slips = (await rowOf()).filter((row) => row.get('発送先名') === '二')
    expect(slips.map((row) => row.get('店舗伝票番号'))).toEqual(['000000-00000000-8'])
  })

  it('have the columns of GoQSystem, a line for each item', async () => {
    await orderToTwo()
    const answer = await get('?number=000000-00000000-7&preset=goq')
    const { head, at } = tableOf(answer.payload.slice(1))
    // As public readers of its files look for them.
    const read = [
      ...['注文日時', '配送方法(複数配送先)', 'チェック項目', '販売店舗', 'GoQ管理番号', 'お荷物伝票番号'],
      ...['送付先郵便番号', '送付先住所（全て）', '送付先氏名', '商品名', '個数', 'JANコード', '合計金額'],
      ...['受注番号', '注文者氏名', '商品コード', 'SKU管理番号', '商品URL', '商品SKU'],
    ]
    expect(head).toEqual([...read, '項目・選択肢', '備考', '受注ステータス', 'ひとことメモ'])
    expect(at('送付先氏名')).toEqual(['一 一郎', '二 二郎'])
    expect([at('商品名'), at('個数')]).toEqual([
      ['茶', '碗'],
      ['1', '2'],
    ])
    expect([at('お荷物伝票番号'), at('合計金額')]).toEqual([
      ['400000000002', ''],
      ['3630', '3630'],
    ])
  })

  it('refuse a column that is not there, and show another tenant none', async () => {
    const wrong = await get('?columns=orderNumber,password')
    expect(wrong.json().errors).toMatchObject([{ field: 'columns' }])
    const stranger = await server.keyFor((await makeTenant(database.db)).id)
    expect((await get('?columns=orderNumber', stranger)).payload.trim()).toBe('\ufeff受注番号'.trim())
  })
})

describe('settings that somebody wrote on purpose', () => {
  it('make no formulas of a spreadsheet, whoever wrote them', async () => {
    const settings = {
      ...SETTINGS,
      goodsName: "=cmd|'/C calc'!A0",
      sender: { ...SETTINGS.sender, name: '@SUM(A1)', address: '+1-1' },
    }
    expect((await call('PUT', '/labels/settings', { format: 'yamato_b2', settings })).statusCode).toBe(200)
    const answer = await call('POST', '/labels', wanted())
    const file = Buffer.from(answer.json().file, 'base64')
    const cells = new TextDecoder('shift_jis').decode(file).split(/[,\r\n]+/)
    expect(cells.join(' ')).toContain('＝cmd')
    expect(cells.filter((cell) => /^["'\s]*[=@+-]/.test(cell))).toEqual([])
  })
})

it('holds nobody up by the parcels of many orders', async () => {
  const more = numbers(400).slice(3)
  for (const number of more) bench.mall.place(number)
  await bench.want(more)
  await bench.run()
  // Twenty to a parcel, as staff joined them.
  await database.pool.query(
    `update orders o set bundle_id = b.id from (select id, (row_number() over (order by id) - 1) / 20 as place from orders) r
     join (select n as place, gen_random_uuid() as id from generate_series(0, 19) n) b using (place) where o.id = r.id`,
  )
  await configure()
  const orderIds = (await database.db.order.findMany({ select: { id: true } })).map(({ id }) => id)
  const stalls = watchStalls()
  const { ready, rows } = (await call('POST', '/labels', wanted({ orderIds }))).json()
  expect({ ready, rows }).toEqual({ ready: 400, rows: 20 })
  // 225 ms when all parcels were checked at a stretch.
  expect(stalls.stop()).toBeLessThan(110)
})
