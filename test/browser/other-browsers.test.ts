import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mallEnvironment, SANDBOX_SHOPS, startMalls } from '../../sandbox/malls/index.ts'
import { type RunningService, startService } from '../support/service/service.ts'
import { codeAt } from '../support/staff/browser.ts'
import { seriousFindings } from './rig.ts'
import { OTHER_BROWSERS, personAt } from './tabs.ts'

/**
 * The first hour and the morning in short, in the browsers that docs/board.md names beside Chromium: an empty
 * installation, its accounts, a shop with its keys, the first order, its memo, its label and its shipment.
 */

const PASSWORD = 'a long pass phrase'
const { code, title } = SANDBOX_SHOPS.rakuten

describe.each(OTHER_BROWSERS)('$name', ({ name, left, start }) => {
  let malls: Awaited<ReturnType<typeof startMalls>>
  let service: RunningService
  let dataDir: string

  beforeAll(async () => {
    if (left !== '') return
    dataDir = await mkdtemp(join(tmpdir(), 'torikomi-other-browser-'))
    malls = await startMalls(() => ({ port: 0, seed: 12, requestsPerSecond: 1_000 }))
    service = await startService({ ...mallEnvironment(malls), DATA_DIR: join(dataDir, '.data') })
  }, 120_000)
  afterAll(async () => {
    await service?.stop()
    await Promise.all(Object.values(malls ?? {}).map((mall) => mall.close()))
    if (dataDir) await rm(dataDir, { recursive: true, force: true })
  })

  test.skipIf(left !== '')(
    `from nothing to the first parcel${left}`,
    async () => {
      const tab = await start()
      try {
        const person = personAt(tab)
        const account = async (name: string, mail?: string) => {
          await person.fill('氏名', name)
          if (mail) await person.fill('メールアドレス', mail)
          await person.fill('パスワード', PASSWORD)
          await person.click('アカウントを作る')
          const secret = await person.textOf('.steps code')
          await person.fill('6桁の数字', codeAt(secret, Date.now()))
          await person.click('設定する')
          await person.click('保管したので進む')
        }

        await person.open(service.url)
        await person.sees('はじめて使う')
        const key = await readFile(join(dataDir, '.data/operator-key'), 'utf8')
        await person.fill('運営者キー', key.trim())
        await person.click('キーを確かめる')
        await account('運営太郎', 'ops@torikomi.example')
        await person.click('契約店を作る')
        const tenant = 'form[aria-label="契約店を作る"]'
        await person.fill('契約店名', '見本商店', tenant)
        await person.fill('管理者のメールアドレス', 'owner@mihon.example', tenant)
        await person.click('作って招待する', tenant)
        const link = await person.textOf('.secret')
        expect(await person.complaints()).toEqual([])

        await person.open('about:blank')
        await person.open(`${service.url}/board/${new URL(link).hash}`)
        await account('店長花子')
        await person.sees('はじめの設定')
        const shop = 'form[aria-label="店舗を追加"]'
        await person.choose('モール', '楽天市場', shop)
        await person.fill('店舗ID', code, shop)
        await person.fill('店舗名', title, shop)
        await person.click('店舗を追加する', shop)
        for (const [name, value] of Object.entries(malls.rakuten.credentialsFor(code)))
          await person.fill(`credentials.${name}`, String(value))
        await person.click('保存して接続テスト')
        await person.sees('接続できました')
        // A line of the list goes with it, and the rest moves up.
        await person.sees('モールとの接続を確かめる 済み')

        const placed = await fetch(`${malls.rakuten.url}/_control/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ count: 1, readyToShip: true }),
        })
        const number = /"orderNumber":"([^"]+)"/.exec(await placed.text())?.[1] ?? ''
        await person.click('受注番号で1件取り込む')
        const one = 'form[aria-label="受注番号で1件取り込む"]'
        await person.fill('受注番号', number, one)
        await person.click('取り込む', one)
        await person.sees(`受注 ${number} が入りました`)

        // The morning begins: the order is taken over, by keys.
        await person.open(`${service.url}/board/orders?status=auto_imported`)
        await person.sees(number, '[role=grid]')
        await person.press('F2')
        await person.focused('[role=dialog] .button-main')
        // By the mouse: a headless Firefox window has no focus by itself, and its buttons take no Enter.
        await person.click('取り込む', '[role=dialog]')
        await person.sees('成功 1件', '[role=dialog]')
        await person.press('Escape')
        await person.open(`${service.url}/board/orders?status=new`)
        await person.sees(number, '[role=grid]')
        await person.press('Enter')
        await person.sees('店舗メモ')
        await person.click('店舗メモ・担当を編集')
        await person.fill('店舗メモ', 'のし紙をつける')
        await person.click('保存')
        await person.sees('保存しました。')
        await person.sees('のし紙をつける')

        // Its label.
        await person.open(`${service.url}/board/csv`)
        await person.click('送り状の設定')
        for (const [label, value] of [
          ['ご依頼主名', '取込商店'],
          ['郵便番号', '1000001'],
          ['住所', '東京都千代田区千代田1-1'],
          ['電話番号', '03-1234-5678'],
          ['品名', '衣類'],
          ['請求先顧客コード', '0312345678'],
          ['運賃管理番号', '01'],
        ] as const)
          await person.fill(label, value)
        await person.click('保存する')
        await person.sees('設定済み')
        await person.click('送り状を出力')
        await person.choose('対象', '新規受付')
        await person.click('送り状ファイルを出力する')
        await person.sees('1件の送り状を出力しました')
        const file = new TextDecoder('shift_jis').decode(await person.savedFile())
        expect(file.trimEnd().split('\r\n')).toHaveLength(2)
        expect(file).toContain('取込商店')

        // Shipped, by a number that its mall takes.
        await person.open(`${service.url}/board/orders?status=new`)
        await person.sees(number, '[role=grid]')
        await person.press('Space')
        await person.sees('1件の受注が選択されています。')
        await person.press('F9')
        await person.fill(`${number}の送り状番号`, '400000000015', '[role=dialog]')
        await person.click('1件を発送完了にする', '[role=dialog]')
        await person.sees('成功 1件', '[role=dialog]')
        await person.press('Escape')
        expect(await person.complaints()).toEqual([])
        await person.open(`${service.url}/board/orders?status=shipped`)
        await person.sees(number, '[role=grid]')
        expect(await person.complaints()).toEqual([])

        // By axe on a phone and on a desk, in both themes; and how long the first row takes.
        const times: number[] = []
        for (const [path, ready] of [
          ['/orders?status=shipped', '.grid-line'],
          [`/orders?number=${number}`, '.grid-line'],
          ['', '.home-progress .legend'],
        ] as const) {
          await person.open(`${service.url}/board${path}`)
          times.push(
            await tab.read<number>(`new Promise((resolve) => {
              const look = () =>
                document.querySelector('${ready}') ? resolve(performance.now()) : requestAnimationFrame(look)
              look()
            })`),
          )
          for (const width of [360, 1440]) {
            // WebKit's window has a bar that lets it be no smaller than 447 px: the form of a phone, too.
            const has = await tab.resize(width, 900)
            if (width === 360) expect(has).toBeLessThan(640)
            for (const theme of ['light', 'dark']) {
              // A colour on its way to another is no colour of the theme.
              await tab.read(`(document.documentElement.dataset.theme = '${theme}',
                Promise.all(document.getAnimations().map(({ finished }) => finished)).then(() => 0))`)
              const found = await seriousFindings({ evaluate: tab.read })
              expect([path, has, theme, found]).toEqual([path, has, theme, []])
            }
          }
        }
        process.stdout.write(`${name}: rows and tiles after ${times.map(Math.round).join(', ')} ms\n`)
      } finally {
        await tab.close()
      }
    },
    240_000,
  )
})
