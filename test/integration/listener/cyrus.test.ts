import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { type ListenerBench, listenerBench, orderOf } from '../../support/mail/listener.ts'
import { type Cyrus, startCyrus } from '../../support/mail/servers/cyrus.ts'
import { serversMissing } from '../../support/mail/servers/root.ts'

const USER = 'orders'
const PASSWORD = 'secret-password'
const WAIT = { timeout: 20_000, interval: 20 }
/** Four bring it, when each comes in an IDLE. */
const MOST_MAILS = 25
const missing = serversMissing()

describe.skipIf(missing !== null)(
  `a mailbox on Cyrus whose IDLE is deaf, as after a reload${missing === null ? '' : ` [${missing}]`}`,
  () => {
    let cyrus: Cyrus
    let bench: ListenerBench

    beforeEach(async () => {
      cyrus = await startCyrus({ [USER]: PASSWORD }, { deaf: true })
      const login = { host: 'localhost', port: cyrus.tlsPort, security: 'tls', username: USER } as const
      bench = await listenerBench({ login: { ...login, password: PASSWORD }, ca: cyrus.ca })
    })
    afterEach(async () => {
      await bench?.close()
      await cyrus?.stop()
    })

    it('gets new connections, and is asked now and then when they do not help', async () => {
      const metrics = createMetrics()
      bench.listen({ metrics, timing: { quietMs: 1_500 } })
      const state = async () => (await bench.mailbox()).state
      const connections = async () =>
        (await metrics.mailboxConnects.get()).values.find(({ labels }) => labels.result === 'connected')
          ?.value ?? 0
      await expect.poll(state, WAIT).toBe('connected')
      const order = { to: USER, charset: 'utf-8', shape: 'plain' } as const
      // A mail that comes before IDLE has begun is told of, and counts for nothing.
      let n = 0
      while ((await state()) !== 'polling' && n < MOST_MAILS) {
        n += 1
        await cyrus.deliver(USER, composeMail({ type: 'placed', order: orderOf('rakuten', n) }, order))
        await expect.poll(async () => (await bench.requests()).length, WAIT).toBe(n)
      }
      expect(await connections()).toBeGreaterThanOrEqual(3)
      await expect.poll(state, WAIT).toBe('polling')
      await cyrus.deliver(USER, composeMail({ type: 'placed', order: orderOf('rakuten', n + 1) }, order))
      await expect.poll(async () => (await bench.requests()).length, WAIT).toBe(n + 1)
      expect((await bench.mailbox()).attentionCode).toBeNull()
    }, 120_000)
  },
)
