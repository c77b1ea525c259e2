import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OrderForm, presetOf } from '../../../src/marketplaces/order-files/form.ts'
import { decodeCp932 } from '../../../src/platform/csv.ts'
import { createChangeRoutes } from '../../../src/site-changes/routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type OrderFileRig, orderFileRig } from '../../support/imports/order-file-rig.ts'

/** States of order files: a word or a heading that is not known must ship nothing twice. */

let database: TestDatabase
let rig: OrderFileRig
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  rig = await orderFileRig(database, (deps) => [
    createChangeRoutes({ ...deps, wakeQueue: { wake: async () => undefined } }),
  ])
  await useForm(presetOf('ne_hanyo'))
})
afterEach(() => rig.server.close())

const form = (more: Partial<OrderForm>) => ({ ...presetOf('ne_hanyo'), label: 'わたしの形式', ...more })
const setForm = (wanted: object) => rig.call('PUT', `/shops/${rig.shopId}/order-form`, { form: wanted })
async function useForm(wanted: OrderForm): Promise<void> {
  const set = await setForm(wanted)
  expect(set.statusCode, set.body).toBe(200)
}

const BARE = '店舗伝票番号,受注日,受注名,受注住所１,商品名,商品価格,受注数量'
/** All that the preset reads of a recipient: of a first file at which nobody looks none may be missing. */
const RECIPIENT = '発送先名,発送先住所１,発送先住所２,発送郵便番号'
const HEAD = `${BARE},${RECIPIENT}`
const bareRow = (number: string) => `${number},2026/01/14 09:00:00,見本 花子,福井県福井市1-1,皿,1000,1`
const rowOf = (number: string, state: string, more = '') =>
  `${bareRow(number)},見本 花子,福井県福井市1-1,,9100005,${state}${more}`
const csv = (...rows: string[]) => Buffer.from([`${HEAD},出荷済フラグ`, ...rows].join('\r\n'))

/** As if it had come by mail. */
const mail = (file: Buffer) => unseen(file, 'mail')
/** As if a program had sent it, or a mail. */
async function unseen(file: Buffer, source: 'mail' | 'person' = 'person') {
  const body = { fileName: 'orders.csv', file: file.toString('base64') }
  const { id } = (await rig.call('POST', `/shops/${rig.shopId}/order-files`, body)).json()
  await database.db.orderFile.update({ where: { id }, data: { source } })
  await rig.reader.run(new AbortController().signal)
  return (await rig.call('GET', `/shops/${rig.shopId}/order-files/${id}`)).json()
}
const states = async () =>
  Object.fromEntries((await rig.orders()).map(({ orderNumber, mallState }) => [orderNumber, mallState]))
const later = () => rig.bench.clock.advance(60_000)
const ready = () =>
  database.db.order.updateMany({ where: { shopId: rig.shopId }, data: { status: 'ready_to_ship' } })

describe('a word that the map does not know', () => {
  const file = csv(rowOf('1', '出荷完了'), rowOf('2', '0'), rowOf('3', '出荷完了'), rowOf('4', '1'))

  it('is told with its orders before a person takes the file', async () => {
    const unknown = [{ field: 'state', word: '出荷完了', orders: 2 }]
    const leftOut = [{ word: '1', state: 'shipped', orders: 1, numbers: ['4'] }]
    for (const dryRun of [true, false])
      expect(await rig.take(file, { dryRun })).toMatchObject({
        counts: { staged: 3, done: 1, refused: 0 },
        unknown,
        leftOut,
      })
  })

  it('keeps its orders, and no others, out of a file at which nobody looked', async () => {
    for (const [take, counts] of [
      [mail, { staged: 1, done: 1, refused: 2 }],
      [unseen, { unchanged: 1, done: 1, refused: 2 }],
    ] as const) {
      const taken = await take(file)
      expect(taken).toMatchObject({ state: 'done', counts })
      expect(taken.faults.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
        [2, 'STATE_UNKNOWN'],
        [4, 'STATE_UNKNOWN'],
      ])
      expect(taken.faults[0].message).toContain('「出荷完了」')
      expect(await states()).toEqual({ 2: 'open' })
    }
    expect((await rig.take(file)).counts).toMatchObject({ staged: 2, refused: 0 })
  })
})

