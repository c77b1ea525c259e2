import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type QuotaMall, quotaMall } from '../../support/malls/quota-malls.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/**
 * 50 forged mails of 12,000 order numbers each, and one real order among them, at each mall's own quota. All
 * on the held clock of the simulated mall: what passes is the waiting for the quota, the retries and the
 * sweeps, not this machine's time.
 */

const MAILS = 50
const NUMBERS = 12_000
const SECOND = 1_000
const HOST = 'mx.sandbox.example'

function mailOf(name: SimulatedMall, orderNumbers: readonly string[], ...head: string[]): Buffer {
  const { from, subject, link, label } = testedMall(name).forged
  const subjectWord = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`
  return Buffer.from(
    [
      ...[...head, `From: ${from}`, `Subject: ${subjectWord}`, 'Content-Type: text/plain; charset=utf-8', ''],
      ...(link ? [link] : []),
      ...orderNumbers.map((one) => `${label}: ${one}`),
    ].join('\r\n'),
  )
}

const invented = (name: SimulatedMall, from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => testedMall(name).forged.number(from + n))

const forgedMail = (name: SimulatedMall, mail: number): Buffer =>
  mailOf(name, invented(name, mail * NUMBERS, NUMBERS))

/** The way that the mall's own mails come by, in a mailbox of which nobody said whose word counts. */
const ownWay = (name: SimulatedMall): string[] => {
  const domain = testedMall(name).forged.vouched
  return [
    ...[`Return-Path: <bounce@${domain}>`, `Authentication-Results: ${HOST}; dkim=pass header.d=${domain}`],
    `DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=mail; b=x`,
  ]
}

/** A day's digests of several orders, each behind 36 strangers, who write by a way of their own each. */
const DIGESTS = 20
const ORDERS_IN_DIGEST = 3
const STRANGERS = 720
/** As the listener stores them. */
const BATCH = 200
const MOST_CALLS_FOR_STRANGERS = 20
let database: TestDatabase
const malls: QuotaMall[] = []
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  for (const mall of malls) await mall.close()
  await database.close()
})

describe.each(SIMULATED_MALLS)('%s', (name) => {
  let mall: QuotaMall
  let calls = 0
  /** A shop of its own for each measurement: strangers' numbers of the one before are asked for all day. */
  beforeEach(async () => {
    mall = await quotaMall(database, name, {
      tenantId: (await makeTenant(database.db)).id,
      start: Date.parse('2026-11-20T03:00:00Z'),
      beforeCall() {
        calls += 1
      },
    })
    malls.push(mall)
    // The first look back over 30 days is done.
    await mall.pass(10 * 60 * SECOND)
  }, 60_000)

  async function realMail(vouched: boolean): Promise<Buffer> {
    const told = mall.events.length
    await mall.place()
    const event = mall.events.slice(told).find(({ type }) => type === 'placed')
    if (!event) throw new Error('nothing was placed')
    const source = composeMail(event, { to: 'orders@sandbox.example', charset: 'utf-8', shape: 'plain' })
    const { from, vouched: domain } = testedMall(name).forged
    const head = vouched ? `Authentication-Results: ${HOST}; dkim=pass header.d=${domain}\r\n` : ''
    return Buffer.from(head + source.toString('latin1').replace(/^From: .*$/m, `From: ${from}`), 'latin1')
  }

  test.each([
    ['of a sender for whom the host vouches', true],
    ['of a sender that nobody can tell from the strangers', false],
  ])(`an order %s is here soon after its mail`, { timeout: 240_000 }, async (_name, vouched) => {
    const flood = Array.from({ length: MAILS }, (_, n) => forgedMail(name, n + (vouched ? 0 : MAILS)))
    const before = await mall.here()
    await mall.deliver(flood.slice(0, MAILS / 2), HOST)
    await mall.pass(2 * SECOND)
    const real = await realMail(vouched)
    await mall.deliver([...flood.slice(MAILS / 2), real], HOST)
    const sent = mall.clock.now()
    expect(await mall.pass(10 * 60 * SECOND, async () => (await mall.here()) > before)).toBe(true)
    const took = (mall.clock.now() - sent) / SECOND
    console.info(`${name}: the order is here ${took} s after its mail`)
    expect(took).toBeLessThanOrEqual(testedMall(name).besideFlood.order)
    const waiting = await database.db.importRequest.count({ where: { shopId: mall.shopId } })
    expect(waiting).toBeLessThan(2 * MAILS + 10)
  })

  async function placed(count: number): Promise<string[]> {
    const told = mall.events.length
    for (let n = 0; n < count; n += 1) await mall.place()
    return mall.events
      .slice(told)
      .flatMap(({ type, order }) => (type === 'placed' ? [order.orderNumber] : []))
  }

  const digest = (numbers: readonly string[]) => mailOf(name, numbers, ...ownWay(name))

  /**
   * How long, and how many calls, until all orders of a day's digests are here, with so many strangers in
   * front of each of them.
   */
  async function digestsTake(strangers: number): Promise<{ seconds: number; calls: number }> {
    const numbers = await placed(DIGESTS * ORDERS_IN_DIGEST)
    const sources = Array.from({ length: DIGESTS }, (_, n) => [
      ...Array.from({ length: strangers }, (_, stranger) => {
        const nth = n * strangers + stranger
        const way = `Return-Path: <a@stranger${nth}.example>`
        return mailOf(name, invented(name, 9_000_000 + nth * 5, 5), way)
      }),
      digest(numbers.slice(n * ORDERS_IN_DIGEST, (n + 1) * ORDERS_IN_DIGEST)),
    ]).flat()
    const before = { calls, here: await mall.here() }
    await mall.deliver(sources, null, BATCH)
    const sent = mall.clock.now()
    const all = async () => (await mall.here()) >= before.here + numbers.length
    expect(await mall.pass(10 * 60 * SECOND, all)).toBe(true)
    return { seconds: (mall.clock.now() - sent) / SECOND, calls: calls - before.calls }
  }

  test('digests are here soon beside 720 strangers, and as soon as without them where their way was learned', {
    timeout: 240_000,
  }, async () => {
    for (const one of await placed(3)) await mall.deliver([digest([one])], null)
    await mall.pass(10 * 60 * SECOND)
    const alone = await digestsTake(0)
    await mall.pass(10 * 60 * SECOND)
    const beside = await digestsTake(STRANGERS / DIGESTS)
    console.info(
      `${name}: digests alone ${JSON.stringify(alone)}, beside strangers ${JSON.stringify(beside)}`,
    )
    expect(beside.seconds - alone.seconds).toBeLessThanOrEqual(testedMall(name).besideFlood.digest)
    expect(beside.calls - alone.calls).toBeLessThanOrEqual(MOST_CALLS_FOR_STRANGERS)
  })
})
