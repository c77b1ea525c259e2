import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { retryRequest } from '../../../src/imports/import-orders.ts'
import { readRequestPage } from '../../../src/imports/requests/read.ts'
import { present } from '../../../src/platform/narrow.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

const [number = '', other = ''] = numbers(2)
const request = (orderNumber = number) =>
  database.db.importRequest.findFirstOrThrow({
    where: { shopId: bench.shopId, orderNumber, purpose: 'import' },
    orderBy: { id: 'desc' },
  })
const listed = async () =>
  (await readRequestPage(bench.deps, bench.tenantId, { limit: 10 })).importRequests.find(
    ({ orderNumber }) => orderNumber === number,
  )
const staged = () => database.db.order.count({ where: { shopId: bench.shopId } })

function holdBack(retryInMs: number): void {
  bench.mall.answer(number, {
    kind: 'pending',
    orderNumber: number,
    retryAt: new Date(bench.clock.now() + retryInMs),
    message: 'コンビニ支払い待ちです。',
  })
}

/** Goes on to the time of the next try and makes it. */
async function nextTry(): Promise<void> {
  bench.clock.set((await request()).nextAttemptAt.getTime())
  await bench.run()
}

describe('an order that the mall holds back', () => {
  it('waits until the mall’s time, is shown with the reason, and takes nothing else with it', async () => {
    bench.mall.place(other)
    holdBack(30 * MINUTE)
    await bench.want([number, other])
    await bench.run()
    expect(await staged()).toBe(1)
    expect(await listed()).toMatchObject({
      state: 'waiting',
      outcome: 'PENDING',
      message: 'コンビニ支払い待ちです。',
      nextAttemptAt: new Date(bench.clock.now() + 30 * MINUTE).toISOString(),
    })
    bench.clock.advance(30 * MINUTE - 1)
    await bench.run()
    expect(bench.mall.calls).toHaveLength(1)
  })

  it('is left when it is cancelled before it is given out, unless a person asks for it', async () => {
    bench.mall.place(number)
    const order = present(bench.mall.order(number))
    holdBack(30 * MINUTE)
    await bench.want([number])
    await bench.run()
    bench.mall.answer(number, {
      kind: 'found',
      orderNumber: number,
      raw: '{}',
      order: { ...order, mallState: 'cancelled' },
    })
    await nextTry()
    expect([await staged(), await request()]).toMatchObject([0, { state: 'done', outcome: 'skipped' }])
    await bench.want([number], { source: 'person' })
    await bench.run()
    expect(await staged()).toBe(1)
  })

  it('is staged days later, when it is given out', async () => {
    await bench.want([number])
    for (let hours = 0; hours < 6 * 24; hours += 3) {
      holdBack(3 * HOUR)
      if (hours === 0) await bench.run()
      else await nextTry()
    }
    expect(await request()).toMatchObject({ state: 'waiting', outcome: 'PENDING' })
    bench.mall.place(number)
    await nextTry()
    expect(await request()).toMatchObject({ state: 'done', outcome: 'staged', message: null })
  })

  it('has its day again when the mall then does not know it', async () => {
    await bench.want([number])
    holdBack(20 * HOUR)
    await bench.run()
    holdBack(20 * HOUR)
    await nextTry()
    const { nextAttemptAt, expiresAt } = await request()
    expect(expiresAt.getTime() - nextAttemptAt.getTime()).toBe(DAY)
  })

  it.each([
    ['at once', 0, 10_000],
    ['in the past', -DAY, 10_000],
    ['in a year', 365 * DAY, DAY],
    ['at no time at all', Number.NaN, DAY],
  ])('is asked for again within reason when the mall says %s', async (_, wait, expected) => {
    await bench.want([number])
    holdBack(wait)
    await bench.run()
    expect((await request()).nextAttemptAt.getTime() - bench.clock.now()).toBe(expected)
  })

  it('is given up after thirty days, and has as many again when a person asks', async () => {
    await bench.want([number])
    const start = bench.clock.now()
    const untilFailed = async () => {
      for (let tries = 0; tries < 40; tries++) {
        holdBack(DAY)
        await bench.run()
        const { state, nextAttemptAt } = await request()
        if (state === 'failed') return
        bench.clock.set(nextAttemptAt.getTime())
      }
    }
    await untilFailed()
    const failed = await request()
    expect(failed).toMatchObject({ state: 'failed', outcome: 'PENDING_TOO_LONG' })
    expect(failed.message).toMatch(/30日.*コンビニ支払い待ち/)
    expect(bench.clock.now() - start).toBe(30 * DAY)

    const wakeQueue = { wake: async () => undefined }
    await retryRequest({ ...bench.deps, wakeQueue }, bench.tenantId, failed.id)
    holdBack(DAY)
    await bench.run()
    expect(await request()).toMatchObject({
      state: 'waiting',
      pendingUntil: new Date(bench.clock.now() + 30 * DAY),
    })
  })

  it('is no longer waited for when a refresh has brought it in', async () => {
    holdBack(DAY)
    await bench.want([number])
    await bench.run()
    bench.mall.place(number)
    await bench.want([number], { purpose: 'refresh' })
    await bench.run()
    expect(await staged()).toBe(1)
    expect(await request()).toMatchObject({ state: 'done', outcome: 'already_here', message: null })
  })

  it('is asked for together with the others, and does not count as broken', async () => {
    bench.mall.place(other)
    holdBack(0)
    await bench.want([number])
    await bench.run()
    bench.clock.advance(MINUTE)
    await bench.want([other])
    await bench.run()
    expect(bench.mall.calls.at(-1)?.toSorted()).toEqual([number, other])
  })
})