const failed = (heading: string) => ({ state: 'failed', message: expect.stringContaining(`「${heading}」`) })

describe('a heading of the state that is gone', () => {
  const without = Buffer.from([HEAD, rowOf('9', '').slice(0, -1)].join('\r\n'))

  it('ends a file at which nobody looks, the first one too, until a person has changed the map', async () => {
    for (const take of [mail, unseen]) expect(await take(without)).toMatchObject(failed('出荷済フラグ'))
    await mail(csv(rowOf('1', '1')))
    for (const take of [mail, unseen, mail]) expect(await take(without)).toMatchObject(failed('出荷済フラグ'))
    // A person sees what is missing.
    expect(await rig.take(without)).toMatchObject({
      state: 'done',
      missing: expect.arrayContaining(['出荷済フラグ']),
    })
    expect(await mail(without)).toMatchObject({ state: 'failed' })
    const { state: _gone, ...columns } = presetOf('ne_hanyo').columns
    await useForm(form({ columns }))
    expect(await mail(without)).toMatchObject({ state: 'done' })
  })

  it('that no file had ends none any more when a person took one without it', async () => {
    await rig.take(without, { dryRun: true })
    expect(await mail(without)).toMatchObject(failed('出荷済フラグ'))
    await rig.take(without)
    for (const take of [mail, unseen]) expect(await take(without)).toMatchObject({ state: 'done' })
    await mail(csv(rowOf('1', '0')))
    expect(await mail(without)).toMatchObject(failed('出荷済フラグ'))
  })
})

describe('a heading of the recipient that is gone', () => {
  const addressed = (head: string, address = '発送先住所１', more = ',発送先住所２,発送郵便番号') =>
    Buffer.from(
      [
        `${BARE},出荷済フラグ,${head},${address}${more}`,
        `${bareRow('5')},0,見本 次郎,東京都港区2-2,,1050001`,
      ].join('\r\n'),
    )
  const other = addressed('お届け先名', 'お届け先住所', '')

  it('sends no gift to its buyer: a file at which nobody looks ends', async () => {
    expect(await mail(addressed('発送先名'))).toMatchObject({ state: 'done', counts: { staged: 1 } })
    for (const take of [mail, unseen])
      expect(await take(addressed('お届け先名'))).toMatchObject({
        state: 'failed',
        message: expect.stringMatching(/送付先の見出し「発送先名」.*列の対応を変える/),
      })
    // A person sees what is missing.
    expect(await rig.take(addressed('お届け先名'))).toMatchObject({
      state: 'done',
      missing: expect.arrayContaining(['発送先名']),
    })
  })

  it('sends none by the very first file either, unless a person took one without any', async () => {
    for (const take of [mail, unseen]) expect(await take(other)).toMatchObject(failed('発送先名'))
    expect(await rig.orders()).toEqual([])
    expect(await mail(addressed('発送先名'))).toMatchObject({ state: 'done' })
    await useForm(form({}))
    await rig.take(other)
    expect(await mail(other)).toMatchObject({ state: 'done' })
    await useForm(form({}))
    expect(await mail(other)).toMatchObject({ state: 'failed' })
  })

  it('sends none to half an address: the first file has all that the map reads, or a person took one', async () => {
    const half = addressed('発送先名', 'お届け先住所')
    for (const take of [mail, unseen]) expect(await take(half)).toMatchObject(failed('発送先住所１'))
    expect(await rig.orders()).toEqual([])
    await rig.take(half)
    for (const take of [mail, unseen]) expect(await take(half)).toMatchObject({ state: 'done' })
    expect(await mail(other)).toMatchObject(failed('発送先名'))
  })

  it('is none of a map that names no recipient', async () => {
    const columns = Object.fromEntries(
      Object.entries(presetOf('ne_hanyo').columns).filter(([field]) => !field.startsWith('recipient')),
    )
    await useForm(form({ columns }))
    for (const take of [mail, unseen]) expect(await take(other)).toMatchObject({ state: 'done' })
  })
})

