import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { CredentialCheck } from '../../../src/marketplaces/port/session.ts'
import { planEmptied } from '../../../src/notices/plan-expiries.ts'
import { closeLane, raiseAttention } from '../../../src/shops/attention.ts'
import { createHintBook } from '../../../src/shops/shops/mall-hints.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { heldClock, makeMailbox, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'
import { type NoticesRig, noticesRig, refusal } from '../../support/notices-rig.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const EMAILS = ['boss@example.jp', 'staff@example.jp']

let database: TestDatabase
let rig: NoticesRig
let tenantId: string

beforeAll(async () => {
  database = await freshDatabase()
})
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  rig = noticesRig(database, { start: '2026-01-15T03:00:00Z' })
  tenantId = (await makeTenant(database.db, { emails: EMAILS })).id
})
afterAll(() => database?.close())

const at = (ms: number) => new Date(ms).toISOString()
const setAt = (...fields: string[]) => Object.fromEntries(fields.map((field) => [field, at(rig.clock.now())]))

const rakuten = (more: Record<string, unknown> = {}) =>
  makeShop(database.db, { tenantId, credentialsSetAt: setAt('serviceSecret', 'licenseKey'), ...more })

const ends = (what: string, when: number) => async (): Promise<CredentialCheck> => ({
  messages: [],
  expiries: [{ what, at: new Date(when), certain: true }],
})

/** Subjects with whole days before `end` at which they went out, for one address. */
const told = (end: number, to = EMAILS[0]) =>
  rig.letters
    .filter((letter) => letter.to === to)
    .map((letter) => (end - Date.parse(letter.takenAt)) / DAY_MS)

describe('the days before an end', () => {
  test('each is told once to every address, with two processes at it that are started anew each week', async () => {
    const end = rig.clock.now() + 60 * DAY_MS
    const shop = await rakuten()
    rig.says.set(shop.id, ends('licenseKey', end))
    let processes = [rig.process(), rig.process()]
    for (let day = 0; day <= 65; day += 1) {
      if (day % 7 === 6) processes = [rig.process(), rig.process()]
      await Promise.all(processes.map((one) => one.round()))
      rig.clock.advance(DAY_MS)
    }
    for (const to of EMAILS) expect(told(end, to)).toEqual([30, 14, 7, 3, 1, 0])
    expect(rig.letters).toHaveLength(12)
    expect(rig.letters[0]?.subject).toMatch(/楽天テスト店.*licenseKeyの期限まであと30日/)
    expect(rig.letters.at(-1)?.subject).toContain('期限が切れました')
    // About once a day, whoever of the two was faster.
    expect(rig.checked.length).toBeGreaterThan(50)
    expect(rig.checked.length).toBeLessThan(70)
    expect(await database.db.notice.count()).toBe(6)
  })

  test('after a standstill only the nearest is told', async () => {
    const end = rig.clock.now() + 40 * DAY_MS
    rig.says.set((await rakuten()).id, ends('licenseKey', end))
    await rig.process().round()
    rig.clock.advance(35 * DAY_MS)
    await rig.process().round()
    expect(told(end)).toEqual([5])
    expect(rig.letters[0]?.subject).toContain('あと5日')
    rig.clock.advance(2.5 * DAY_MS)
    await rig.process().round()
    expect(told(end)).toEqual([5, 2.5])
  })

  test('a new key ends the story of the old one', async () => {
    const end = rig.clock.now() + 8 * DAY_MS
    const shop = await rakuten()
    rig.says.set(shop.id, ends('licenseKey', end))
    const process = rig.process()
    await process.round()
    const renewed = rig.clock.now() + 90 * DAY_MS
    rig.says.set(shop.id, ends('licenseKey', renewed))
    await database.db.shop.update({
      where: { id: shop.id },
      data: { credentialsVersion: 2, credentialsSetAt: setAt('serviceSecret', 'licenseKey') },
    })
    for (let day = 0; day < 59; day += 1) {
      await process.round()
      rig.clock.advance(DAY_MS)
    }
    expect(rig.letters.filter((letter) => letter.to === EMAILS[0])).toHaveLength(1)
    rig.clock.advance(DAY_MS)
    await process.round()
    expect(told(renewed).at(-1)).toBe(30)
  })

  test('without the mall’s word the date is an estimate and says so', async () => {
    const shop = await rakuten()
    const process = rig.process()
    for (let day = 0; day <= 61; day += 1) {
      await process.round()
      rig.clock.advance(DAY_MS)
    }
    expect(await database.db.notice.findMany()).toMatchObject([
      { shopId: shop.id, what: 'licenseKey', threshold: 30, text: expect.stringContaining('目安') },
    ])
  })

  test('an end that the mall disproves wakes nobody', async () => {
    await makeShop(database.db, {
      tenantId,
      marketplace: 'yahoo',
      credentialsSetAt: setAt('refreshToken'),
      credentials: {
        clientId: 'c',
        clientSecret: 's',
        refreshToken: 'r',
        consentedAt: at(rig.clock.now() - 40 * DAY_MS),
      },
    })
    const process = rig.process()
    await process.round()
    await process.round()
    expect(rig.letters).toEqual([])
  })
})

