import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOT_FOUND } from '../../../src/imports/requests/retry-schedule.ts'
import { PRIORITY } from '../../../src/imports/requests/statements.ts'
import { eraseMails } from '../../../src/mail/erase-buyer.ts'
import type { SeenMail } from '../../../src/mail/intake/batch.ts'
import { createIntake } from '../../../src/mail/intake/intake.ts'
import { createJudge } from '../../../src/mail/recognition/judge.ts'
import { PURGE_MAILS } from '../../../src/orders/statements.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeOrder, makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { malls } from '../../support/mail/listener.ts'

/** A mailbox that nobody told whose word counts: its Authentication-Results are read by no name. */
const settings = { authservId: null }
const judge = createJudge(malls)

interface Way {
  from?: string
  returnPath?: string
  signer?: string
  result?: string
}
const MALL: Required<Way> = {
  from: 'order@rakuten.co.jp',
  returnPath: 'bounce-17@rakuten.co.jp',
  signer: 'rakuten.co.jp',
  result: 'mx.example; dkim=pass header.d=rakuten.co.jp',
}

const number = (n: number): string => `123456-20260519-${String(n).padStart(10, '0')}`
const numbers = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => number(from + n))

function source(named: readonly string[], way: Way): Buffer {
  const { from, returnPath, signer, result } = { ...MALL, ...way }
  const subject = Buffer.from('【楽天市場】注文内容ご確認（自動配信メール）').toString('base64')
  const head = [
    ...(returnPath === '' ? [] : [`Return-Path: <${returnPath}>`]),
    ...(result === '' ? [] : [`Authentication-Results: ${result}`]),
    ...(signer === '' ? [] : [`DKIM-Signature: v=1; a=rsa-sha256; d=${signer};\r\n\ts=mail; b=x`]),
    `From: ${from}`,
    `Subject: =?utf-8?B?${subject}?=`,
    'Content-Type: text/plain; charset=utf-8',
  ]
  return Buffer.from([...head, '', ...named.map((one) => `[受注番号] ${one}`)].join('\r\n'))
}

let database: TestDatabase
let intake: ReturnType<typeof createIntake>
let mailbox: { id: string; tenantId: string }
let shop: Awaited<ReturnType<typeof makeShop>>
let uid: number

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())
beforeEach(async () => {
  const { db, pool } = database
  await db.tenant.deleteMany()
  const { id: tenantId } = await makeTenant(db)
  shop = await makeShop(db, { tenantId })
  const { id } = await makeMailbox(db, {
    tenantId,
    shopIds: [shop.id],
    leaseOwner: 'me',
    uidValidity: 1n,
    lastUid: 0n,
  })
  mailbox = { id, tenantId }
  uid = 0
  intake = createIntake({
    pool,
    newId,
    sealer: testSealer,
    clock: systemClock,
    metrics: createMetrics(),
    marketplaces: malls,
    log: createLogger({ level: 'silent' }),
    wakeQueue: { wake: async () => {} },
  })
})

async function arrive(...sources: Buffer[]): Promise<void> {
  const from = { uidValidity: 1n, lastUid: uid }
  const mails = await Promise.all(
    sources.map(async (bytes): Promise<SeenMail> => {
      const { recognition, ...judged } = await judge.judge(bytes, [], settings)
      if (recognition === null) throw new Error('nobody’s mail')
      uid += 1
      const envelope = { subject: '', from: [MALL.from], to: [], sentAt: new Date(), size: bytes.length }
      return { uid, messageId: `<${uid}@x.example>`, ...envelope, ...judged, text: '', recognition }
    }),
  )
  const shops = [{ id: shop.id, marketplace: 'rakuten' as const, code: shop.code }]
  await intake({
    mailbox,
    leaseOwner: 'me',
    from,
    to: { uidValidity: 1n, lastUid: uid },
    shops,
    mails,
    ignored: 0,
  })
}

/** The mall has them: they were fetched, staged, and their requests are done. */
async function confirm(named: readonly string[]): Promise<void> {
  const { tenantId, id: shopId } = shop
  for (const orderNumber of named) await makeOrder(database.db, { tenantId, shopId, orderNumber })
  await database.db.importRequest.updateMany({
    where: { orderNumber: { in: [...named] } },
    data: { state: 'done', outcome: 'staged' },
  })
}

const deny = (named: readonly string[]) =>
  database.db.importRequest.updateMany({
    where: { orderNumber: { in: [...named] } },
    data: { attempts: 1, outcome: NOT_FOUND },
  })

