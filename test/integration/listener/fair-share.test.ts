import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SandboxImap, startSandboxImap } from '../../../sandbox/imap/index.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { readWork, setInstallationGauges } from '../../../src/installation/state.ts'

import { systemClock } from '../../../src/platform/clock.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { makeMailbox } from '../../support/fixtures.ts'
import { type ListenerBench, listenerBench, orderOf } from '../../support/mail/listener.ts'

const PASSWORD = 'secret'
const WAIT = { timeout: 15_000, interval: 20 }
const USERS = Array.from({ length: 12 }, (_, n) => `orders${n}@shop.example`)

describe('several listeners', () => {
  let imap: SandboxImap
  let bench: ListenerBench

  beforeEach(async () => {
    imap = await startSandboxImap({ users: USERS.map((user) => ({ user, password: PASSWORD })) })
    const login = { host: imap.host, port: imap.port, security: 'plain', password: PASSWORD } as const
    const [first = '', ...others] = USERS
    bench = await listenerBench({ login: { ...login, username: first } })
    const { tenantId, rakutenShopId } = bench
    for (const username of others)
      await makeMailbox(bench.database.db, { tenantId, ...login, username, shopIds: [rakutenShopId] })
  })
  afterEach(async () => {
    await bench.close()
    await imap.close()
  })

  const connections = () => USERS.map((user) => imap.connections(user))
  const allOnce = () => expect.poll(connections, WAIT).toEqual(USERS.map(() => 1))
  let ordered = 0
  function orderEverywhere(): void {
    for (const user of USERS) {
      ordered += 1
      const order = orderOf('rakuten', ordered)
      imap.deliver(
        user,
        composeMail({ type: 'placed', order }, { to: user, charset: 'utf-8', shape: 'plain' }),
      )
    }
  }
  const gauges = async () => {
    const metrics = createMetrics()
    const work = await readWork(bench.database.pool, { clock: systemClock, machineNow: systemClock.now })
    setInstallationGauges(metrics, { database: 'ok', queue: 'ok', work }, systemClock.now())
    const text = await metrics.registry.metrics()
    return {
      listeners: /^torikomi_listeners (\d+)/m.exec(text)?.[1],
      unattended: /^torikomi_mailboxes_unattended (\d+)/m.exec(text)?.[1],
    }
  }

  it('share the mailboxes with one that joins, take over from one that stops, and take in each mail once', async () => {
    const first = bench.listen({ owner: 'first' })
    await allOnce()
    expect(first.held()).toHaveLength(12)

    const second = bench.listen({ owner: 'second' })
    orderEverywhere()
    await expect.poll(() => [first.held().length, second.held().length], WAIT).toEqual([6, 6])
    await allOnce()
    expect(first.held().filter((id) => second.held().includes(id))).toEqual([])
    expect(await gauges()).toEqual({ listeners: '2', unattended: '0' })

    await first.stop(5_000)
    expect(await gauges()).toMatchObject({ listeners: '1' })
    orderEverywhere()
    await expect.poll(() => second.held().length, WAIT).toBe(12)
    await allOnce()
    await expect.poll(bench.requests, WAIT).toHaveLength(24)
    expect(await bench.database.db.mail.count()).toBe(24)
    const counted = await bench.database.db.mailbox.findMany()
    expect(counted.map(({ mailsRecognised }) => mailsRecognised)).toEqual(USERS.map(() => 2n))
  })

  it('leave no mailbox alone when one dies without a word', async () => {
    await bench.database.db.$executeRaw`
      insert into listeners (id, alive_until) values ('dead', ${new Date(Date.now() + 1_500)})`
    await bench.database.db.mailbox.updateMany({
      where: { tenantId: bench.tenantId },
      data: { leaseOwner: 'dead' },
    })
    const living = bench.listen()
    await living.refresh()
    expect(living.held()).toEqual([])
    await expect.poll(() => living.held().length, WAIT).toBe(12)
    await allOnce()
  })
})
