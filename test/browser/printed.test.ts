import { writeFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import {
  BarcodeFormat,
  BinaryBitmap,
  DecodeHintType,
  HybridBinarizer,
  MultiFormatReader,
  RGBLuminanceSource,
} from '@zxing/library'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { mergeDeep } from '../../sandbox/kit/order-book.ts'
import { READY_TO_SHIP, SIMULATED_MALLS, type SimulatedMall } from '../../sandbox/malls/index.ts'
import { RAKUTEN_READY } from '../../sandbox/malls/rakuten/control.ts'
import { japaneseDay } from '../../src/platform/japan-time.ts'
import { keysOf } from '../../src/platform/narrow.ts'
import { kindOfOrder, someone } from './orders-of-kinds.ts'
import { pdfPages } from './pdf-text.ts'
import {
  cancelOrder,
  enterDemo,
  handOf,
  hasBrowser,
  LEFT_OUT,
  picture,
  placeOrders,
  type Rig,
  readApi,
  seriousFindings,
  startRig,
  WIDE,
} from './rig.ts'

/**
 * Papers as Chromium prints them, read from the PDF: 納品書 held to what an 適格簡易請求書 must say, pages that
 * say which they are, and bars that a reader reads.
 */

const BUYER = someone('印字', '一郎')
const OTHER = someone('受取', '花子', {
  zipCode1: '530',
  zipCode2: '0001',
  prefecture: '大阪府',
  city: '大阪市北区',
  subAddress: '梅田1-1-1',
})
const MUG = { code: 'mug-04', name: '見本マグカップ', price: 1650 }
const TEA = { code: 'tea-03', name: '例示茶 100g', price: 1080, rate: 8 } as const

const KINDS = {
  mixed: kindOfOrder({ buyer: BUYER, coupon: 200, baskets: [{ lines: [MUG, { ...TEA, units: 3 }] }] }),
  long: kindOfOrder({
    buyer: BUYER,
    baskets: [
      {
        lines: [
          { ...TEA, code: 'tea-first' },
          ...Array.from({ length: 58 }, (_, at) => ({
            ...MUG,
            code: `mug-${100 + at}`,
            name: `見本マグカップ 柄${at}`,
          })),
          { ...TEA, code: 'tea-last' },
        ],
      },
    ],
  }),
  two: kindOfOrder({
    buyer: BUYER,
    coupon: 333,
    baskets: [{ lines: [MUG, TEA] }, { lines: [TEA], to: OTHER }],
  }),
  gift: kindOfOrder({ buyer: BUYER, gift: true, baskets: [{ lines: [MUG], to: OTHER }] }),
  cod: kindOfOrder({
    buyer: BUYER,
    payment: [2, '代金引換'],
    baskets: [{ lines: [{ ...MUG, variant: 'mug-04-w' }] }],
  }),
  transfer: kindOfOrder({
    buyer: BUYER,
    payment: [9, '銀行振込'],
    baskets: [{ lines: [MUG] }],
  }),
  konbini: kindOfOrder({
    buyer: BUYER,
    payment: [14, 'ファミリーマート、ローソン等（前払）'],
    baskets: [{ lines: [MUG] }],
  }),
  deferred: kindOfOrder({ buyer: BUYER, payment: [21, '後払い決済'], baskets: [{ lines: [MUG] }] }),
  ready: kindOfOrder({ buyer: BUYER, baskets: [{ lines: [MUG] }], more: RAKUTEN_READY }),
}
type KindName = keyof typeof KINDS

interface Read {
  id: string
  detail: {
    totals: { billed: number }
    taxSummary: { rate: number; taxable: number; tax: number }[]
    items: { quantity: number }[]
  }
}

describe.skipIf(!hasBrowser)(`what is printed${LEFT_OUT}`, () => {
  let rig: Rig
  const numbers = {} as Record<KindName, string>
  const orderOf = async (kind: KindName): Promise<Read> => {
    const { orders } = await readApi<{ orders: { id: string }[] }>(rig, `/orders?number=${numbers[kind]}`)
    return readApi<Read>(rig, `/orders/${orders[0]?.id}`)
  }

  beforeAll(async () => {
    rig = await startRig()
    for (const kind of Object.keys(KINDS) as KindName[]) {
      const [number = ''] = await placeOrders(rig, 1, { overrides: KINDS[kind] })
      numbers[kind] = number
    }
    const found = async () =>
      (await readApi<{ orders: unknown[] }>(rig, `/orders?name=${encodeURIComponent('印字一郎')}`)).orders
        .length
    await waitFor('the orders', found, (count) => count === Object.keys(KINDS).length, {
      everyMs: 500,
      limitMs: 120_000,
    })
  }, 240_000)
  afterAll(async () => {
    await rig?.close()
  })

  const queryOf = (kind: KindName | null): string =>
    kind === null ? `name=${encodeURIComponent('印字一郎')}` : `number=${numbers[kind]}`

  async function open(page: Page, which: string, paper: string): Promise<void> {
    await page.goto(`${rig.url}/board/orders?${which}`)
    await page.locator('[role=grid][aria-busy=false] .grid-line').first().waitFor({ state: 'attached' })
    await page.getByRole('grid').focus()
    await page.keyboard.press('ControlOrMeta+a')
    await page.getByRole('button', { name: /^印刷/ }).click()
    await page.getByRole('menuitem', { name: paper }).click()
    await page.locator('.sheet').first().waitFor()
  }

  async function printedBy(page: Page, which: string, paper = '納品書', name = which): Promise<string[]> {
    await open(page, which, paper)
    const bytes = await page.pdf({ preferCSSPageSize: true })
    if (process.env.PRINTED) await writeFile(`${process.env.PRINTED}/${paper}-${name}.pdf`, bytes)
    return pdfPages(bytes)
  }
  const printed = (page: Page, kind: KindName | null, paper = '納品書'): Promise<string[]> =>
    printedBy(page, queryOf(kind), paper, kind ?? 'all')

  const yen = (amount: number) => `¥${amount.toLocaleString('ja-JP')}`

  test('a bill has all that an 適格簡易請求書 must say', async () => {
    const { page, close, complaints } = await enterDemo(rig, WIDE)
    // Sums by rate do not wait for a registration number.
    const [unregistered = ''] = await printed(page, 'mixed')
    expect(unregistered).not.toContain('登録番号')
    expect(unregistered.match(/%対象\(税込\)/g)).toHaveLength(2)
    await setIssuer(rig)
    const { detail } = await orderOf('mixed')
    const pages = await printed(page, 'mixed')
    expect(pages).toHaveLength(1)
    const [text = ''] = pages
    // Who issues it, and the number.
    for (const one of ['取込商店', '登録番号 T1234567890123']) expect(text).toContain(one)
    // The day of the deal, and which day that is.
    expect(text).toMatch(/取引年月日\s*\d{4}\/\d{2}\/\d{2}\(発行日\)/)
    // What was sold, and what of it is at the reduced rate.
    expect(text).toMatch(/見本マグカップ\s/)
    expect(text).toContain('例示茶 100g ※')
    expect(text).toContain('※は軽減税率(8%)の対象です。')
    // The sum of each rate, and its tax.
    expect(detail.taxSummary.map(({ rate }) => rate)).toEqual([10, 8])
    for (const { rate, taxable, tax } of detail.taxSummary)
      expect(text.replaceAll('\n', ' ')).toContain(
        `${rate}%対象(税込) ${yen(taxable)}(うち消費税 ${yen(tax)})`,
      )
    expect(detail.taxSummary.reduce((sum, { taxable }) => sum + taxable, 0)).toBe(detail.totals.billed)
    expect(text).toContain(`数量合計 4 点`)
    expect(text).toContain(`受注番号 ${numbers.mixed} 1 / 1 ページ`)
    expect(text).toContain('お支払方法: クレジットカード')
    expect(complaints).toEqual([])
    await close()
  })

  test('a long one says on each page which it is, and explains ※ where one stands', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const pages = await printed(page, 'long')
    expect(pages.length).toBeGreaterThanOrEqual(3)
    for (const [at, text] of pages.entries()) {
      expect(text).toContain(`受注番号 ${numbers.long} ${at + 1} / ${pages.length} ページ`)
      expect([at, text.includes('※は軽減税率')]).toEqual([at, / ※/.test(text)])
    }
    expect(pages[0]).toContain('※は軽減税率')
    expect(pages.some((text) => !text.includes('※'))).toBe(true)
    for (let at = 0; at < 58; at++) expect(pages.join('')).toContain(`mug-${100 + at}`)
    expect(pages.filter((text) => text.includes('請求金額'))).toHaveLength(1)
    expect(pages.at(-1)).toContain('請求金額')
    await close()
  })

  test('two recipients: each paper has its own sums by rate, and together they make the bill', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const { detail } = await orderOf('two')
    const pages = await printed(page, 'two')
    expect(pages).toHaveLength(2)
    const sums = pages.map((text) =>
      [...text.matchAll(/%対象\(税込\)\s*¥([\d,]+)\(うち消費税 ¥([\d,]+)\)/g)].map(([, sum = '', tax = '']) =>
        [sum, tax].map((one) => Number(one.replaceAll(',', ''))),
      ),
    )
    expect(sums.map((one) => one.length)).toEqual([2, 2])
    const all = sums.flat().reduce((total, [sum = 0]) => total + sum, 0)
    expect(all).toBe(detail.totals.billed)
    for (const [at, text] of pages.entries()) {
      const own = (sums[at] ?? []).reduce((total, [sum = 0]) => total + sum, 0)
      expect(text.replaceAll('\n', ' ')).toContain(`このお届け先の合計 ${yen(own)}`)
      expect(text).toMatch(new RegExp(`お届け先\\s*${at + 1}/2`))
    }
    await close()
  })

  test('a gift names its giver and no price', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const [text = ''] = await printed(page, 'gift')
    expect(text).toContain('贈り主 印字 一郎 様')
    expect(text).not.toMatch(/[¥￥]|円|請求|お支払|登録番号/)
    await close()
  })

  test('the way of payment has its sentence', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const { detail } = await orderOf('cod')
    const [cod = ''] = await printed(page, 'cod')
    expect(cod.replaceAll('\n', '')).toContain(
      `お受け取りの際に ${yen(detail.totals.billed)} を配送員にお支払いください。`,
    )
    expect(cod).toContain('mug-04-w')
    const [konbini = ''] = await printed(page, 'konbini')
    expect(konbini).toMatch(/コンビニエンスストアでのお支払いを(確認しました|お待ちしています)。/)
    const [transfer = ''] = await printed(page, 'transfer')
    expect(transfer).toMatch(/銀行振込でのお支払いを(確認しました|お待ちしています)。/)
    const [deferred = ''] = await printed(page, 'deferred')
    expect(deferred).toContain('後払いです。')
    await close()
  })

  test('of a shipped order: the day it left and its number in bars', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const { id } = await orderOf('ready')
    const parcels = [{ carrier: 'yamato', trackingNumber: '400000123456' }]
    const change = { orderId: id, action: 'ship', shippedOn: japaneseDay(Date.now()), parcels }
    await readApi(rig, '/site-changes', { changes: [change] })
    const state = async () => (await readApi<{ changeState: string }>(rig, `/orders/${id}`)).changeState
    await waitFor('the shipment', state, (now) => now === 'succeeded', { limitMs: 60_000 })
    const [text = ''] = await printed(page, 'ready')
    expect(text).toMatch(/取引年月日\s*\d{4}\/\d{2}\/\d{2}\(発送日\)/)
    expect(text).toMatch(/送り状番号\s*400000123456/)
    expect(await page.locator('.sheet .barcode').count()).toBe(2)
    const bars = [await readBars(page), await readBars(page, 1)]
    expect(bars.toSorted()).toEqual([numbers.ready, '400000123456'].toSorted())
    await close()
  })

  test('at other malls: Amazon’s at the shop’s own rate; a paid order of Yahoo! asks for nothing, 代引 always does', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const place = async (mall: SimulatedMall, overrides: object): Promise<string> => {
      const ready = mergeDeep(READY_TO_SHIP[mall] ?? {}, overrides)
      const [number = ''] = await placeOrders(rig, 1, { overrides: ready }, SIMULATED_MALLS.indexOf(mall))
      const read = () => readApi<{ orders: { id: string }[] }>(rig, `/orders?number=${number}`)
      await waitFor('the order', read, ({ orders }) => orders.length === 1, { everyMs: 500, limitMs: 60_000 })
      return number
    }
    const isGift = async (number: string): Promise<boolean> => {
      const { orders } = await readApi<{ orders: { id: string }[] }>(rig, `/orders?number=${number}`)
      interface Gift {
        gift: { requested: boolean }
      }
      const { detail } = await readApi<{ detail: Gift & { recipients: Gift[] } }>(
        rig,
        `/orders/${orders[0]?.id}`,
      )
      return [detail, ...detail.recipients].some(({ gift }) => gift.requested)
    }
    // The simulated Amazon draws a gift of seven orders: its note has no price.
    let amazon = await place('amazon', { programs: [] })
    while (await isGift(amazon)) amazon = await place('amazon', { programs: [] })
    const yahoo = (Pay: object) =>
      place('yahoo', {
        Pay: { ...Pay, PayStatus: '1' },
        Ship: { NeedGiftWrap: 'false', NeedGiftWrapPaper: 'false' },
      })
    const card = await yahoo({ PayMethod: 'payment_a1', PayMethodName: 'クレジットカード決済' })
    const cod = await yahoo({ PayMethod: 'payment_d1', PayMethodName: '商品代引' })
    const noteOf = async (number: string) => (await printedBy(page, `number=${number}`)).join('\n')
    await setIssuer(rig)
    expect(await noteOf(amazon)).toMatch(/10%対象\(税込\)\s*¥[\d,]+\(うち消費税 ¥[\d,]+\)/)
    expect(await noteOf(card)).toContain('お支払いはお済みです。')
    // Some shops mark it as paid before it is delivered: the carrier collects all the same.
    const collected = await noteOf(cod)
    expect(collected).toContain('代金引換です。')
    expect(collected).not.toContain('お済み')
    await close()
  })

  test('出荷指示書 has each parcel whole on a page, its own codes and no price; the bars are the order’s number', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const pages = await printed(page, null, '出荷指示書')
    const all = pages.join('\n')
    expect(all).not.toMatch(/normal-inventory|[¥￥]|請求金額/)
    for (const number of Object.values(numbers)) expect(all).toContain(number)
    expect(all).toContain('出荷指示書 2/2')
    // Both pages of the long one say whose it is; a parcel's sum stands once.
    const parted = pages.filter((text) => text.includes('柄'))
    expect(parted.length).toBeGreaterThan(1)
    for (const text of parted) expect(text).toContain(numbers.long)
    expect(all.match(/数量合計/g)).toHaveLength(Object.keys(KINDS).length + 1)
    expect(await seriousFindings(page)).toEqual([])
    await open(page, queryOf('mixed'), '出荷指示書')
    expect(await readBars(page)).toBe(numbers.mixed)
    const picking = await printed(page, null, 'ピッキングリスト')
    for (const [at, text] of picking.entries())
      expect(text).toMatch(new RegExp(`ピッキングリスト [\\d/]+ ${at + 1} / ${picking.length} ページ`))
    const [list = ''] = picking
    expect(list).toMatch(new RegExp(`受注 ${Object.keys(KINDS).length}件 商品 \\d+種 数量 \\d+点`))
    expect(list).not.toContain('normal-inventory')
    expect(list.replaceAll('\n', ' ')).toMatch(/mug-04-w/)
    await open(page, queryOf('mixed'), '納品書')
    expect(await readBars(page)).toBe(numbers.mixed)
    await close()
  })

  const csvTab = (page: Page, name: string) => page.goto(`${rig.url}/board/csv?tab=${name}`)
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

  test('a list of items is read from a file, faults by row first; picking and 出荷指示書 go by its shelves', async () => {
    const { page, close, complaints } = await enterDemo(rig, WIDE)
    await csvTab(page, 'items')
    const choose = async (...lines: string[]) => {
      const buffer = Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
      await page
        .getByLabel('商品リストのCSV')
        .setInputFiles({ name: 'items.csv', mimeType: 'text/csv', buffer })
      await button(page, '内容を確認する').click()
    }
    await choose('商品コード,JAN', 'mug-04,4901234567894', 'tea-03,123')
    await page.getByText(/^3行目: JAN「123」/).waitFor()
    await choose('商品コード,棚番,JAN', 'mug-04,B-02,', 'tea-03,A-10,4901234567894', 'tea-first,A-2,')
    await page.getByText('追加 3件、変更 0件、変更なし 0件、削除 0件').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await button(page, '取り込む').click()
    await page.getByRole('cell', { name: 'A-10' }).waitFor()
    await picture(page, 'item-list')
    const [orders = ''] = await printed(page, 'mixed', '出荷指示書')
    // The tea lies in front of the cup on the way, and has its JAN from the list.
    expect(orders.replaceAll('\n', ' ')).toMatch(/棚番.*A-10.*tea-03.*4901234567894.*B-02.*mug-04/)
    const picking = (await printed(page, null, 'ピッキングリスト')).join(' ').replaceAll('\n', ' ')
    expect(picking).toMatch(/A-2 .*A-10.*B-02.*mug-100/)
    expect(complaints).toEqual([])
    await close()
  })

  test('logo and own words of a shop stand on its papers', async () => {
    const { page, close, complaints } = await enterDemo(rig, WIDE)
    await csvTab(page, 'papers')
    await page.getByLabel('店舗', { exact: true }).selectOption({ index: 0 })
    await page.getByLabel('ロゴ', { exact: true }).setInputFiles({
      name: 'logo.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from('<svg/>'),
    })
    await page.getByText('PNG か JPEG の画像を選んでください。').waitFor()
    await page.getByLabel('ロゴ', { exact: true }).setInputFiles({
      name: 'logo.png',
      mimeType: 'image/png',
      buffer: pngOf(240, 64),
    })
    await page.getByAltText('現在のロゴ').waitFor()
    await page
      .getByLabel('納品書の上部の文')
      .fill('お買い上げありがとうございます。\nまたのご利用をお待ちしています。')
    await page.getByLabel('納品書の下部の文').fill('返品は到着から7日以内にご連絡ください。')
    await page.getByLabel('出荷指示書の文').fill('カタログを1部入れる')
    // Whichever mall's shop the first one is, all have it then.
    await page.getByLabel(/^ほかの店舗/).check()
    await button(page, '保存する').click()
    await page.getByText('納品書の設定を保存しました。').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'papers-settings')
    const drawn = () =>
      page.evaluate<number[]>(
        `[...document.querySelectorAll('.paper-logo')].map(({ naturalWidth }) => naturalWidth)`,
      )
    const [note = '', ...others] = await printed(page, 'mixed')
    expect(others).toEqual([])
    expect(note).toContain('お買い上げありがとうございます。')
    expect(note).toContain('またのご利用をお待ちしています。')
    expect(note).toContain('返品は到着から7日以内にご連絡ください。')
    expect(note).not.toContain('カタログ')
    await expect.poll(drawn).toEqual([240])
    await sheetPicture(page, 'note-with-logo')
    // Its pages are counted with the words on them.
    const long = await printed(page, 'long')
    expect(long.filter((text) => text.includes('返品は到着から'))).toHaveLength(1)
    expect(long.at(-1)).toContain('返品は到着から')
    const [order = ''] = await printed(page, 'mixed', '出荷指示書')
    expect(order).toContain('カタログを1部入れる')
    expect(order).not.toContain('返品は')
    await expect.poll(drawn).toEqual([240])
    await sheetPicture(page, 'packing-order-with-logo')
    expect(complaints).toEqual([])
    await close()
  })

  test('検品: a scanner opens a parcel and counts its goods, by keys alone', async () => {
    const { page, close, complaints } = await enterDemo(rig, WIDE)
    const READY = {
      mixed: [{ lines: [MUG, { ...TEA, units: 3 }] }],
      two: [{ lines: [MUG, TEA] }, { lines: [TEA], to: OTHER }],
      held: [{ lines: [MUG] }],
      cancelled: [{ lines: [MUG] }],
    }
    const scannedOf = {} as Record<keyof typeof READY, string>
    for (const kind of keysOf(READY)) {
      const overrides = kindOfOrder({ buyer: BUYER, baskets: READY[kind], more: RAKUTEN_READY })
      const [number = ''] = await placeOrders(rig, 1, { overrides })
      scannedOf[kind] = number
    }
    const rowOf = async (kind: keyof typeof READY) =>
      (
        await readApi<{ orders: { id: string; status: string; mallState: string }[] }>(
          rig,
          `/orders?number=${scannedOf[kind]}`,
        )
      ).orders[0]
    for (const kind of keysOf(READY))
      await waitFor(
        'an order to check',
        () => rowOf(kind),
        (row) => row !== undefined,
        { limitMs: 60_000 },
      )
    // Sounds are heard by nobody here: how many were begun is counted.
    await page.addInitScript(`
      globalThis.tones = 0
      const start = OscillatorNode.prototype.start
      OscillatorNode.prototype.start = function (...when) { globalThis.tones++; return start.apply(this, when) }
    `)
    const tones = () => page.evaluate<number>('globalThis.tones')
    await page.goto(`${rig.url}/board/check`)
    await page.getByLabel('荷物のコード').waitFor()
    /** As a scanner types: faster than the service answers. */
    const scan = async (...codes: string[]) => {
      for (const code of codes) {
        await page.keyboard.insertText(code)
        await page.keyboard.press('Enter')
      }
    }
    const said = page.locator('.check-said')
    const says = (text: string) => expect.poll(() => said.textContent(), { timeout: 30_000 }).toContain(text)
    const statusOf = async (kind: keyof typeof READY) => (await rowOf(kind))?.status
    await says('送り状番号か受注番号を読み取ってください')
    await scan('0000')
    await says('荷物が見つかりません: 0000')
    await scan(scannedOf.mixed)
    await says('商品を読み取ってください（4点）。')
    await scan('4909999999999')
    await says('この荷物の商品ではありません: 4909999999999')
    expect(await said.getAttribute('role')).toBe('alert')
    await scan('mug-04', '4901234567894')
    await says('あと 2点')
    await scan('mug-04')
    await says('数量を超えています: mug-04')
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'check')
    await scan('4901234567894', '4901234567894')
    await says(`検品が終わりました: ${scannedOf.mixed}`)
    const heard = await tones()
    expect(heard).toBeGreaterThan(8)
    // Nothing moves unless this machine says so.
    expect(await statusOf('mixed')).not.toBe('shipped')

    await page.getByLabel('音を出す').uncheck()
    await page.getByLabel(/「出荷済み」へ移す/).check()
    await scan(scannedOf.two)
    await says('どの荷物か選んでください。')
    const hand = handOf(page)
    await hand.to(page.getByRole('button', { name: new RegExp(`${scannedOf.two} 1/2`) }))
    await page.keyboard.press('Enter')
    await page.getByLabel('商品のコード').waitFor()
    await scan('mug-04', 'tea-03')
    await says('1/2')
    expect(await statusOf('two')).not.toBe('shipped')
    await scan(scannedOf.two)
    await hand.to(page.getByRole('button', { name: new RegExp(`${scannedOf.two} 2/2`) }))
    await page.keyboard.press('Enter')
    await page.getByLabel('商品のコード').waitFor()
    // Goods without a code are counted by hand.
    await hand.to(page.getByRole('button', { name: '例示茶 100gを1つ数える' }))
    await page.keyboard.press('Enter')
    await says('「出荷済み」へ移しました')
    expect(await statusOf('two')).toBe('shipped')
    expect(await tones()).toBe(heard)

    const held = await rowOf('held')
    await readApi(rig, '/orders/move', { orderIds: [held?.id], to: 'on_hold' })
    await scan(scannedOf.held)
    await says('保留中の受注です')
    expect(await page.getByRole('table').count()).toBe(0)
    // Cancelled while its goods are counted: it does not leave.
    await scan(scannedOf.cancelled)
    await page.getByLabel('商品のコード').waitFor()
    await cancelOrder(rig, scannedOf.cancelled)
    const isCancelled = (row: { mallState: string } | undefined) => row?.mallState === 'cancelled'
    await waitFor('the cancellation', () => rowOf('cancelled'), isCancelled, { limitMs: 60_000 })
    await scan('mug-04')
    await says('キャンセルされた受注です。発送しないでください')
    expect(await statusOf('cancelled')).not.toBe('shipped')
    await picture(page, 'check-stop')
    await scan(scannedOf.cancelled)
    await says('キャンセルされた受注です。発送しないでください')
    expect(complaints).toEqual([])
    await close()
  })
})