describe('a preset that was renewed', () => {
  const renew = async (more: object, state = ['出荷']) => {
    const before = presetOf('ne_hanyo')
    const saved = {
      contract: 'files',
      label: '店',
      form: { ...before, columns: { ...before.columns, state } },
      preset: 'ne_hanyo',
      ...more,
    }
    await database.db.shop.update({ where: { id: rig.shopId }, data: { capabilities: saved } })
    expect(
      (await rig.call('PUT', `/shops/${rig.shopId}/order-form`, { preset: 'ne_hanyo' })).statusCode,
    ).toBe(200)
  }
  const capabilities = async () =>
    (await database.db.shop.findUniqueOrThrow({ where: { id: rig.shopId } })).capabilities

  it('reads the state elsewhere: files had that heading, too', async () => {
    await renew({ seenHeadings: ['出荷', '発送先名'], takenWithout: ['recipient', 'state'] })
    const headings = ['出荷', '発送先名', '出荷済フラグ']
    expect(await capabilities()).toMatchObject({
      seenHeadings: headings,
      takenWithout: ['recipient'],
    })
    const old = Buffer.from([`${HEAD},出荷`, rowOf('1', '1')].join('\r\n'))
    expect(await mail(old)).toMatchObject(failed('出荷済フラグ'))
  })

  it('goes on for a shop whose files a person took without recipients', async () => {
    await rig.take(Buffer.from([`${BARE},出荷済フラグ`, `${bareRow('1')},0`].join('\r\n')))
    await rig.call('PUT', `/shops/${rig.shopId}/order-form`, { preset: 'ne_hanyo' })
    await useForm(form({}))
    await renew({ takenWithout: ['recipient'] }, ['出荷済フラグ'])
    expect(await mail(Buffer.from([`${BARE},出荷済フラグ`, `${bareRow('2')},0`].join('\r\n')))).toMatchObject(
      { state: 'done', counts: { staged: 1 } },
    )
  })
})

