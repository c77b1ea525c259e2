import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

let database: TestDatabase
let bench: ImportBench
const [late = '', other = '', third = '', fourth = ''] = numbers(4)
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

const request = (orderNumber = late) =>
  database.db.importRequest.findFirstOrThrow({ where: { shopId: bench.shopId, orderNumber } })
const waitOut = async (attempts: number) => {
  await bench.want([late])
  for (let attempt = 0; attempt < attempts; attempt++) {
    await bench.run()
    if (attempt < attempts - 1) bench.clock.set((await request()).nextAttemptAt.getTime())
  }
}
const comes = async (orderNumber: string) => {
  bench.clock.advance(SECOND)
  bench.mall.place(orderNumber)
  await bench.want([orderNumber])
  await bench.run()
}

describe('a mall that is well again', () => {
  it('gives what waited at once, when another order comes', async () => {
    bench.mall.answer(late, new Error('500'))
    await waitOut(5)
    expect((await request()).nextAttemptAt.getTime() - bench.clock.now()).toBe(15 * MINUTE)
    bench.mall.place(late)
    await comes(other)
    expect(await request()).toMatchObject({ state: 'done', outcome: 'staged' })
  })

  it('gives what broke earlier in the same turn', async () => {
    bench.mall.answer(late, new Error('500'))
    bench.mall.place(other)
    await bench.want([late])
    await bench.want([other], { trust: 'unknown' })
    bench.mall.beforeAnswer(([asked]) => {
      if (asked === other) bench.mall.place(late)
    })
    // Between the break and the call that brings an order time passes, as it does.
    const { now } = bench.clock
    bench.clock.now = () => {
      bench.clock.advance(1)
      return now()
    }
    expect(await bench.turn()).toBe('done')
    expect(bench.mall.calls).toEqual([[late], [other], [late]])
    expect(await request()).toMatchObject({ state: 'done', outcome: 'staged' })
  })

  it('is asked once more for an order whose answer breaks all the same, and then as before', async () => {
    bench.mall.answer(late, new Error('500'))
    await waitOut(2)
    await comes(other)
    const after = await request()
    expect(after.attempts).toBe(3)
    await comes(third)
    await comes(fourth)
    expect(await request()).toEqual(after)
  })

  it('leaves alone what the mall itself holds back or does not know', async () => {
    await waitOut(3)
    const before = await request()
    await comes(other)
    expect(await request()).toEqual(before)
  })
})
