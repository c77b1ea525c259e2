import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mallEnvironment, SANDBOX_SHOPS, startMalls } from '../../sandbox/malls/index.ts'
import { freePort } from '../support/redis.ts'
import { type RunningService, startService } from '../support/service/service.ts'
import { codeAt } from '../support/staff/browser.ts'
import { CHROMIUM, inviteOwner, LEFT_OUT, launchBrowser, seriousFindings } from './rig.ts'

/** A shop without keys is attached by a consent at the mall, from the page alone. */

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

describe.skipIf(CHROMIUM === undefined)(`a consent from the page${LEFT_OUT}`, () => {
  let browser: Browser
  let malls: Awaited<ReturnType<typeof startMalls>>
  let service: RunningService
  let dataDir: string

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'torikomi-consent-'))
    malls = await startMalls(() => ({ port: 0, seed: 11, requestsPerSecond: 1_000 }))
    const port = await freePort()
    service = await startService({
      ...mallEnvironment(malls),
      DATA_DIR: join(dataDir, '.data'),
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    })
    browser = await launchBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
    await Promise.all(Object.values(malls ?? {}).map((mall) => mall.close()))
    if (dataDir) await rm(dataDir, { recursive: true, force: true })
  })

  /** An owner, invited by the operator's key, in the board. */
  async function owner(): Promise<Page> {
    const invitation = await inviteOwner(service.url, dataDir, 'a@hoshi.example')
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'ja-JP' })
    const page = await context.newPage()
    await page.goto(`${service.url}/board/${invitation}`)
    await page.getByLabel(/氏名/).fill('店長花子')
    await page.getByLabel(/パスワード/).fill('a long pass phrase')
    await button(page, 'アカウントを作る').click()
    const secret = (await page.locator('.steps code').textContent()) ?? ''
    await page.getByLabel('6桁の数字').fill(codeAt(secret, Date.now()))
    await button(page, '設定する').click()
    await button(page, '保管したので進む').click()
    await page.getByRole('heading', { name: '店舗・受信箱', level: 1 }).waitFor()
    return page
  }

  test('a first registration takes the application’s keys, consents at the mall, and the keys are good', async () => {
    const page = await owner()
    const { code, title } = SANDBOX_SHOPS.yahoo
    const form = page.getByRole('form', { name: '店舗を追加' })
    await form.getByLabel('モール').selectOption('yahoo')
    await form.getByLabel(/ストアアカウント/).fill(code)
    await form.getByLabel(/店舗名/).fill(title)
    await form.getByRole('button', { name: '店舗を追加する' }).click()
    const card = page.getByRole('region', { name: title, exact: true })
    await card.locator('.sign', { hasText: '鍵が未登録' }).waitFor()

    // Without PUBLIC_URL the mall could not come back: that way is not offered, and the page says why.
    await page.route('**/v1/credentials', async (route) => {
      const response = await route.fetch()
      const { credentials } = (await response.json()) as { credentials: object[] }
      await route.fulfill({
        response,
        json: { credentials: credentials.map((one) => ({ ...one, consent: false })) },
      })
    })
    await page.reload()
    await card.getByText('運営者が公開URL（PUBLIC_URL）を設定すると使えます', { exact: false }).waitFor()
    expect(await card.getByLabel('鍵の登録方法').count()).toBe(0)
    await page.unroute('**/v1/credentials')
    await page.reload()

    // Two ways, and the consent first: it asks for nothing that it brings.
    const asked: string[] = []
    page.on('dialog', (question) => {
      asked.push(question.type())
      void question.accept()
    })
    const input = (name: string) => card.locator(`[name="credentials.${name}"]`)
    await input('clientId').waitFor()
    await expect.poll(() => input('refreshToken').count()).toBe(0)
    await card.getByLabel('鍵の登録方法').selectOption('paste')
    await input('refreshToken').waitFor()
    await card.getByLabel('鍵の登録方法').selectOption('consent')
    expect(await seriousFindings(page)).toEqual([])

    // What is missing is said beside its field, before anybody leaves the page.
    await card.getByRole('button', { name: 'モールの画面で同意する' }).click()
    await card.getByText('シークレットを入力してください。').waitFor()
    const keys = malls.yahoo.credentialsFor(code)
    for (const name of ['clientId', 'clientSecret', 'publicKey', 'publicKeyVersion'])
      await input(name).fill(String(keys[name]))
    await card.getByRole('button', { name: 'モールの画面で同意する' }).click()
    // The simulated mall consents by itself and sends the browser back.
    await page.waitForURL(/\/oauth\/yahoo\/callback/)
    await page.getByText('同意', { exact: false }).first().waitFor()
    // What was typed was sent along: nobody is asked whether to leave.
    expect(asked).toEqual([])

    await page.goto(`${service.url}/board/shops`)
    await page.getByRole('table').getByRole('link', { name: title, exact: true }).click()
    const again = page.getByRole('region', { name: title, exact: true })
    await again.waitFor()
    expect(await again.locator('.sign', { hasText: '鍵が未登録' }).count()).toBe(0)
    await again.locator('#keys').getByRole('button', { name: '接続テスト', exact: true }).click()
    await again.locator('.sign', { hasText: '接続できました' }).waitFor()
    await page.context().close()
  }, 120_000)
})
