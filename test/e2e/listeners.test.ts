import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dovecotMissing } from '../support/mail/dovecot.ts'
import { type ListenerFleet, startListenerFleet } from '../support/mail/listener-fleet.ts'

/**
 * Processes that listen, as an operator runs them: they share the mailboxes, and one after the other goes
 * away.
 */

/** docs/reliability.md has what 300 took. */
const MAILBOXES = Number(process.env.LISTENERS_TEST_MAILBOXES ?? 120)
const WAIT = { timeout: 150_000, interval: 200 }
const missing = dovecotMissing()

describe.skipIf(missing !== null)(`three listeners${missing === null ? '' : ` [${missing}]`}`, () => {
  let fleet: ListenerFleet

  beforeEach(async () => {
    fleet = await startListenerFleet(MAILBOXES)
  }, 60_000)
  afterEach(() => fleet?.close())

  /** How many each holds, smallest first. */
  const spread = async () =>
    [...(await fleet.heldLeases()).values()].map(({ length }) => length).toSorted((a, b) => a - b)
  /** All are listened to, and each listener has about as many. */
  const evenly = (listeners: number) =>
    expect
      .poll(async () => {
        const held = await spread()
        const [least = 0, most = 0] = [held[0], held.at(-1)]
        const all = held.reduce((sum, n) => sum + n, 0)
        return { listeners: held.length, all, even: most - least < Math.max(MAILBOXES / 30, 6) }
      }, WAIT)
      .toEqual({ listeners, all: MAILBOXES, even: true })
  /**
   * Every mailbox is listened to once; otherwise the log's lines of those that are not, and how many
   * connections each process holds.
   */
  const eachOnce = () =>
    expect
      .poll(async () => {
        const open = fleet.openNow()
        const wrong = fleet.users.filter((user) => open[user] !== 1)
        if (wrong.length === 0) return []
        const stories = wrong.slice(0, 5).map(async (user) => [open[user] ?? 0, await fleet.story(user)])
        return [
          { connections: await fleet.connections(), held: await spread() },
          ...(await Promise.all(stories)),
        ]
      }, WAIT)
      .toEqual([])
  const takenIn = async () => {
    const requests = await fleet.database.db.importRequest.findMany({ select: { orderNumber: true } })
    return requests.map(({ orderNumber }) => orderNumber).toSorted()
  }
  async function seconds(work: () => Promise<unknown>): Promise<number> {
    const began = performance.now()
    await work()
    return Math.round((performance.now() - began) / 100) / 10
  }
  const report = (what: string, measured: number) => process.stdout.write(`${what}: ${measured} s\n`)

  it(`share ${MAILBOXES} mailboxes evenly, take over those of a killed one within 60 s, and none is listened to twice`, async () => {
    const [first, second] = await Promise.all([fleet.start(), fleet.start()])
    await evenly(2)

    const mails = fleet.order(fleet.users, 40)
    report(
      'third listener joined, all mailboxes listened to and even',
      await seconds(async () => {
        await fleet.start()
        await evenly(3)
      }),
    )
    await mails
    process.stdout.write(`held by each: ${(await spread()).join(', ')}\n`)
    await eachOnce()
    const connections = async () => (await fleet.connections()).reduce((sum, n) => sum + n, 0)
    await expect.poll(connections, WAIT).toBe(MAILBOXES)

    const took = await seconds(async () => {
      await first.kill()
      await fleet.order(fleet.users, 0)
      await evenly(2)
      await eachOnce()
    })
    report('one of three killed, all mailboxes listened to again', took)
    expect(took).toBeLessThan(60)

    expect(await second.stop()).toBe(0)
    report(
      'one of two stopped in order, all mailboxes listened to again',
      await seconds(async () => {
        await fleet.order(fleet.users, 0)
        await evenly(1)
        await eachOnce()
      }),
    )

    await expect.poll(async () => (await takenIn()).length, WAIT).toBe(3 * MAILBOXES)
    expect(await takenIn()).toEqual(fleet.mailed().toSorted())
    expect(await fleet.database.db.mail.count()).toBe(3 * MAILBOXES)
    const { most, logins, busiestSecond } = await fleet.sessions()
    process.stdout.write(`logins: ${logins}, in the busiest second: ${busiestSecond}\n`)
    const twice = [...most].filter(([, sessions]) => sessions > 1).map(([user]) => fleet.story(user))
    expect(await Promise.all(twice)).toEqual([])
    await eachOnce()
  }, 400_000)
})
