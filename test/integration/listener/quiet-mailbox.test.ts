import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SandboxImap, startSandboxImap } from '../../../sandbox/imap/index.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { readBoard } from '../../../src/orders/board.ts'
import { type HeldClock, heldClock } from '../../support/fixtures.ts'
import { type ListenerBench, listenerBench, orderOf } from '../../support/mail/listener.ts'

const USER = 'orders@shop.example'
const WAIT = { timeout: 10_000, interval: 20 }
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A Monday, 9:30 in Japan. */
const START = Date.parse('2026-02-09T00:30:00Z')

describe('a mailbox quieter than its habit', () => {
  let imap: SandboxImap
  let bench: ListenerBench
  let clock: HeldClock

  beforeEach(async () => {
    imap = await startSandboxImap({ users: [{ user: USER, password: 'secret' }] })
    bench = await listenerBench({
      login: { host: imap.host, port: imap.port, security: 'plain', username: USER, password: 'secret' },
    })
    clock = heldClock(START)
  })
  afterEach(async () => {
    await bench.close()
    await imap.close()
  })

  // Hours pass in one step here; a lease that is longer outlives them.
  const listen = () =>
    bench.listen({ clock, timing: { leaseMs: 90 * DAY_MS, renewEveryMs: 60 * DAY_MS, probeMs: 60 * DAY_MS } })
  let mails = 0
  function deliver(at: number): void {
    mails += 1
    const order = { ...orderOf('rakuten', mails), orderedAt: new Date(at) }
    imap.deliver(
      USER,
      composeMail({ type: 'placed', order }, { to: USER, charset: 'utf-8', shape: 'plain' }),
      {
        internalDate: new Date(at),
      },
    )
  }
  const days = () => bench.database.db.mailboxDay.findMany({ orderBy: { day: 'asc' } })
  /** Two mails in each hour from 9 to 20 of the last five weeks. */
  async function habit(): Promise<void> {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour >= 9 && hour < 21 ? 2 : 0))
    for (let back = 1; back <= 40; back += 1)
      await bench.database.db.mailboxDay.create({
        data: {
          mailboxId: bench.mailboxId,
          day: new Date(Date.UTC(2026, 1, 9) - back * DAY_MS),
          hours,
        },
      })
  }
  const board = async () => {
    const { db, pool } = bench.database
    const { mailboxes } = await readBoard({ db, pool, clock }, bench.tenantId)
    return mailboxes.map(({ notices }) => notices)
  }

  it('counts its order mails by the hour in Japan in which they were sent, each once', async () => {
    listen()
    await expect.poll(async () => (await bench.mailbox()).state, WAIT).toBe('connected')
    deliver(START - 2 * HOUR_MS)
    deliver(START - 10 * HOUR_MS)
    deliver(START)
    deliver(START)
    await expect.poll(bench.requests, WAIT).toHaveLength(4)
    const counted = (await days()).map(({ day, hours }) => [
      day.toISOString().slice(0, 10),
      hours.flatMap((n, hour) => (n > 0 ? [`${hour}:${n}`] : [])).join(' '),
    ])
    expect(counted).toEqual([
      ['2026-02-08', '23:1'],
      ['2026-02-09', '7:1 9:2'],
    ])
  })

  it('is shown on the board with what to check, and no more once mails come', async () => {
    await habit()
    const listener = listen()
    await expect.poll(async () => (await bench.mailbox()).state, WAIT).toBe('connected')
    clock.set(START + 5 * HOUR_MS)
    await listener.lookForQuiet()
    expect(await board()).toEqual([[]])

    clock.set(START + 6 * HOUR_MS)
    await listener.lookForQuiet()
    const [notices] = await board()
    expect(notices).toMatchObject([{ code: 'MAILBOX_QUIET', since: '2026-02-08T12:00:00.000Z' }])
    expect(notices?.[0]?.message).toMatch(/12通.*宛先.*迷惑メール/)
    expect(await bench.mailbox()).toMatchObject({ state: 'connected', attentionCode: null })

    // It stands for as long as nothing comes, also when the silence has become the habit.
    for (let week = 1; week <= 2; week += 1) {
      clock.advance(7 * DAY_MS)
      await listener.lookForQuiet()
    }
    expect(await board()).toMatchObject([[{ code: 'MAILBOX_QUIET' }]])
    deliver(clock.now())
    await expect.poll(bench.requests, WAIT).toHaveLength(1)
    await listener.lookForQuiet()
    expect(await board()).toEqual([[]])
  })

  it('is not said of a mailbox that is not listened to, and old counts are forgotten', async () => {
    await habit()
    const listener = listen()
    await expect.poll(async () => (await bench.mailbox()).state, WAIT).toBe('connected')
    await bench.database.db.mailbox.updateMany({ data: { state: 'attention' } })
    clock.set(START + 8 * HOUR_MS)
    await listener.lookForQuiet()
    expect(await board()).toEqual([[]])
    expect(await days()).toHaveLength(40)
    await bench.database.db.mailbox.updateMany({ data: { state: 'connected' } })
    await listener.lookForQuiet()
    expect(await board()).toHaveLength(1)
    expect(await days()).toHaveLength(35)
  })
})
