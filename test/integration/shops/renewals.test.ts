import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import { SANDBOX_SHOPS, type SandboxMall } from '../../../sandbox/malls/index.ts'
import { EMAILS, type RenewalWorld, startRenewalWorld } from '../../support/malls/renewal-world.ts'

/** A month in the life of four shops: each credential ends once, and is renewed. */

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const STEP_MS = 12 * HOUR_MS
const MALLS = Object.keys(SANDBOX_SHOPS) as SandboxMall[]

let world: RenewalWorld
const placed: string[] = []
beforeAll(async () => {
  world = await startRenewalWorld()
})
afterAll(() => world?.close())

interface ShopAnswer {
  attention: { code: string; message: string } | null
}
interface Notice {
  shopId: string
  kind: 'expiry' | 'attention'
  what: string
  occursAt: string
  daysBefore: number | null
  subject: string
  text: string
  createdAt: string
  mails: { address: string; state: string }[]
}

const shopOf = (mall: SandboxMall) => world.call<ShopAnswer>('GET', `/shops/${world.shops[mall]}`)
const place = (mall: SandboxMall, count: number): string[] => {
  const numbers = Array.from({ length: count }, () => world.malls[mall].place().orderNumber)
  placed.push(...numbers)
  return numbers
}
const rowsOf = (numbers: readonly string[]) =>
  world.database.db.order.findMany({
    where: { orderNumber: { in: [...numbers] } },
    select: { orderNumber: true, stagedAt: true },
  })
const staged = (numbers: readonly string[]) =>
  waitFor(
    `${numbers.length} orders staged`,
    () => rowsOf(numbers),
    (rows) => rows.length >= numbers.length,
    { limitMs: 60_000 },
  )
/**
 * Places two orders at each of these shops; how long the slowest took from its mail to its staging, in ms of
 * the clock.
 */
async function stageNow(malls: readonly SandboxMall[]): Promise<number> {
  await world.listening()
  const numbers = malls.flatMap((mall) => place(mall, 2))
  await world.heardOf(numbers)
  const requests = await world.database.db.importRequest.findMany({ where: { orderNumber: { in: numbers } } })
  const heardAt = new Map(requests.map((request) => [request.orderNumber, request.requestedAt.getTime()]))
  const rows = await staged(numbers)
  return Math.max(...rows.map((row) => row.stagedAt.getTime() - (heardAt.get(row.orderNumber) ?? 0)))
}
/** From the mail to the staged order takes less than a second; the rest is room for a busy machine. */
const PROMPT_MS = 20_000

interface Ending {
  mall: SandboxMall
  /** What happens at the mall; its old credentials are no good afterwards. */
  end(): void | Promise<void>
  code: string
  /** What the shop's staff are told to renew. */
  names: RegExp
  renewed(): Record<string, string>
}

/**
 * Orders come in while the shop stands still; the others go on; new credentials bring all of it within a
 * minute.
 */
async function endAndRenew({ mall, end, code, names, renewed }: Ending): Promise<void> {
  await end()
  const others = MALLS.filter((other) => other !== mall)
  await world.listening()
  const meanwhile = place(mall, 3)
  expect(await stageNow(others)).toBeLessThan(PROMPT_MS)
  const { attention } = await waitFor(
    `${mall} under attention`,
    () => shopOf(mall),
    (shop) => shop.attention !== null,
  )
  expect(attention?.code).toBe(code)
  expect(attention?.message).toMatch(names)
  for (const other of others) expect((await shopOf(other)).attention).toBeNull()
  expect(await rowsOf(meanwhile)).toEqual([])
  await world.pass(0)
  // It has stood still for minutes, and been knocked at.
  expect(await stageNow(others)).toBeLessThan(PROMPT_MS)

  await world.listening()
  // More mails, after the shop was put under attention.
  meanwhile.push(...place(mall, 2))
  await world.heardOf(meanwhile)
  const renewedAt = world.clock.now()
  await world.call('PATCH', `/shops/${world.shops[mall]}`, { credentials: renewed() })
  const rows = await staged(meanwhile)
  for (const { stagedAt } of rows) expect(stagedAt.getTime() - renewedAt).toBeLessThan(60_000)
  expect((await shopOf(mall)).attention).toBeNull()
}

const notices = async () =>
  (await world.call<{ notices: Notice[] }>('GET', '/notices?limit=500')).notices.toReversed()
const toldOf = (all: readonly Notice[], mall: SandboxMall, what: string) =>
  all.filter((notice) => notice.shopId === world.shops[mall] && notice.what === what)

/** Subject and text of a mail as it went over the wire. */
async function readLetter(source: string): Promise<{ to: string; subject: string; text: string }> {
  const { to, subject, text } = await simpleParser(source)
  return { to: [to].flat()[0]?.text ?? '', subject: subject ?? '', text: text ?? '' }
}

async function passDays(days: number): Promise<void> {
  for (let n = 0; n < (days * DAY_MS) / STEP_MS; n++) await world.pass(STEP_MS)
}