describe('an order that is not for this shop to handle', () => {
  it('ends as not_ours with the reason', async () => {
    const reason = 'Amazonが出荷する注文（FBA）のため取り込みません。'
    bench.mall.answer(number, { kind: 'skipped', orderNumber: number, reason })
    await bench.want([number])
    await bench.run()
    expect(await staged()).toBe(0)
    expect(await listed()).toMatchObject({ state: 'done', outcome: 'not_ours', message: reason })
    expect((await listed())?.finishedAt).not.toBeNull()
  })
})

describe('what the mall is told', () => {
  it('since when the orders are asked for: the oldest request or mail, less a margin', async () => {
    const asked = bench.clock.now()
    await bench.want([number])
    bench.clock.advance(10 * MINUTE)
    await bench.want([other])
    await bench.run()
    expect(bench.mall.hints).toMatchObject([{ since: new Date(asked - 30 * MINUTE) }])
  })

  it.each([
    ['when the mail lay in the mailbox for two days', 2 * DAY, 2 * DAY],
    ['but not when the mail’s date makes no sense', 400 * DAY, 0],
  ])('%s', async (_, mailAge, expected) => {
    const mailbox = await makeMailbox(database.db, { tenantId: bench.tenantId })
    const mail = {
      id: newId(),
      tenantId: bench.tenantId,
      mailboxId: mailbox.id,
      uidValidity: 1n,
      uid: 1n,
      ...({ fingerprint: new Uint8Array(1), state: 'recognised', marketplace: 'rakuten' } as const),
      kind: 'new_order',
      seenAt: new Date(bench.clock.now()),
      size: 1,
      sentAt: new Date(bench.clock.now() - mailAge),
    }
    await database.db.mail.create({ data: mail })
    await bench.want([number], { mailId: mail.id })
    await bench.run()
    expect(bench.mall.hints).toMatchObject([{ since: new Date(bench.clock.now() - expected - 30 * MINUTE) }])
  })

  it('the settings of the shop', async () => {
    await database.db.shop.update({ where: { id: bench.shopId }, data: { settings: { includeFba: true } } })
    await bench.want([number])
    await bench.run()
    expect(bench.mall.opened[0]?.shop.settings).toEqual({ includeFba: true })
  })

  it('and what it gives notice of is kept, also when the call fails', async () => {
    await bench.want([number])
    bench.mall.beforeAnswer(() =>
      bench.mall.opened.at(-1)?.tools.notice({ code: 'KEY_CHECK', message: '公開鍵を確認してください。' }),
    )
    bench.mall.refuse(failure('throttled'))
    await bench.run()
    const kept = await database.db.shopNotice.findMany({ where: { shopId: bench.shopId } })
    expect(kept).toMatchObject([{ code: 'KEY_CHECK', message: '公開鍵を確認してください。' }])
    expect(
      (await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })).attentionCode,
    ).toBeNull()
  })
})
