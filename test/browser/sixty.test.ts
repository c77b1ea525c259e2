import { mkdirSync, writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { mergeDeep } from '../../sandbox/kit/order-book.ts'
import { READY_TO_SHIP, SIMULATED_MALLS, type SimulatedMall } from '../../sandbox/malls/index.ts'
import { csvLines, decodeCp932, encodeCp932, readCsv } from '../../src/platform/csv.ts'
import { kindOfOrder, someone } from './orders-of-kinds.ts'
import { pdfPages } from './pdf-text.ts'
import {
  cancelOrder,
  enterDemo,
  hasBrowser,
  LEFT_OUT,
  placeOrders,
  type Rig,
  readApi,
  startRig,
  WIDE,
} from './rig.ts'

/**
 * A morning of sixty orders of all kinds and malls by the page: taken over, some bundled, labels of one
 * carrier, papers, the carrier's numbers read back, and all of them shipped at their malls.
 */

const FAMILY = '朝山'
const MUG = { code: 'mug-04', name: '見本マグカップ', price: 1650 }
const TEA = { code: 'tea-03', name: '例示茶 100g', price: 1080, rate: 8 } as const

/** How many of each kind; a pair is two orders of one buyer to one address. */
const COUNTS = {
  plain: 10,
  cool: 6,
  frozen: 4,
  cod: 8,
  two: 4,
  gift: 6,
  pair: 8,
  island: 3,
  cancelled: 1,
} as const
type KindName = keyof typeof COUNTS

/** Of the other malls, by what differs: each is as its simulator draws it, but for its people and this. */
const ELSEWHERE: readonly { mall: SimulatedMall; kind: 'plain' | 'cool' | 'frozen' | 'cod'; more: object }[] =
  [
    { mall: 'yahoo', kind: 'plain', more: {} },
    { mall: 'yahoo', kind: 'plain', more: {} },
    { mall: 'yahoo', kind: 'cool', more: { Ship: { ShipMethodName: 'クール宅急便（冷蔵）' } } },
    { mall: 'yahoo', kind: 'cod', more: { Pay: { PayMethod: 'payment_d1', PayMethodName: '商品代引' } } },
    { mall: 'amazon', kind: 'plain', more: {} },
    { mall: 'amazon', kind: 'plain', more: {} },
    { mall: 'aupay', kind: 'plain', more: {} },
    { mall: 'aupay', kind: 'plain', more: {} },
    { mall: 'aupay', kind: 'frozen', more: { deliveryName: 'クール便（冷凍）' } },
    { mall: 'aupay', kind: 'cod', more: { settlementName: '代金引換' } },
  ]
const elsewhere = (kind: string): number => ELSEWHERE.filter((one) => one.kind === kind).length

function overridesElsewhere({ mall, more }: (typeof ELSEWHERE)[number], at: number): object {
  const first = `${mall}${at}`
  const people: Partial<Record<SimulatedMall, object>> = {
    yahoo: {
      Pay: { BillLastName: FAMILY, BillFirstName: first },
      Ship: { ShipLastName: FAMILY, ShipFirstName: first, ShipRequestDate: '', ShipRequestTime: '' },
    },
    amazon: {
      programs: [],
      buyer: { buyerName: FAMILY },
      recipient: { deliveryAddress: { name: `${FAMILY} ${first}` } },
    },
    aupay: {
      ordererName: `${FAMILY} ${first}`,
      senderName: `${FAMILY} ${first}`,
      crossBorderEcTradeKbn: '',
      deliveryRequestDay: '',
      deliveryRequestTime: '',
    },
  }
  return mergeDeep(mergeDeep(READY_TO_SHIP[mall] ?? {}, people[mall] ?? {}), more)
}

const TOTAL = Object.values(COUNTS).reduce((sum, count) => sum + count, 0) + ELSEWHERE.length
/** Two of each order to two, one of each pair, none of the cancelled. */
const LABELS = TOTAL + COUNTS.two - COUNTS.pair / 2 - COUNTS.cancelled

/** Each with a buyer of its own, or all would be for one parcel. */
function overridesOf(kind: KindName, at: number): object {
  const place = kind === 'pair' ? Math.floor(at / 2) : at
  const buyer = someone(FAMILY, `${kind}${place}`, {
    subAddress: `神宮前${Object.keys(COUNTS).indexOf(kind) + 1}-${place + 1}-3`,
  })
  const other = someone('受取', `${kind}${place}`, {
    zipCode1: '530',
    zipCode2: '0001',
    prefecture: '大阪府',
    city: '大阪市北区',
    subAddress: `梅田1-${place + 1}`,
  })
  const island = {
    zipCode1: '907',
    zipCode2: '0014',
    prefecture: '沖縄県',
    city: '石垣市',
    subAddress: `新栄町${place + 1}-1`,
  }
  const delivery = (deliveryName: string) => ({
    more: { DeliveryModel: { deliveryName, deliveryClass: null } },
  })
  const one = { buyer, baskets: [{ lines: [MUG, TEA] }] }
  switch (kind) {
    case 'cool':
      return kindOfOrder({ ...one, ...delivery('クール宅急便（冷蔵）') })
    case 'frozen':
      return kindOfOrder({ ...one, ...delivery('冷凍便') })
    case 'cod':
      return kindOfOrder({ ...one, payment: [2, '代金引換'] })
    case 'two':
      return kindOfOrder({ buyer, baskets: [{ lines: [MUG] }, { lines: [TEA], to: other }] })
    case 'gift':
      return kindOfOrder({ buyer, gift: true, baskets: [{ lines: [MUG], to: other }] })
    case 'island':
      return kindOfOrder({ buyer: { ...buyer, ...island }, baskets: [{ lines: [MUG], island: true }] })
    default:
      return kindOfOrder(one)
  }
}

describe.skipIf(!hasBrowser)(`sixty orders of all kinds${LEFT_OUT}`, () => {
  let rig: Rig
  const numbers = new Map<KindName, string[]>()
  const of = (kind: KindName): string[] => numbers.get(kind) ?? []
  const MINE = `name=${encodeURIComponent(FAMILY)}`
  const countOf = async (query: string): Promise<number> =>
    (await readApi<{ total: number }>(rig, `/orders?${MINE}&${query}&limit=1&total=true`)).total

  beforeAll(async () => {
    rig = await startRig()
    for (const kind of Object.keys(COUNTS) as KindName[])
      for (let at = 0; at < COUNTS[kind]; at++) {
        const placed = await placeOrders(rig, 1, { overrides: overridesOf(kind, at), readyToShip: true })
        numbers.set(kind, [...of(kind), ...placed])
      }
    for (const [at, one] of ELSEWHERE.entries()) {
      const overrides = overridesElsewhere(one, at)
      const placed = await placeOrders(rig, 1, { overrides }, SIMULATED_MALLS.indexOf(one.mall))
      numbers.set(one.kind, [...of(one.kind), ...placed])
    }
    await waitFor(
      'sixty orders',
      () => countOf(''),
      (count) => count === TOTAL,
      { everyMs: 1_000, limitMs: 200_000 },
    )
  }, 300_000)
  afterAll(async () => {
    await rig?.close()
  })

  /** Ctrl+A, and the rest of the list by its button. */
  async function tick(page: Page, query: string, count: number): Promise<void> {
    await page.goto(`${rig.url}/board/orders?${query}`)
    await page.locator('[role=grid][aria-busy=false] .grid-line').first().waitFor({ state: 'attached' })
    await page.getByRole('grid').focus()
    await page.keyboard.press('ControlOrMeta+a')
    const all = page.getByRole('button', { name: /^一覧の[\d,]+件すべてを選択/ })
    await page.getByText(/件の受注が選択されています。/).waitFor()
    if (await all.isVisible()) await all.click()
    await page.getByText(`${count}件の受注が選択されています。`).waitFor({ timeout: 30_000 })
  }

  async function print(page: Page, paper: string): Promise<string[]> {
    await tick(page, `status=ready_to_ship&${MINE}`, await countOf('status=ready_to_ship'))
    await page.getByRole('button', { name: /^印刷/ }).click()
    await page.getByRole('menuitem', { name: paper }).click()
    await page.locator('.sheet').first().waitFor({ timeout: 60_000 })
    const bytes = await page.pdf({ preferCSSPageSize: true })
    if (process.env.PRINTED) {
      mkdirSync(process.env.PRINTED, { recursive: true })
      writeFileSync(`${process.env.PRINTED}/sixty-${paper}.pdf`, bytes)
    }
    return pdfPages(bytes)
  }

  test('leave with a label for each parcel, and the mall is told of each', async () => {
    const { page, complaints, close } = await enterDemo(rig, WIDE)
    const button = (name: string | RegExp) => page.getByRole('button', { name })
    const main = page.getByRole('dialog').locator('.button-main')
    await setLabels(page, rig)

    // Taken over, and ready to leave.
    await page.goto(`${rig.url}/board/orders?status=auto_imported`)
    await page.getByRole('grid').waitFor()
    await page.keyboard.press('F2')
    await main.click()
    await page
      .getByRole('dialog')
      .getByText(/成功 [\d,]+件/)
      .first()
      .waitFor({ timeout: 60_000 })
    await page.keyboard.press('Escape')
    await tick(page, `status=new&${MINE}`, TOTAL)
    await page.keyboard.press('F4')
    await main.click()
    await page
      .getByRole('dialog')
      .getByText(/成功 [\d,]+件/)
      .first()
      .waitFor({ timeout: 60_000 })
    await page.keyboard.press('Escape')
    await expect.poll(() => countOf('status=ready_to_ship')).toBe(TOTAL)

    // One press joins the orders of a buyer, one parts them.
    for (let pair = 0; pair < COUNTS.pair / 2; pair++) {
      const buyer = `name=${encodeURIComponent(`${FAMILY}pair${pair}`)}`
      await tick(page, `status=ready_to_ship&${buyer}`, 2)
      await button('同梱にする').click()
      await page.getByText('2件を同梱にしました。送り状は1枚になります。').waitFor()
      if (pair > 0) continue
      await button('元に戻す').click()
      await page.getByText(/2件の同梱を解除しました。/).waitFor()
      await tick(page, `status=ready_to_ship&${buyer}`, 2)
      await button('同梱にする').click()
      await page.getByText('2件を同梱にしました。送り状は1枚になります。').waitFor()
    }

    // Its buyer cancels one before it leaves.
    const [lost = ''] = of('cancelled')
    await cancelOrder(rig, lost)
    await expect.poll(() => countOf('cancelledAtMall=true'), { timeout: 60_000 }).toBe(1)

    const notes = await print(page, '納品書')
    const all = [...numbers.values()].flat()
    for (const number of all)
      expect([number, notes.some((text) => text.includes(number))]).toEqual([number, true])
    expect(notes).toHaveLength(TOTAL + COUNTS.two)
    expect(notes.filter((text) => text.includes('キャンセルされた受注'))).toHaveLength(1)
    // A simulator may draw a gift or 代金引換 of its own.
    expect(notes.filter((text) => text.includes('贈り主')).length).toBeGreaterThanOrEqual(COUNTS.gift)
    expect(notes.filter((text) => text.includes('代金引換です。')).length).toBeGreaterThanOrEqual(COUNTS.cod)
    const picking = (await print(page, 'ピッキングリスト')).join('\n').replaceAll('\n', ' ')
    expect(picking).toMatch(new RegExp(`受注 ${TOTAL - COUNTS.cancelled}件 商品 \\d+種 数量 \\d+点`))
    expect(picking).toContain(MUG.code)
    expect(picking).not.toContain(lost)
    const orders = (await print(page, '出荷指示書')).join('\n')
    expect(orders).not.toContain(lost)
    expect(orders.match(/出荷指示書/g)).toHaveLength(TOTAL + COUNTS.two - COUNTS.cancelled)
    for (const [one = '', other = ''] of [of('pair').slice(0, 2)]) {
      expect(orders).toMatch(new RegExp(`同梱\\s*${other}`))
      expect(orders).toMatch(new RegExp(`同梱\\s*${one}`))
    }

    // The labels: a line for each parcel, the cancelled one refused.
    await tick(page, `status=ready_to_ship&${MINE}`, TOTAL)
    await button(/^送り状CSV/).click()
    await button('事前に確認する').click()
    await page.getByText(`出力できます ${TOTAL - COUNTS.cancelled}件`).waitFor({ timeout: 60_000 })
    // Each order to an island is told, and leaves all the same.
    const islands = page.getByText(/^離島・遠隔地です。/)
    expect(await islands.count()).toBeGreaterThanOrEqual(COUNTS.island)
    const [inTwo = ''] = of('plain')
    await page.getByLabel(`${inTwo}の個口数`).fill('2')
    const download = page.waitForEvent('download')
    await button('送り状ファイルを出力する').click()
    const file = await streamOf(await (await download).createReadStream())
    const [head, ...lines] = readCsv(file, { rows: 500, line: 20_000 }).map(({ cells }) => cells)
    const cell = (name: string) =>
      lines.map((line) => line[head?.findIndex((one) => one.startsWith(name)) ?? -1])
    expect(lines).toHaveLength(LABELS)
    const counted = (name: string, value: string) => cell(name).filter((one) => one === value).length
    expect([counted('クール区分', '2'), counted('クール区分', '1')]).toEqual([
      COUNTS.cool + elsewhere('cool'),
      COUNTS.frozen + elsewhere('frozen'),
    ])
    const { orders: mine } = await readApi<{ orders: { paymentKind: string }[] }>(
      rig,
      `/orders?${MINE}&limit=100`,
    )
    const onDelivery = mine.filter(({ paymentKind }) => paymentKind === 'cod').length
    expect(onDelivery).toBeGreaterThanOrEqual(COUNTS.cod + elsewhere('cod'))
    expect(counted('送り状種類', '2')).toBe(onDelivery)
    // What was typed in the check's result is in the file.
    expect(counted('発行枚数', '2')).toBe(1)
    expect(new Set(cell('お客様管理番号')).size).toBe(LABELS)
    expect(decodeCp932(file)).not.toContain('cancelled')

    // The carrier's numbers, and the mall is told.
    const issued = csvLines([
      ['お客様管理番号', '送り状種類', 'クール区分', '伝票番号', '出荷予定日'],
      ...cell('お客様管理番号').map((key, at) => {
        const body = 42_000_000_000 + at
        return [key ?? '', '0', '0', `${body}${body % 7}`, '']
      }),
    ])
    await page
      .getByRole('navigation', { name: '関連する画面' })
      .getByRole('link', { name: '送り状番号を取り込む' })
      .click()
    await page.getByLabel('ファイルの形式').selectOption('yamato_b2')
    await page
      .getByLabel('CSV ファイル')
      .setInputFiles({ name: 'issued.csv', mimeType: 'text/csv', buffer: encodeCp932(issued) })
    await button('内容を確認する').click()
    await button(/件の発送完了をモールに送る/).click({ timeout: 60_000 })
    const done = TOTAL - COUNTS.cancelled
    await expect.poll(() => countOf('tracking=some'), { timeout: 240_000, interval: 1_000 }).toBe(done)
    // au PAY ends an order with its shipment.
    const gone = async () => (await countOf('status=shipped')) + (await countOf('status=completed'))
    await expect.poll(gone, { timeout: 60_000, interval: 1_000 }).toBe(done)
    expect(await countOf('status=ready_to_ship')).toBe(COUNTS.cancelled)
    // Both orders of a pair have one number.
    const numbersOf = async (number: string) => {
      const { orders } = await readApi<{ orders: { id: string }[] }>(rig, `/orders?number=${number}`)
      const { detail } = await readApi<{
        detail: { recipients: { parcels: { trackingNumber: string }[] }[] }
      }>(rig, `/orders/${orders[0]?.id}`)
      return detail.recipients.flatMap(({ parcels }) => parcels.map(({ trackingNumber }) => trackingNumber))
    }
    for (let at = 0; at < COUNTS.pair; at += 2) {
      const [one, other] = await Promise.all([at, at + 1].map((place) => numbersOf(of('pair')[place] ?? '')))
      expect(one).toHaveLength(1)
      expect(other).toEqual(one)
    }
    expect(complaints).toEqual([])
    await close()
  }, 580_000)
})

async function streamOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

/** Once in a shop's life. */
async function setLabels(page: Page, rig: Rig): Promise<void> {
  await page.goto(`${rig.url}/board/csv?tab=settings`)
  for (const [label, value] of [
    ['ご依頼主名', '取込商店'],
    ['郵便番号', '1000001'],
    ['住所', '東京都千代田区千代田1-1'],
    ['電話番号', '03-1234-5678'],
    ['品名', '食器'],
    ['請求先顧客コード', '0312345678'],
    ['運賃管理番号', '01'],
  ] as const)
    await page.getByLabel(label, { exact: true }).fill(value)
  // Amazon gives no rate, of which 代引 needs one.
  await page.getByLabel('税率の分からない受注の税率', { exact: true }).selectOption('10')
  await page.getByRole('button', { name: '保存する' }).click()
  await page.getByText('設定済み').waitFor()
}