const sheetPicture = async (page: Page, name: string): Promise<void> => {
  if (process.env.PRINTED)
    await page.locator('.sheet').screenshot({ path: `${process.env.PRINTED}/${name}.png` })
}

/** A picture of one colour. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2], 8)
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x60)])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

async function setIssuer(rig: Rig): Promise<void> {
  const put = async (path: string, method: string, body: object) => {
    const response = await fetch(`${rig.demo.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${rig.demo.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }
  await put('/contract', 'PATCH', { registrationNumber: 'T1234567890123' })
  const sender = {
    name: '取込商店',
    postalCode: '1000001',
    address: '東京都千代田区千代田1-1',
    phone: '03-1234-5678',
  }
  const settings = { sender, goodsName: '衣類', billingCode: '0312345678', freightNumber: '01' }
  await put('/labels/settings', 'PUT', { format: 'yamato_b2', settings })
  // A tool that is not the sender's knows the rate, too.
  await put('/labels/settings', 'PUT', {
    format: 'sagawa_ehiden3',
    settings: { sender, goodsName: '衣類', unknownTaxRate: '10' },
  })
}

/** What a scanner reads of the bars at a printer's resolution, four dots to the thinnest. */
async function readBars(page: Page, at = 0): Promise<string> {
  const drawn = await page.evaluate<string>(
    `new XMLSerializer().serializeToString(document.querySelectorAll('.sheet .barcode')[${at}])`,
  )
  const dots = drawn.replace(/ width="[^"]*mm" height="[^"]*mm"/, '')
  const { width, height, grey } = await page.evaluate<{
    width: number
    height: number
    grey: number[]
  }>(`(async () => {
    const svg = ${JSON.stringify(dots)}
    const [, modules] = /viewBox="0 0 (\\d+)/.exec(svg)
    const [width, height] = [modules * 4, 160]
    const image = new Image()
    image.src = 'data:image/svg+xml,' + encodeURIComponent(svg.replace('<svg', '<svg width="' + width + '" height="' + height + '"'))
    await image.decode()
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width, height })
    const context = canvas.getContext('2d')
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
    context.drawImage(image, 0, 0, width, height)
    const { data } = context.getImageData(0, 0, width, height)
    return { width, height, grey: [...data].filter((_, at) => at % 4 === 0) }
  })()`)
  const bitmap = new BinaryBitmap(
    new HybridBinarizer(new RGBLuminanceSource(Uint8ClampedArray.from(grey), width, height)),
  )
  const hints = new Map<DecodeHintType, unknown>([
    [DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.CODE_128]],
    [DecodeHintType.TRY_HARDER, true],
  ])
  return new MultiFormatReader().decode(bitmap, hints).getText()
}