const askedFor = async (named: readonly string[]) =>
  database.db.importRequest.findMany({ where: { orderNumber: { in: [...named] }, state: 'waiting' } })

async function learn(): Promise<void> {
  for (const one of numbers(1, 3)) await arrive(source([one], {}))
  await confirm(numbers(1, 3))
}

describe('a mailbox without authservId', () => {
  test('asks for all that a digest names once the mall had what the mails of that way named before', async () => {
    await arrive(source(numbers(100, 5), {}))
    expect(await askedFor(numbers(100, 5))).toMatchObject([{ orderNumber: number(100), trust: 'unknown' }])
    await learn()
    const digests = [0, 1, 2, 3].map((n) => numbers(200 + n * 20, 20))
    await arrive(...digests.map((named) => source(named, { returnPath: 'bounce-99@rakuten.co.jp' })))
    const asked = await askedFor(digests.flat())
    expect(asked).toHaveLength(80)
    expect(new Set(asked.map(({ trust }) => trust))).toEqual(new Set(['learned']))
    expect(asked.filter(({ priority }) => priority === PRIORITY.newOrder)).toHaveLength(4)
  })

  test.each<[string, Way]>([
    ['another Return-Path', { returnPath: 'a@evil.example' }],
    ['no Return-Path', { returnPath: '' }],
    ['another DKIM domain', { signer: 'evil.example' }],
    ['no signature', { signer: '' }],
    [
      'a signature that the receiving host could not check',
      { result: 'mx.example; dkim=fail header.d=rakuten.co.jp' },
    ],
    [
      'results under the receiving host’s',
      { result: 'mx.example; none\r\nAuthentication-Results: mx.example; dkim=pass header.d=rakuten.co.jp' },
    ],
    ['another sender', { from: 'order@mail.rakuten.co.jp' }],
  ])('learns nothing for a mail that has %s', async (_name, way) => {
    await learn()
    await arrive(source(numbers(200, 20), way))
    expect(await askedFor(numbers(200, 20))).toMatchObject([{ orderNumber: number(200), trust: 'unknown' }])
  })

  test('learns nothing from mails whose From alone tells where they come from', async () => {
    const bare = { returnPath: '', signer: '', result: '' }
    for (const one of numbers(1, 3)) await arrive(source([one], bare))
    await confirm(numbers(1, 3))
    await arrive(source(numbers(200, 5), bare))
    expect(await askedFor(numbers(200, 5))).toHaveLength(1)
  })

  test('believes a way no longer that names more than a tenth of invented orders, and does again after enough true ones', async () => {
    await learn()
    await arrive(source(numbers(200, 5), {}))
    expect(await askedFor(numbers(200, 5))).toHaveLength(5)
    await deny(numbers(200, 5))
    await arrive(source(numbers(300, 5), {}))
    expect(await askedFor(numbers(300, 5))).toHaveLength(1)
    for (const one of numbers(400, 20)) await arrive(source([one], {}))
    await confirm(numbers(400, 20))
    await arrive(source(numbers(500, 5), {}))
    expect(await askedFor(numbers(500, 5))).toHaveLength(5)
  })

  test('lets no way have more than a hundred numbers wait, of one batch too, and keeps each mailbox’s ways to itself', async () => {
    await learn()
    const digests = Array.from({ length: 30 }, (_, n) => numbers(1_000 + n * 20, 20))
    await arrive(...digests.map((named) => source(named, {})))
    const asked = await askedFor(digests.flat())
    expect(asked.filter(({ trust }) => trust === 'learned')).toHaveLength(100)
    const paths = await database.db.mail.findMany({ distinct: ['path'] })
    expect(paths).toHaveLength(1)
    expect(Buffer.from(paths[0]?.path ?? []).toString('latin1')).not.toContain('rakuten')
  })

  test('forgets the ways of mails whose words are gone: by age, and when a buyer is erased', async () => {
    await learn()
    const erase = eraseMails({ pool: database.pool, sealer: testSealer })
    expect(await erase(mailbox.tenantId, [{ kind: 'number', text: number(1) }], null)).toBe(1)
    expect(await database.db.mail.count({ where: { path: null } })).toBe(1)
    const later = new Date(Date.now() + 60_000)
    await database.pool.query(PURGE_MAILS({ before: later, unreadableBefore: later, limit: 500 }))
    expect(await database.db.mail.count({ where: { path: null } })).toBe(3)
    await arrive(source(numbers(200, 5), {}))
    expect(await askedFor(numbers(200, 5))).toHaveLength(1)
  })
})