describe('an older file that comes behind a newer one', () => {
  const at = (hour: number | string) => ({ exportedAt: `2026-01-14T${hour}:00:00+09:00` })

  it('brings no order that the newer one left out, and all that it did not have', async () => {
    const newer = csv(rowOf('1', '1'), rowOf('2', '0'))
    expect(await rig.take(newer, at(12))).toMatchObject({ counts: { staged: 1, done: 1 } })
    const older = csv(rowOf('1', '0'), rowOf('2', '0'), rowOf('3', '0'))
    for (const dryRun of [true, false])
      expect(await rig.take(older, { ...at(10), dryRun })).toMatchObject({
        counts: { staged: 1, done: 1, unchanged: 1 },
        leftOut: [{ word: '（新しいファイル）', state: 'shipped', orders: 1, numbers: ['1'] }],
      })
    expect(await states()).toEqual({ 2: 'open', 3: 'open' })
    // It was a mistake there: a newer one says so.
    expect(await rig.take(older, at(13))).toMatchObject({ counts: { staged: 1, unchanged: 2 } })
  })

  it('brings none that the newer one has with an unknown word or a fault, until that one is read', async () => {
    const newer = csv(
      rowOf('1', '出荷完了'),
      rowOf('2', '1').replace(',1,見本', ',なし,見本'),
      rowOf('3', '0'),
    )
    later()
    for (const take of [mail, unseen])
      expect(await take(newer)).toMatchObject({ counts: { done: 0, refused: 2 } })
    const older = csv(rowOf('1', '0'), rowOf('0002', '0'), rowOf('3', '0'), rowOf('4', '1'))
    for (const dryRun of [true, false]) {
      const taken = await rig.take(older, { ...at('08'), dryRun })
      expect(taken).toMatchObject({ counts: { staged: 0, done: 1, unchanged: 1, refused: 2 } })
      expect(taken.faults.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
        [2, 'NEWER_UNREAD'],
        [3, 'NEWER_UNREAD'],
      ])
    }
    expect(await states()).toEqual({ 3: 'open' })
    // A person says that the older one is right, or takes the newer one by a map that knows the word.
    expect(await rig.take(csv(rowOf('2', '0')), { ...at('08'), takesBack: true })).toMatchObject({
      counts: { staged: 1 },
    })
    await useForm(form({ values: { state: { 出荷完了: 'open' } } }))
    expect(await mail(csv(rowOf('1', '出荷完了')))).toMatchObject({ counts: { staged: 1 } })
  })

  const dated = (...rows: [number: string, state: string, day: number][]) =>
    Buffer.from(
      [
        `${HEAD},出荷済フラグ,更新`,
        ...rows.map(([number, state, day]) => rowOf(number, state, `,2026/01/${day} 09:00:00`)),
      ].join('\r\n'),
    )
  const useDated = () => useForm(form({ columns: { ...presetOf('ne_hanyo').columns, changedAt: ['更新'] } }))
  /** By its name it is the oldest of all. */
  async function takeOld(file: Buffer) {
    const body = { fileName: '20260110.csv', file: file.toString('base64') }
    const { id } = (await rig.call('POST', `/shops/${rig.shopId}/order-files`, body)).json()
    await rig.reader.run(new AbortController().signal)
    return (await rig.call('GET', `/shops/${rig.shopId}/order-files/${id}`)).json()
  }

  it('is the older one by the row where both have the time of its change', async () => {
    await useDated()
    later()
    expect(
      await unseen(dated(['1', '1', 12], ['2', '1', 12], ['3', '変', 12], ['4', '1', 12])),
    ).toMatchObject({
      counts: { done: 3, refused: 1 },
    })
    later()
    // Nobody says that it is of yesterday: by its arrival it is the newer one.
    expect(await unseen(dated(['1', '0', 11], ['3', '0', 11], ['4', '0', 12]))).toMatchObject({
      counts: { staged: 1, done: 1, refused: 1 },
    })
    await takeOld(dated(['2', '0', 13]))
    expect(await states()).toEqual({ 2: 'open', 4: 'open' })
  })

  it('is the older one by the row also where the newer row has a fault', async () => {
    await useDated()
    const faulty = dated(['1', '0', 12], ['2', '0', 12], ['3', '0', 12], ['03', '0', 11])
    const newer = Buffer.from(faulty.toString().replaceAll(',1,見本', ',なし,見本'))
    later()
    expect(await unseen(newer)).toMatchObject({ counts: { refused: 4 } })
    later()
    expect(await unseen(dated(['1', '0', 11], ['3', '0', 11]))).toMatchObject({
      counts: { staged: 0, refused: 2 },
      faults: [{ code: 'NEWER_UNREAD' }, { code: 'NEWER_UNREAD' }],
    })
    expect(await takeOld(dated(['2', '0', 13]))).toMatchObject({ counts: { staged: 1 } })
  })

  it('is told of what newer ones left out up to half a million, and brings nothing unseen beyond', async () => {
    const newer = await rig.take(csv(rowOf('3', '1')), at(12))
    // As many as a file of half a million would leave out.
    const leftOut = Buffer.alloc(8 * 1_024 * 1_024 + 1)
    await database.db.orderFile.update({ where: { id: newer.id }, data: { leftOut } })
    const older = csv(rowOf('1', '0'), rowOf('2', '1'))
    for (const dryRun of [true, false])
      expect(await rig.take(older, { ...at(10), dryRun })).toMatchObject({
        counts: { staged: 0, done: 1, refused: 1 },
        faults: [{ line: 2, code: 'NEWER_UNKNOWN' }],
      })
    expect(await rig.take(older, at(13))).toMatchObject({ counts: { staged: 1 } })
  })

  it('is told by a dry run of the newer one in no way', async () => {
    await rig.take(csv(rowOf('1', '1')), { ...at(12), dryRun: true })
    expect(await rig.take(csv(rowOf('1', '0')), at(10))).toMatchObject({ counts: { staged: 1 } })
  })
})