describe('Yahoo!', () => {
  const yahoo = (more: Record<string, unknown> = {}) => ({
    clientId: 'c',
    clientSecret: 's',
    refreshToken: 'r',
    consentedAt: at(rig.clock.now()),
    ...more,
  })

  test('without a key: told at hour 0 and at hour 12, and the consent on its own days', async () => {
    const start = rig.clock.now()
    const shop = await makeShop(database.db, {
      tenantId,
      marketplace: 'yahoo',
      credentials: yahoo(),
      credentialsSetAt: setAt('refreshToken'),
    })
    const refused = async () => {
      throw new MarketplaceFailure({ kind: 'unavailable', code: 'AWAY', message: '' })
    }
    rig.says.set(shop.id, refused)
    const process = rig.process()
    for (let hour = 0; hour <= 28 * 24 + 8; hour += 4) {
      await process.round()
      rig.clock.advance(4 * HOUR_MS)
    }
    const notices = await database.db.notice.findMany({ orderBy: { createdAt: 'asc' } })
    const when = notices.map(({ what, createdAt }) => [what, (createdAt.getTime() - start) / HOUR_MS])
    expect(when).toEqual([
      ['session', 0],
      ['session', 12],
      ['consent', 14 * 24],
      ['consent', 21 * 24],
      ['consent', 25 * 24],
      ['consent', 27 * 24],
      ['consent', 28 * 24],
    ])
    expect(notices[0]?.subject).toContain('に終わります')
  })

  test('a key check that begins to fail in the middle of the work is told with the next look', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      type: 'spki',
      format: 'pem',
    })
    const shop = await makeShop(database.db, {
      tenantId,
      marketplace: 'yahoo',
      credentialsSetAt: setAt('refreshToken', 'publicKey'),
      credentials: yahoo({ publicKey: publicKey.toString(), publicKeyVersion: '1' }),
    })
    const process = rig.process()
    await process.round()
    expect(rig.letters).toEqual([])
    rig.clock.advance(HOUR_MS)
    const book = createHintBook()
    book.add({ code: 'YAHOO_KEY_NOT_AUTHORISED', message: '公開鍵' })
    await book.save(database.db, shop.id, new Date(rig.clock.now()))
    await process.round()
    expect(rig.letters).toHaveLength(2)
    expect(rig.letters[0]?.subject).toContain('注文APIの利用時間')
    book.over(['YAHOO_KEY_NOT_AUTHORISED'])
    await book.save(database.db, shop.id, new Date(rig.clock.now()))
    rig.clock.advance(DAY_MS)
    await process.round()
    expect(rig.letters).toHaveLength(2)
  })
})

