import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { type ListenerBench, listenerBench, orderMail, orderOf } from '../../support/mail/listener.ts'
import { withAccount } from '../../support/mail/servers/append.ts'
import { type Courier, startCourier } from '../../support/mail/servers/courier.ts'
import { serversMissing } from '../../support/mail/servers/root.ts'

const USER = 'orders@shop.example'
const PASSWORD = 'secret "password" \\'
const WAIT = { timeout: 20_000, interval: 20 }
const missing = serversMissing()

describe.skipIf(missing !== null)(
  `Courier, whose half an hour of silence is seconds here${missing === null ? '' : ` [${missing}]`}`,
  () => {
    it('ends a silent connection once; then it is asked sooner, and no failure is counted', async () => {
      const courier = await startCourier({ [USER]: PASSWORD }, { timesFaster: 150 })
      const login = { host: 'localhost', port: courier.tlsPort, security: 'tls', username: USER } as const
      const bench = await listenerBench({ login: { ...login, password: PASSWORD }, ca: courier.ca })
      const timeouts = () => (courier.root.output().match(/INFO: TIMEOUT/g) ?? []).length
      // Half an hour is 12 seconds; an IDLE beyond it is ended at its DONE.
      bench.listen({ timing: { quietMs: 13_000 } })
      await expect.poll(timeouts, { timeout: 60_000, interval: 50 }).toBe(1)
      await expect.poll(() => bench.logged(), WAIT).toContain('"quietMs":6500')
      const following = () => bench.logged().match(/mailbox: listening/g)?.length
      await expect.poll(following, WAIT).toBe(2)
      // A session beside it that says nothing is ended; the mailbox's is not.
      const account = { port: courier.port, user: USER, password: PASSWORD }
      await withAccount(account, async (client) => {
        await client.mailboxOpen('INBOX', { readOnly: true })
        const ended = once(client, 'close')
        void client.idle()
        await ended
      })
      await expect.poll(timeouts, WAIT).toBe(2)
      expect(following()).toBe(2)
      expect(await bench.mailbox()).toMatchObject({ state: 'connected', failures: 0, attentionCode: null })
      await courier.drop(USER, orderMail(USER, 1))
      await expect.poll(bench.requests, WAIT).toHaveLength(1)
      await bench.close()
      await courier.stop()
    }, 150_000)
  },
)

describe.skipIf(missing !== null)(
  `a mailbox on Courier, which numbers mails anew by the names of their files${missing === null ? '' : ` [${missing}]`}`,
  () => {
    let courier: Courier
    let bench: ListenerBench

    beforeEach(async () => {
      courier = await startCourier({ [USER]: PASSWORD })
      bench = await listenerBench({
        login: {
          host: 'localhost',
          port: courier.tlsPort,
          security: 'tls',
          username: USER,
          password: PASSWORD,
        },
        ca: courier.ca,
      })
    })
    afterEach(async () => {
      await bench?.close()
      await courier?.stop()
    })

    const numbers = async () => (await bench.requests()).map((request) => request.orderNumber)
    const state = async () => (await bench.mailbox()).state
    const numberOf = (n: number) => orderOf('rakuten', n).orderNumber

    it('reads a mail whose file sorts before one that was read, in the same session and in the next', async () => {
      await courier.drop(USER, orderMail(USER, 1), { name: '1700000005.test' })
      const first = bench.listen()
      await expect.poll(state, WAIT).toBe('connected')
      expect(await numbers()).toEqual([numberOf(1)])
      await courier.drop(USER, orderMail(USER, 2), { name: '1700000003.test' })
      await expect.poll(numbers, WAIT).toEqual([numberOf(1), numberOf(2)])
      await first.stop(5_000)
      await courier.drop(USER, orderMail(USER, 3), { name: '1700000002.test' })
      bench.listen()
      await expect.poll(numbers, WAIT).toEqual([numberOf(1), numberOf(2), numberOf(3)])
    })

    it('is still idled on after many looks, and reads no mail twice while UIDVALIDITY changes', async () => {
      const metrics = createMetrics()
      for (const n of [1, 2, 3]) await courier.drop(USER, orderMail(USER, n))
      // Courier makes up a UIDVALIDITY by the second, for as long as nobody opens the mailbox for writing.
      bench.listen({ metrics, timing: { probeMs: 1_200 } })
      await expect.poll(numbers, WAIT).toHaveLength(3)
      const probes = async () =>
        (await metrics.mailboxProbes.get()).values.reduce((sum, { value }) => sum + value, 0)
      await expect.poll(probes, WAIT).toBeGreaterThanOrEqual(4)
      expect((await metrics.mailboxProbes.get()).values.map(({ labels }) => labels.result)).toEqual(['level'])
      const duplicates = (await metrics.mails.get()).values.find(
        ({ labels }) => labels.result === 'duplicate',
      )
      expect(duplicates?.value ?? 0).toBe(0)
      expect(await state()).toBe('connected')
      const [hint] = await bench.hints()
      expect(hint).toMatchObject({ code: 'MAILBOX_UIDS_UNSTABLE' })
    })

    it('reads after an outage all that came in it, not the last days alone', async () => {
      const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
      await courier.drop(USER, orderMail(USER, 1), { at: daysAgo(2) })
      await bench.listen().stop(5_000)
      const first = bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(1)
      await first.stop(5_000)
      expect((await bench.mailbox()).readUntil?.getTime()).toBeGreaterThan(daysAgo(1).getTime())
      const where = { id: bench.mailboxId }
      await bench.database.db.mailbox.update({ where, data: { readUntil: daysAgo(9) } })
      await courier.drop(USER, orderMail(USER, 2), { at: daysAgo(8) })
      await courier.drop(USER, orderMail(USER, 3), { at: daysAgo(20) })
      bench.listen()
      await expect.poll(numbers, WAIT).toEqual([numberOf(1), numberOf(2)])
    })

    it('takes the order of a mail of 100 MB, and the mail behind it', async () => {
      const large = Buffer.concat([orderMail(USER, 1), Buffer.alloc(100_000_000, `${'x'.repeat(998)}\r\n`)])
      bench.listen()
      await expect.poll(state, WAIT).toBe('connected')
      await courier.drop(USER, large)
      await courier.drop(USER, orderMail(USER, 2))
      await expect.poll(numbers, { timeout: 60_000, interval: 50 }).toEqual([numberOf(1), numberOf(2)])
      expect(await bench.mailbox()).toMatchObject({ state: 'connected', failures: 0 })
    }, 90_000)

    it('changes nothing in the mailbox', async () => {
      const maildir = courier.root.path(`/mail/${USER}/Maildir`)
      for (const n of [1, 2]) await courier.drop(USER, orderMail(USER, n), { name: `170000000${n}.test` })
      bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(2)
      // Courier moves what it showed from new to cur, as for any reader; a flag would stand behind the comma.
      const files = ['new', 'cur'].flatMap((part) => readdirSync(`${maildir}/${part}`))
      expect(files.map((name) => name.replace(/:2,$/, '')).toSorted()).toEqual([
        '1700000001.test',
        '1700000002.test',
      ])
      expect(readdirSync(maildir)).not.toContain('courierimapuiddb')
    })
  },
)
