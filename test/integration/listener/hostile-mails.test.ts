import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SandboxOrder } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { SANDBOX_SHOPS, SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { createJudgeThreads } from '../../../src/mail/recognition/judge-threads.ts'
import { makeShop } from '../../support/fixtures.ts'
import { type ListenerBench, listenerBench } from '../../support/mail/listener.ts'
import { HOSTILE_MAILS, hostileMail } from '../../support/mail/malformed-mails.ts'
import { rakutenOrder } from '../../support/malls/sandbox-orders.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'
import { type ImapThread, startImapThread, watchStalls } from '../../support/stalls.ts'

/**
 * What strangers write comes through a mail server among the real mails: it holds up neither the thread nor a
 * real order.
 */

const USER = 'orders@shop.example'
const PASSWORD = 'secret-password'
/** No single mail may hold up the process for longer. */
const MOST_STALL_MS = 100
const SOON_MS = 10_000

let imap: ImapThread
let bench: ListenerBench
const judge = createJudgeThreads()
beforeAll(async () => {
  imap = await startImapThread({ user: USER, password: PASSWORD })
  const login = { host: imap.host, port: imap.port, security: 'plain' as const }
  bench = await listenerBench({ login: { ...login, username: USER, password: PASSWORD } })
  const { db } = bench.database
  // The bench has a shop of the first two.
  for (const marketplace of SIMULATED_MALLS.filter((mall) => mall !== 'rakuten' && mall !== 'yahoo')) {
    const shop = { tenantId: bench.tenantId, marketplace, code: SANDBOX_SHOPS[marketplace].code }
    const { id: shopId } = await makeShop(db, shop)
    await db.mailboxShop.create({ data: { mailboxId: bench.mailboxId, shopId } })
  }
  judge.warmUp()
})
afterAll(async () => {
  await bench?.close()
  await imap?.close()
  await judge.close()
})

const realMail = (marketplace: SimulatedMall): Buffer => {
  const { code, name } = SANDBOX_SHOPS[marketplace]
  const orderNumber = testedMall(marketplace).absent
  const order: SandboxOrder = { ...rakutenOrder, marketplace, shopCode: code, shopName: name, orderNumber }
  return composeMail({ type: 'placed', order }, { to: USER, charset: 'utf-8', shape: 'plain' })
}

it('no hostile mail stalls the thread, and real orders of all malls are asked for within ten seconds', {
  timeout: 120_000,
}, async () => {
  const listener = bench.listen({ judge })
  await expect.poll(async () => (await bench.mailbox()).state, { timeout: 20_000 }).toBe('connected')
  const floods = HOSTILE_MAILS.flatMap((kind) => Array.from({ length: 3 }, () => hostileMail(kind, USER)))
  const [before, after] = [floods.filter((_, n) => n % 2 === 0), floods.filter((_, n) => n % 2 === 1)]
  const reals = SIMULATED_MALLS.map((mall) => realMail(mall))
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const stalls = watchStalls()
  delay.enable()
  for (const source of [...before, ...reals]) await imap.deliver(source)
  const mailed = performance.now()
  for (const source of after) await imap.deliver(source)
  const missing = async () => {
    const asked = new Set((await bench.requests()).map(({ orderNumber }) => orderNumber))
    return SIMULATED_MALLS.filter((mall) => !asked.has(testedMall(mall).absent))
  }
  await expect.poll(missing, { timeout: 60_000, interval: 50 }).toEqual([])
  const took = performance.now() - mailed
  const all = floods.length + reals.length
  await expect.poll(async () => Number((await bench.mailbox()).lastUid), { timeout: 60_000 }).toBe(all)
  delay.disable()
  stalls.stop()
  await listener.stop(5_000)
  const ms = (value: number) => Math.round(value)
  console.info(
    `${all} mails, real orders asked for after ${ms(took)} ms; longest work ${ms(stalls.longest())} ms, ` +
      `event loop late p99 ${ms(delay.percentile(99) / 1e6)} ms, most ${ms(delay.max / 1e6)} ms`,
  )
  expect(took).toBeLessThan(SOON_MS)
  expect(stalls.longest()).toBeLessThan(MOST_STALL_MS)
})