describe('an order that is not paid, or not ordered yet', () => {
  const base = (word: string, method = '銀行振込') =>
    Buffer.from(
      `注文ID,注文日時,氏(請求先),名(請求先),住所(請求先),氏(配送先),名(配送先),住所(配送先),住所2(配送先),郵便番号(配送先),都道府県(配送先),商品名,価格,数量,送料,支払い方法,発送状況\r\nA1,2026-01-14 09:00:00,見本,花子,福井県福井市1-1,見本,次郎,港区2-2,,1050001,東京都,皿,1000,1,500,${method},${word}`,
    )
  const eccube = (word: string) =>
    Buffer.from(
      `注文番号,受注日,対応状況(名称),支払合計,お名前(姓),住所1,配送先_お名前(姓),配送先_住所1,商品名,価格,個数\r\nE1,2026-01-14 09:00:00,${word},1100,見本,福井県1-1,見本,東京都2-2,皿,1000,1`,
    )
  const choose = (preset: string) => rig.call('PUT', `/shops/${rig.shopId}/order-form`, { preset })
  const facts = async (number: string) => {
    const { mallState, holds } = await rig.order(number)
    return [mallState, holds]
  }

  it('base: 入金待ち is held until a mailed file says that it is paid', async () => {
    await choose('base')
    expect(await mail(base('入金待ち'))).toMatchObject({ counts: { staged: 1, done: 0 } })
    expect(await facts('A1')).toEqual(['open', ['unpaid']])
    later()
    expect(await mail(base('未発送'))).toMatchObject({ counts: { changed: 1 } })
    expect(await facts('A1')).toEqual(['open', []])
    later()
    await mail(base('入金待ち'))
    expect(await facts('A1')).toEqual(['open', ['unpaid']])
  })

  it('eccube: what nobody ordered yet is left out, and changes nothing that stands here', async () => {
    await choose('eccube')
    const leftOut = [{ word: '決済処理中', state: 'not_placed', orders: 1, numbers: ['E1'] }]
    for (const dryRun of [true, false])
      expect(await rig.take(eccube('決済処理中'), { dryRun })).toMatchObject({ counts: { done: 1 }, leftOut })
    expect(await rig.orders()).toEqual([])
    expect(await mail(eccube('新規受付'))).toMatchObject({ counts: { staged: 1 } })
    const before = await rig.order('E1')
    later()
    for (const takesBack of [false, true])
      expect(await rig.take(eccube('購入処理中'), { takesBack })).toMatchObject({
        counts: { unchanged: 1, changed: 0 },
      })
    expect(await mail(eccube('購入処理中'))).toMatchObject({ counts: { unchanged: 1 }, differences: [] })
    expect(await rig.order('E1')).toEqual(before)
    later()
    expect(await mail(eccube('注文取消し'))).toMatchObject({ counts: { changed: 1 } })
    expect((await rig.order('E1')).mallState).toBe('cancelled')
  })
})

describe('a state that was read wrongly', () => {
  const wrong = () => useForm(form({ values: { state: { 準備中: 'shipped', 発送済: 'shipped' } } }))
  const right = () => useForm(form({ values: { state: { 準備中: 'open', 発送済: 'shipped' } } }))
  const open = csv(rowOf('1', '0'), rowOf('2', '0'))
  const file = csv(rowOf('1', '準備中'), rowOf('2', '準備中'))

  it('is shown by its change, and stays shown where the file says less', async () => {
    await rig.take(open)
    await wrong()
    const there = { part: 'state', here: '未発送', file: '発送済み' }
    for (const dryRun of [true, false])
      expect(await rig.take(file, { dryRun })).toMatchObject({
        counts: { changed: 2 },
        differences: [{ values: [there], stateStays: false }, { values: [there] }],
      })
    await right()
    later()
    const back = { part: 'state', here: '発送済み', file: '未発送' }
    for (const dryRun of [true, false])
      expect(await rig.take(file, { dryRun })).toMatchObject({
        counts: { changed: 0, older: 2 },
        differences: [{ values: [back], stateStays: true }, {}],
      })
    expect(await states()).toEqual({ 1: 'shipped', 2: 'shipped' })
  })

  it('is taken back at the word of a person, but for what we shipped', async () => {
    await rig.take(open)
    await ready()
    await rig.ship('2,400000000002,2026/01/15')
    await wrong()
    await rig.take(file)
    await right()
    later()
    const looked = await rig.take(file, { dryRun: true })
    expect(looked).toMatchObject({ counts: { older: 1, unchanged: 1 } })
    // Taken in without that word it stays, and the word counts later, too.
    await rig.take(file)
    later()
    const all = { takesBack: true, formRevision: looked.formRevision }
    expect(await rig.take(file, { ...all, dryRun: true })).toMatchObject({ counts: { changed: 1 } })
    expect((await states())[1]).toBe('shipped')
    expect(await rig.take(file, all)).toMatchObject({ counts: { changed: 1, unchanged: 1 } })
    expect(await states()).toEqual({ 1: 'open', 2: 'shipped' })
    expect(await rig.take(file)).toMatchObject({ counts: { unchanged: 2 } })
  })
})

