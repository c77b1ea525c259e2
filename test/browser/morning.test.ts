import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  enterDemo,
  handOf,
  hasBrowser,
  LEFT_OUT,
  placeEverywhere,
  type Rig,
  readApi,
  startRig,
} from './rig.ts'

/**
 * The morning of a shop with 400 new orders on four malls, by the page alone: taken over, 今日出荷, labels with what keeps some of them
 * back, one tracking file for all malls, and a move undone. Each click and key is counted; docs/board.md has the figures.
 */

/** By mall, in the order in which the demo names them; Amazon and Yahoo! give one order a call, at their pace. */
const PLACED = [250, 60, 10, 80] as const
const TOTAL = PLACED.reduce((sum, count) => sum + count, 0)

interface Row {
  orderNumber: string
}

describe.skipIf(!hasBrowser)(`the morning${LEFT_OUT}`, () => {
  let rig: Rig
  const countOf = async (query: string): Promise<number> =>
    (await readApi<{ total: number }>(rig, `/orders?${query}&limit=1&total=true`)).total

  beforeAll(async () => {
    rig = await startRig()
  }, 120_000)
  afterAll(async () => {
    await rig?.close()
  })

  async function arrange(): Promise<void> {
    const before = await countOf('status=auto_imported')
    await placeEverywhere(rig, PLACED, { readyToShip: true })
    await expect
      .poll(() => countOf('status=auto_imported'), { timeout: 240_000, interval: 1_000 })
      .toBeGreaterThanOrEqual(before + TOTAL)
  }

  /** Once in a shop's life, and so not counted. */
  async function setLabels(page: Page): Promise<void> {
    await page.goto(`${rig.url}/board/csv`)
    await page.getByRole('tab', { name: '送り状の設定' }).click()
    for (const [label, value] of [
      ['ご依頼主名', '取込商店'],
      ['郵便番号', '1000001'],
      ['住所', '東京都千代田区千代田1-1'],
      ['電話番号', '03-1234-5678'],
      ['品名', '衣類'],
      ['請求先顧客コード', '0312345678'],
      ['運賃管理番号', '01'],
    ] as const)
      await page.getByLabel(label, { exact: true }).fill(value)
    await page.getByRole('button', { name: '保存する' }).click()
    await page.getByText('送り状の設定を保存しました。').waitFor()
    await page.goto(`${rig.url}/board`)
    await page.getByRole('grid').waitFor()
  }

  test('400 orders on four malls leave, and each step is a person’s', async () => {
    await arrange()
    const { page, complaints, close } = await enterDemo(rig)
    await setLabels(page)
    const hand = handOf(page)
    const dialog = page.getByRole('dialog')
    const button = (name: string | RegExp) => page.getByRole('button', { name })
    const all = () => button(/^一覧の[\d,]+件すべてを選択/)

    // Taken over.
    const staged = await countOf('status=auto_imported')
    await hand.press('F2')
    await hand.click(dialog.getByRole('button', { name: '取り込む', exact: true }))
    await dialog.getByText(/成功 [\d,]+件/).waitFor({ timeout: 60_000 })
    await hand.press('Escape')
    await expect.poll(() => countOf('status=auto_imported')).toBeLessThan(staged)

    // Looked through, and ready to leave.
    await hand.click(page.getByRole('link', { name: /^新規受付/ }))
    await listed(page)
    await hand.press('ControlOrMeta+a')
    await hand.click(all())
    await page.getByText(ticked(await countOf('status=new'))).waitFor({ timeout: 30_000 })
    await hand.press('F4')
    await hand.click(dialog.getByRole('button', { name: /件を移動$/ }))
    await dialog.getByText(/成功 [\d,]+件/).waitFor({ timeout: 60_000 })
    await hand.press('Escape')

    // 今日出荷, and its labels.
    await hand.click(page.getByRole('link', { name: '今日出荷' }))
    await page.getByRole('heading', { name: '今日出荷', level: 1 }).waitFor()
    await listed(page)
    const toShip = await countOf('status=ready_to_ship&tracking=none&hold=false')
    expect(toShip).toBeGreaterThanOrEqual(TOTAL / 2)
    await hand.press('ControlOrMeta+a')
    await hand.click(all())
    await page.getByText(ticked(toShip)).waitFor({ timeout: 30_000 })
    await hand.press('F6')
    await hand.click(button('事前に確認する'))
    const odd = page.locator('li').filter({ hasText: '使えない文字' }).getByRole('button').first()
    await odd.waitFor({ timeout: 60_000 })
    const passing = async () =>
      Number(/(\d+)件/.exec((await page.getByText(/出力できます/).textContent()) ?? '')?.[1])
    const before = await passing()
    await hand.click(odd)
    await expect.poll(passing, { timeout: 60_000 }).toBeGreaterThan(before)
    // A look at an order and back: what was found is still there.
    await hand.click(page.getByRole('region', { name: '受注ごとの確認結果' }).getByRole('link').first())
    await page.getByRole('tab', { name: '送付先' }).waitFor()
    await page.goBack()
    await page.getByText(/出力できます \d+件/).waitFor()
    const download = page.waitForEvent('download')
    await hand.click(button('送り状ファイルを出力する'))
    expect((await download).suggestedFilename()).toMatch(/^yamato_b2-/)

    // One tracking file of all malls.
    const { orders } = await readApi<{ orders: Row[] }>(
      rig,
      '/orders?status=ready_to_ship&tracking=none&hold=false&labelled=true&limit=1000',
    )
    expect(orders.length).toBeGreaterThanOrEqual(TOTAL / 2)
    const lines = orders.map(({ orderNumber }, n) => `${orderNumber},${checked(40_000_000_000 + n)}`)
    await hand.click(page.getByRole('tab', { name: '送り状番号を取り込む' }))
    await hand.choose(page.getByLabel('ファイルの形式'), 'その他の CSV（見出し行あり）')
    await page.getByLabel('CSV ファイル').setInputFiles({
      ...{ name: 'numbers.csv', mimeType: 'text/csv' },
      buffer: Buffer.from(`受注番号,送り状番号\r\n${lines.join('\r\n')}\r\n`),
    })
    await hand.click(button('内容を確認する'))
    const send = button(/件の発送完了をモールに送る/)
    await send.waitFor({ timeout: 30_000 })
    const tracked = await countOf('tracking=some')
    await hand.click(send)
    await page.getByText(/依頼しました \d+行/).waitFor({ timeout: 60_000 })
    await expect
      .poll(() => countOf('tracking=some'), { timeout: 120_000, interval: 1_000 })
      .toBeGreaterThan(tracked + TOTAL / 4)

    // A move that was a mistake.
    await hand.click(page.getByRole('link', { name: /^出荷待ち/ }))
    await listed(page)
    const waiting = await countOf('status=on_hold')
    await hand.press('Space')
    await hand.press('F4')
    await hand.choose(dialog.getByRole('combobox').first(), '保留')
    await hand.click(dialog.getByRole('button', { name: /件を移動$/ }))
    await dialog.getByText('成功 1件').waitFor()
    await hand.press('Escape')
    await expect.poll(() => countOf('status=on_hold')).toBe(waiting + 1)
    await hand.click(button('元に戻す'))
    await expect.poll(() => countOf('status=on_hold')).toBe(waiting)
    expect(complaints).toEqual([])
    // As docs/board.md has it.
    expect(hand.count).toEqual({ clicks: 20, keys: 10 })
    await close()
  }, 480_000)
})

/** The rows of this list: those of the one before stand until they come, and cannot be ticked. */
const listed = (page: Page) =>
  page.locator('[role=grid][aria-busy=false] .grid-line').first().waitFor({ state: 'attached' })

const ticked = (count: number): string => `${count.toLocaleString('en')}件の受注が選択されています。`

/** A number of ヤマト: the last digit is the rest of the others by seven. */
const checked = (digits: number): string => `${digits}${digits % 7}`
