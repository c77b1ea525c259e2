import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import type { OrderShape } from '../../../sandbox/kit/types.ts'
import { READY_TO_SHIP, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { createShipRequests } from '../../../src/app/api-area.ts'
import { askInParts, previewInParts, splitFile } from '../../../src/board/src/csv/split-file.ts'
import { yamatoB2 } from '../../../src/labels/formats/yamato-b2.ts'
import { labelRoutes } from '../../../src/labels/routes.ts'
import { readIslands } from '../../../src/marks/rules.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { csvLines, decodeCp932, encodeCp932 } from '../../../src/platform/csv.ts'
import { createHeavyReads } from '../../../src/platform/db/heavy-reads.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { shipMates } from '../../../src/site-changes/requests/parcel-mates.ts'
import { requestChanges } from '../../../src/site-changes/requests/request.ts'
import { createChangeRoutes } from '../../../src/site-changes/routes.ts'
import { WantedChange } from '../../../src/site-changes/schemas.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/**
 * What a packer acts on, each case walked from a mall's payload to the order's row, the carrier's file, its
 * tracking file and back to the mall: 今日出荷, 期限, 希望日, 代引, のし, 同梱, 送り状.
 */

let database: TestDatabase
let bench: MallBench
let server: RestServer
let key: Record<string, string>
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database, { marked: true })
  const deps = { ...bench.requestDeps, random: systemRandom, heavyReads: createHeavyReads() }
  server = await restServer(database.db, {
    marketplaces: bench.marketplaces,
    more: {
      clientRoutes: [
        labelRoutes({
          ...deps,
          ships: createShipRequests(bench.requestDeps),
          readIslands: (tenantId) => readIslands(deps, tenantId),
        }),
        createOrderRoutes(deps),
        createChangeRoutes(bench.requestDeps),
      ],
      operatorRoutes: [],
    },
  })
  key = await server.keyFor(bench.tenantId)
  const sender = {
    name: '取込商店',
    postalCode: '1000001',
    address: '東京都千代田区千代田1-1',
    phone: '03-1234-5678',
  }
  // Amazon gives no rate, of which 代引 needs one.
  const settings = {
    sender,
    goodsName: '衣類',
    billingCode: '0312345678',
    freightNumber: '01',
    unknownTaxRate: '10',
  }
  expect((await call('PUT', '/labels/settings', { format: 'yamato_b2', settings })).statusCode).toBe(200)
})
afterAll(async () => {
  await server?.close()
  await bench?.close()
  await database?.close()
})
beforeEach(() => database.db.order.deleteMany())

const call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
) =>
  server.app.inject({
    method,
    url: `/v1${url}`,
    headers: { ...key, ...headers },
    ...(payload ? { payload } : {}),
  })

const columns = yamatoB2.columns.map(({ name }) => name)
const DAY_MS = 86_400_000
const today = japaneseDay(Date.now())
const inDays = (days: number) => japaneseDay(Date.now() + days * DAY_MS)

interface Case {
  mall: SimulatedMall
  shape?: OrderShape
  payload?: Record<string, unknown>
  /** As the row has it. */
  row?: Record<string, unknown>
  /** Recipients who get a parcel; null: the order is not shipped. */
  toShip: number
  /** Why no label is made. */
  refused?: string
  warned?: string
  /** Cells of each label, by their headings in B2. */
  cells?: Record<string, string>
  /** Of the order's content. */
  content?: Record<string, unknown>
}

const PAID = { SettlementModel: { settlementMethodCode: 1 }, giftCheckFlag: 0 }
const CASES: Record<string, Case> = {
  'rakuten: one parcel, with the day that the buyer wished for': {
    mall: 'rakuten',
    payload: { ...PAID, deliveryDate: inDays(4), shippingTerm: 1 },
    row: { wishedOn: inDays(4) },
    toShip: 1,
    cells: { お届け予定日: inDays(4).replaceAll('-', '/'), 配達時間帯: '0812', クール区分: '' },
  },
  'rakuten: two recipients': { mall: 'rakuten', shape: 'two_recipients', payload: PAID, toShip: 2 },
  'rakuten: a recipient who was taken out': {
    mall: 'rakuten',
    shape: 'removed_recipient',
    payload: PAID,
    toShip: 1,
  },
  'rakuten: a line that was taken out': {
    mall: 'rakuten',
    shape: 'cancelled_line',
    payload: PAID,
    toShip: 1,
  },
  'rakuten: frozen': {
    mall: 'rakuten',
    payload: { ...PAID, DeliveryModel: { deliveryName: 'クール宅急便', deliveryClass: 3 } },
    toShip: 1,
    cells: { クール区分: '1' },
  },
  'rakuten: chilled, to two recipients': {
    mall: 'rakuten',
    shape: 'two_recipients',
    payload: { ...PAID, DeliveryModel: { deliveryName: 'クール宅急便', deliveryClass: 2 } },
    toShip: 2,
    cells: { クール区分: '2' },
  },
  'rakuten: 代引 to one': {
    mall: 'rakuten',
    payload: { SettlementModel: { settlementMethodCode: 2 } },
    toShip: 1,
    cells: { 送り状種類: '2' },
  },
  'rakuten: 代引, the other recipient taken out': {
    mall: 'rakuten',
    shape: 'removed_recipient',
    payload: { SettlementModel: { settlementMethodCode: 2 } },
    toShip: 1,
    cells: { 送り状種類: '2' },
  },
  'rakuten: 代引 to two cannot be divided': {
    mall: 'rakuten',
    shape: 'two_recipients',
    payload: { SettlementModel: { settlementMethodCode: 2 } },
    toShip: 2,
    refused: 'COD_SPLIT',
  },
  'rakuten: のし': {
    mall: 'rakuten',
    payload: { ...PAID, giftCheckFlag: 1, PackageModelList: [{ noshi: '御祝(紅白蝶結び) 名入れ:髙橋' }] },
    toShip: 1,
    content: { gift: { requested: true, noshi: expect.stringContaining('御祝') } },
  },
  'yahoo: picked up at the counter': {
    mall: 'yahoo',
    payload: { Ship: { ReceiveShopType: '1', ReceiveShopCode: 'S1', ReceiveShopName: '架空店' } },
    toShip: 0,
    refused: 'NOTHING_TO_SHIP',
  },
  'yahoo: a locker is sent as the mall says': {
    mall: 'yahoo',
    payload: {
      Ship: {
        ReceiveSatelliteType: '3',
        ReceiveSatelliteMethod: '563',
        ReceiveSatelliteShopCode: '563000000001',
      },
    },
    toShip: 1,
    refused: 'PICKUP',
  },
  'yahoo: a reservation is held until its day': {
    mall: 'yahoo',
    payload: { OrderStatus: '1', Item: [{ ReleaseDate: inDays(20) }] },
    row: { holds: expect.arrayContaining(['reserve']) },
    toShip: 1,
    refused: 'ORDER_ON_HOLD',
  },
  'yahoo: a wish in the past': {
    mall: 'yahoo',
    payload: { Ship: { ShipRequestDate: inDays(-2), ShipRequestTime: '' } },
    row: { wishedOn: inDays(-2) },
    toShip: 1,
    refused: 'WISH_DATE_PAST',
  },
  'amazon: a cancelled line beside one to ship, with its day': {
    mall: 'amazon',
    shape: 'cancelled_line',
    row: { shipBy: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) },
    toShip: 1,
  },
  'aupay: 代引, 期限 of the first line that stands': {
    mall: 'aupay',
    shape: 'cancelled_line',
    payload: {
      settlementName: '代金引換',
      detail: [{ shippingTimelimitDate: inDays(3).replaceAll('-', '/') }],
    },
    row: { shipBy: expect.any(String), paymentKind: 'cod' },
    toShip: 1,
    cells: { 送り状種類: '2' },
  },
  'aupay: のし': {
    mall: 'aupay',
    payload: { detail: [{ noshiType: '御祝', noshiPresenterName1: '髙橋' }] },
    toShip: 1,
    content: { gift: { noshi: '御祝 髙橋' } },
  },
}