describe('a shop that stands still', () => {
  const attend = (id: string, code = 'RAKUTEN_KEY_REFUSED', credentialsVersion = 1) =>
    raiseAttention(database.db, id, {
      code,
      message: 'licenseKeyを更新してください。',
      credentialsVersion,
      at: new Date(rig.clock.now()),
    })
  const heal = (id: string) =>
    database.db.shop.update({
      where: { id },
      data: { attentionCode: null, attentionMessage: null, attentionSince: null },
    })

  test('is told at once and once, by whichever process, and again only when it falls ill anew', async () => {
    const { id } = await rakuten()
    const processes = [rig.process(), rig.process()]
    const rounds = () => Promise.all(processes.map((one) => one.round()))
    await attend(id)
    await rounds()
    rig.clock.advance(DAY_MS)
    await attend(id)
    await rounds()
    expect(rig.letters.map((letter) => letter.to).sort()).toEqual(EMAILS)
    expect(rig.letters[0]?.subject).toContain('要対応')
    expect(rig.letters[0]?.text).toContain('licenseKeyを更新してください。')
    await heal(id)
    await rounds()
    await attend(id)
    await rounds()
    expect(rig.letters).toHaveLength(4)
    // Ill, healed and ill within the hour: one mail is enough.
    await heal(id)
    rig.clock.advance(60_000)
    await attend(id)
    await rounds()
    expect(rig.letters).toHaveLength(4)
    await attend(id, 'RAKUTEN_KEY_MALFORMED')
    await rounds()
    // Within ten minutes of the last mail it waits for the next.
    expect(rig.letters).toHaveLength(4)
    rig.clock.advance(10 * 60_000)
    await rounds()
    expect(rig.letters).toHaveLength(6)
  })

  test('is found by the daily check too', async () => {
    const { id } = await rakuten()
    rig.says.set(id, async () => {
      throw new MarketplaceFailure({
        kind: 'unauthorised',
        code: 'RAKUTEN_KEY_REFUSED',
        message: '拒否。',
        renew: '更新。',
      })
    })
    await rig.process().round()
    expect(await database.db.shop.findUnique({ where: { id } })).toMatchObject({
      attentionCode: 'RAKUTEN_KEY_REFUSED',
      attentionMessage: '拒否。 更新。',
    })
    expect(rig.letters).toHaveLength(2)
  })
})

describe('a mailbox that is not heard', () => {
  const login = (more: Record<string, unknown> = {}) => ({
    attentionCode: 'MAILBOX_LOGIN_REFUSED',
    attentionMessage: 'パスワードを入れ直してください。',
    state: 'attention',
    attentionSince: new Date(rig.clock.now()),
    ...more,
  })
  const healed = { attentionCode: null, attentionMessage: null, attentionSince: null }
  const set = (id: string, data: Record<string, unknown>) =>
    database.db.mailbox.update({ where: { id }, data })

  test('is told once to every address, by whichever process, with its shops and what to do', async () => {
    const shop = await rakuten({ name: '本店' })
    const { id } = await makeMailbox(database.db, { tenantId, name: '受注箱', shopIds: [shop.id] })
    const processes = [rig.process(), rig.process()]
    const rounds = () => Promise.all(processes.map((one) => one.round()))
    await rounds()
    expect(rig.letters).toEqual([])
    await set(id, login())
    await rounds()
    rig.clock.advance(7 * HOUR_MS)
    await set(id, { attentionCode: 'MAILBOX_UNREACHABLE' })
    await rounds()
    expect(rig.letters.map((letter) => letter.to).sort()).toEqual(EMAILS)
    for (const { subject, text } of rig.letters) {
      expect(subject).toContain('受信箱「受注箱」')
      for (const words of ['本店', 'パスワードを入れ直してください。', 'MAILBOX_LOGIN_REFUSED'])
        expect(text).toContain(words)
    }
    expect(await database.db.notice.findMany()).toMatchObject([
      { shopId: null, mailboxId: id, kind: 'attention', what: 'MAILBOX_LOGIN_REFUSED' },
    ])
  })

  test('that comes and goes is told of seldom, and again when it falls ill on another day', async () => {
    const { id } = await makeMailbox(database.db, { tenantId, ...login() })
    const process = rig.process()
    for (let hour = 0; hour < 6; hour += 1) {
      await process.round()
      await set(id, healed)
      rig.clock.advance(HOUR_MS - 60_000)
      await set(id, login())
    }
    expect(rig.letters).toHaveLength(2)
    rig.clock.advance(HOUR_MS)
    await process.round()
    expect(rig.letters).toHaveLength(4)
  })

  test('that works and gets no order mails although it uses to is told of once', async () => {
    const quietSince = new Date(rig.clock.now() - 5 * HOUR_MS)
    const { id } = await makeMailbox(database.db, { tenantId, name: '受注箱', quietSince, quietExpected: 14 })
    const process = rig.process()
    for (let day = 0; day < 3; day += 1) {
      await process.round()
      rig.clock.advance(DAY_MS)
    }
    expect(rig.letters.map((letter) => letter.to).sort()).toEqual(EMAILS)
    expect(rig.letters[0]?.subject).toContain('受信箱「受注箱」: 注文メールが届いていません（要確認）')
    for (const words of ['14通届いていました', '迷惑メール', 'MAILBOX_QUIET'])
      expect(rig.letters[0]?.text).toContain(words)
    // A refused login is the cause of the next silence, which is then not told of besides.
    await set(id, { ...login(), quietSince: null })
    await process.round()
    await set(id, { ...healed, quietSince: new Date(rig.clock.now()) })
    await process.round()
    expect(rig.letters).toHaveLength(4)
  })

  test('is not told of when it is switched off, or its tenant suspended', async () => {
    await makeMailbox(database.db, { tenantId, ...login(), enabled: false })
    const other = await makeTenant(database.db, { status: 'suspended' })
    await makeMailbox(database.db, { tenantId: other.id, ...login() })
    await rig.process().round()
    expect(await database.db.notice.count()).toBe(0)
  })
})

