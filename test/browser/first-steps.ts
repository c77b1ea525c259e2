import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { RunningService } from '../support/service/service.ts'
import { codeAt } from '../support/staff/browser.ts'
import { handOf, seriousFindings } from './rig.ts'

/** The first steps that a person takes at the page of a service which was started on nothing. */

export const PASSWORD = 'a long pass phrase'

export const button = (within: Page | Locator, name: string | RegExp) => within.getByRole('button', { name })
export const field = (within: Page | Locator, label: string | RegExp) => within.getByLabel(label)
const secret = async (page: Page) => (await page.locator('.secret').textContent()) ?? ''

export type Person = Awaited<ReturnType<typeof openPerson>>

export async function openPerson(browser: Browser, url: string) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'ja-JP' })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  return {
    page,
    hand: handOf(page),
    slips: handOf(page),
    second: handOf(page),
    complaints,
    close: () => context.close(),
  }
}

/** The phone of whoever has to have a second factor. */
export async function setSecondFactor({ page, hand }: Person) {
  const secret = (await page.locator('.steps code').textContent()) ?? ''
  await hand.type(field(page, '6桁の数字'), codeAt(secret, Date.now()))
  await hand.click(button(page, '設定する'))
  await page.locator('.codes').waitFor()
  await button(page, '印刷').waitFor()
  await hand.click(button(page, '保管したので進む'))
}

/**
 * The operator's steps: from the key, which the page says where to find, to an invitation of the first
 * shop's owner.
 * @returns the link of the invitation
 */
export async function inviteByPage(operator: Person, service: RunningService): Promise<string> {
  const { page, hand, slips } = operator
  await page.getByRole('heading', { name: 'はじめて使う' }).waitFor()
  const where =
    /ファイル (\S+operator-key) の中身/.exec((await page.locator('main').textContent()) ?? '')?.[1] ?? ''
  expect(service.output()).toContain(where)
  await slips.click(button(page, 'キーを確かめる'))
  await page.getByText('運営者キーを入力してください。').waitFor()
  await slips.paste(field(page, /運営者キー/), 'not the key')
  await slips.click(button(page, 'キーを確かめる'))
  await page.getByText('運営者キーが違います。').waitFor()
  await hand.paste(field(page, /運営者キー/), (await readFile(where, 'utf8')).trim())
  await hand.click(button(page, 'キーを確かめる'))
  // All that is missing is said at once.
  await slips.click(button(page, 'アカウントを作る'))
  expect(await page.locator('.field .field-error').allTextContents()).toEqual([
    '＊氏名を入力してください。',
    '＊メールアドレスを入力してください。',
    '＊パスワードを入力してください。',
  ])
  expect(await seriousFindings(page)).toEqual([])
  await hand.type(field(page, /氏名/), '運営太郎')
  await hand.type(field(page, /メールアドレス/), 'ops@torikomi.example')
  await hand.type(field(page, /パスワード/), PASSWORD)
  await hand.click(button(page, 'アカウントを作る'))
  await setSecondFactor(operator)

  await hand.click(button(page, '契約店を作る'))
  const form = page.getByRole('form', { name: '契約店を作る' })
  await hand.type(field(form, /契約店名/), '見本商店')
  await hand.type(field(form, /メールアドレス/), 'owner@mihon.example')
  await hand.click(button(form, '作って招待する'))
  await page.getByText('このコンピューターでしか開けません', { exact: false }).waitFor()
  expect(await secret(page)).toContain(`${service.url}/board/#/invitation/`)
  const lost = await secret(page)
  // The link was lost: made anew, and the one before opens nothing.
  await slips.click(button(page, '控えたので閉じる'))
  await slips.click(button(page, /管理者を招待…/))
  await slips.click(button(page.getByRole('dialog'), '招待リンクを作る'))
  await page.locator('.secret').waitFor()
  expect(await secret(page)).not.toBe(lost)
  await slips.type(field(page, 'ほかの人が開けるアドレス'), 'https://t.example.jp')
  expect(await secret(page)).toMatch(/^https:\/\/t\.example\.jp\/board\/#\/invitation\//)
  return secret(page)
}