/** The simulated 楽天 sends one order of ten to two recipients by itself: until one has as many as the case. */
async function bring({ mall, shape, payload = {}, toShip }: Case) {
  const overrides = mergeDeep(READY_TO_SHIP[mall] ?? {}, payload)
  for (let turn = 0; turn < 10; turn += 1) {
    const { orderNumber } = bench.malls[mall].place({ overrides, ...(shape ? { shape } : {}) })
    const [orderId = ''] = await bench.importOrders(mall, [orderNumber])
    expect(orderId).not.toBe('')
    if (mall === 'rakuten' && (await bench.readOrder(orderId)).recipients.length !== toShip) continue
    await database.db.order.updateMany({ where: { id: orderId }, data: { status: 'ready_to_ship' } })
    return { orderId, orderNumber }
  }
  throw new Error(`no order with ${toShip} recipients`)
}

function mergeDeep(one: Record<string, unknown>, other: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...one }
  for (const [name, value] of Object.entries(other)) {
    const known = merged[name]
    const isBoth = [known, value].every(
      (part) => typeof part === 'object' && part !== null && !Array.isArray(part),
    )
    merged[name] = isBoth
      ? mergeDeep(known as Record<string, unknown>, value as Record<string, unknown>)
      : value
  }
  return merged
}

const rowOf = (orderId: string) => database.db.order.findUniqueOrThrow({ where: { id: orderId } })
async function isInToday(orderId: string): Promise<boolean> {
  const answer = await call('GET', '/orders?status=ready_to_ship&toShip=true&limit=100')
  expect(answer.statusCode === 200 ? '' : answer.body).toBe('')
  const { orders } = answer.json()
  return orders.some(({ id }: { id: string }) => id === orderId)
}

const makeLabels = async (orderId: string) =>
  (
    await call('POST', '/labels', {
      format: 'yamato_b2',
      orderIds: [orderId],
      options: { service: 'takkyubin', shippedOn: today, replaceLetters: true },
    })
  ).json()

/** The tracking file of B2 for these labels, the n-th of all of this run. */
let printed = 0
const trackingFile = (keys: readonly string[]) =>
  encodeCp932(
    csvLines([
      ['お客様管理番号', '送り状種類', 'クール区分', '伝票番号', '出荷予定日'],
      ...keys.map((one) => {
        printed += 1
        const body = `4000000${String(printed).padStart(4, '0')}`
        return [one, '0', '0', `${body}${Number(body) % 7}`, today.replaceAll('-', '/')]
      }),
    ]),
  )
const readTracking = async (keys: readonly string[], apply: boolean) =>
  (
    await call(
      'POST',
      '/labels/tracking',
      { format: 'yamato_b2', file: trackingFile(keys).toString('base64'), apply, confirmFirst: true },
      { 'idempotency-key': newId() },
    )
  ).json()

describe('from the payload to the label and back', () => {
  it.each(Object.entries(CASES))('%s', async (_name, one) => {
    const { orderId, orderNumber } = await bring(one)
    const row = await rowOf(orderId)
    expect(row).toMatchObject({ orderNumber, ...one.row })
    const total = one.toShip
    expect(row.shipping).toMatchObject({ state: 'none', shipped: 0, total })
    expect(await isInToday(orderId)).toBe(total > 0)
    if (one.content) expect(await bench.readOrder(orderId)).toMatchObject(one.content)
    const made = await makeLabels(orderId)
    if (one.refused) {
      expect(made.orders[0].problems.map(({ code }: { code: string }) => code)).toContain(one.refused)
      expect(made.file).toBeNull()
      return
    }
    expect([made.rows, made.orders[0].problems]).toEqual([total, []])
    const text = decodeCp932(Buffer.from(made.file, 'base64'))
    const labels: { key: string; recipientId: string }[] = made.orders[0].labels
    const lines = text
      .trimEnd()
      .split('\r\n')
      .slice(-total)
      .map((line) => line.split(','))
    for (const [heading, cell] of Object.entries(one.cells ?? {})) {
      for (const line of lines) expect([heading, line[columns.indexOf(heading)]]).toEqual([heading, cell])
    }
    const order = await bench.readOrder(orderId)
    for (const [at, { recipientId }] of labels.entries()) {
      const to = order.recipients.find(({ id }) => id === recipientId)
      expect(lines[at]?.[columns.indexOf('お届け先郵便番号')]?.replace('-', '')).toBe(to?.person.postalCode)
    }
    if (order.payment.kind === 'cod')
      expect(lines[0]?.[columns.indexOf('コレクト代金引換額（税込)')]).toBe(String(order.totals.billed))

    const keys = labels.map((label) => label.key)
    const [first = '', ...others] = keys
    if (others.length > 0) {
      // One number of two: told before, and the order stays open.
      const before = await readTracking([first], false)
      expect(JSON.stringify(before.rows)).toContain('RECIPIENTS_LEFT')
      await readTracking([first], true)
      await bench.work(one.mall)
      expect((await rowOf(orderId)).shipping).toMatchObject({
        state: 'part',
        shipped: 1,
        total,
        left: [labels[1]?.recipientId],
      })
      expect(await isInToday(orderId)).toBe(true)
    }
    const answer = await readTracking(others.length > 0 ? others : [first], true)
    expect(answer.requested).toBe(1)
    await bench.work(one.mall)
    expect((await rowOf(orderId)).shipping).toMatchObject({ state: 'all', shipped: total, total, left: [] })
    expect(await isInToday(orderId)).toBe(false)
    const atMall = JSON.stringify(await bench.atMall(one.mall, orderNumber))
    expect(atMall).toContain('4000000')
  })
})

describe('several parcels of one recipient', () => {
  it.each(['rakuten', 'yahoo'] as const)('%s: both numbers of one label reach the mall', async (mall) => {
    const payload = mall === 'rakuten' ? PAID : { Ship: { ShipRequestDate: '', ShipRequestTime: '' } }
    const { orderId, orderNumber } = await bring({ mall, payload, toShip: 1 })
    const made = await makeLabels(orderId)
    const [{ key }] = made.orders[0].labels
    const read = await readTracking([key, key], true)
    // Lines are counted, and both are of one change.
    expect([read.requested, read.rows.map((row: { problems: object[] }) => row.problems)]).toEqual([
      2,
      [[], []],
    ])
    await bench.work(mall)
    const row = await rowOf(orderId)
    expect(row.shipping).toMatchObject({ state: 'all', shipped: 1, total: 1, left: [] })
    expect(await isInToday(orderId)).toBe(false)
    const atMall = JSON.stringify(await bench.atMall(mall, orderNumber))
    expect(new Set(atMall.match(/4000000\d{5}/g)).size).toBe(2)
  })
})

