import { writeFile } from 'node:fs/promises'
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
import { kindOfOrder, someone } from './orders-of-kinds.ts'
import { pdfPages } from './pdf-text.ts'
import {
  enterDemo,
  hasBrowser,
  LEFT_OUT,
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
  konbini: kindOfOrder({
    buyer: BUYER,
    payment: [14, 'ファミリーマート、ローソン等（前払）'],
    baskets: [{ lines: [MUG] }],
  }),
  deferred: kindOfOrder({ buyer: BUYER, payment: [21, '後払い決済'], baskets: [{ lines: [MUG] }] }),
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

  async function open(page: Page, kind: KindName | null, paper: string): Promise<void> {
    const which = kind === null ? `name=${encodeURIComponent('印字一郎')}` : `number=${numbers[kind]}`
    await page.goto(`${rig.url}/board/orders?${which}`)
    await page.locator('[role=grid][aria-busy=false] .grid-line').first().waitFor({ state: 'attached' })
    await page.getByRole('grid').focus()
    await page.keyboard.press('ControlOrMeta+a')
    await page.getByRole('button', { name: /^印刷/ }).click()
    await page.getByRole('menuitem', { name: paper }).click()
    await page.locator('.sheet').first().waitFor()
  }

  async function printed(page: Page, kind: KindName | null, paper = '納品書'): Promise<string[]> {
    await open(page, kind, paper)
    const bytes = await page.pdf({ preferCSSPageSize: true })
    if (process.env.PRINTED) await writeFile(`${process.env.PRINTED}/${paper}-${kind ?? 'all'}.pdf`, bytes)
    return pdfPages(bytes)
  }

  const yen = (amount: number) => `¥${amount.toLocaleString('ja-JP')}`

  test('a bill has all that an 適格簡易請求書 must say', async () => {
    const { page, close, complaints } = await enterDemo(rig, WIDE)
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
    const [deferred = ''] = await printed(page, 'deferred')
    expect(deferred).toContain('後払いです。')
    await close()
  })

  test('出荷指示書 has each parcel whole on a page, its own codes and no price; the bars are the order’s number', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const pages = await printed(page, null, '出荷指示書')
    const all = pages.join('\n')
    expect(all).not.toMatch(/normal-inventory|[¥￥]|請求金額/)
    for (const number of Object.values(numbers)) expect(all).toContain(number)
    expect(all).toContain('出荷指示書 2/2')
    expect(await seriousFindings(page)).toEqual([])
    await open(page, 'mixed', '出荷指示書')
    expect(await readBars(page)).toBe(numbers.mixed)
    const [list = ''] = await printed(page, null, 'ピッキングリスト')
    expect(list).not.toContain('normal-inventory')
    expect(list.replaceAll('\n', ' ')).toMatch(/mug-04-w/)
    await open(page, 'mixed', '納品書')
    expect(await readBars(page)).toBe(numbers.mixed)
    await close()
  })
})

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
  await put('/labels/settings', 'PUT', {
    format: 'yamato_b2',
    settings: {
      sender: {
        name: '取込商店',
        postalCode: '1000001',
        address: '東京都千代田区千代田1-1',
        phone: '03-1234-5678',
      },
      goodsName: '衣類',
      billingCode: '0312345678',
      freightNumber: '01',
    },
  })
}

/** What a scanner reads of the bars at a printer's resolution, four dots to the thinnest. */
async function readBars(page: Page): Promise<string> {
  const drawn = await page.evaluate<string>(
    `new XMLSerializer().serializeToString(document.querySelector('.sheet .barcode'))`,
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
