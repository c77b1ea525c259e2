import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  enterDemo,
  failMall,
  hasBrowser,
  LEFT_OUT,
  placeOrders,
  type Rig,
  readApi,
  seriousFindings,
  startRig,
} from './rig.ts'

/** 「この注文はなぜ来ていないのか」 wherever staff meet an order that is late: all screens say the same. */

/** What light and quota clock say in place of まもなく完了. */
const STUCK = /照会失敗 次は|まで休止/

/** A whole morning's walk: five screens and an outage. */
const LONG = { timeout: 400_000 }

/** The shop whose orders do not come, by the verdict that the light shows. */
async function shopThatWaits(rig: Rig): Promise<string> {
  type Reasons = { shops: { shopId: string; verdict: string | null }[] }
  const { shops } = await readApi<Reasons>(rig, '/why/shops')
  return shops.find(({ verdict }) => verdict === 'retrying' || verdict === 'mall_away')?.shopId ?? ''
}

async function missingAt(rig: Rig, shopId: string): Promise<string[]> {
  const { days } = await readApi<{ days: { missingNumbers: string[] }[] }>(
    rig,
    `/shops/${shopId}/completeness`,
  )
  return days.flatMap(({ missingNumbers }) => missingNumbers)
}

describe.skipIf(!hasBrowser)(`why an order is late${LEFT_OUT}`, () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await startRig()
  })
  afterAll(async () => {
    await rig?.close()
  })

  test(
    'while the mall’s getOrder answers 500 every screen says so, a press tells of its attempt, and the order comes once it is well',
    LONG,
    async () => {
      await failMall(rig, [{ kind: '500', operation: 'getOrder' }])
      const { page, close } = await enterDemo(rig)
      const reason = page.getByRole('region', { name: 'この注文が来ていない理由' })
      try {
        const [number = ''] = await placeOrders(rig)
        await page.goto(`${rig.url}/board/orders?number=${number}`)
        await reason.getByText(/retrying|mall_away/).waitFor({ timeout: 45_000 })
        await reason.getByText(/^次の予定：.*\d:\d\d/).waitFor()
        expect(await page.getByText('別の条件を試してください').count()).toBe(0)
        // So that the list is read soon: 突合 is looked at below.
        const shopId = await shopThatWaits(rig)
        await readApi(rig, '/why/actions', { action: 'look_at_day', shopId })
        await page.goto(`${rig.url}/board/quota`)
        const clock = page.locator('table.quota')
        await expect.poll(() => clock.textContent(), { timeout: 30_000 }).toMatch(STUCK)
        expect(await clock.textContent()).not.toContain('まもなく完了')
        // The shop's light says the same.
        await page.locator('.shop-note').getByText(STUCK).first().waitFor()
        await clock.locator(`a[href$="/waiting?shopId=${shopId}"]`).click()
        const waiting = page.getByRole('button', { name: number })
        await waiting.click()
        await page
          .getByText(/^次の予定：/)
          .first()
          .waitFor()
        expect(await seriousFindings(page)).toEqual([])

        // 突合 lists the order as missing, with its reason and next time.
        await expect.poll(() => missingAt(rig, shopId), { timeout: 150_000 }).toContain(number)
        await page.goto(`${rig.url}/board/calendar`)
        await page.locator('details', { hasText: number }).getByText('受注番号と理由を見る').click()
        await page.getByRole('button', { name: number }).click()
        const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: number }) })
        await row.getByText(/retrying|mall_away/).waitFor()
        await row.getByText(/^次の予定：.*\d:\d\d/).waitFor()

        // Pressed during the fault, it tells of one more attempt each time.
        const attempts = row.getByText(/取り込めませんでした|接続を休止しました/)
        for (let presses = 0; presses < 2; presses += 1) {
          const before = await attempts.count()
          expect(before).toBeGreaterThan(0)
          await row.getByRole('button', { name: '今すぐ取り込む' }).click()
          await row.getByText('モールに照会します。結果はこの画面に表示されます。').waitFor()
          await expect.poll(() => attempts.count(), { timeout: 30_000 }).toBeGreaterThan(before)
        }

        // Nobody presses anything once the mall is well: the screen's own question finds it out and ends the
        // wait.
        await failMall(rig, [])
        await row.getByText(/^取込済み/).waitFor({ timeout: 45_000 })
      } finally {
        await failMall(rig, [])
        await close()
      }
    },
  )

  test(
    'an import that was given up says why in its card, and comes once the cause is gone',
    LONG,
    async () => {
      const { page, close } = await enterDemo(rig)
      try {
        await failMall(rig, [{ kind: 'mixed-errors', operation: 'getOrder' }])
        const [number = ''] = await placeOrders(rig)
        await page.goto(`${rig.url}/board/desk`)
        const card = page.locator('#imports article.change-card', { hasText: number })
        await card.getByRole('button', { name: '理由と次の予定' }).click({ timeout: 45_000 })
        await card.getByRole('status').getByText('failed').waitFor()
        await card.getByText('他店舗の受注番号が指定されています').first().waitFor()
        await card.getByText(/^次の予定：.*\d:\d\d/).waitFor()
        expect(await seriousFindings(page)).toEqual([])
        await failMall(rig, [])
        await card.getByRole('button', { name: 'もう一度取り込む', exact: true }).click()
        await card.waitFor({ state: 'detached', timeout: 45_000 })
        // It leaves the page when it is asked for, and the order comes a moment later.
        const count = async () =>
          (await readApi<{ orders: unknown[] }>(rig, `/orders?number=${number}`)).orders.length
        await expect.poll(count, { timeout: 45_000 }).toBe(1)
      } finally {
        await failMall(rig, [])
        await close()
      }
    },
  )

  test('by a mail that is pasted, and by a number that no mall has', async () => {
    const { page, close } = await enterDemo(rig)
    const { orders } = await readApi<{ orders: { orderNumber: string; marketplace: string }[] }>(
      rig,
      '/orders?marketplace=rakuten&limit=1',
    )
    const known = orders[0]?.orderNumber ?? ''
    const strange = `${known.slice(0, -4)}9999`
    await page.goto(`${rig.url}/board/orders?number=${strange}`)
    const reason = page.getByRole('region', { name: 'この注文が来ていない理由' })
    await reason.getByText('mall_knows_none').waitFor({ timeout: 45_000 })
    await reason.getByText('注文のメールを貼り付けて調べる').click()
    const mail = `From: order@rakuten.co.jp\nSubject: 注文内容ご確認\n\n[受注番号] ${known}\n`
    await reason.getByRole('textbox', { name: 'メールのソースまたは本文' }).fill(mail)
    await reason.getByRole('button', { name: '調べる' }).click()
    await reason.getByText(`受注番号 ${known}`).waitFor()
    await reason.getByRole('link', { name: '受注を開く' }).waitFor()
    await close()
  })
})