describe('orders that nobody pulls', () => {
  test('are told of two weeks before their personal data goes, once for their day', async () => {
    const bench = await importBench(database)
    await database.db.tenant.update({ where: { id: bench.tenantId }, data: { emails: EMAILS } })
    for (const number of numbers(2)) bench.mall.place(number)
    await bench.want(numbers(2))
    await bench.run()
    const { db } = database
    const plan = (days: number) =>
      planEmptied({
        db,
        newId,
        mails: true,
        openDays: 90,
        unpulledDays: 90,
        clock: heldClock(bench.clock.now() + days * DAY_MS),
      })
    expect([await plan(75), await plan(77), await plan(78)]).toEqual([0, 1, 0])
    const [notice] = await db.notice.findMany({ where: { tenantId: bench.tenantId } })
    expect(notice).toMatchObject({ what: 'unpulledOrders', threshold: 14 })
    expect(notice?.text).toContain('対象: 自動受注取込の受注 2件')
    expect(notice?.text).toMatch(/\n--\nこのメールは Torikomi（自動受注取込）から自動で送られています。.*\n$/)
    expect(await db.noticeMail.count()).toBe(EMAILS.length)
  })
})

describe('the daily check', () => {
  test('leaves alone what stands still, is closed, switched off or suspended', async () => {
    const now = new Date(rig.clock.now())
    const ill = await rakuten({
      code: '000001',
      attentionCode: 'X',
      attentionMessage: 'x',
      attentionSince: now,
    })
    const closed = await rakuten({ code: '000002' })
    await closeLane(database.db, closed.id, {
      until: new Date(now.getTime() + HOUR_MS),
      reason: 'X',
      failure: false,
      at: now,
    })
    await rakuten({ code: '000003', enabled: false })
    await rakuten({ code: '000004', sealedCredentials: null, credentialsVersion: 0 })
    const other = await makeTenant(database.db, { status: 'suspended' })
    await rakuten({ code: '000005', tenantId: other.id })
    await rig.process().round()
    expect(rig.checked).toEqual([])
    rig.clock.advance(HOUR_MS)
    await database.db.shop.update({ where: { id: ill.id }, data: { attentionCode: null } })
    await rig.process().round()
    expect(rig.checked.sort()).toEqual([ill.id, closed.id].sort())
  })

  test('new credentials are looked at at once, a mall that is away after half an hour or more', async () => {
    const { id } = await rakuten()
    const process = rig.process()
    await process.round()
    await process.round()
    expect(rig.checked).toHaveLength(1)
    await database.db.shop.update({ where: { id }, data: { credentialsVersion: 2 } })
    rig.says.set(id, async () => {
      throw new MarketplaceFailure({ kind: 'unavailable', code: 'AWAY', message: '' })
    })
    await process.round()
    expect(rig.checked).toHaveLength(2)
    expect(await database.db.credentialCheck.findUnique({ where: { shopId: id } })).toMatchObject({
      code: 'AWAY',
      checkedAt: null,
      expiries: [],
      leaseUntil: null,
    })
    rig.clock.advance(20 * 60_000)
    await process.round()
    expect(rig.checked).toHaveLength(2)
    rig.clock.advance(30 * 60_000)
    await process.round()
    expect(rig.checked).toHaveLength(3)
  })

  test('a process that died in the middle of it is followed by another', async () => {
    await rakuten()
    await database.db.$executeRaw`
      INSERT INTO credential_checks (shop_id, credentials_version, next_check_at, lease_until, updated_at)
      SELECT id, 1, ${new Date(rig.clock.now())}, ${new Date(rig.clock.now() + 60_000)}, ${new Date(rig.clock.now())} FROM shops`
    await rig.process().round()
    expect(rig.checked).toHaveLength(0)
    rig.clock.advance(60_000)
    await rig.process().round()
    expect(rig.checked).toHaveLength(1)
  })
})

