import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/redis.ts'
import { type RunningService, startService } from '../support/service/service.ts'
import { layoutFaults } from './layout.ts'
import {
  CHROMIUM,
  inviteOwner,
  LEFT_OUT,
  launchBrowser,
  PHONE,
  picture,
  seriousFindings,
  WIDE,
} from './rig.ts'

/**
 * Passkeys from the page alone, with Chromium's own virtual authenticator: set up in place of the app, shown
 * behind the password, a way in of its own, removed.
 */

const PASSWORD = 'a long pass phrase'
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

describe.skipIf(CHROMIUM === undefined)(`passkeys from the page${LEFT_OUT}`, () => {
  let browser: Browser
  let service: RunningService
  let dataDir: string
  /** Browsers give passkeys to names alone. */
  let url: string

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'torikomi-passkeys-'))
    const port = await freePort()
    url = `http://localhost:${port}`
    service = await startService({
      DATA_DIR: join(dataDir, '.data'),
      PORT: String(port),
      PUBLIC_URL: url,
    })
    browser = await launchBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
    if (dataDir) await rm(dataDir, { recursive: true, force: true })
  })

  const invitation = (email: string) => inviteOwner(service.url, dataDir, email)

  /** A device that keeps passkeys and has recognised its owner. */
  async function withAuthenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return { cdp, id: authenticatorId }
  }

  test('one replaces the app, signs in alone, and opens nothing once it is removed', {
    timeout: 240_000,
  }, async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'ja-JP' })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text())
    })
    const { cdp, id } = await withAuthenticator(page)
    await page.goto(`${url}/board/${await invitation('a@hoshi.example')}`)
    await page.getByLabel(/氏名/).fill('店長花子')
    await page.getByLabel(/パスワード/).fill(PASSWORD)
    await button(page, 'アカウントを作る').click()
    await button(page, '認証アプリの代わりにパスキーを使う').click()
    await page.getByRole('heading', { name: /リカバリーコードを保管/ }).waitFor()
    expect(await page.locator('.codes li').count()).toBe(10)
    await button(page, '保管したので進む').click()
    await page.getByRole('heading', { name: '店舗・受信箱', level: 1 }).waitFor()
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }])

    const signOut = async () => {
      await context.clearCookies()
      await page.goto(`${url}/board/account`)
    }
    await signOut()
    await button(page, 'パスキーでログイン').click()
    await page.getByRole('heading', { name: '自分のアカウント' }).waitFor()
    const own = page.locator('section', { has: page.getByRole('heading', { name: 'パスキー', exact: true }) })
    await own.getByText(/最終利用/).waitFor()
    for (const size of [PHONE, WIDE]) {
      await page.setViewportSize(size)
      expect(await layoutFaults(page)).toEqual([])
      expect(await seriousFindings(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await seriousFindings(page, ['color-contrast'])).toEqual([])
      await own.scrollIntoViewIfNeeded()
      await picture(page, size === PHONE ? 'passkeys-phone' : 'passkeys')
      await page.emulateMedia({ colorScheme: 'light' })
    }

    await signOut()
    await page.getByLabel('メールアドレス').fill('a@hoshi.example')
    await page.getByLabel('パスワード').fill(PASSWORD)
    await button(page, 'ログイン').last().click()
    await button(page, 'パスキーで確認する').click()
    await page.getByRole('heading', { name: '自分のアカウント' }).waitFor()

    // Without the app there are new recovery codes all the same.
    const factor = page.locator('section', { has: page.getByRole('heading', { name: '2段階認証' }) })
    await factor.getByText('設定済み（パスキー）').waitFor()
    await button(page, 'リカバリーコードを作り直す').click()
    await button(page, 'パスキーで確認する').click()
    await page.getByRole('heading', { name: /リカバリーコードを保管/ }).waitFor()
    expect(await page.locator('.codes li').count()).toBe(10)
    await button(page, '保管したので進む').click()

    // The last second factor stays; the reason stands beside it.
    await button(page, '削除する').click()
    await button(page, 'もう一度押すと削除します').click()
    await own.getByText(/最後のパスキーは削除できません/).waitFor()
    await button(page, '名前を変える').click()
    await own
      .getByRole('form', { name: /の名前$/ })
      .getByLabel('名前')
      .fill('事務所のパソコン')
    await button(page, '名前を保存する').click()
    await own.getByText('事務所のパソコン').first().waitFor()

    // The same device again is told by the device itself; a second device is added behind the password.
    await own.getByLabel(/現在のパスワード/).fill(PASSWORD)
    await button(page, 'パスキーを追加する').click()
    await own.getByText(/すでに登録されています/).waitFor()
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: id })
    const second = await withAuthenticator(page)
    await own.getByLabel('名前（端末の名前など）').fill('予備の端末')
    await own.getByLabel(/現在のパスワード/).fill(PASSWORD)
    await button(page, 'パスキーを追加する').click()
    await button(page, '削除する 予備の端末').click()
    await button(page, 'もう一度押すと削除します 予備の端末').click()
    await expect.poll(() => own.getByText('予備の端末').count()).toBe(0)

    await signOut()
    await button(page, 'パスキーでログイン').click()
    await page.getByText(/このパスキーではログインできません/).waitFor()
    await second.cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: second.id })
    expect(faults).toEqual([])
    await context.close()
  })
})
