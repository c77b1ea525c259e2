import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSync } from 'otplib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailOAuthSim, startMailOAuthSim } from '../../../sandbox/mail-oauth/index.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { CHROMIUM, launchBrowser } from '../../browser/rig.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant, testSealer } from '../../support/fixtures.ts'
import { type Dovecot, dovecotMissing, startDovecot } from '../../support/mail/dovecot.ts'
import { orderOf } from '../../support/mail/listener.ts'
import { type RunningService, startService } from '../../support/service/service.ts'
import { makeStaff, PASSWORD } from '../../support/staff/browser.ts'

/**
 * An owner gives a mailbox's consent in a real browser, from the board to the provider and back, and the
 * mailbox is read.
 */

const USERS = { microsoft: 'orders@shop.example', google: 'gmail@shop.example' } as const
const WAIT = { timeout: 60_000, interval: 200 }
const missing = CHROMIUM === undefined ? 'chromium is not installed' : dovecotMissing()

describe.skipIf(missing !== null)(
  `the consent of a mailbox, in a browser${missing === null ? '' : ` [${missing}]`}`,
  { timeout: 240_000 },
  () => {
    let sim: MailOAuthSim
    let dovecot: Dovecot
    let database: TestDatabase
    let service: RunningService
    let browser: Browser
    let dir: string
    const ids: Record<string, string> = {}

    beforeAll(async () => {
      sim = await startMailOAuthSim()
      sim.addClient('app', 'app-secret')
      sim.asksPerson = true
      const passwords = Object.fromEntries(Object.values(USERS).map((user) => [user, 'x']))
      dovecot = await startDovecot(passwords, { oauth: { introspectUrl: `${sim.url}/introspect` } })
      database = await freshDatabase()
      dir = await mkdtemp(join(tmpdir(), 'torikomi-consent-'))
      await writeFile(join(dir, 'ca.pem'), dovecot.ca)
      const port = String(await freePort())
      service = await startService({
        ROLES: 'api,listener',
        DATABASE_URL: database.url,
        DATA_DIR: dir,
        QUEUE_ENGINE: 'postgres',
        PORT: port,
        PUBLIC_URL: `http://127.0.0.1:${port}`,
        NODE_EXTRA_CA_CERTS: join(dir, 'ca.pem'),
        ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`,
        OPERATOR_API_KEY: 'operator-key-of-the-test',
        MAILBOX_ALLOWED_PRIVATE_HOSTS: 'localhost,127.0.0.1',
        MICROSOFT_AUTH_URL: sim.url,
        MICROSOFT_CLIENT_ID: 'app',
        MICROSOFT_CLIENT_SECRET: 'app-secret',
        GOOGLE_CONSENT_URL: sim.url,
        GOOGLE_TOKEN_URL: sim.url,
        GOOGLE_CLIENT_ID: 'app',
        GOOGLE_CLIENT_SECRET: 'app-secret',
      })
      browser = await launchBrowser()
    }, 180_000)
    afterAll(async () => {
      await browser?.close()
      await service?.kill()
      await database?.close()
      await dovecot?.stop()
      await sim?.close()
      if (dir) await rm(dir, { recursive: true, force: true })
    })

    const mailbox = (kind: keyof typeof USERS) =>
      database.db.mailbox.findUniqueOrThrow({ where: { id: ids[kind] ?? '' } })
    const state = async (kind: keyof typeof USERS) => (await mailbox(kind)).state

    async function signIn(page: Page, email: string): Promise<void> {
      await page.goto(`${service.url}/board`)
      await page.getByLabel('メールアドレス').fill(email)
      await page.getByLabel('パスワード').fill(PASSWORD)
      await page.getByRole('button', { name: 'ログイン', exact: true }).click()
      const secret = page.locator('.steps code')
      const inside = page.getByRole('navigation', { name: '画面' })
      await secret.or(inside).first().waitFor()
      if (await inside.isVisible()) return
      await page
        .getByLabel('6桁の数字')
        .fill(generateSync({ secret: (await secret.first().textContent()) ?? '' }))
      await page.getByRole('button', { name: '設定する' }).click()
      await page.getByRole('button', { name: '保管したので進む' }).click()
      await inside.waitFor()
    }

    async function consent(page: Page, kind: keyof typeof USERS, answer: string): Promise<void> {
      await page.goto(`${service.url}/board/shops`)
      const card = page.locator('article').filter({ hasText: kind })
      await card.getByRole('button', { name: 'メール事業者の画面で同意する' }).click()
      await page.getByRole('link', { name: answer, exact: true }).click()
      await page.waitForURL(/\/oauth\/mailbox\/callback/)
    }

    it('is given, refused, withdrawn and given again', async () => {
      const { id: tenantId } = await makeTenant(database.db)
      const shop = await makeShop(database.db, { tenantId, code: orderOf('rakuten', 0).shopCode })
      for (const [kind, username] of Object.entries(USERS)) {
        const { id } = await makeMailbox(database.db, {
          tenantId,
          username,
          name: kind,
          shopIds: [shop.id],
          authKind: kind,
          sealedPassword: null,
          host: 'localhost',
          port: dovecot.tlsPort,
          security: 'tls',
        })
        ids[kind] = id
        const sealedAuth = testSealer.of(tenantId).sealJson(`mailbox:${id}:auth`, { kind })
        await database.db.mailbox.update({ where: { id }, data: { sealedAuth } })
      }
      const { email } = await makeStaff(database.db, tenantId, 'owner')
      const page = await browser.newPage({ locale: 'ja-JP' })
      await signIn(page, email)

      sim.lifeSeconds = 10
      await consent(page, 'microsoft', '許可する')
      expect(await page.locator('h1').textContent()).toContain('同意')
      await expect.poll(() => state('microsoft'), WAIT).toBe('connected')
      const mail = composeMail(
        { type: 'placed', order: orderOf('rakuten', 1) },
        { to: USERS.microsoft, charset: 'utf-8', shape: 'plain' },
      )
      await dovecot.drop(USERS.microsoft, mail)
      await expect.poll(() => database.db.importRequest.count(), WAIT).toBe(1)

      await consent(page, 'google', '許可しない')
      expect((await mailbox('google')).consentedAt).toBeNull()
      await consent(page, 'google', '許可する')
      await expect.poll(() => state('google'), WAIT).toBe('connected')

      sim.revoke(USERS.microsoft)
      await expect
        .poll(async () => (await mailbox('microsoft')).attentionCode, WAIT)
        .toBe('MAILBOX_CONSENT_ENDED')
      await page.goto(`${service.url}/board/shops`)
      await page.getByText('AADSTS50173').first().waitFor()
      sim.lifeSeconds = 3_600
      await consent(page, 'microsoft', '許可する')
      await expect.poll(() => state('microsoft'), WAIT).toBe('connected')
      expect((await mailbox('microsoft')).attentionCode).toBeNull()
    })

    it('that a browser began does not end in another one', async () => {
      const { email } = await makeStaff(database.db, (await mailbox('google')).tenantId, 'owner')
      const page = await browser.newPage({ locale: 'ja-JP' })
      await signIn(page, email)
      await page.goto(`${service.url}/board/shops`)
      const card = page.locator('article').filter({ hasText: 'google' })
      await card.getByRole('button', { name: 'メール事業者の画面で同意する' }).click()
      const back = await page.getByRole('link', { name: '許可する', exact: true }).getAttribute('href')
      const stranger = await browser.newPage()
      const answer = await stranger.goto(back ?? '')
      expect(answer?.status()).toBe(400)
      expect((await page.goto(back ?? ''))?.status()).toBe(200)
    })
  },
)

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  listening.close()
  await once(listening, 'close')
  return port
}
