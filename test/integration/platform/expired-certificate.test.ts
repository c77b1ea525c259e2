import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { startSandboxImap } from '../../../sandbox/imap/index.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { listenerBench, orderOf } from '../../support/mail/listener.ts'
import { testTools } from '../../support/malls/test-kit.ts'
import { opensslMissing, startExpiredFront } from '../../support/proxies.ts'

/** A certificate that has run out is told with words, and all goes on by itself once it is renewed. */

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

const WAIT = { timeout: 30_000, interval: 50 }

describe.skipIf(opensslMissing !== null)(
  `an expired certificate${opensslMissing === null ? '' : ` [${opensslMissing}]`}`,
  () => {
    it('of a mail host stands as attention of its mailbox, and orders come in when it is renewed', {
      timeout: 60_000,
    }, async () => {
      const user = 'orders@shop.example'
      const imap = await startSandboxImap({ users: [{ user, password: 'secret-password' }] })
      cleanUp.push(() => imap.close())
      const front = await startExpiredFront(imap)
      cleanUp.push(front.close)
      const login = { host: 'localhost', port: front.port, security: 'tls' as const }
      const bench = await listenerBench({
        login: { ...login, username: user, password: 'secret-password' },
        ca: front.ca,
      })
      cleanUp.push(bench.close)
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).attentionCode, WAIT).toBe('MAILBOX_CERTIFICATE')
      expect((await bench.mailbox()).attentionMessage).toContain('有効期限が切れています')
      const order = orderOf('rakuten', 1)
      imap.deliver(
        user,
        composeMail({ type: 'placed', order }, { to: user, charset: 'utf-8', shape: 'plain' }),
      )
      front.renew()
      await expect.poll(bench.requests, WAIT).toMatchObject([{ orderNumber: order.orderNumber }])
      await expect.poll(bench.mailbox, WAIT).toMatchObject({ state: 'connected', attentionCode: null })
    })

    it('of a mall keeps its shop waiting with the reason, and the same call goes through when it is renewed', async () => {
      const simulator = await startRakutenSimulator({
        shops: [{ code: '123456', name: '見本商店' }],
        seed: 7,
      })
      cleanUp.push(simulator.close)
      const front = await startExpiredFront({ host: '127.0.0.1', port: Number(new URL(simulator.url).port) })
      cleanUp.push(front.close)
      const known = getCACertificates()
      cleanUp.push(() => setDefaultCACertificates(known))
      setDefaultCACertificates([...known, front.ca])
      const mall = createRakuten({ apiUrl: `https://localhost:${front.port}`, requestsPerSecond: 1_000 })
      const credentials = mall.credentials.parse(simulator.credentialsFor('123456'))
      const session = mall.open({ shopId: 'shop', shopCode: '123456', credentials }, testTools())
      const to = new Date()
      const list = () =>
        session.listOrders({ from: new Date(to.getTime() - 60_000), to }, null, new AbortController().signal)
      const failure = await list().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(MarketplaceFailure)
      expect(failure).toMatchObject({ kind: 'unavailable', code: 'RAKUTEN_CERTIFICATE' })
      expect((failure as MarketplaceFailure).message).toMatch(/証明書/)
      front.renew()
      expect(await list()).toMatchObject({ orders: [], next: null })
    })
  },
)
