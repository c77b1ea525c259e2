import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { decodeCp932, encodeCp932, readCsv } from '../../src/platform/csv.ts'
import { japaneseDay } from '../../src/platform/japan-time.ts'
import { kindOfOrder, someone } from './orders-of-kinds.ts'
import {
  enterDemo,
  hasBrowser,
  LEFT_OUT,
  newOrders,
  PHONE,
  picture,
  placeOrders,
  type Rig,
  readApi,
  seriousFindings,
  setSender,
  startRig,
  tabTo,
  WIDE,
} from './rig.ts'

/** Labels, printing, calendars and settings, as staff use them. */

const CUP = { code: 'mug', name: 'カップ', price: 800 }

/** A page of CSV・送り状, from the one beside it. */
const beside = (page: Page, name: string) =>
  page.getByRole('navigation', { name: '関連する画面' }).getByRole('link', { name })
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

describe.skipIf(!hasBrowser)(`papers and settings${LEFT_OUT}`, () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await startRig()
    // A calendar of nothing compared shows nothing.
    const { shops } = await readApi<{ shops: { id: string; marketplace: string }[] }>(rig, '/shops')
    const rakuten = shops.find(({ marketplace }) => marketplace === 'rakuten')
    const compared = async () =>
      (await readApi<{ verifiedUntil: string | null }>(rig, `/shops/${rakuten?.id}/completeness`))
        .verifiedUntil
    // It comes a minute after the start. Asked for every 50 ms, a fast machine is over what one key may ask
    // for by then.
    await waitFor('a first comparison', compared, (until) => until !== null, {
      everyMs: 1000,
      limitMs: 180_000,
    })
  }, 240_000)
  afterAll(async () => {
    await rig?.close()
  })

  test.each([
    ['wide', WIDE],
    ['phone', PHONE],
  ] as const)(
    'every screen, %s, without a serious finding of axe or a scrolled page',
    async (size, looks) => {
      const visitor = await enterDemo(rig, looks)
      const { page } = visitor
      for (const [name, path, heading] of [
        ['csv', '/csv', '送り状を出力'],
        ['calendar', '/calendar', '突合カレンダー'],
        ['credentials', '/credentials', '鍵・同意カレンダー'],
        ['shops', '/shops', '店舗・受信箱'],
        ['notices', '/notices', '通知先'],
      ] as const) {
        await page.goto(`${rig.url}/board${path}`)
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
        await page.getByText('読み込んでいます').first().waitFor({ state: 'detached' })
        expect([name, await seriousFindings(page)]).toEqual([name, []])
        const wider = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
        expect([name, wider]).toEqual([name, false])
        await picture(page, size === 'wide' ? name : `${name}-phone`)
      }
      // What is no page leads to the first.
      await page.goto(`${rig.url}/board/csv?tab=constructor`)
      await page.getByRole('heading', { name: '送り状を出力', level: 1 }).waitFor()
      expect(visitor.complaints).toEqual([])
      await visitor.close()
    },
  )

  test('labels: set up, looked over, written, and their numbers read back into ship changes', async () => {
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    await page.goto(`${rig.url}/board/csv`)
    await beside(page, '送り状の設定').click()
    for (const [label, value] of [
      ['ご依頼主名', '取込商店'],
      ['郵便番号', '1000001'],
      ['住所', '東京都千代田区千代田1-1'],
      ['電話番号', '03-1234-5678'],
      ['品名', '衣類'],
      ['請求先顧客コード', '12'],
      ['運賃管理番号', '01'],
    ] as const) {
      await page.getByLabel(label, { exact: true }).fill(value)
    }
    await button(page, '保存する').click()
    await page.getByText('半角数字10〜12桁').waitFor()
    await page.getByLabel('請求先顧客コード').fill('0312345678')
    await button(page, '保存する').click()
    await page.getByText('送り状の設定を保存しました。').waitFor()

    // クール便: chosen at the order, shown before the file is made.
    const overrides = kindOfOrder({ buyer: someone('冷蔵', '花子'), baskets: [{ lines: [CUP] }] })
    const [cooled] = await newOrders(rig, 1, { overrides })
    await page.goto(`${rig.url}/board/orders/${cooled?.id}`)
    await button(page, '店舗メモ・担当を編集').click()
    await page.getByLabel('温度帯', { exact: true }).selectOption('冷蔵')
    await button(page, '保存').click()
    await page.getByText('保存しました。').waitFor()
    await page.goto(`${rig.url}/board/csv`)

    await page.getByLabel('対象', { exact: true }).selectOption('new')
    await button(page, '事前に確認する').click()
    await page.getByText(/出力できます \d+件/).waitFor()
    const row = page.getByRole('row').filter({ hasText: cooled?.orderNumber ?? '' })
    await row.getByText('冷蔵', { exact: true }).waitFor()
    await picture(page, 'labels')
    const download = page.waitForEvent('download')
    await button(page, '送り状ファイルを出力する').click()
    expect((await download).suggestedFilename()).toMatch(/^yamato_b2-\d{4}-\d\d-\d\d\.csv$/)
    // A second label is a second parcel.
    await button(page, '送り状ファイルを出力する').click()
    await page.getByText(/件は送り状を出力済みです/).waitFor()
    await button(page, /^すべてもう一度出力する/).waitFor()

    await beside(page, '送り状番号を取り込む').click()
    await page.getByLabel('CSV ファイル').setInputFiles({
      name: 'numbers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`受注番号,送り状番号\r\n${cooled?.orderNumber},400000000003\r\nx,1\r\n`),
    })
    // Its kind is told from its heads, once it is read.
    await expect.poll(() => page.getByLabel('ファイルの形式').inputValue()).toBe('plain')
    await button(page, '内容を確認する').click()
    await page.getByText('直すと送れます 2行').waitFor()
    await picture(page, 'tracking')
    // The number is put right in its place, and the line of no order left out, to be looked after later.
    // Letters cannot stand there: the field shows what the file has.
    await page.getByLabel('2行目の送り状番号').fill('EE12')
    await page.getByLabel('2行目の送り状番号').press('Enter')
    await page.getByText('送り状番号は数字とハイフンで入力してください。').waitFor()
    expect(await page.getByLabel('2行目の送り状番号').inputValue()).toBe('400000000003')
    await page.getByLabel('2行目の送り状番号').fill('4000 0000 0002')
    await page.getByLabel('2行目の送り状番号').press('Enter')
    await page.getByText('直すと送れます 1行').waitFor()
    await button(page, /^外す\s*3行目$/).click()
    await page.getByText('外した行 1行').waitFor()
    await page.getByText('送れます 1行', { exact: true }).waitFor()
    expect(await page.locator('.results-sum').textContent()).toMatch(/店舗別.+ 1$/)
    expect(await page.getByText(/直すと送れます/).count()).toBe(0)
    const leftOut = page.waitForEvent('download')
    await button(page, '外した1行を書き出す').click()
    expect(await readFile((await (await leftOut).path()) ?? '', 'utf8')).toBe(
      '受注番号,送り状番号\r\nx,1\r\n',
    )
    await button(page, /件の発送完了をモールに送る/).click()
    // Followed until its end, beside the row.
    await page.getByText(/(送信中|成功) 1行/).waitFor()
    const asked = await readApi<{ siteChanges: unknown[] }>(
      rig,
      `/site-changes?orderId=${cooled?.id}&action=ship`,
    )
    expect(asked.siteChanges).toHaveLength(1)
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('lines of what the mall has as shipped are a kind of their own, and leave the file by one press', async () => {
    const [order] = await newOrders(rig, 1, {}, 1)
    const parcels = [{ carrier: 'yamato', trackingNumber: '400000000002' }]
    const change = { orderId: order?.id, action: 'ship', shippedOn: japaneseDay(Date.now()), parcels }
    await readApi(rig, '/site-changes', { changes: [change] })
    const stateOf = async () => (await readApi<{ mallState: string }>(rig, `/orders/${order?.id}`)).mallState
    await expect.poll(stateOf, { timeout: 60_000 }).not.toBe('open')
    const { page, close } = await enterDemo(rig, WIDE)
    await page.goto(`${rig.url}/board/csv?tab=tracking`)
    await page.getByLabel('CSV ファイル').setInputFiles({
      name: 'numbers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`受注番号,送り状番号\r\n${order?.orderNumber},400000000002\r\nx,1\r\n`),
    })
    await button(page, '内容を確認する').click()
    await page.getByText('すでに発送済み 1行', { exact: true }).waitFor()
    await button(page, 'すでに発送済みの1行を外す').click()
    await page.getByText('外した行 1行').waitFor()
    // A step back takes up the whole file again.
    await button(page, 'ファイルを選ぶ').click()
    await button(page, '内容を確認する').click()
    await page.getByText('すでに発送済み 1行', { exact: true }).waitFor()
    await button(page, 'すでに発送済みの1行を外す').click()
    await page.getByText('外した行 1行').waitFor()
    expect(await button(page, '0件の発送完了をモールに送る').getAttribute('aria-disabled')).toBe('true')
    await button(page, '0件の発送完了をモールに送る').hover()
    await page.getByText('送れる行がありません。').waitFor()
    await button(page, /^外す/).click()
    await page.getByText('送る行がなくなりました。').waitFor()
    // What was left out can still be written, and the keys are where the lines were.
    expect(await page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe('行ごとの結果')
    const leftOut = page.waitForEvent('download')
    await button(page, '外した2行を書き出す').click()
    expect(await readFile(await (await leftOut).path(), 'utf8')).toBe(
      `受注番号,送り状番号\r\n${order?.orderNumber},400000000002\r\nx,1\r\n`,
    )
    await close()
  }, 180_000)

  test('lines that did not go come back alone, to be put right and sent again', async () => {
    const [order] = await newOrders(rig, 1, {}, 1)
    const { page, complaints, close } = await enterDemo(rig, WIDE)
    await page.goto(`${rig.url}/board/csv?tab=tracking`)
    await page.getByLabel('CSV ファイル').setInputFiles({
      name: 'numbers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`受注番号,送り状番号\r\n${order?.orderNumber},400000000002\r\nx,400000000013\r\n`),
    })
    await page.getByText(/^numbers\.csv・1 KB・3行$/).waitFor()
    // Another file has to wait until this one was looked at: its lines would stand under the other's name.
    const looked = Promise.withResolvers<void>()
    await page.route('**/v1/labels/tracking', async (route) => {
      await looked.promise
      await route.continue()
    })
    await button(page, '内容を確認する').click()
    const other = {
      name: 'other.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('受注番号,送り状番号\r\ny,1\r\n'),
    }
    await page.getByLabel('CSV ファイル').setInputFiles(other)
    await page.getByText('処理が終わってから選んでください。').waitFor()
    looked.resolve()
    await page.locator('strong', { hasText: /^numbers\.csv$/ }).waitFor()
    await page.unroute('**/v1/labels/tracking')
    await button(page, '1件の発送完了をモールに送る').click()
    await page.getByText('成功 1行').waitFor({ timeout: 60_000 })
    await page.getByText('送っていません 1行').waitFor()
    expect(await page.locator('.results-sum').textContent()).toMatch(/店舗別.+ 1 \/ 1$/)
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'tracking-result')
    const notSent = page.waitForEvent('download')
    await button(page, '送れなかった1行を書き出す').click()
    expect(await readFile(await (await notSent).path(), 'utf8')).toBe(
      '受注番号,送り状番号\r\nx,400000000013\r\n',
    )
    await button(page, '送れなかった1行を直して送り直す').click()
    await page.getByText('直すと送れます 1行').waitFor()
    expect(await page.getByRole('row').count()).toBe(2)
    await page.locator('.steps-line [aria-current]', { hasText: '確かめる' }).waitFor()
    await button(page, '0件の発送完了をモールに送る').waitFor()
    expect(complaints).toEqual([])
    await close()
  }, 180_000)

  test('more orders than one call takes are written whole: a file for each part, named one after the other', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const ids = Array.from({ length: 620 }, (_, at) => `00000000-0000-7000-8000-${`${at}`.padStart(12, '0')}`)
    const { orders } = await readApi<{ orders: object[] }>(rig, '/orders?limit=1')
    await page.route('**/v1/orders?*limit=1000*', (route) =>
      route.fulfill({
        json: {
          orders: ids.map((id) => ({ ...orders[0], id })),
          nextCursor: null,
          total: null,
          totalIsCapped: false,
          due: null,
        },
      }),
    )
    const asked: { orderIds: string[]; dryRun: boolean }[] = []
    await page.route('**/v1/labels', (route) => {
      const body = route.request().postDataJSON() as (typeof asked)[number]
      asked.push(body)
      const n = body.orderIds.length
      const file = body.dryRun ? null : Buffer.from(`${n}`).toString('base64')
      return route.fulfill({
        json: {
          ready: n,
          refused: 0,
          rows: n,
          file,
          fileName: file && 'yamato_b2.csv',
          contentType: 'text/csv',
          orders: [],
        },
      })
    })
    await page.goto(`${rig.url}/board/csv`)
    await page.getByLabel('対象', { exact: true }).selectOption('new')
    const files: string[] = []
    page.on('download', (file) => files.push(file.suggestedFilename()))
    await button(page, '送り状ファイルを出力する').click()
    await page.getByText('620件の送り状を2つのファイルに出力しました。').waitFor()
    await expect.poll(() => files.toSorted()).toEqual(['yamato_b2-2.csv', 'yamato_b2.csv'])
    const written = asked.filter(({ dryRun }) => !dryRun)
    expect(written.map(({ orderIds }) => orderIds.length)).toEqual([500, 120])
    expect(written.flatMap(({ orderIds }) => orderIds)).toEqual(ids)
    await close()
  })

  test('クリックポスト takes forty labels: orders of two recipients fill a file sooner', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const ids = Array.from({ length: 40 }, (_, at) => `00000000-0000-7000-8000-${`${at}`.padStart(12, '0')}`)
    const { orders } = await readApi<{ orders: object[] }>(rig, '/orders?limit=1')
    await page.route('**/v1/orders?*limit=1000*', (route) =>
      route.fulfill({
        json: { orders: ids.map((id) => ({ ...orders[0], id })), nextCursor: null, total: ids.length },
      }),
    )
    const written: number[] = []
    await page.route('**/v1/labels', (route) => {
      const { orderIds, dryRun } = route.request().postDataJSON() as { orderIds: string[]; dryRun: boolean }
      const labels = (id: string) => (ids.indexOf(id) < 3 ? ['r1', 'r2'] : ['r1'])
      const rows = orderIds.flatMap(labels).length
      if (!dryRun) written.push(rows)
      return route.fulfill({
        json: {
          ready: orderIds.length,
          refused: 0,
          rows,
          file: dryRun ? null : Buffer.from('x').toString('base64'),
          fileName: dryRun ? null : 'click_post.csv',
          orders: orderIds.map((orderId) => ({
            orderId,
            orderNumber: orderId,
            ok: true,
            problems: [],
            warnings: [],
            labels: labels(orderId).map((recipientId) => ({ recipientId, key: null, temperature: 'normal' })),
          })),
        },
      })
    })
    await page.goto(`${rig.url}/board/csv`)
    await page.getByLabel('送り状ソフト', { exact: true }).selectOption('click_post')
    await page.getByLabel('対象', { exact: true }).selectOption('new')
    await button(page, '送り状ファイルを出力する').click()
    await page.getByText('43件の送り状を2つのファイルに出力しました。').waitFor()
    expect(written).toEqual([40, 3])
    await close()
  })

  test('局留め: another post office is typed with its postcode, and both are in the file', async () => {
    await setSender(rig, 'yupri_r', {
      slipKind: '1100780',
      size: '080',
      codLayout: '117',
      unknownTaxRate: '10',
    })
    const buyer = someone('局留', '太郎')
    const [placed = ''] = await placeOrders(rig, 1, {
      overrides: kindOfOrder({ buyer, baskets: [{ lines: [CUP] }] }),
      readyToShip: true,
    })
    const read = () => readApi<{ orders: { id: string }[] }>(rig, `/orders?number=${placed}`)
    await expect.poll(async () => (await read()).orders.length, { timeout: 60_000 }).toBe(1)
    const { page, complaints, close } = await enterDemo(rig, WIDE)
    await page.goto(`${rig.url}/board/orders?number=${placed}`)
    await page.locator('[role=grid][aria-busy=false] .grid-line').first().waitFor({ state: 'attached' })
    await page.getByRole('grid').focus()
    await page.keyboard.press('ControlOrMeta+a')
    await button(page, /^送り状CSV/).click()
    await page.getByLabel('送り状ソフト', { exact: true }).selectOption('yupri_r')
    await button(page, '事前に確認する').click()
    await button(page, new RegExp(`^止め置く\\s*（${placed}）`)).click()
    const code = page.getByLabel(`${placed}の郵便局の郵便番号`)
    expect(await code.count()).toBe(0)
    await page.getByLabel(`${placed}の営業所コードか名称`).fill('那覇中央郵便局')
    await code.fill('９００-8799')
    await page.getByLabel(`${placed}の営業所コードか名称`).fill('那覇東郵便局')
    expect(await seriousFindings(page)).toEqual([])
    const download = page.waitForEvent('download')
    await button(page, '送り状ファイルを出力する').click()
    const path = await (await download).path()
    const cells = readCsv(await readFile(path), { rows: 10, line: 20_000 }).at(-1)?.cells ?? []
    expect([cells[21], cells[22], cells[24]]).toEqual(['1', '那覇東郵便局', '900-8799'])
    expect(complaints).toEqual([])
    await close()
  })

  test('a tracking file of more lines than one call takes is read in parts', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    await page.goto(`${rig.url}/board/csv`)
    await beside(page, '送り状番号を取り込む').click()
    const asked: number[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('/v1/labels/tracking')) asked.push(response.status())
    })
    const second = Promise.withResolvers<void>()
    await page.route('**/v1/labels/tracking', async (route) => {
      if (asked.length === 1) await second.promise
      await route.continue()
    })
    const lines = Array.from({ length: 620 }, (_, at) => `none-${at},40000${String(at).padStart(7, '0')}`)
    await page.getByLabel('CSV ファイル').setInputFiles({
      name: 'numbers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`お客様管理番号,伝票番号\r\n${lines.join('\r\n')}\r\n`),
    })
    await button(page, '内容を確認する').click()
    await page.getByText('1/2 回目まで済みました。').waitFor()
    second.resolve()
    await page.getByText('直すと送れます 620行').waitFor()
    await page.getByText(/先頭の500行を表示しています/).waitFor()
    expect(asked).toEqual([200, 200])
    await close()
  })

  test('a file with one number of two recipients: told before it is sent, and the order stays at 1/2', async () => {
    await setSender(rig, 'yamato_b2', { billingCode: '0312345678', freightNumber: '01' })
    const [buyer, other] = [someone('二箱', '太郎'), someone('受取', '二郎', { subAddress: '神宮前9-8-7' })]
    const [number = ''] = await placeOrders(rig, 1, {
      overrides: kindOfOrder({ buyer, baskets: [{ lines: [CUP] }, { lines: [CUP], to: other }] }),
      readyToShip: true,
    })
    const found = async () =>
      (await readApi<{ orders: { id: string; status: string }[] }>(rig, `/orders?number=${number}`)).orders
    await expect.poll(async () => (await found()).length, { timeout: 60_000 }).toBe(1)
    const orderIds = (await found()).map(({ id }) => id)
    await readApi(rig, '/orders/move', { orderIds, to: 'ready_to_ship' })
    const options = { service: 'takkyubin', shippedOn: japaneseDay(Date.now()) }
    const { orders: made } = await readApi<{ orders: { labels: { key: string }[] }[] }>(rig, '/labels', {
      format: 'yamato_b2',
      orderIds,
      options,
    })
    const [first = '', second = ''] = made[0]?.labels.map(({ key }) => key) ?? []
    const { page, complaints, close } = await enterDemo(rig, WIDE)
    await page.goto(`${rig.url}/board/csv?tab=tracking`)
    const read = async (key: string, trackingNumber: string) => {
      await page.getByLabel('CSV ファイル').setInputFiles({
        name: 'issued.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(`お客様管理番号,伝票番号\r\n${key},${trackingNumber}\r\n`),
      })
      await button(page, '内容を確認する').click()
    }
    await read(first, '400000005554')
    await page
      .getByText(/送付先2件のうち1件の発送です（1\/2）。受取 ?二郎 様の送り状番号がまだない/)
      .waitFor()
    await button(page, '1件の発送完了をモールに送る').click()
    await page.getByText('成功 1行').waitFor({ timeout: 60_000 })
    await page.goto(`${rig.url}/board/orders?number=${number}`)
    const line = page.locator('.grid-line')
    await line.getByText('出荷 1/2').waitFor()
    await line.getByText('出荷待ち').waitFor()
    await page.goto(`${rig.url}/board/orders/${orderIds[0]}`)
    await page.getByText('出荷 1/2').first().waitFor()
    // The other one ends it.
    await page.goto(`${rig.url}/board/csv?tab=tracking`)
    await read(second, '400000005565')
    await button(page, '1件の発送完了をモールに送る').click()
    await page.getByText('成功 1行').waitFor({ timeout: 60_000 })
    await expect.poll(async () => (await found())[0]?.status).toBe('shipped')
    expect(complaints).toEqual([])
    await close()
  })

  test('受注をCSVに出力: each choice is what the file has', async () => {
    const buyer = someone('書出', '一郎', { zipCode1: '060', zipCode2: '0001', prefecture: '北海道' })
    const to = someone('受取', '三郎', { subAddress: '神宮前4-5-6' })
    const note = '-m'
    const [number = ''] = await placeOrders(rig, 1, {
      overrides: kindOfOrder({
        buyer,
        note,
        baskets: [{ lines: [CUP, { ...CUP, code: 'cup-2', name: '皿' }] }, { lines: [CUP], to }],
      }),
    })
    const { page, complaints, close } = await enterDemo(rig, WIDE)
    const found = () => readApi<{ orders: { status: string }[] }>(rig, `/orders?number=${number}`)
    await expect.poll(async () => (await found()).orders.length, { timeout: 60_000 }).toBe(1)
    const bytesOf = async (press: () => Promise<void>): Promise<Buffer> => {
      const download = page.waitForEvent('download')
      await press()
      return readFile(await (await download).path())
    }
    const cellsOf = (bytes: Buffer) => {
      const [head = [], ...rows] = readCsv(bytes, { rows: 20_000, line: 20_000 }).map(({ cells }) => cells)
      const mine = rows.filter((cells) => cells.some((cell) => cell.includes(number)))
      return { head, rows, mine: mine.map((cells) => (name: string) => cells[head.indexOf(name)]) }
    }
    await page.goto(`${rig.url}/board/orders?number=${number}`)
    await page.locator('[role=grid][aria-busy=false] .grid-line').first().waitFor({ state: 'attached' })
    const ofList = cellsOf(
      await bytesOf(() => page.getByRole('link', { name: 'CSV（この一覧を出力）' }).click()),
    )
    expect([ofList.rows.length, ofList.mine.length]).toEqual([1, 1])
    expect(ofList.mine[0]?.('送付先郵便番号')).toBe('="0600001"')

    await page.goto(`${rig.url}/board/csv?tab=orders`)
    const choose = (label: string, value: string) =>
      page.getByLabel(label, { exact: true }).selectOption({ label: value })
    const file = async (...choices: readonly (readonly [label: string, value: string])[]) => {
      for (const [label, value] of choices) await choose(label, value)
      return bytesOf(() => page.getByRole('link', { name: 'CSV をダウンロード' }).click())
    }
    const excel = await file()
    expect([...excel.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const all = cellsOf(excel)
    expect(all.rows.length).toBeGreaterThan(1)
    expect(all.mine.map((at) => [at('送付先郵便番号'), at('備考')])).toEqual([['="0600001"', "'-m"]])
    const sheet = cellsOf(await file(['読み込む先', 'ほかの表計算'])).mine
    expect(sheet.map((at) => [at('送付先郵便番号'), at('備考')])).toEqual([['0600001', "'-m"]])
    const program = cellsOf(await file(['読み込む先', 'ソフト（値をそのまま）'])).mine
    expect(program.map((at) => [at('送付先郵便番号'), at('備考')])).toEqual([['0600001', '-m']])
    expect(cellsOf(await file(['行の単位', '商品'])).mine).toHaveLength(3)
    const recipients = cellsOf(await file(['行の単位', '送付先'])).mine
    expect(recipients.map((at) => at('送付先名'))).toEqual(['書出 一郎', '受取 三郎'])
    const shifted = await file(['文字コード', 'Shift_JIS'])
    expect(decodeCp932(shifted)).toContain('受取 三郎')
    // A preset has its own rows, whatever was chosen before.
    const next = cellsOf(await file(['読み込む先', 'ネクストエンジン（汎用）']))
    expect([next.head.length, next.mine.map((at) => at('店舗伝票番号'))]).toEqual([
      38,
      [number, number, `${number}-2`],
    ])
    const goq = cellsOf(await file(['読み込む先', 'GoQSystem の列']))
    expect([goq.head.length, goq.mine.map((at) => at('個数'))]).toEqual([23, ['1', '1', '1']])
    // What is chosen of the orders.
    await choose('ステータス', '保留')
    expect(cellsOf(await file()).mine).toEqual([])
    await choose('ステータス', 'すべて')
    const day = (days: number) => japaneseDay(Date.now() + days * 86_400_000)
    await page.getByLabel('注文日（から）').fill(day(1))
    expect(cellsOf(await file()).rows).toEqual([])
    await page.getByLabel('注文日（から）').fill(day(-1))
    await page.getByLabel('注文日（まで）').fill(day(1))
    expect(cellsOf(await file()).mine).toHaveLength(3)
    // A refusal is told in the page, and asked again from there.
    await page.route('**/v1/orders/export?*', (route) =>
      route.fulfill({ status: 503, json: { code: 'BUSY', detail: '混み合っています。' } }),
    )
    await page.getByRole('link', { name: 'CSV をダウンロード' }).click()
    await page.getByText('ファイルを保存できませんでした: 混み合っています。 (BUSY)').waitFor()
    await page.unroute('**/v1/orders/export?*')
    expect(cellsOf(await bytesOf(() => button(page, 'もう一度').click())).mine).toHaveLength(3)
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('ticked orders become delivery notes and a picking list, by keys alone', async () => {
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    await page.goto(`${rig.url}/board/shops/contract`)
    await page.getByLabel('登録番号（適格請求書発行事業者）').fill('T12')
    await page.getByLabel('登録番号（適格請求書発行事業者）').press('Enter')
    await page.getByText('登録番号を T と半角数字13桁で入力してください。').waitFor()
    await page.getByLabel('登録番号（適格請求書発行事業者）').fill('Ｔ1234567890123')
    await page.getByLabel('登録番号（適格請求書発行事業者）').press('Enter')
    await page.getByText('契約店の設定を保存しました。').waitFor()
    const orderNumber = await numberOfBilled(rig)
    await page.goto(`${rig.url}/board/orders?status=new&number=${orderNumber}`)
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await button(page, /^印刷/).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: '納品書' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '納品書', level: 1 }).waitFor()
    await page.locator('.sheet').first().waitFor()
    // Who sells, as the labels have it, and the fields of an 適格請求書; the lines lead to the bill.
    const sheet = page.locator('.sheet').first()
    for (const text of ['〒100-0001', '東京都千代田区千代田1-1', '03-1234-5678', '登録番号 T1234567890123'])
      await sheet.getByText(text).first().waitFor()
    await sheet
      .getByText(/\d+%対象（税込）/)
      .first()
      .waitFor()
    const [bill = 0, ...others] = (await sheet.locator('.sheet-money .fact:not(.quiet) dd').allTextContents())
      .map((text) => Number(text.replace('−', '-').replace(/[^\d-]/g, '')))
      .toReversed()
    expect(others.reduce((sum, amount) => sum + amount, 0)).toBe(bill)
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'print')
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.head').isVisible()).toBe(false)
    expect(await page.locator('.sheet').first().isVisible()).toBe(true)
    // Back in the list the order is still ticked, for what comes next.
    await page.goBack()
    await page.getByText('1件の受注が選択されています。').waitFor()
    await visitor.close()
  })

  test('a picking list whose order gains goods while it is open has each of its lines, as its head counts them', async () => {
    const { page, close } = await enterDemo(rig, WIDE)
    const { orders } = await readApi<{ orders: { id: string }[] }>(rig, '/orders?status=new&limit=4')
    const first = orders[0]?.id ?? ''
    let more = 0
    await page.route(`**/v1/orders/${first}`, async (route) => {
      const response = await route.fetch()
      const order = await response.json()
      const [item] = order.detail.items
      for (let at = 0; at < more; at++)
        order.detail.items.push({
          ...item,
          lineId: `more-${at}`,
          name: `あとから${at}`,
          itemCode: `more-${at}`,
        })
      await route.fulfill({ response, json: order })
    })
    await page.goto(`${rig.url}/board/orders?status=new`)
    await page.locator('[role=grid][aria-busy=false] .grid-line').first().waitFor({ state: 'attached' })
    await page.getByRole('grid').focus()
    await page.keyboard.press('ControlOrMeta+a')
    await button(page, /^印刷/).click()
    await page.getByRole('menuitem', { name: 'ピッキングリスト' }).click()
    const rows = page.locator('.sheet tbody tr')
    await rows.first().waitFor()
    const counted = async (): Promise<number> => {
      const [, count] = /商品 ([\d,]+)種/.exec((await page.locator('.sheet-head').textContent()) ?? '') ?? []
      return Number(count?.replace(',', ''))
    }
    const before = await counted()
    expect(await rows.count()).toBe(before)
    // Its mall adds goods while the list is open: the page reads the order's new version.
    more = 60
    await readApi(rig, '/orders/move', { orderIds: [first], to: 'ready_to_ship' })
    await expect.poll(counted).toBe(before + more)
    await expect.poll(() => rows.count()).toBe(before + more)
    await page.locator('.sheet').getByText('あとから59').waitFor()
    await readApi(rig, '/orders/move', { orderIds: [first], to: 'new' })
    await close()
  })

  test('a cancelled order says so in red, cannot be shipped, and its delivery note says so, too', async () => {
    const { orders } = await readApi<{ orders: { id: string; orderNumber: string }[] }>(
      rig,
      '/orders?status=new&limit=1',
    )
    const [order] = orders
    await readApi(rig, '/orders/move', { orderIds: [order?.id], to: 'cancelled' })
    const { page, close } = await enterDemo(rig, WIDE)
    await page.goto(`${rig.url}/board/orders/${order?.id}`)
    await page.locator('.order-head .banner-cancelled, .banner-cancelled').first().waitFor()
    // Nobody is offered to ship it, nor has anything to do with it.
    expect(await button(page, /発送/).count()).toBe(0)
    expect(await page.locator('.order-head .button-main').count()).toBe(0)
    await expect.poll(() => page.title()).toContain(order?.orderNumber)
    await page.goto(`${rig.url}/board/orders?status=cancelled`)
    const line = page.locator('.grid-line').filter({ hasText: order?.orderNumber ?? '' })
    await line.waitFor({ state: 'attached' })
    const struck = await page.evaluate<boolean>(
      `[...document.querySelectorAll('.grid-line, .grid-line *')].some((one) => getComputedStyle(one).textDecorationLine === 'line-through')`,
    )
    expect(struck).toBe(false)
    await line.getByRole('checkbox').click()
    await button(page, /^印刷/).click()
    await page.getByRole('menuitem', { name: '納品書' }).click()
    await page.locator('.sheet').getByText('キャンセルされた受注').first().waitFor()
    await readApi(rig, '/orders/move', { orderIds: [order?.id], to: 'new' })
    await close()
  })

  test('the comparison is a calendar: months, days that say their state, and a day that opens', async () => {
    const { page, close, complaints } = await enterDemo(rig, WIDE)
    await page.goto(`${rig.url}/board/calendar`)
    const month = page.getByRole('region', { name: /^\d{4}年\d{1,2}月$/ }).first()
    await month.waitFor()
    await month
      .getByRole('button', { name: /不足|そろっています|照合中/ })
      .first()
      .click()
    // The first such day may be another by now: a comparison goes on, and gives an earlier day its state.
    await month.getByRole('button', { pressed: true }).waitFor()
    await page
      .getByRole('region', { name: /の突合$/ })
      .first()
      .getByText('取込済み')
      .waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('what orders came to by day stands at home, in plots and in a table; the question mark explains it', async () => {
    await waitFor(
      'the days are counted',
      () => readApi<{ total: { orders: number } }>(rig, '/figures'),
      ({ total }) => total.orders > 0,
      { everyMs: 1000, limitMs: 180_000 },
    )
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    await page.goto(`${rig.url}/board`)
    await page.getByRole('region', { name: '実績' }).getByText('期限内に出荷した割合').waitFor()
    await page.getByRole('link', { name: '実績をすべて見る' }).click()
    await page.getByRole('img', { name: /^日ごとの受注数、合計/ }).waitFor()
    await page.getByRole('table').getByRole('rowheader').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('link', { name: 'この画面の使い方: 実績' }).click()
    await page.getByRole('article', { name: '実績' }).getByText('メールから取込までの時間').waitFor()
    await page.getByRole('link', { name: '警告・失敗' }).last().click()
    await page.getByRole('article', { name: '警告・失敗' }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('a connection is tried, and the mall’s words are shown', async () => {
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    await page.goto(`${rig.url}/board/shops`)
    await page.getByRole('table').getByRole('link', { name: /店/ }).first().click()
    await page.locator('#keys').getByRole('button', { name: '接続テスト', exact: true }).click()
    await page.getByText('接続できました').first().waitFor()
    await visitor.close()
  })

  test('a person’s own notices, by keys alone: made, tried with the answer in words, turned off, removed', async () => {
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    await page.goto(`${rig.url}/board/notices`)
    await page.getByText('通知先はまだありません。').waitFor()
    await tabTo(page, 'main .button-main')
    await page.keyboard.press('Enter')
    const form = page.locator('form')
    await form.getByLabel('種類').focus()
    await page.keyboard.press('ArrowDown')
    await form.getByLabel('Webhook URL').waitFor()
    await page.keyboard.press('ArrowUp')
    await tabTo(page, 'form input[maxlength="100"]')
    await page.keyboard.type('自分のメール')
    await tabTo(page, 'form .ticks input')
    // Attention is ticked from the start; the report is taken as well.
    await tabTo(page, 'form .ticks label:nth-of-type(3) input')
    await page.keyboard.press('Space')
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'notices-form')
    await tabTo(page, 'form .button-main')
    await page.keyboard.press('Enter')
    const card = page.getByRole('article', { name: '自分のメール' })
    await card.getByText('要対応、期限のお知らせ、日次レポート').waitFor()
    await card.getByRole('button', { name: 'テスト送信' }).focus()
    await page.keyboard.press('Enter')
    // The demo has no mail server.
    await card.getByText('メールを送信できません。').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'notices')
    await card.getByRole('button', { name: '停止' }).press('Enter')
    await card.getByText('停止中').waitFor()
    const { channels } = await readApi<{ channels: { enabled: boolean; topics: string[] }[] }>(
      rig,
      '/notice-channels',
    )
    // A key sees the tenant's alone: this one is the person's.
    expect(channels).toEqual([])
    await card.getByRole('button', { name: '削除' }).press('Enter')
    await card.getByRole('button', { name: /もう一度押すと削除/ }).press('Enter')
    await page.getByText('通知先はまだありません。').waitFor()
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('a mark of one’s own and a blocked buyer are kept, and the address to enter at the mall is named', async () => {
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    await page.goto(`${rig.url}/board/shops`)
    await page.getByRole('table').getByRole('link', { name: /店/ }).first().click()
    await page
      .getByText(/モールに入力するメールアドレス: 受信箱「注文メール」/)
      .first()
      .waitFor()
    await page.goto(`${rig.url}/board/shops`)
    await page.getByRole('link', { name: '独自のマーク・要注意顧客' }).click()
    const marks = page.locator('main')
    await marks.getByRole('heading', { name: 'マーク', exact: true }).waitFor()
    await marks.getByLabel('マークの表示名').fill('大口')
    await marks.getByLabel('項目').selectOption('total.billed')
    await marks.getByLabel(/^数/).fill('50000')
    await button(page, 'マークを追加').click()
    await page.getByText('請求金額が「50000」以上').waitFor()
    expect(await readApi<{ rules: unknown[] }>(rig, '/mark-rules')).toMatchObject({
      rules: [{ label: '大口', all: [{ field: 'total.billed', is: 'at_least', value: 50_000 }] }],
    })
    await marks.getByLabel(/^値/).last().fill('危険 太郎')
    await marks.getByLabel('理由').fill('受取拒否')
    await button(page, '登録する').click()
    await page.getByText('危険 太郎').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'marks')
    await button(page, /^削除.*危険 太郎/).click()
    await page.getByText('受取拒否').waitFor({ state: 'detached' })
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  // Eight orders come at their mall's pace.
  test('自動仕分け: presets are chosen, tried, turned on, and an order goes where its rule says', {
    timeout: 180_000,
  }, async () => {
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    await page.goto(`${rig.url}/board/shops/sorting`)
    const sorting = page.locator('#sorting')
    await sorting.getByText('いまは無効です').waitFor()
    for (const preset of ['残りは出荷待ちへ', '未入金は入金待ちへ']) {
      await sorting.getByRole('button', { name: preset, exact: true }).click()
      await sorting.getByRole('listitem').filter({ hasText: preset }).waitFor()
    }
    // The one that takes all that is left stays behind, in whatever order they were chosen.
    expect(await sorting.getByRole('listitem').first().innerText()).toContain(
      'モール側保留が「未入金」と一致',
    )
    await sorting.getByText('ルールを追加', { exact: true }).first().click()
    await sorting.getByLabel('ルールの表示名').fill('備考を見る')
    await sorting.getByLabel('保留の理由').fill('備考を確認')
    await sorting.getByLabel('項目').selectOption('mark')
    await sorting.getByLabel('値').selectOption('buyer_note')
    await sorting.getByRole('button', { name: 'ルールを追加' }).click()
    await sorting.getByText('マークが「備考あり」と一致').waitFor()
    await sorting.getByRole('button', { name: '最新の受注で試す' }).click()
    await sorting.getByText(/何も動かしていません/).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'sorting')
    await sorting.getByRole('button', { name: '有効にする' }).click()
    await sorting.getByText('いまは有効です').waitFor()

    // Several: one that its mall holds back stays in 新規受付, and which are held is drawn.
    const placed = new Set(await placeOrders(rig, 8))
    const list = async () =>
      (
        await readApi<{ orders: { id: string; orderNumber: string; status: string }[] }>(
          rig,
          '/orders?limit=100',
        )
      ).orders.filter(({ orderNumber }) => placed.has(orderNumber))
    await waitFor('the orders are staged', list, (orders) => orders.length === placed.size)
    await readApi(rig, '/orders/accept', { limit: 500 })
    const isMoved = ({ status }: { status: string }) => !['auto_imported', 'new'].includes(status)
    const moved = (await waitFor('a rule moves one', list, (orders) => orders.some(isMoved))).find(isMoved)
    await page.goto(`${rig.url}/board/orders/${moved?.id}`)
    await page.getByRole('tab', { name: '履歴' }).click()
    await page
      .getByText(/自動仕分け「.+」/)
      .first()
      .waitFor()
    await button(page, '元に戻す').click()
    await waitFor('it is back', list, (orders) =>
      orders.some(({ id, status }) => id === moved?.id && status === 'new'),
    )
    await page.goto(`${rig.url}/board/shops/sorting`)
    await sorting.getByRole('button', { name: '無効にする' }).click()
    await sorting.getByText('いまは無効です').waitFor()
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test.each([
    ['wide', WIDE],
    ['phone', PHONE],
  ] as const)('an order file, %s: looked at, its fault told by row, taken in', async (size, looks) => {
    const code = `by-file-${size}`
    const shop = { marketplace: 'connector', code, name: `注文ファイルの店 ${size}` }
    await readApi(rig, '/shops', shop)
    const visitor = await enterDemo(rig, looks)
    const { page } = visitor
    await page.goto(`${rig.url}/board/csv?tab=files`)
    const kind = page.getByRole('region', { name: 'ファイルの形式' })
    // The demo has one of its own.
    await page.getByLabel('店舗', { exact: true }).selectOption({ label: shop.name })
    await kind.getByRole('combobox').selectOption({ label: 'ネクストエンジン 汎用受注' })
    await button(page, 'この形式にする').click()
    const rows = [
      '店舗伝票番号,受注日,受注名,商品名,商品価格,受注数量',
      `${size}-1,2026/04/01,見本 花子,皿,980,1`,
      `${size}-2,2026/04/01,見本 次郎,箸,千円,1`,
    ]
    const buffer = Buffer.from(`${rows.join('\r\n')}\r\n`)
    await page
      .getByLabel('カートから出力したCSV')
      .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer })
    await button(page, '内容を確認する').click()
    await page.getByText(/「千円」を金額として読み取れません/).waitFor()
    await page.getByText(/送付先の見出し.*注文者へ送ることになります/).waitFor()
    await page.getByText('列がどの項目になるか').click()
    await page.getByRole('cell', { name: '受注番号', exact: true }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false)
    await picture(page, `order-files-${size}`)
    await button(page, '1件を取り込む').click()
    await page.getByText('新規に取込 1件').waitFor()
    const { orders } = await readApi<{ orders: { orderNumber: string }[] }>(rig, `/orders?number=${size}-1`)
    expect(orders).toHaveLength(1)
    const named = rows.map((row, at) => `${row},${at === 0 ? '発送先名' : '見本 次郎'}`)
    await page
      .getByLabel('カートから出力したCSV')
      .setInputFiles({ name: 'b.csv', mimeType: 'text/csv', buffer: Buffer.from(named.join('\r\n')) })
    await button(page, '内容を確認する').click()
    await page.getByText(/送付先の見出し.*住所の一部が欠けます/).waitFor()
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('a map of the shop’s own: chosen by column, kept, and an older file told apart', async () => {
    const code = 'own-map'
    const shop = { marketplace: 'connector', code, name: '独自の列の店' }
    const { id } = await readApi<{ id: string }>(rig, '/shops', shop)
    const visitor = await enterDemo(rig, WIDE)
    const { page } = visitor
    page.setDefaultTimeout(20_000)
    await page.goto(`${rig.url}/board/csv?tab=files`)
    await page.getByLabel('店舗', { exact: true }).selectOption({ label: shop.name })
    const choose = (name: string, price: string, state = '出荷待ち') =>
      page.getByLabel('カートから出力したCSV').setInputFiles({
        name,
        mimeType: 'text/csv',
        buffer: encodeCp932(
          [
            'No;日時;宛名;品;単価;個数;状況;請求',
            `own-7;2026/04/01;髙橋;皿;${price};1;${state};${price}`,
            `own-8;2026/04/01;髙橋;皿;980;1;出荷済;980`,
          ].join('\r\n'),
        ),
      })
    await choose('orders.csv', '980')
    await button(page, '列の対応を決める').click()
    const form = page.getByRole('region', { name: '列の対応を変える' })
    await form.getByLabel('形式の名前').fill('問屋')
    for (const [heading, field] of [
      ['No', '受注番号 ※必須'],
      ['日時', '注文日時 ※必須'],
      ['宛名', '送付先氏名'],
      ['品', '商品名 ※必須'],
      ['単価', '単価 ※必須'],
      ['状況', '発送・キャンセルの状態'],
    ] as const)
      await form.getByLabel(`「${heading}」の項目`).selectOption({ label: field })
    await form.getByLabel('「出荷済」の意味').selectOption({ label: '発送済み' })
    await button(page, '保存して内容を確認する').click()
    await form.getByText('列を選んでください: 数量').waitFor()
    await form.getByLabel('「個数」の項目').selectOption({ label: '数量 ※必須' })
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, 'column-map')
    // The rest on a phone.
    await page.setViewportSize(PHONE)
    expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false)
    await picture(page, 'column-map-phone')
    await form.getByText('追跡番号CSVの列').click()
    await form.getByLabel('1列目の見出し').fill('No')
    await form.getByLabel('カートでの「ヤマト運輸」の書き方').fill('ヤマト宅急便')
    await button(page, '保存して内容を確認する').click()
    await page.getByText('新規 1件').waitFor()
    await page.getByText('発送・キャンセル済み、または注文前のため対象外 1件').waitFor()
    const path = `/shops/${id}/order-form`
    const kept = await readApi<{ form: { label: string; delimiter: string } }>(rig, path)
    expect(kept.form).toMatchObject({
      label: '問屋',
      delimiter: 'semicolon',
      encoding: 'auto',
      columns: { orderNumber: ['No'], recipientName: ['宛名'], state: ['状況'], quantity: ['個数'] },
      values: { state: { 出荷済: 'shipped', 出荷待ち: 'open' } },
      shipped: {
        columns: expect.arrayContaining([{ heading: 'No', value: 'orderNumber' }]),
        carriers: { yamato: 'ヤマト宅急便' },
      },
    })
    await button(page, '1件を取り込む').click()
    await page.getByText('新規に取込 1件').waitFor()

    // A change of one column alone, and what the map had stays.
    await choose('orders_20260101.csv', '1200')
    await button(page, '列の対応を変える').click()
    await form.getByLabel('「請求」の項目').selectOption({ label: '請求金額' })
    await button(page, '保存して内容を確認する').click()
    await page.getByText('新しい内容を取込済みのため、そのまま 1件').waitFor()
    await button(page, '最新の内容として、すべて取り込む').click()
    await page.getByText('変更を反映 1件').waitFor()
    const { orders } = await readApi<{ orders: { billedAmount: number }[] }>(rig, `/orders?number=own-7`)
    expect(orders.map(({ billedAmount }) => billedAmount)).toEqual([1_200])
    await page
      .getByRole('region', { name: 'これまでの注文ファイル' })
      .getByText('orders_20260101.csv', { exact: true })
      .waitFor()

    // All that it brings a newer one could not read: a person says that this one is right.
    const csv = (price: string) =>
      `No;日時;宛名;品;単価;個数;状況\r\nown-9;2026/04/01;髙橋;皿;${price};1;出荷待ち`
    const faulty = { fileName: 'faulty.csv', file: encodeCp932(csv('なし')).toString('base64') }
    const sent = await readApi<{ id: string }>(rig, `/shops/${id}/order-files`, faulty)
    const stateOf = () => readApi<{ state: string }>(rig, `/shops/${id}/order-files/${sent.id}`)
    await expect.poll(async () => (await stateOf()).state, { timeout: 20_000 }).toBe('done')
    await page
      .getByLabel('カートから出力したCSV')
      .setInputFiles({ name: 'orders_20260102.csv', mimeType: 'text/csv', buffer: encodeCp932(csv('980')) })
    await button(page, '内容を確認する').click()
    await page.getByText('この受注は新しいファイルで読み取れなかったため').waitFor()
    await button(page, '最新の内容として、すべて取り込む').click()
    await page.getByText('新規に取込 1件').waitFor()

    // A word that nobody has given a meaning.
    await choose('orders.csv', '1200', '出荷完了')
    await button(page, '内容を確認する').click()
    await page.getByText('状態「出荷完了」は未設定のため、未発送として1件を扱います').waitFor()
    await button(page, '列の対応を変える').click()
    await form.getByLabel('「出荷完了」の意味').selectOption({ label: '発送済み' })
    await button(page, '「出荷待ち」を削除').click()
    await button(page, '保存して内容を確認する').click()
    await page.getByText('状態: 未発送 → 発送済み').waitFor()
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })
})

interface Paper {
  orderNumber: string
  detail: {
    gift: { requested: boolean }
    recipients: { gift: { requested: boolean } }[]
    taxSummary: { taxable: number | null }[]
  }
}

/** Of an order whose 納品書 is a bill: a gift, one sent to several and one without tax rates have none. */
async function numberOfBilled(rig: Rig): Promise<string> {
  const { orders } = await readApi<{ orders: { id: string }[] }>(rig, '/orders?status=new&limit=100')
  for (const { id } of orders) {
    const { orderNumber, detail } = await readApi<Paper>(rig, `/orders/${id}`)
    const gifts = [detail, ...detail.recipients].some(({ gift }) => gift.requested)
    const billed = detail.taxSummary.some(({ taxable }) => taxable !== null)
    if (!gifts && detail.recipients.length === 1 && billed) return orderNumber
  }
  throw new Error('the demo has no order whose delivery note is a bill')
}
