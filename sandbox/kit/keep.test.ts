import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemRandom } from '../../src/platform/random.ts'
import { setup, startDesk } from '../desk.ts'
import { SIMULATED_MALLS } from '../malls/index.ts'
import { startSandbox } from '../sandbox.ts'
import { keepNothing, openKeptFile } from './keep.ts'

const folder = await mkdtemp(join(tmpdir(), 'torikomi-keep-'))
afterAll(() => rm(folder, { recursive: true }))

async function start(file: string) {
  const { keep, save } = await openKeptFile(file, 'seed 1')
  const sandbox = await startSandbox({ seed: 1, requestsPerSecond: 1_000, random: systemRandom, keep })
  const desk = await startDesk(sandbox, 0, '127.0.0.1', keep)
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const answer = await fetch(`${desk.url}${path}`, init)
    expect(answer.status, path).toBe(200)
    return answer.json()
  }
  return {
    sandbox,
    call,
    async stop() {
      await Promise.all([desk.close(), sandbox.close()])
      await save()
    },
  }
}
type Started = Awaited<ReturnType<typeof start>>

/** Collects all that a service or a person can ask for. */
async function shown({ sandbox, call }: Started) {
  const { mailbox, shops } = setup(sandbox, 'sandbox')
  const { mails, delivered } = (await call('GET', '/mailbox')) as { mails: unknown[]; delivered: unknown[] }
  const of = async (mall: string, what: string) => [mall, what, await call('GET', `/${mall}/${what}`)]
  const atMalls = SIMULATED_MALLS.flatMap((mall) =>
    ['orders', 'writes', 'settings'].map((what) => of(mall, what)),
  )
  const hook = await call('GET', '/hook')
  return {
    mailbox: { ...mailbox, port: 0 },
    shops,
    mails,
    delivered,
    atMalls: await Promise.all(atMalls),
    hook,
  }
}

it('keeps orders, mails, keys, settings and clocks over a stop, and goes on counting', async () => {
  const file = join(folder, 'whole')
  const first = await start(file)
  for (const mall of SIMULATED_MALLS) {
    await first.call('POST', `/${mall}/clock`, { advanceSeconds: 86_400 })
    await first.call('POST', `/${mall}/orders`, { count: 3 })
    const { orderNumber } = first.sandbox.malls[mall].place()
    first.sandbox.malls[mall].cancel(orderNumber)
  }
  await first.call('PUT', '/aupay/settings', { keyDays: 30 })
  await first.call('POST', '/hook', { type: 'order' })
  const before = await shown(first)
  expect(before.mails).toHaveLength(25)
  await first.stop()

  const second = await start(file)
  expect(await shown(second)).toEqual(before)
  const numbers = new Set(before.delivered.map((one) => (one as { orderNumber: string }).orderNumber))
  for (const mall of SIMULATED_MALLS) {
    const placed = second.sandbox.malls[mall].place()
    expect(numbers.has(placed.orderNumber), mall).toBe(false)
    expect(placed.orderedAt.getTime(), mall).toBeGreaterThan(Date.now() + 80_000_000)
  }
  expect((await shown(second)).mails.map((mail) => (mail as { uid: number }).uid)).toEqual(
    Array.from({ length: 30 }, (_, n) => n + 1),
  )
  await second.stop()
})

it('settles after the stop what was not paid before it, and mails it', async () => {
  const file = join(folder, 'pending')
  const first = await start(file)
  await first.call('PUT', '/amazon/settings', {
    pendingSeconds: { card: 600, convenienceStore: 600, cod: 600 },
  })
  first.sandbox.malls.amazon.place()
  expect(first.sandbox.delivered).toEqual([])
  await first.stop()

  const second = await start(file)
  const mailed = Promise.withResolvers<string>()
  second.sandbox.malls.amazon.onEvent(({ type }) => mailed.resolve(type))
  await second.call('POST', '/amazon/clock', { advanceSeconds: 601 })
  expect(await mailed.promise).toBe('placed')
  expect(second.sandbox.delivered).toHaveLength(1)
  await second.stop()
})

it('refuses a file of another start, and one that is none', async () => {
  const file = join(folder, 'other')
  await (await openKeptFile(file, 'seed 1')).save()
  await expect(openKeptFile(file, 'seed 2')).rejects.toThrow(/made for seed 1, .* seed 2; delete it/)
  await writeFile(file, 'none')
  await expect(openKeptFile(file, 'seed 1')).rejects.toThrow(/no state of this version/)
  await expect((await openKeptFile(join(folder, 'no', 'where'), 'x')).save()).rejects.toThrow(/written/)
  expect(keepNothing('x', () => ({ a: 1 }))).toEqual({ a: 1 })
})