describe('mails', () => {
  const attended = async () => {
    const now = new Date(rig.clock.now())
    return rakuten({ attentionCode: 'X', attentionMessage: '対応してください。', attentionSince: now })
  }

  test('a server that is away is tried again, ever more seldom, and not for ever', async () => {
    await attended()
    for (const to of EMAILS) rig.refuses.set(to, refusal('ECONNECTION'))
    const process = rig.process()
    const attempts = async () =>
      (await database.db.noticeMail.findMany()).reduce((sum, mail) => sum + mail.attempts, 0)
    await process.round()
    await process.round()
    expect(await attempts()).toBe(2)
    for (let hour = 0; hour < 24 * 5; hour += 1) {
      rig.clock.advance(HOUR_MS)
      await process.round()
    }
    const mails = await database.db.noticeMail.findMany()
    expect(mails).toHaveLength(2)
    for (const mail of mails)
      expect(mail).toMatchObject({ state: 'failed', attempts: 10, lastCode: 'ECONNECTION' })
    expect(rig.log.join('')).not.toMatch(/boss@|staff@/)
  })

  test('one that comes back gets each mail once', async () => {
    await attended()
    rig.refuses.set('boss@example.jp', refusal('ECONNECTION'))
    const processes = [rig.process(), rig.process()]
    await Promise.all(processes.map((one) => one.round()))
    expect(rig.letters.map((letter) => letter.to)).toEqual(['staff@example.jp'])
    rig.refuses.clear()
    rig.clock.advance(60_000)
    await Promise.all(processes.map((one) => one.round()))
    expect(rig.letters.map((letter) => letter.to)).toEqual(['staff@example.jp', 'boss@example.jp'])
  })

  test('an address that does not exist is given up at once', async () => {
    await attended()
    rig.refuses.set('boss@example.jp', refusal('EENVELOPE 550', true))
    await rig.process().round()
    expect(await database.db.noticeMail.findMany({ where: { address: 'boss@example.jp' } })).toMatchObject([
      { state: 'failed', attempts: 1 },
    ])
  })

  test('without a mail server notices are kept and none waits', async () => {
    rig = noticesRig(database, { mails: false })
    await attended()
    expect(await rig.process().round()).toMatchObject({ planned: 1, sent: 0 })
    expect(await database.db.noticeMail.count()).toBe(0)
  })

  test('the loops do the same by themselves, and end', async () => {
    await attended()
    const process = rig.process()
    process.start()
    await rig.clock.untilSleeping(5)
    rig.clock.advance(10_000)
    while ((await database.db.notice.count()) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await rig.clock.untilSleeping(5)
    rig.clock.advance(20_000)
    while (rig.letters.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    await process.stop()
    expect(rig.clock.sleeping()).toBe(0)
  })
})