test('each shop stands still for what ended alone, says what to renew, and loses nothing', async () => {
  const { malls, clock } = world
  const rakutenEnd = new Date(clock.now() + 31 * DAY_MS).toISOString().slice(0, 10)
  malls.rakuten.change({ keyExpiresAt: `${rakutenEnd}T23:59:59` })
  malls.aupay.change({ keyDays: 34 })
  const credentials = (mall: SandboxMall) => malls[mall].credentialsFor(SANDBOX_SHOPS[mall].code)
  const { publicKey: _, publicKeyVersion: __, ...withoutKey } = credentials('yahoo')
  await world.register({
    yahoo: withoutKey,
    rakuten: credentials('rakuten'),
    amazon: credentials('amazon'),
    aupay: credentials('aupay'),
  })
  expect(await stageNow(MALLS)).toBeLessThan(PROMPT_MS)

  await endAndRenew({
    mall: 'yahoo',
    end: () => world.pass(12 * HOUR_MS),
    code: 'YAHOO_SESSION_ENDED',
    names: /同意し直し/,
    renewed: () => {
      malls.yahoo.consents.consent([SANDBOX_SHOPS.yahoo.code])
      return credentials('yahoo')
    },
  })
  await passDays(26)
  // Renewed before its end: nothing stops, and nobody is told of the last days.
  malls.yahoo.consents.consent([SANDBOX_SHOPS.yahoo.code])
  await world.call('PATCH', `/shops/${world.shops.yahoo}`, { credentials: credentials('yahoo') })
  await passDays(4)

  await endAndRenew({
    mall: 'amazon',
    end: () => malls.amazon.consents.revoke(SANDBOX_SHOPS.amazon.code),
    code: 'AMAZON_CONSENT_ENDED',
    names: /認可/,
    renewed: () => {
      malls.amazon.consents.renew(SANDBOX_SHOPS.amazon.code)
      return credentials('amazon')
    },
  })
  await endAndRenew({
    mall: 'aupay',
    end: () => void malls.aupay.keys.issue(SANDBOX_SHOPS.aupay.code),
    code: 'AUPAY_KEY_REFUSED',
    names: /APIキー/,
    renewed: () => credentials('aupay'),
  })
  await endAndRenew({
    mall: 'rakuten',
    end: () => passDays(2),
    code: 'RAKUTEN_KEY_REFUSED',
    names: /licenseKey/,
    renewed: () => {
      const end = new Date(clock.now() + 90 * DAY_MS).toISOString().slice(0, 10)
      malls.rakuten.change({ keyExpiresAt: `${end}T23:59:59` })
      return credentials('rakuten')
    },
  })

  const orders = await world.database.db.order.findMany({ select: { orderNumber: true } })
  expect(orders.map(({ orderNumber }) => orderNumber).sort()).toEqual([...placed].sort())

  await world.pass(0)
  const all = await notices()
  const days = (mall: SandboxMall, what: string) => toldOf(all, mall, what).map((notice) => notice.daysBefore)
  expect(days('rakuten', 'licenseKey')).toEqual([30, 14, 7, 3, 1, 0])
  expect(days('yahoo', 'session')).toEqual([null, 0])
  expect(days('yahoo', 'consent')).toEqual([14, 7, 3])
  expect(days('aupay', 'apiKey')).toEqual([30, 14, 7])
  for (const notice of all.filter(({ kind }) => kind === 'expiry')) {
    if (notice.daysBefore === null) continue
    const late = Date.parse(notice.createdAt) - (Date.parse(notice.occursAt) - notice.daysBefore * DAY_MS)
    expect(late).toBeGreaterThanOrEqual(0)
    expect(late).toBeLessThan(STEP_MS + HOUR_MS)
  }
  const standing = all.filter(({ kind }) => kind === 'attention').map(({ what }) => what)
  expect(standing).toEqual([
    'YAHOO_SESSION_ENDED',
    'AMAZON_CONSENT_ENDED',
    'AUPAY_KEY_REFUSED',
    'RAKUTEN_KEY_REFUSED',
  ])
  for (const { kind, what, occursAt, createdAt } of all) {
    if (kind !== 'attention') continue
    // What ends by itself is met while the clock is moved on: a jump may lie between that and the next look.
    const jump = what === 'YAHOO_SESSION_ENDED' || what === 'RAKUTEN_KEY_REFUSED' ? STEP_MS : 0
    expect(Date.parse(createdAt) - Date.parse(occursAt)).toBeLessThan(jump + 5 * 60_000)
  }
  for (const { mails } of all) {
    expect(mails.map(({ address, state }) => [address, state])).toEqual(EMAILS.map((to) => [to, 'sent']))
  }
  // The mail server has each notice once for each address, and nothing else; what came together is one mail.
  const letters = await Promise.all(world.smtp.mails.map(({ source }) => readLetter(source)))
  const PREFIX = '【自動受注取込】'
  for (const to of EMAILS) {
    const theirs = letters.filter((letter) => letter.to === to)
    const told = theirs.flatMap(({ subject, text }) => {
      const listed = [...text.matchAll(/^\d+\. (?!【)(.+)$/gm)].map(([, one]) => `${PREFIX}${one}`)
      return listed.length > 0 ? listed : [subject]
    })
    expect(told.sort()).toEqual(all.map(({ subject }) => subject).sort())
    const texts = theirs.map(({ text }) => text).join('\n')
    for (const { text } of all) expect(texts).toContain(text.split('\n--\n')[0])
  }
}, 240_000)