describe('an order of which one recipient has left at the cart', () => {
  const several = form({
    severalRecipients: true,
    columns: { ...presetOf('ne_hanyo').columns, recipientId: ['送付先'] },
  })
  const file = (first: string, second: string, price = 1_000) =>
    Buffer.from(
      [
        `${HEAD},出荷済フラグ,送付先`,
        rowOf('1', first, ',a').replace('1000', String(price)),
        rowOf('1', second, ',b'),
      ].join('\r\n'),
    )
  const left = async () => (await rig.order('1')).shipping

  it('is shipped to the other one alone, and the cart gets that one alone', async () => {
    await useForm(several)
    expect(await rig.take(file('1', ''))).toMatchObject({ counts: { staged: 1, done: 0, refused: 0 } })
    expect(await left()).toMatchObject({ state: 'part', left: ['b'] })
    later()
    // A later file that says less does not bring the first one back.
    await rig.take(file('0', '0', 2_000))
    expect(await left()).toMatchObject({ state: 'part', left: ['b'] })
    later()
    await rig.take(file('0', '0', 2_000), { takesBack: true })
    expect(await left()).toMatchObject({ state: 'none', left: ['a', 'b'] })
  })

  it('that we shipped keeps our number when the cart says so, too', async () => {
    await useForm(several)
    await rig.take(file('0', '0'))
    await ready()
    const change = {
      orderId: (await rig.order('1')).id,
      action: 'ship',
      shippedOn: '2026-01-15',
      parcels: [{ recipientId: 'a', carrier: 'yamato', trackingNumber: '400000000002' }],
    }
    const headers = { ...rig.key, 'idempotency-key': 'ship' }
    const asked = await rig.call('POST', '/site-changes', { changes: [change] }, headers)
    expect(asked.statusCode, asked.body).toBeLessThan(300)
    await rig.work()
    expect(await left()).toMatchObject({ state: 'part', left: ['b'] })
    later()
    await rig.take(file('1', '0', 3_000))
    expect(await left()).toMatchObject({ state: 'part', left: ['b'] })
    const from = encodeURIComponent(new Date(rig.bench.clock.now() - 86_400_000).toISOString())
    const sent = await rig.call('GET', `/shops/${rig.shopId}/shipped-orders?from=${from}`)
    expect(decodeCp932(sent.rawPayload).split('\r\n').slice(1, -1)).toEqual([
      '1,400000000002,ヤマト運輸,2026/01/15',
    ])
  })
})

describe('a column map', () => {
  it('that changed after a look at the file takes nothing in', async () => {
    const looked = await rig.take(csv(rowOf('1', '0')), { dryRun: true })
    await useForm(form({ values: { state: { 0: 'open' } } }))
    const { formRevision } = looked
    const body = { fileName: 'a.csv', file: csv(rowOf('1', '0')).toString('base64'), formRevision }
    const late = await rig.call('POST', `/shops/${rig.shopId}/order-files`, body)
    expect([late.statusCode, late.json().detail]).toEqual([409, expect.stringContaining('もう一度')])
    const again = await rig.take(csv(rowOf('1', '0')), { dryRun: true })
    expect(await rig.take(csv(rowOf('1', '0')), { formRevision: again.formRevision })).toMatchObject({
      counts: { staged: 1 },
    })
  })

  it('joins no two numbers', async () => {
    const columns = {
      ...presetOf('ne_hanyo').columns,
      shippingFee: ['発送料', '送料2'],
      quantity: ['a', 'b'],
    }
    const refused = await setForm(form({ columns }))
    expect(refused.statusCode).toBe(422)
    expect(refused.json().errors.map(({ field }: { field: string }) => field)).toEqual([
      'form.columns.shippingFee',
      'form.columns.quantity',
    ])
  })
})