describe('two parcels at a mall that takes one', () => {
  it.each(['amazon', 'aupay'] as const)(
    '%s: the file is told what to leave out, and one line goes',
    async (mall) => {
      const { orderId, orderNumber } = await bring({ mall, toShip: 1 })
      const made = await makeLabels(orderId)
      const [{ key }] = made.orders[0].labels
      const both = await readTracking([key, key], true)
      expect(both.requested).toBe(0)
      for (const { problems } of both.rows)
        expect(problems).toContainEqual({
          code: 'SEVERAL_PARCELS',
          message: expect.stringContaining('1行だけを残して'),
        })
      expect((await readTracking([key], true)).requested).toBe(1)
      await bench.work(mall)
      expect((await rowOf(orderId)).shipping).toMatchObject({ state: 'all', shipped: 1, total: 1 })
      expect(JSON.stringify(await bench.atMall(mall, orderNumber))).toContain('4000000')
    },
  )
})

describe('同梱: several orders of one buyer to one address', () => {
  const who = { LastName: '見本', FirstName: '花子', PhoneNumber: '0300000001' }
  const home = {
    ZipCode: '1000001',
    Prefecture: '東京都',
    City: '千代田区',
    Address1: '千代田1-1',
    Address2: '',
  }
  const named = (prefix: string, values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))
  /** Each case has a buyer of its own. */
  const ofBuyer = (mail: string, more: Record<string, unknown> = {}) =>
    mergeDeep(
      {
        Pay: { ...named('Bill', { ...who, ...home }), BillMailAddress: mail },
        Ship: {
          ...named('Ship', { ...who, ...home }),
          ShipRequestDate: '',
          ShipRequestTime: '',
          NeedGiftWrap: 'false',
          NeedGiftWrapPaper: 'false',
        },
      },
      more,
    )
  const marksOf = async (orderId: string) => (await rowOf(orderId)).marks

  it('are found, labelled, shipped with one number by a person, and found no more', async () => {
    const payload = ofBuyer('one@example.jp')
    const one = await bring({ mall: 'yahoo', payload, toShip: 1 })
    const other = await bring({ mall: 'yahoo', payload, toShip: 1 })
    const both = [one.orderId, other.orderId]
    for (const orderId of both) {
      expect(await marksOf(orderId)).toContain('combinable')
      expect(await isInToday(orderId)).toBe(true)
    }
    const labels = await Promise.all(both.map(makeLabels))
    const keys = labels.map((made) => made.orders[0].labels[0].key)
    const addresses = labels.map((made) => {
      const line =
        decodeCp932(Buffer.from(made.file, 'base64')).trimEnd().split('\r\n').at(-1)?.split(',') ?? []
      return ['お届け先郵便番号', 'お届け先住所', 'お届け先名'].map((name) => line[columns.indexOf(name)])
    })
    expect(addresses[0]).toEqual(addresses[1])

    // One number on two orders is a line that slipped as far as a file says: a person says otherwise.
    const trackingNumber = '400000999900'
    const twice = encodeCp932(
      csvLines([
        ['お客様管理番号', '送り状種類', 'クール区分', '伝票番号', '出荷予定日'],
        ...keys.map((key) => [key, '0', '0', trackingNumber, today.replaceAll('-', '/')]),
      ]),
    ).toString('base64')
    const file = { format: 'yamato_b2', file: twice, apply: true, confirmFirst: true, acceptDoubtful: true }
    const read = (await call('POST', '/labels/tracking', file, { 'idempotency-key': newId() })).json()
    expect(read.requested).toBe(0)
    expect(
      read.rows.map((row: { problems: { code: string }[] }) => row.problems.map(({ code }) => code)),
    ).toEqual([['NUMBER_TWICE'], ['NUMBER_TWICE']])
    await bench.ask(
      both.map((orderId) => ({
        orderId,
        action: 'ship',
        shippedOn: today,
        parcels: [{ carrier: 'yamato', trackingNumber }],
        confirmFirst: true,
      })),
    )
    await bench.work('yahoo')
    for (const { orderId, orderNumber } of [one, other]) {
      expect((await rowOf(orderId)).shipping).toMatchObject({ state: 'all', shipped: 1, total: 1 })
      expect(await isInToday(orderId)).toBe(false)
      expect(JSON.stringify(await bench.atMall('yahoo', orderNumber))).toContain(trackingNumber)
    }
    const later = await bring({ mall: 'yahoo', payload, toShip: 1 })
    expect(await marksOf(later.orderId)).not.toContain('combinable')
  })

  it.each([
    ['another address', { Ship: { ShipAddress1: '千代田2-2' } }],
    ['another buyer', { Pay: { BillLastName: '架空', BillMailAddress: 'other@example.jp' } }],
    ['an order that is picked up', { Ship: { ReceiveShopType: '1', ReceiveShopCode: 'S1' } }],
  ])('are not found for %s', async (name, difference) => {
    const mail = `${name.replaceAll(' ', '')}@example.jp`
    const first = await bring({ mall: 'yahoo', payload: ofBuyer(mail), toShip: 1 })
    const second = await bring({ mall: 'yahoo', payload: ofBuyer(mail, difference), toShip: 1 })
    for (const { orderId } of [first, second]) expect(await marksOf(orderId)).not.toContain('combinable')
  })

  it('are found for a held order too, whose label is refused while the other is made', async () => {
    const mail = 'held@example.jp'
    const free = await bring({ mall: 'yahoo', payload: ofBuyer(mail), toShip: 1 })
    const held = await bring({ mall: 'yahoo', payload: ofBuyer(mail, { OrderStatus: '3' }), toShip: 1 })
    expect(await marksOf(free.orderId)).toContain('combinable')
    const made = await makeLabels(held.orderId)
    expect(made.orders[0].problems.map(({ code }: { code: string }) => code)).toContain('ORDER_ON_HOLD')
    expect((await makeLabels(free.orderId)).rows).toBe(1)
  })

  const bundle = (orderIds: readonly string[], more: object = {}) =>
    call('POST', '/bundles', { orderIds, ...more })
  const codesOf = (answer: { json(): { errors: { field: string; code: string }[] } }) =>
    answer.json().errors.map(({ field, code }) => [field, code])
  const twoOf = async (mail: string, first = {}, second = {}) => {
    const one = await bring({ mall: 'yahoo', payload: ofBuyer(mail, first), toShip: 1 })
    const other = await bring({ mall: 'yahoo', payload: ofBuyer(mail, second), toShip: 1 })
    return [one, other] as const
  }
  const labelsOf = async (orderIds: readonly string[]) =>
    (
      await call('POST', '/labels', {
        format: 'yamato_b2',
        orderIds,
        options: { service: 'takkyubin', shippedOn: today, replaceLetters: true },
      })
    ).json()
  const cancel = (orderId: string) =>
    database.db.order.updateMany({ where: { id: orderId }, data: { status: 'cancelled' } })

  it('go as one parcel: one label, and its number at the mall of each', async () => {
    const [one, other] = await twoOf('bundle@example.jp')
    const ids = [other.orderId, one.orderId]
    const made = await bundle(ids)
    expect(made.statusCode === 200 ? '' : made.body).toBe('')
    const { bundleId } = made.json()
    // The same again, as after a lost answer.
    expect((await bundle(ids)).json()).toEqual(made.json())
    expect((await rowOf(one.orderId)).bundleId).toBe(bundleId)
    const file = await labelsOf(ids)
    expect([file.ready, file.rows]).toEqual([2, 1])
    const keys = file.orders.map((order: { labels: { key: string }[] }) => order.labels[0]?.key)
    expect(new Set(keys).size).toBe(1)
    expect(file.orders[0].warnings.map(({ code }: { code: string }) => code)).toContain('BUNDLED')
    // One of them alone is the same parcel, under the same key.
    const alone = await labelsOf([other.orderId])
    expect([alone.rows, alone.orders[0].labels[0].key]).toEqual([1, keys[0]])
    const read = await readTracking([keys[0]], true)
    expect([read.requested, read.refused]).toEqual([2, 0])
    await bench.work('yahoo')
    const numbers = new Set<string>()
    for (const { orderId, orderNumber } of [one, other]) {
      expect((await rowOf(orderId)).shipping).toMatchObject({ state: 'all' })
      const atMall = JSON.stringify(await bench.atMall('yahoo', orderNumber))
      numbers.add(/4000000\d{5}/.exec(atMall)?.[0] ?? orderNumber)
    }
    expect(numbers.size).toBe(1)
  })

  it('with a line each, at both ends of a long file, are read in one call of it; two files ship them once', async () => {
    const parcel = await twoOf('parts@example.jp')
    const others = await twoOf('others@example.jp')
    await bundle(parcel.map(({ orderId }) => orderId))
    const numbers = ['400000888803', '400000888814', '400000888825']
    const lines = [parcel[0], others[0], others[1], parcel[1]].map((order, at) => [
      order?.orderNumber ?? '',
      numbers[at % 3] ?? '',
    ])
    const ask =
      (apply: boolean, idempotencyKey = newId()) =>
      async (part: Uint8Array) =>
        (
          await call(
            'POST',
            '/labels/tracking',
            { format: 'plain', carrier: 'yamato', file: Buffer.from(part).toString('base64'), apply },
            { 'idempotency-key': idempotencyKey },
          )
        ).json()
    const fileOf = (some: readonly string[][]) => encodeCp932(csvLines([['受注番号', '送り状番号'], ...some]))
    const split = splitFile(fileOf(lines), 2)
    const { parts, read } = await previewInParts(split, 2, ask(false), () => undefined)
    // The parcel's two lines are in one call, though they are the first and the last.
    expect(parts.map((part) => part.map(({ line }) => line))).toEqual([
      [2, 5],
      [3, 4],
    ])
    expect([read.ready, read.refused, read.rows.length]).toEqual([4, 0, 4])
    const applied = await askInParts(split.head, parts, ask(true), () => undefined)
    expect([applied.requested, applied.refused]).toEqual([4, 0])
    await bench.work('yahoo')
    for (const [at, { orderId }] of [...parcel, ...others].entries()) {
      expect((await rowOf(orderId)).shipping).toMatchObject({ state: 'all' })
      const { recipients } = await bench.readOrder(orderId)
      expect(recipients.flatMap((one) => one.parcels.map((two) => two.trackingNumber))).toEqual([
        numbers[Math.max(0, at - 1)],
      ])
      expect(await database.db.siteChange.count({ where: { orderId } })).toBe(1)
    }

    // A program that sends each line by itself: the first takes both, the second finds them shipped.
    const apart = await twoOf('apart@example.jp')
    await bundle(apart.map(({ orderId }) => orderId))
    for (const { orderNumber } of apart) {
      const { requested } = await ask(true)(fileOf([[orderNumber, '400000888836']]))
      expect(requested).toBe(2)
      await bench.work('yahoo')
    }
    for (const { orderId } of apart) {
      const changes = await database.db.siteChange.findMany({
        where: { orderId },
        orderBy: { position: 'asc' },
      })
      expect(changes.map(({ code }) => code)).toEqual([null, 'ALREADY_DONE'])
    }
  })

  it('are apart again by one press, with a label each; the number of an older label still goes to both', async () => {
    const [one, other] = await twoOf('undone@example.jp')
    const ids = [one.orderId, other.orderId]
    const { bundleId } = (await bundle(ids)).json()
    const before = await labelsOf(ids)
    const key = before.orders[0].labels[0].key
    const ended = await call('DELETE', `/bundles/${bundleId}`)
    expect([ended.statusCode, ended.json().orders.length]).toEqual([200, 2])
    expect((await call('DELETE', `/bundles/${bundleId}`)).statusCode).toBe(404)
    expect((await readTracking([key], false)).ready).toBe(2)
    const after = await labelsOf(ids)
    const keys = after.orders.map((order: { labels: { key: string }[] }) => order.labels[0]?.key)
    expect([after.rows, new Set(keys).size]).toEqual([2, 2])
    // Each has its own label now.
    for (const one of keys) expect((await readTracking([one], false)).ready).toBe(1)
    const kinds = await database.db.orderEvent.findMany({ where: { orderId: one.orderId } })
    expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['bundled', 'unbundled']))
  })

  it('a label for one alone frees its key of the other', async () => {
    const [one, other] = await twoOf('freed@example.jp')
    const { bundleId } = (await bundle([one.orderId, other.orderId])).json()
    const first = await labelsOf([one.orderId])
    const key = first.orders[0].labels[0].key
    expect((await readTracking([key], false)).ready).toBe(2)
    await call('DELETE', `/bundles/${bundleId}`)
    const again = await labelsOf([one.orderId])
    expect(again.orders[0].labels[0].key).toBe(key)
    expect((await readTracking([key], false)).ready).toBe(1)
  })

  it('what is paid on delivery is collected once, for all', async () => {
    const cod = { Pay: { PayMethod: 'payment_d1', PayMethodName: '商品代引' } }
    const [one, other] = await twoOf('cod@example.jp', cod, cod)
    const details = await Promise.all([one, other].map(({ orderId }) => bench.readOrder(orderId)))
    expect(details.map(({ payment }) => payment.kind)).toEqual(['cod', 'cod'])
    await bundle([one.orderId, other.orderId])
    const made = (
      await call('POST', '/labels', {
        format: 'yamato_b2',
        orderIds: [one.orderId],
        options: { service: 'takkyubin', shippedOn: today, replaceLetters: true },
      })
    ).json()
    const line =
      decodeCp932(Buffer.from(made.file, 'base64')).trimEnd().split('\r\n').at(-1)?.split(',') ?? []
    const billed = details.reduce((sum, { totals }) => sum + totals.billed, 0)
    expect(made.orders[0].warnings.map(({ code }: { code: string }) => code)).toContain('BUNDLED')
    expect(line[columns.findIndex((name) => name.startsWith('コレクト代金引換額'))]).toBe(String(billed))
  })

  it.each([
    ['an address', { Ship: { ShipAddress1: '千代田2-2' } }, 'BUNDLE_ADDRESS'],
    ['a wished day', { Ship: { ShipRequestDate: inDays(3) } }, 'BUNDLE_WISH'],
    ['a hold', { OrderStatus: '3' }, 'ORDER_ON_HOLD'],
    [
      'a locker',
      {
        Ship: {
          ReceiveSatelliteType: '3',
          ReceiveSatelliteMethod: '563',
          ReceiveSatelliteShopCode: '563000000001',
        },
      },
      'BUNDLE_PICKUP',
    ],
  ])('are refused for %s of its own', async (name, difference, code) => {
    const first = { Ship: { ShipRequestDate: inDays(2) } }
    const [one, other] = await twoOf(
      `${name.replaceAll(' ', '')}2@example.jp`,
      code === 'BUNDLE_WISH' ? first : {},
      difference,
    )
    const refused = await bundle([one.orderId, other.orderId])
    expect([refused.statusCode, codesOf(refused)]).toEqual([422, [['orderIds[1]', code]]])
    expect((await rowOf(one.orderId)).bundleId).toBeNull()
  })

  it('are refused for a wish that differs from another one’s, whichever is the first', async () => {
    const wished = (days: number) => ({ Ship: { ShipRequestDate: inDays(days) } })
    const [one, other] = await twoOf('wishes@example.jp', {}, wished(2))
    const [third] = await twoOf('wishes@example.jp', wished(3))
    const refused = await bundle([one.orderId, other.orderId, third.orderId])
    expect([refused.statusCode, codesOf(refused)]).toEqual([422, [['orderIds[2]', 'BUNDLE_WISH']]])
  })

  it('are refused for another class of temperature, when joined and when the label is made', async () => {
    const [one, other] = await twoOf('cool@example.jp')
    const ids = [one.orderId, other.orderId]
    const chill = async (temperature: string | null) => {
      const caller = { tenantId: bench.tenantId, actor: 'key:test' }
      await editOrder(bench.requestDeps, caller, other.orderId, null, { delivery: { temperature } })
    }
    await chill('冷凍')
    expect(codesOf(await bundle(ids))).toEqual([['orderIds[1]', 'BUNDLE_TEMPERATURE']])
    await chill(null)
    expect((await bundle(ids)).statusCode).toBe(200)
    await chill('冷凍')
    const made = await labelsOf(ids)
    expect([made.rows, made.ready]).toEqual([0, 0])
    for (const { problems } of made.orders)
      expect(problems.map(({ code }: { code: string }) => code)).toContain('BUNDLE_TEMPERATURE')
  })

  it('one that is cancelled is left out of the parcel; after the label the other is told', async () => {
    const [one, other] = await twoOf('lost@example.jp')
    const ids = [one.orderId, other.orderId]
    await bundle(ids)
    const file = await labelsOf(ids)
    const key = file.orders[0].labels[0].key
    await cancel(one.orderId)
    const read = await readTracking([key], true)
    expect(
      read.rows.map((row: { orderId: string; result: string }) => [row.orderId, row.result]).sort(),
    ).toEqual(
      [
        [one.orderId, 'refused'],
        [other.orderId, 'requested'],
      ].sort(),
    )
    const kept = read.rows.find((row: { orderId: string }) => row.orderId === other.orderId)
    expect(kept.hints.map(({ code }: { code: string }) => code)).toContain('BUNDLE_CHANGED')
    const again = await labelsOf(ids)
    expect(again.orders.map(({ ok }: { ok: boolean }) => ok)).toEqual([false, true])
    expect(again.rows).toBe(1)
    expect(again.orders[1].warnings.map(({ code }: { code: string }) => code)).toContain('BUNDLE_SMALLER')
  })

  it.each([
    ['保留 by the shop', 'key', { status: 'on_hold' as const }],
    ['保留 by the shop', 'number', { status: 'on_hold' as const }],
    ['a hold of its mall', 'key', { holds: ['unpaid'] }],
    ['a hold of its mall', 'number', { holds: ['unpaid'] }],
  ])(
    'one that waits by %s after the label is not shipped by its %s; the other is told',
    async (_what, by, waits) => {
      const [one, other] = await twoOf(`held${by}${Object.keys(waits)[0]}@example.jp`)
      const ids = [one.orderId, other.orderId]
      await bundle(ids)
      const [{ labels }] = (await labelsOf(ids)).orders
      await database.db.order.update({ where: { id: one.orderId }, data: waits })
      const read = await readTracking([by === 'key' ? labels[0].key : other.orderNumber], true)
      const rowOfOrder = (orderId: string) =>
        read.rows.find((row: { orderId: string }) => row.orderId === orderId)
      expect(rowOfOrder(one.orderId)).toMatchObject({
        result: 'refused',
        problems: [{ code: 'ORDER_ON_HOLD', message: expect.stringMatching(/保留/) }],
      })
      expect(rowOfOrder(other.orderId)).toMatchObject({
        result: 'requested',
        hints: [{ code: 'BUNDLE_CHANGED' }],
      })
      const made = await database.db.siteChange.findMany({ where: { orderId: { in: ids } } })
      expect(made.map(({ orderId }) => orderId)).toEqual([other.orderId])
      await database.db.order.deleteMany()
    },
  )

  it('one on 保留 is not shipped by its own line either', async () => {
    const { orderId } = await bring({ mall: 'yahoo', payload: ofBuyer('onhold@example.jp'), toShip: 1 })
    const [{ labels }] = (await labelsOf([orderId])).orders
    await database.db.order.update({ where: { id: orderId }, data: { status: 'on_hold' } })
    const [row] = (await readTracking([labels[0].key], true)).rows
    expect([row.result, row.problems.map(({ code }: { code: string }) => code)]).toEqual([
      'refused',
      ['ORDER_ON_HOLD'],
    ])
  })

  const askCancel = async (orderId: string) => {
    const asked = await call(
      'POST',
      '/site-changes',
      { changes: [{ orderId, action: 'cancel', reason: '100' }] },
      { 'idempotency-key': newId() },
    )
    expect(asked.statusCode).toBe(202)
  }
  const endCancel = (orderId: string) =>
    database.db.siteChange.updateMany({ where: { orderId, action: 'cancel' }, data: { state: 'failed' } })
  const codesOfOrder = ({ problems }: { problems: { code: string }[] }) => problems.map(({ code }) => code)

  it('one whose cancellation is under way gets no label, and its number is not sent; once it failed, both', async () => {
    const { orderId } = await bring({
      mall: 'yahoo',
      payload: ofBuyer('underway@example.jp'),
      toShip: 1,
    })
    const [{ labels }] = (await labelsOf([orderId])).orders
    await askCancel(orderId)
    const refused = await labelsOf([orderId])
    expect([refused.rows, codesOfOrder(refused.orders[0])]).toEqual([0, ['CANCEL_UNDER_WAY']])
    const [line] = (await readTracking([labels[0].key], true)).rows
    expect([line.result, codesOfOrder(line)]).toEqual(['refused', ['CANCEL_UNDER_WAY']])
    expect((await call('GET', `/orders/${orderId}`)).json().cancelUnderWay).toBe(true)
    await endCancel(orderId)
    expect((await call('GET', `/orders/${orderId}`)).json().cancelUnderWay).toBe(false)
    expect((await labelsOf([orderId])).rows).toBe(1)
    expect((await readTracking([labels[0].key], false)).ready).toBe(1)
  })

  it('one whose cancellation is under way joins no parcel, keeps its parcel back, and is not shipped with it', async () => {
    const [first, second] = await twoOf('underwayjoin@example.jp')
    await askCancel(second.orderId)
    expect(codesOf(await bundle([first.orderId, second.orderId]))).toEqual([
      ['orderIds[1]', 'CANCEL_UNDER_WAY'],
    ])
    await database.db.order.deleteMany()
    const [one, other] = await twoOf('underwaymate@example.jp')
    const ids = [one.orderId, other.orderId]
    await bundle(ids)
    const [{ labels }] = (await labelsOf(ids)).orders
    await askCancel(other.orderId)
    const made = await labelsOf([one.orderId])
    expect([made.rows, codesOfOrder(made.orders[0])]).toEqual([0, ['CANCEL_UNDER_WAY']])
    const { rows } = await readTracking([labels[0].key], false)
    expect(rows.map((row: { hints: { code: string }[] }) => row.hints.map(({ code }) => code))).toEqual([
      ['BUNDLE_CHANGED'],
      [],
    ])
    const shipped = await call(
      'POST',
      '/site-changes',
      {
        dryRun: true,
        changes: [
          {
            orderId: one.orderId,
            action: 'ship',
            parcels: [{ carrier: 'yamato', trackingNumber: '400000000002' }],
          },
        ],
      },
      { 'idempotency-key': newId() },
    )
    expect(shipped.json().notShipped).toMatchObject([{ orderId: other.orderId, code: 'CANCEL_UNDER_WAY' }])
  })

  it('one that is put on hold keeps the parcel back until it is apart', async () => {
    const [one, other] = await twoOf('paused@example.jp')
    const ids = [one.orderId, other.orderId]
    const { bundleId } = (await bundle(ids)).json()
    await database.db.order.updateMany({ where: { id: one.orderId }, data: { status: 'on_hold' } })
    const made = await labelsOf([other.orderId])
    expect([made.rows, made.orders[0].problems[0].code]).toEqual([0, 'ORDER_ON_HOLD'])
    await call('DELETE', `/bundles/${bundleId}`)
    expect((await labelsOf([other.orderId])).rows).toBe(1)
  })

  it('two people at once: one bundle, and the other is told', async () => {
    const [one, other] = await twoOf('race@example.jp')
    const third = await bring({ mall: 'yahoo', payload: ofBuyer('race@example.jp'), toShip: 1 })
    const answers = await Promise.all([
      bundle([one.orderId, other.orderId]),
      bundle([third.orderId, other.orderId]),
    ])
    expect(answers.map(({ statusCode }) => statusCode).filter((code) => code === 200)).toHaveLength(1)
    expect([409, 422]).toContain(answers.map(({ statusCode }) => statusCode).find((code) => code !== 200))
    const bundled = await database.db.order.findMany({
      where: { bundleId: { not: null }, id: { in: [one.orderId, other.orderId, third.orderId] } },
    })
    expect(bundled).toHaveLength(2)
    expect(new Set(bundled.map(({ bundleId }) => bundleId)).size).toBe(1)
  })

  const shipOne = (orderId: string, more: object = {}, headers = {}) =>
    call(
      'POST',
      '/site-changes',
      {
        changes: [
          {
            orderId,
            action: 'ship',
            shippedOn: today,
            confirmFirst: true,
            parcels: [{ carrier: 'yamato', trackingNumber: '400000888800' }],
          },
        ],
        ...more,
      },
      { 'idempotency-key': newId(), ...headers },
    )
  const asked = (answer: { json(): { siteChanges: { orderId: string }[] } }) =>
    answer.json().siteChanges.map(({ orderId }) => orderId)

  it.each([{}, { mode: 'each' }])('shipped by one order alone, the whole parcel is told %o', async (mode) => {
    const [one, other] = await twoOf(`alone${Object.keys(mode).length}@example.jp`)
    await bundle([one.orderId, other.orderId])
    const idempotent = { 'idempotency-key': newId() }
    const made = await shipOne(other.orderId, mode, idempotent)
    expect([made.statusCode, asked(made)]).toEqual([202, [other.orderId, one.orderId]])
    // The same again, as after a lost answer, makes nothing anew.
    expect((await shipOne(other.orderId, mode, idempotent)).json().siteChanges.length).toBe(2)
    await bench.work('yahoo')
    for (const { orderId, orderNumber } of [one, other]) {
      expect((await rowOf(orderId)).shipping).toMatchObject({ state: 'all' })
      expect(JSON.stringify(await bench.atMall('yahoo', orderNumber))).toContain('400000888800')
      // What a scanner reads finds both, as one parcel.
      const found = (await call('GET', '/parcels/4000-0088-8800')).json().parcels
      expect(found.flatMap(({ orders }: { orders: { orderId: string }[] }) => orders.length)).toContain(2)
    }
    await database.db.order.deleteMany()
  })

  it('shipped alone, a cancelled or an ended one stays, and so does one that the request names itself', async () => {
    const [one, other] = await twoOf('left@example.jp')
    const { bundleId } = (await bundle([one.orderId, other.orderId])).json()
    const both = [one, other].map(({ orderId }) => ({
      orderId,
      action: 'ship',
      shippedOn: today,
      confirmFirst: true,
      parcels: [{ carrier: 'yamato', trackingNumber: `40000077770${orderId === one.orderId ? 0 : 1}` }],
    }))
    const named = await call('POST', '/site-changes', { changes: both }, { 'idempotency-key': newId() })
    expect(asked(named)).toEqual([one.orderId, other.orderId])
    await cancel(one.orderId)
    expect(asked(await shipOne(other.orderId))).toEqual([other.orderId])
    await call('DELETE', `/bundles/${bundleId}`)
    await database.db.order.updateMany({ where: { id: one.orderId }, data: { status: 'ready_to_ship' } })
    expect(asked(await shipOne(other.orderId))).toEqual([other.orderId])
  })

  it.each([
    ['保留 by the shop', { status: 'on_hold' as const }],
    ['a hold of its mall', { holds: ['unpaid'] }],
  ])('shipped alone, one that waits by %s stays', async (_what, waits) => {
    const [one, other] = await twoOf(`waits${Object.keys(waits)[0]}@example.jp`)
    await bundle([one.orderId, other.orderId])
    await database.db.order.update({ where: { id: one.orderId }, data: waits })
    expect(asked(await shipOne(other.orderId))).toEqual([other.orderId])
    await database.db.order.deleteMany()
  })

  const shipping = (orderId: string): WantedChange => ({
    orderId,
    action: 'ship',
    shippedOn: today,
    confirmFirst: true,
    parcels: [{ carrier: 'yamato', trackingNumber: '400000666600' }],
  })

  it.each([
    ['put on hold', 'update orders set status = $2 where id = $1', 'on_hold'],
    ['held by its mall', 'update orders set holds = array[$2] where id = $1', 'unpaid'],
    ['parted', 'update orders set bundle_id = null where id = $1 and $2 <> $1::text', 'x'],
    ['deleted', 'delete from orders where id = $1 and $2 <> $1::text', 'x'],
  ])('shipped alone, one that is %s in that instant stays', async (_what, sql, value) => {
    const [one, other] = await twoOf(`instant${value}${sql.length}@example.jp`)
    await bundle([one.orderId, other.orderId])
    const caller = { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: newId() }
    const somebody = await database.pool.connect()
    try {
      await somebody.query('begin')
      await somebody.query(sql, [other.orderId, value])
      const asked = requestChanges(
        bench.requestDeps,
        caller,
        { changes: [shipping(one.orderId)] },
        { shops: null },
      )
      // The request waits for that row, whatever it has listed before.
      await waitFor(
        'the request waits for the row',
        async () => {
          const { rows } = await database.pool.query<{ waiting: number }>(
            `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
          return rows[0]?.waiting ?? 0
        },
        (waiting) => waiting > 0,
      )
      await somebody.query('commit')
      const made = await asked
      expect(made.siteChanges.map(({ orderId }) => orderId)).toEqual([one.orderId])
    } finally {
      somebody.release()
    }
    await database.db.order.deleteMany()
  })

  it.each([{}, { mode: 'each' }])(
    'a dry run names the orders that would be shipped with it %o',
    async (mode) => {
      const [one, other] = await twoOf(`dry${Object.keys(mode).length}@example.jp`)
      await bundle([one.orderId, other.orderId])
      const dry = async () => (await shipOne(one.orderId, { ...mode, dryRun: true })).json()
      expect((await dry()).alsoShipped).toEqual([
        { orderId: other.orderId, orderNumber: other.orderNumber, shippedWith: one.orderId },
      ])
      expect(await database.db.siteChange.count()).toBe(0)
      const made = asked(await shipOne(one.orderId, mode))
      expect(made).toEqual([one.orderId, other.orderId])
      await database.db.order.deleteMany()
      const [held, waiting] = await twoOf(`dryheld${Object.keys(mode).length}@example.jp`)
      await bundle([held.orderId, waiting.orderId])
      await database.db.order.update({ where: { id: waiting.orderId }, data: { status: 'on_hold' } })
      const told = (await shipOne(held.orderId, { ...mode, dryRun: true })).json()
      expect([told.alsoShipped, told.notShipped]).toEqual([
        [],
        [
          {
            orderId: waiting.orderId,
            orderNumber: waiting.orderNumber,
            shippedWith: held.orderId,
            code: 'ORDER_ON_HOLD',
            message: expect.stringContaining('保留'),
          },
        ],
      ])
      await database.db.order.deleteMany()
    },
  )

  /** Two orders of different malls in one parcel, as when a mall's order was bundled by its address. */
  const acrossMalls = async (first: SimulatedMall, second: SimulatedMall) => {
    const [one, other] = [
      await bring({ mall: first, toShip: 1, payload: first === 'rakuten' ? PAID : {} }),
      await bring({ mall: second, toShip: 1, payload: second === 'rakuten' ? PAID : {} }),
    ]
    const ids = [one.orderId, other.orderId]
    await database.db.order.updateMany({ where: { id: { in: ids } }, data: { bundleId: newId(), holds: [] } })
    return [one, other] as const
  }

  it.each([{}, { mode: 'each' }])(
    'one that its mall would refuse is told, and stands as failed until somebody acts %o',
    async (mode) => {
      const [one, other] = await acrossMalls('yahoo', 'aupay')
      const twoNumbers = {
        orderId: one.orderId,
        action: 'ship',
        shippedOn: today,
        parcels: ['400000555500', '400000555511'].map((trackingNumber) => ({
          carrier: 'yamato',
          trackingNumber,
        })),
      }
      const ask = (more: object, headers = {}) =>
        call('POST', '/site-changes', { changes: [twoNumbers], ...mode, ...more }, headers)
      const told = (await ask({ dryRun: true })).json()
      expect([told.alsoShipped, told.notShipped]).toEqual([
        [],
        [
          {
            orderId: other.orderId,
            orderNumber: other.orderNumber,
            shippedWith: one.orderId,
            code: expect.any(String),
            message: expect.stringMatching(/1/),
          },
        ],
      ])
      const again = { 'idempotency-key': newId() }
      for (const answer of [await ask({}, again), await ask({}, again)])
        expect(
          answer
            .json()
            .siteChanges.map(({ orderId, state, code }: Record<string, string>) => [orderId, state, code]),
        ).toEqual([
          [one.orderId, 'queued', null],
          [other.orderId, 'failed', 'BUNDLE_NOT_SHIPPED'],
        ])
      expect((await rowOf(other.orderId)).changeState).toBe('failed')
      const [row] = await database.db.siteChange.findMany({ where: { orderId: other.orderId } })
      expect([row?.message, row?.finishedAt]).toEqual([
        expect.stringContaining(told.notShipped[0].message),
        expect.any(Date),
      ])
      await bench.work('aupay')
      expect((await rowOf(other.orderId)).shipping).toMatchObject({ state: 'none' })
      await database.db.order.deleteMany()
    },
  )

  const dividedOf = async (orderId: string, ...numbers: string[]) => {
    const { items } = await bench.readOrder(orderId)
    const parcels = numbers.map((trackingNumber, index) => {
      const lines = items.flatMap(({ lineId, quantity }, at) => {
        const inLast = index === numbers.length - 1
        const pieces = at > 0 ? (inLast ? quantity : 0) : inLast ? quantity - index : 1
        return pieces > 0 ? [{ lineId, quantity: pieces }] : []
      })
      return { carrier: 'yamato', trackingNumber, shippingMethod: '宅急便', lines }
    })
    return { orderId, action: 'ship', shippedOn: today, parcels }
  }

  it('one of a parcel that is divided by lines is told once, however often the rest is shipped', async () => {
    const several = { orderItems: [{ quantityOrdered: 3, fulfillment: { quantityUnfulfilled: 3 } }] }
    const one = await bring({ mall: 'amazon', toShip: 1, payload: several })
    const other = await bring({ mall: 'yahoo', toShip: 1 })
    const bundleId = newId()
    const id = { in: [one.orderId, other.orderId] }
    await database.db.order.updateMany({ where: { id }, data: { bundleId, holds: [] } })
    const rows = () => database.db.siteChange.findMany({ where: { orderId: other.orderId } })
    const ask = async (...numbers: string[]) => {
      const body = { changes: [await dividedOf(one.orderId, ...numbers)] }
      return call('POST', '/site-changes', body, { 'idempotency-key': newId() })
    }
    const first = await ask('400000333300', '400000333311')
    expect(first.json().siteChanges).toMatchObject([
      { orderId: one.orderId, state: 'queued' },
      { orderId: other.orderId, state: 'failed', code: 'BUNDLE_NOT_SHIPPED' },
    ])
    expect((await rows())[0]?.message).toContain('どの荷物に入るか分かりません')
    expect((await rowOf(other.orderId)).changeState).toBe('failed')
    const again = await ask('400000333322', '400000333333')
    expect(again.json().siteChanges).toMatchObject([{ orderId: one.orderId, state: 'queued' }])
    const [failed, ...others] = await rows()
    expect(others).toEqual([])
    // Its numbers are those of all parcels: nothing of it is ever to be sent.
    const retried = await call('POST', `/site-changes/${failed?.id}/retry`)
    expect([retried.statusCode, retried.json().detail]).toEqual([
      409,
      expect.stringContaining('この受注だけの発送完了を登録するか'),
    ])
    // Who has looked at it is told of the next one.
    await database.db.siteChange.updateMany({
      where: { orderId: other.orderId },
      data: { dismissedAt: new Date() },
    })
    expect((await ask('400000333344', '400000333355')).statusCode).toBe(202)
    expect(await rows()).toHaveLength(2)
    await database.db.order.deleteMany()
  })

  it('has no failed change in a rehearsal, in which none was refused', async () => {
    const [one, other] = await acrossMalls('yahoo', 'aupay')
    const { shopId } = await rowOf(other.orderId)
    const rehearsal = await database.db.rehearsal.create({
      data: { id: newId(), tenantId: bench.tenantId, shopId, startedBy: 'key:test', startedAt: new Date() },
    })
    await database.db.shop.update({ where: { id: shopId }, data: { rehearsalId: rehearsal.id } })
    const parcels = ['400000555500', '400000555511'].map((trackingNumber) => ({
      carrier: 'yamato',
      trackingNumber,
    }))
    const changes = [{ orderId: one.orderId, action: 'ship', shippedOn: today, parcels }]
    await call('POST', '/site-changes', { changes }, { 'idempotency-key': newId() })
    await database.db.shop.update({ where: { id: shopId }, data: { rehearsalId: null } })
    const [row] = await database.db.siteChange.findMany({ where: { orderId: other.orderId } })
    expect([row?.state, row?.code]).toEqual(['warning', 'REHEARSAL'])
    const events = await database.db.orderEvent.findMany({
      where: { orderId: other.orderId, kind: { startsWith: 'change_' } },
    })
    expect(events.map(({ kind }) => kind)).toEqual(['change_requested'])
    await database.db.order.deleteMany()
  })

  it('takes what is true of the parcel to another mall, and nothing that was said of the order alone', async () => {
    const [one, other] = await acrossMalls('yahoo', 'rakuten')
    const change = {
      orderId: one.orderId,
      action: 'ship',
      shippedOn: today,
      confirmFirst: true,
      markPaid: true,
      release: true,
      thenMoveTo: 'shipped',
      parcels: [{ carrier: 'yamato', trackingNumber: '400000444400' }],
    }
    const answer = await call('POST', '/site-changes', { changes: [change] }, { 'idempotency-key': newId() })
    expect(asked(answer)).toEqual([one.orderId, other.orderId])
    const [row] = await database.db.siteChange.findMany({ where: { orderId: other.orderId } })
    expect([row?.state, row?.parameters]).toEqual([
      'queued',
      {
        shippedOn: today,
        confirmFirst: true,
        thenMoveTo: 'shipped',
        parcels: [{ carrier: 'yamato', trackingNumber: '400000444400' }],
      },
    ])
    await database.db.order.deleteMany()
  })

  it('is told where parcels were divided by the lines of the other order', async () => {
    const [one, other] = await acrossMalls('amazon', 'yahoo')
    const { items } = await bench.readOrder(one.orderId)
    const lines = items.map(({ lineId, quantity }) => ({ lineId, quantity }))
    const change = {
      orderId: one.orderId,
      action: 'ship',
      shippedOn: today,
      parcels: ['400000333300', '400000333311'].map((trackingNumber) => ({
        carrier: 'yamato',
        trackingNumber,
        shippingMethod: '宅急便',
        lines,
      })),
    }
    // The mall of the first takes two such parcels only for the right pieces: here its answer is not asked.
    const mates = await shipMates(
      { ...bench.requestDeps, pool: database.pool },
      bench.tenantId,
      { shops: null },
      {
        taken: [WantedChange.parse(change)],
        named: new Set([one.orderId]),
        from: 1,
      },
    )
    expect([mates.shipped, mates.refused.map(({ orderId, code }) => [orderId, code])]).toEqual([
      [],
      [[other.orderId, 'PARCELS_BY_LINES']],
    ])
    await database.db.order.deleteMany()
  })

  it('who may change one shop’s orders ships none of another shop’s', async () => {
    const [one, other] = await twoOf('reach@example.jp')
    await bundle([one.orderId, other.orderId])
    const shop = await makeShop(database.db, {
      tenantId: bench.tenantId,
      marketplace: 'yahoo',
      code: 'reach',
    })
    await database.db.order.updateMany({ where: { id: other.orderId }, data: { shopId: shop.id } })
    const { shopId } = await rowOf(one.orderId)
    const change = shipping(one.orderId)
    const reached = async (shops: string[] | null) => {
      const caller = { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: newId() }
      const made = await requestChanges(bench.requestDeps, caller, { changes: [change] }, { shops })
      return made.siteChanges.map(({ orderId }) => orderId)
    }
    expect(await reached([shopId])).toEqual([one.orderId])
    expect(await reached(null)).toEqual([one.orderId, other.orderId])
  })

  it('a scanned key, number or tracking number finds its parcel; another tenant finds none', async () => {
    const [one, other] = await twoOf('scan@example.jp')
    const single = await bring({ mall: 'yahoo', payload: ofBuyer('scan2@example.jp'), toShip: 1 })
    await bundle([one.orderId, other.orderId])
    const labels = await labelsOf([one.orderId, single.orderId])
    const [key, ownKey] = labels.orders.map((order: { labels: { key: string }[] }) => order.labels[0]?.key)
    const found = async (code: string, headers = {}) =>
      (await call('GET', `/parcels/${encodeURIComponent(code)}`, undefined, headers))
        .json()
        .parcels?.map(({ orders }: { orders: { orderId: string }[] }) => orders.map(({ orderId }) => orderId))
    const both = [[one.orderId, other.orderId].sort()]
    expect(await found(key.toLowerCase())).toEqual(both)
    expect(await found(other.orderNumber.toUpperCase())).toEqual(both)
    expect(await found(ownKey)).toEqual([[single.orderId]])
    expect(await found('nothing')).toBeUndefined()
    expect((await call('GET', `/parcels/${'x'.repeat(101)}`)).statusCode).toBe(404)
    const stranger = await server.keyFor((await makeTenant(database.db)).id)
    expect(await found(ownKey, stranger)).toBeUndefined()
  })

  it('another tenant’s order, or a bundle of it, does not exist', async () => {
    const [one, other] = await twoOf('mine@example.jp')
    const { bundleId } = (await bundle([one.orderId, other.orderId])).json()
    const stranger = await server.keyFor((await makeTenant(database.db)).id)
    const as = (method: 'POST' | 'DELETE', url: string, payload?: object) =>
      server.app.inject({ method, url: `/v1${url}`, headers: stranger, ...(payload ? { payload } : {}) })
    expect((await as('DELETE', `/bundles/${bundleId}`)).statusCode).toBe(404)
    expect(
      (await as('POST', '/bundles', { orderIds: [one.orderId, other.orderId] })).json().errors,
    ).toMatchObject([{ code: 'not_found' }, { code: 'not_found' }])
    expect((await rowOf(one.orderId)).bundleId).toBe(bundleId)
  })
})
