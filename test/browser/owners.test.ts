import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { codeAt } from '../support/staff/browser.ts'
import {
  enterDemo,
  hasBrowser,
  LEFT_OUT,
  newOrders,
  PHONE,
  picture,
  type Rig,
  readApi,
  seriousFindings,
  startRig,
  tabTo,
  type Visitor,
  visit,
  WIDE,
} from './rig.ts'

/**
 * What an owner looks after: people, keys of programs, webhooks; and what each person does for their own
 * account.
 */

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const article = (page: Page, name: string) => page.getByRole('article', { name, exact: true })
const PASSWORD = 'a long pass phrase'

async function looksRight(page: Page, name: string): Promise<void> {
  await page.getByText('読み込んでいます').first().waitFor({ state: 'detached' })
  expect([name, await seriousFindings(page)]).toEqual([name, []])
  const wider = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
  expect([name, wider]).toEqual([name, false])
}

async function shows(page: Page, name: string): Promise<void> {
  await looksRight(page, name)
  await picture(page, name)
}

async function open(rig: Rig, { page }: Visitor, path: string): Promise<void> {
  await page.goto(`${rig.url}/board${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

type ClientRole = 'owner' | 'staff' | 'read_only'

/** Somebody new, signed in by the link of an invitation; with the app's secret where one had to be set up. */
async function join(
  rig: Rig,
  role: ClientRole,
  name: string,
  email: string,
): Promise<Visitor & { secret: string }> {
  const { url } = await readApi<{ url: string }>(rig, '/staff/invitations', { email, role })
  const visitor = await visit(rig)
  const { page } = visitor
  await page.goto(`${rig.url}/board${new URL(url, rig.url).hash}`)
  await page.getByLabel('氏名').fill(name)
  await page.getByLabel('パスワード').fill(PASSWORD)
  await button(page, 'アカウントを作る').click()
  // Some have to set a second factor first: owners, and staff once the shop asks it of them.
  const code = page.locator('.steps code')
  await page.getByRole('region', { name: '今日の進み' }).or(code).waitFor()
  let secret = ''
  if (await code.isVisible()) {
    secret = (await code.textContent()) ?? ''
    await page.getByLabel('6桁の数字').fill(codeAt(secret, Date.now()))
    await button(page, '設定する').click()
    await button(page, '保管したので進む').click()
  }
  await page.getByRole('region', { name: '今日の進み' }).waitFor()
  return { ...visitor, secret }
}

const signIn = (rig: Rig, email: string, password: string): Promise<Response> =>
  fetch(`${rig.demo.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })

interface Person {
  id: string
  name: string
  role: string
  sessions: number
  lockedUntil: string | null
}
const personOf = async (rig: Rig, name: string): Promise<Person | undefined> =>
  (await readApi<{ staff: Person[] }>(rig, '/staff')).staff.find((one) => one.name === name)

/** A shop's own server, which takes what is sent to it or does not. */
async function startReceiver(): Promise<{ url: string; answer: { status: number }; server: Server }> {
  const answer = { status: 200 }
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(answer.status).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { answer, server, url: `http://127.0.0.1:${port}/torikomi` }
}

describe.skipIf(!hasBrowser)(`people, keys and webhooks${LEFT_OUT}`, () => {
  let rig: Rig
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  beforeAll(async () => {
    rig = await startRig()
    receiver = await startReceiver()
  })
  afterAll(async () => {
    receiver?.server.close()
    await rig?.close()
  })

  test('somebody is invited by keys alone, joins by the copied link, and the role is changed', async () => {
    const visitor = await enterDemo(rig)
    const { page } = visitor
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.locator('.account-button').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'スタッフ' }).press('Enter')
    await page.getByRole('heading', { name: 'スタッフ', level: 1 }).waitFor()
    await tabTo(page, 'main .button-main')
    await page.keyboard.press('Enter')
    await page.locator('input[type=email]:focus').waitFor()
    await page.keyboard.type('hanako@shop.example')
    await tabTo(page, 'form select')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'form .button-main')
    await page.keyboard.press('Enter')
    // The focus has gone to where the link is copied.
    await page.locator('.shown-once button:focus').waitFor()
    await shows(page, 'people-invited')
    await page.keyboard.press('Enter')
    await page.getByText('コピーしました。').waitFor()
    const link = await page.evaluate<string>('navigator.clipboard.readText()')
    await article(page, 'hanako@shop.example').getByText('閲覧のみ').waitFor()
    await button(page, '控えたので閉じる').press('Enter')
    await page.getByText(link).waitFor({ state: 'detached' })

    const guest = await visit(rig)
    await guest.page.goto(`${rig.url}/board${new URL(link).hash}`)
    await guest.page.getByLabel('氏名').fill('佐藤 花子')
    await guest.page.getByLabel('パスワード').fill(PASSWORD)
    await button(guest.page, 'アカウントを作る').click()
    await guest.page.getByRole('region', { name: '今日の進み' }).waitFor()

    await page.reload()
    const card = article(page, '佐藤 花子')
    await card.getByText('1台').waitFor()
    expect(await article(page, 'hanako@shop.example').count()).toBe(0)
    await card.getByRole('button', { name: /権限・停止・削除/ }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('権限').focus()
    await page.keyboard.press('ArrowUp')
    expect(await seriousFindings(page)).toEqual([])
    await tabTo(page, '.dialog form .button-main')
    await page.keyboard.press('Enter')
    await page.getByText('佐藤 花子さんの権限を「担当者」に変更しました。').waitFor()
    await card.getByText('担当者').waitFor()
    // What was open with the role before is over.
    await card.getByText('0台').waitFor()
    expect(await personOf(rig, '佐藤 花子')).toMatchObject({ role: 'staff', sessions: 0 })
    await guest.page.goto(`${rig.url}/board/orders`)
    await guest.page.getByRole('heading', { name: 'ログイン' }).waitFor()
    await guest.close()
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('who is locked out is let in, signed out and removed; the last owner is told before trying', async () => {
    const email = 'jiro@shop.example'
    const colleague = await join(rig, 'staff', '鈴木 次郎', email)
    const visitor = await enterDemo(rig)
    const { page } = visitor
    for (let tries = 0; tries < 10; tries++) await signIn(rig, email, 'not the password')
    expect((await signIn(rig, email, PASSWORD)).status).toBe(429)
    await open(rig, visitor, '/people')
    const card = article(page, '鈴木 次郎')
    await card.getByText(/までロック中/).waitFor()
    await page.getByText('読み込んでいます').first().waitFor({ state: 'detached' })
    await readApi(rig, '/staff/invitations', { email: 'saburo@shop.example', role: 'staff' })
    await page.reload()
    await article(page, 'saburo@shop.example').waitFor()
    await shows(page, 'people')
    await page.setViewportSize(PHONE)
    await shows(page, 'people-phone')
    await page.setViewportSize(WIDE)

    await card.getByRole('button', { name: /ロックを解除する/ }).press('Enter')
    await page.getByText('鈴木 次郎さんのロックを解除しました。').waitFor()
    await card.getByText(/までロック中/).waitFor({ state: 'detached' })
    expect((await signIn(rig, email, PASSWORD)).status).toBe(200)
    await card.getByRole('button', { name: /権限・停止・削除/ }).press('Enter')
    await button(page, 'すべてログアウトさせる').press('Enter')
    await button(page, 'もう一度押すとログアウトさせます').press('Enter')
    await page.getByText('鈴木 次郎さんをすべての端末でログアウトさせました。').waitFor()
    await colleague.page.reload()
    await colleague.page.getByRole('heading', { name: 'ログイン' }).waitFor()
    await card.getByRole('button', { name: /権限・停止・削除/ }).press('Enter')
    await button(page, '削除する').press('Enter')
    await button(page, 'もう一度押すと削除します').press('Enter')
    await card.waitFor({ state: 'detached' })
    expect(await personOf(rig, '鈴木 次郎')).toBeUndefined()

    const pending = article(page, 'saburo@shop.example')
    await pending.getByRole('button', { name: /招待を取り消す/ }).press('Enter')
    await pending.getByRole('button', { name: /もう一度押すと取り消します/ }).press('Enter')
    await pending.waitFor({ state: 'detached' })

    await article(page, '見本 太郎')
      .getByRole('button', { name: /権限・停止・削除/ })
      .press('Enter')
    await page.getByText('利用中の管理者は見本 太郎さんだけです。').waitFor()
    expect(await button(page, '権限を変更する').count()).toBe(0)
    expect(await button(page, '削除する').count()).toBe(0)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(visitor.complaints).toEqual([])
    await colleague.close()
    await visitor.close()
  })

  test('who is next on the same page meets nothing that the person before typed, and is asked about none of it', async () => {
    const email = 'next@shop.example'
    const next = await join(rig, 'staff', '後番 四郎', email)
    await next.close()
    const [order, moved] = await newOrders(rig, 2)
    const { page, context, complaints, close } = await enterDemo(rig)
    const asked: string[] = []
    page.on('dialog', (question) => {
      asked.push(question.type())
      void question.accept()
    })
    const memo = page.getByRole('textbox', { name: '店舗メモ' })
    const show = async () => {
      await page.evaluate(`history.pushState(null, '', '/board/orders/${order?.id}')`)
      await page.getByRole('heading', { name: new RegExp(order?.orderNumber ?? '') }).waitFor()
      await button(page, '店舗メモ・担当を編集').or(memo).waitFor()
    }
    await show()
    await button(page, '店舗メモ・担当を編集').click()
    await memo.fill('山田様の折り返し待ち')
    await page.getByRole('link', { name: '店舗・受信箱' }).click()
    await page.getByRole('heading', { name: '店舗・受信箱', level: 1 }).waitFor()
    await page.evaluate(`history.pushState(null, '', '/board/orders?number=${moved?.orderNumber}')`)
    const line = page.locator('.grid-line').filter({ hasText: moved?.orderNumber ?? '' })
    await line.getByRole('checkbox').check()
    await page.keyboard.press('F4')
    await button(page, '1件を移動').click()
    // The window's, not the notice's that comes behind it.
    await page.getByRole('dialog').getByText('閉じる', { exact: true }).click()
    // In the focus it stays, however slow this machine is.
    const undo = button(page, '元に戻す')
    await undo.focus()
    const elsewhere = await context.newPage()
    await elsewhere.goto(`${rig.url}/board`)
    await elsewhere.locator('.account-button').click()
    await elsewhere.getByRole('menuitem', { name: 'ログアウト' }).click()
    await elsewhere.getByRole('heading', { name: 'ログイン' }).waitFor()
    await elsewhere.close()
    await page.getByText('ログインの有効期限が切れました').waitFor()
    await page.getByLabel('メールアドレス').fill(email)
    await page.locator('.sign-in-card').getByLabel('パスワード').fill(PASSWORD)
    await page.keyboard.press('Enter')
    if (next.secret !== '') {
      // The code that set it up is used up; that of the next half minute is taken as well.
      await page.getByLabel('認証アプリの6桁の数字').fill(codeAt(next.secret, Date.now() + 30_000))
      await page.keyboard.press('Enter')
    }
    await page.locator('.account-button').filter({ hasText: '後番 四郎' }).waitFor()
    expect(await undo.count()).toBe(0)
    await show()
    expect(await memo.count()).toBe(0)
    await page.reload()
    await button(page, '店舗メモ・担当を編集').waitFor()
    expect(asked).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('what a colleague made that works on without them is asked before they go', async () => {
    const email = 'leaver@sandbox.example'
    const leaver = await join(rig, 'owner', '退職 次郎', email)
    await open(rig, leaver, '/connections')
    const keys: string[] = []
    for (const name of ['基幹システム', '個人の集計']) {
      await button(leaver.page, 'APIキーを発行').click()
      await leaver.page.getByLabel('用途').fill(name)
      await button(leaver.page, '発行する').click()
      const shown = leaver.page.locator('.shown-once .secret')
      await shown.waitFor()
      keys.push((await shown.textContent()) ?? '')
      await button(leaver.page, '控えたので閉じる').click()
      await shown.waitFor({ state: 'detached' })
    }
    const asks = () =>
      Promise.all(
        keys.map(
          async (key) =>
            (await fetch(`${rig.demo.url}/v1/shops`, { headers: { authorization: `Bearer ${key}` } })).status,
        ),
      )
    expect(await asks()).toEqual([200, 200])

    const visitor = await enterDemo(rig)
    const { page } = visitor
    await open(rig, visitor, '/people')
    const card = article(page, '退職 次郎')
    await card.getByRole('button', { name: /権限・停止・削除/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('退職 次郎さんが作成し、いま使えるもの').waitFor()
    await dialog.getByRole('checkbox', { name: /残す: APIキー「基幹システム」/ }).waitFor()
    await dialog.getByRole('checkbox', { name: /残す: APIキー「個人の集計」/ }).uncheck()
    await shows(page, 'leaver')
    await dialog.getByRole('button', { name: '削除する' }).click()
    await dialog.getByRole('button', { name: 'もう一度押すと削除します' }).click()
    await page.getByText('退職 次郎さんを削除しました。').waitFor()
    expect(await asks()).toEqual([200, 401])
    expect((await signIn(rig, email, PASSWORD)).status).toBe(401)
    // What stays says whose it was.
    await open(rig, visitor, '/connections')
    const kept = page.getByRole('article', { name: '基幹システム', exact: true })
    await kept.getByText('退職 次郎').waitFor()
    await kept.getByText('現在は管理権限なし').waitFor()
    await page.setViewportSize(PHONE)
    await looksRight(page, 'connections-phone')
    await page.setViewportSize(WIDE)
    expect(visitor.complaints).toEqual([])
    await leaver.close()
    await visitor.close()
  })

  test('one’s own account: another browser is ended, the password and the second factor are one’s own', async () => {
    const email = 'own@shop.example'
    const visitor = await join(rig, 'read_only', '高橋 三郎', email)
    const { page } = visitor
    await signIn(rig, email, PASSWORD)
    await page.locator('.account-button').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: '自分のアカウント' }).press('Enter')
    await page.getByText('この端末').waitFor()
    await shows(page, 'account')
    await page.setViewportSize(PHONE)
    await shows(page, 'account-phone')
    await page.setViewportSize(WIDE)
    await button(page, /^ログアウトさせる/).press('Enter')
    await page.getByText('ほかの端末ではログインしていません。').waitFor()
    expect(await personOf(rig, '高橋 三郎')).toMatchObject({ sessions: 1 })

    await page.getByLabel('現在のパスワード').fill('not the password')
    await page.getByLabel('新しいパスワード').fill('another long pass phrase')
    await page.keyboard.press('Enter')
    await page.getByText('現在のパスワードが正しくありません。').waitFor()
    await page.getByLabel('現在のパスワード').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('パスワードを変更しました。').waitFor()
    expect(await page.getByLabel('現在のパスワード').inputValue()).toBe('')
    expect((await signIn(rig, email, PASSWORD)).status).toBe(401)

    await button(page, '2段階認証を設定する').press('Enter')
    const secret = (await page.locator('.steps code').textContent()) ?? ''
    await page.getByLabel('6桁の数字').fill(codeAt(secret, Date.now()))
    await page.keyboard.press('Enter')
    const codes = () => page.locator('.codes code').allTextContents()
    await page.locator('.codes').waitFor()
    const first = await codes()
    expect(first).toHaveLength(10)
    expect(await seriousFindings(page)).toEqual([])
    await button(page, '保管したので進む').press('Enter')
    await button(page, 'リカバリーコードを作り直す').press('Enter')
    await page.getByLabel('現在の認証アプリの6桁の数字').fill('000000')
    await page.keyboard.press('Enter')
    // A wrong code is an answer, and no end of the session.
    await page.getByText(/確認コードが正しくありません/).waitFor()
    // The code before is used up; that of the next half minute is taken as well.
    await page.getByLabel('現在の認証アプリの6桁の数字').fill(codeAt(secret, Date.now() + 30_000))
    await page.keyboard.press('Enter')
    await page.locator('.codes').waitFor()
    expect(await codes()).not.toEqual(first)
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('a program’s key, by keys alone: made for one shop, used, rotated with an overlap, revoked', async () => {
    const visitor = await enterDemo(rig)
    const { page } = visitor
    await open(rig, visitor, '/connections')
    await button(page, 'APIキーを発行').press('Enter')
    await page.locator('input[maxlength="100"]:focus').waitFor()
    await page.keyboard.type('在庫連携')
    await tabTo(page, 'form select')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'form .choice:nth-of-type(2) select')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'form .ticks input')
    await page.keyboard.press('Space')
    expect(await seriousFindings(page)).toEqual([])
    await tabTo(page, 'form .button-main')
    await page.keyboard.press('Enter')
    const shown = page.locator('.shown-once .secret')
    await shown.waitFor()
    const key = (await shown.textContent()) ?? ''
    const asks = async (bearer: string) =>
      (await fetch(`${rig.demo.url}/v1/marketplaces`, { headers: { authorization: `Bearer ${bearer}` } }))
        .status
    expect(await asks(key)).toBe(200)
    const cards = page.getByRole('article', { name: '在庫連携', exact: true })
    await cards.getByText('閲覧のみ').waitFor()
    const requests = page.getByRole('region', { name: 'APIリクエスト' }).first()
    await requests
      .getByRole('row', { name: /GET \/v1\/marketplaces/ })
      .filter({ hasText: '在庫連携' })
      .first()
      .waitFor()
    await requests.getByLabel('結果').selectOption({ label: 'エラーのみ' })
    await button(page, '控えたので閉じる').press('Enter')
    await shown.waitFor({ state: 'detached' })

    await cards.getByRole('button', { name: /^更新/ }).press('Enter')
    await tabTo(page, 'article form .button-main')
    await page.keyboard.press('Enter')
    await shown.waitFor()
    const next = (await shown.textContent()) ?? ''
    expect(next).not.toBe(key)
    expect([await asks(key), await asks(next)]).toEqual([200, 200])
    await cards.getByText(/更新済み。旧キーはあと/).waitFor()
    await shows(page, 'connections')
    await button(page, '控えたので閉じる').press('Enter')
    for (let left = 2; left > 0; left--) {
      await cards
        .first()
        .getByRole('button', { name: /^取り消す/ })
        .press('Enter')
      await cards
        .first()
        .getByRole('button', { name: /もう一度押すと/ })
        .press('Enter')
      await waitFor(
        'one card less',
        () => cards.count(),
        (count) => count === left - 1,
      )
    }
    await waitFor(
      'the end of both',
      async () => [await asks(key), await asks(next)],
      (all) => all.every((status) => status === 401),
      { everyMs: 500, limitMs: 20_000 },
    )
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('a webhook: its secret once, a test with the answer in words, what failed sent again, and off', async () => {
    const visitor = await enterDemo(rig)
    const { page } = visitor
    await open(rig, visitor, '/connections')
    await button(page, 'Webhookを登録').press('Enter')
    await page.locator('input[maxlength="200"]:focus').waitFor()
    await page.keyboard.type('基幹システム')
    await page.getByLabel('送信先URL').fill('http://192.168.0.1/')
    await page.keyboard.press('Enter')
    await page.locator('.field .field-error').waitFor()
    await page.getByLabel('送信先URL').fill(receiver.url)
    await page.getByRole('checkbox', { name: 'お知らせ' }).press('Space')
    await tabTo(page, 'form .button-main')
    await page.keyboard.press('Enter')
    await page.locator('.shown-once .secret', { hasText: 'whsec_' }).waitFor()
    await button(page, '控えたので閉じる').press('Enter')

    const card = article(page, '基幹システム')
    await card.getByRole('button', { name: /^テスト送信/ }).press('Enter')
    await card.getByText(/受信側が受け取りました（HTTP 200、/).waitFor()
    receiver.answer.status = 500
    await card.getByRole('button', { name: /^テスト送信/ }).press('Enter')
    await card
      .getByText(/受信側がHTTP 500を返しました/)
      .first()
      .waitFor()
    await card.getByRole('button', { name: /^送信記録/ }).press('Enter')
    const lines = card.getByRole('row')
    await lines.filter({ hasText: 'HTTP 500' }).waitFor()
    await shows(page, 'webhook-deliveries')
    await page.setViewportSize(PHONE)
    await shows(page, 'connections-phone')
    await page.setViewportSize(WIDE)
    receiver.answer.status = 204
    await card.getByRole('button', { name: /^すぐに再送/ }).press('Enter')
    await lines.filter({ hasText: 'HTTP 204' }).waitFor()
    await card.getByLabel('状態').selectOption('failed')
    await card.getByText('該当する送信はありません。').waitFor()

    await card.getByRole('button', { name: /^署名鍵を変更/ }).press('Enter')
    await button(page, '新しい署名鍵を発行する').press('Enter')
    await page.locator('.shown-once .secret', { hasText: 'whsec_' }).waitFor()
    await card.getByText(/まで前の署名鍵でも署名/).waitFor()
    await card.getByRole('button', { name: /^停止/ }).press('Enter')
    await card.getByText('停止中').waitFor()
    expect(await card.getByRole('button', { name: /^テスト送信/ }).count()).toBe(0)
    const { webhooks } = await readApi<{ webhooks: object[] }>(rig, '/webhooks')
    expect(webhooks).toMatchObject([{ name: '基幹システム', enabled: false, kinds: ['notice'] }])
    await card.getByRole('button', { name: /^削除/ }).press('Enter')
    await card.getByRole('button', { name: /もう一度押すと/ }).press('Enter')
    await page.getByText('Webhookはまだありません。').waitFor()
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test.each(['staff', 'read_only'] as const)('%s: neither menu nor address nor answer', async (role) => {
    const visitor = await join(rig, role, `${role} 花子`, `${role}@shop.example`)
    const { page } = visitor
    await page.locator('.account-button').click()
    await page.getByRole('menuitem', { name: '自分のアカウント' }).waitFor()
    expect(await page.getByRole('menuitem', { name: /スタッフ|連携/ }).count()).toBe(0)
    for (const path of ['/people', '/connections']) {
      await page.goto(`${rig.url}/board${path}`)
      await page.getByText('このアドレスの画面はありません').waitFor()
    }
    for (const path of ['/staff', '/staff/invitations', '/api-keys', '/webhooks']) {
      const answer = await visitor.context.request.get(`${rig.url}/v1${path}`)
      expect([path, answer.status()]).toEqual([path, 403])
    }
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })

  test('dark, and in English', async () => {
    const visitor = await enterDemo(rig, { dark: true })
    const { page } = visitor
    for (const [path, name] of [
      ['/people', 'people-dark'],
      ['/connections', 'connections-dark'],
      ['/account', 'account-dark'],
    ] as const) {
      await open(rig, visitor, path)
      await looksRight(page, name)
    }
    await page.locator('.account-button').click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Your account', level: 1 }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  })
})
