import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MailOAuthSim, startMailOAuthSim } from '../../../sandbox/mail-oauth/index.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import type { StoredAuth } from '../../../src/shops/mailboxes/oauth/providers.ts'
import { makeMailbox, testSealer } from '../../support/fixtures.ts'
import {
  type Dovecot,
  type DovecotOptions,
  dovecotMissing,
  readSessions,
  startDovecot,
} from '../../support/mail/dovecot.ts'
import { type ListenerBench, listenerBench, orderOf } from '../../support/mail/listener.ts'
import { accessAt } from '../../support/mail/oauth.ts'

const USER = 'orders@shop.example'
const PASSWORD = 'only-the-test-uses-it'
const WAIT = { timeout: 15_000 }
const missing = dovecotMissing()

describe.skipIf(missing !== null)(
  `mailboxes that sign in by OAuth, on Dovecot${missing === null ? '' : ` [${missing}]`}`,
  { timeout: 90_000 },
  () => {
    let sim: MailOAuthSim
    let dovecot: Dovecot
    let bench: ListenerBench

    beforeEach(async () => {
      sim = await startMailOAuthSim()
      sim.addClient('app', 'app-secret')
    })

    afterEach(async () => {
      await bench?.close()
      await dovecot?.stop()
      await sim.close()
    })

    async function begin(oauth: DovecotOptions['oauth'] = { introspectUrl: `${sim.url}/introspect` }) {
      dovecot = await startDovecot({ [USER]: PASSWORD }, { oauth })
      const login = { host: 'localhost', port: dovecot.tlsPort, security: 'tls' as const, username: USER }
      bench = await listenerBench({ login: { ...login, password: 'x' }, ca: dovecot.ca })
      await signInBy(bench.mailboxId, { refreshToken: sim.grant(USER) })
    }

    const signInBy = (id: string, more: Partial<StoredAuth>) => {
      const auth = { kind: 'microsoft', clientId: 'app', clientSecret: 'app-secret', ...more }
      return bench.database.db.mailbox.update({
        where: { id },
        data: {
          authKind: auth.kind,
          authVersion: { increment: 1 },
          sealedPassword: null,
          sealedAuth: testSealer.of(bench.tenantId).sealJson(`mailbox:${id}:auth`, auth),
        },
      })
    }

    const listen = (timing = {}) => bench.listen({ access: accessAt(bench.database.db, sim.url), timing })

    const deliver = (n: number, user = USER) =>
      dovecot.drop(
        user,
        composeMail(
          { type: 'placed', order: orderOf('rakuten', n) },
          { to: user, charset: 'utf-8', shape: 'plain' },
        ),
      )
    const arrived = (count: number) =>
      expect.poll(async () => (await bench.requests()).length, WAIT).toBe(count)
    const state = async () => (await bench.mailbox()).state
    const logins = async () => readSessions(await dovecot.log()).logins
    const oauthLogins = async () =>
      (await dovecot.log()).match(/Logged in: .*method=(?:OAUTHBEARER|XOAUTH2)/g)?.length ?? 0

    it.each(['introspection', 'local validation'])('reads mails by an access token (%s)', async (how) => {
      await begin(how === 'introspection' ? undefined : { issuer: sim.url, secret: sim.secret })
      listen()
      await expect.poll(state, WAIT).toBe('connected')
      await deliver(1)
      await arrived(1)
      expect(sim.asks.get('refresh_token')).toBe(1)
    })

    it('logs in anew before the token ends, beside the old connection, and loses nothing', async () => {
      sim.lifeSeconds = 4
      await begin()
      listen()
      await expect.poll(state, WAIT).toBe('connected')
      for (let n = 1; n <= 20; n += 1) {
        await deliver(n)
        await new Promise((resolve) => setTimeout(resolve, 400))
      }
      await arrived(20)
      const sessions = await oauthLogins()
      expect(sessions).toBeGreaterThanOrEqual(2)
      expect(sessions).toBe(sim.asks.get('refresh_token'))
      expect(await bench.mailbox()).toMatchObject({ attentionCode: null, failures: 0, mailsRecognised: 20n })
      await expect.poll(() => dovecot.who().filter((user) => user === USER).length, WAIT).toBe(1)
    })

    it('an IDLE outlives the token where nobody can renew it, and reading goes on', async () => {
      sim.lifeSeconds = 3
      await begin()
      listen()
      await expect.poll(state, WAIT).toBe('connected')
      sim.refusal = { status: 503, error: 'temporarily_unavailable', description: '' }
      await new Promise((resolve) => setTimeout(resolve, 4_000))
      await deliver(1)
      await arrived(1)
      expect(await bench.mailbox()).toMatchObject({ state: 'connected', attentionCode: null })
    })

    it('a withdrawn consent is attention in Japanese, and heals by a consent alone', async () => {
      sim.lifeSeconds = 4
      await begin()
      listen()
      await expect.poll(state, WAIT).toBe('connected')
      sim.revoke(USER)
      await expect.poll(async () => (await bench.mailbox()).attentionCode, WAIT).toBe('MAILBOX_CONSENT_ENDED')
      const { attentionMessage } = await bench.mailbox()
      expect(attentionMessage).toContain('同意')
      expect(attentionMessage).toContain('AADSTS50173')
      await deliver(1)
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      await signInBy(bench.mailboxId, { refreshToken: sim.grant(USER) })
      await bench.database.db.mailbox.update({
        where: { id: bench.mailboxId },
        data: {
          settingsVersion: { increment: 1 },
          attentionCode: null,
          failures: 0,
          nextAttemptAt: null,
          state: 'waiting',
        },
      })
      await expect.poll(state, WAIT).toBe('connected')
      await arrived(1)
    })

    it('a token that the mail server refuses before its end is renewed once', async () => {
      await begin()
      const access = accessAt(bench.database.db, sim.url)
      const { authVersion, sealedAuth } = await bench.mailbox()
      const mailbox = {
        id: bench.mailboxId,
        tenantId: bench.tenantId,
        username: USER,
        authVersion,
        sealedAuth,
      }
      await access.get(mailbox, new AbortController().signal)
      // All that was issued until now ends, and the consent stays.
      sim.revoke(USER)
      const token = sim.grant(USER)
      await bench.database.db.mailboxToken.deleteMany({})
      await signInBy(bench.mailboxId, { refreshToken: token })
      sim.rotates = false
      await access.get({ ...(await bench.mailbox()), username: USER }, new AbortController().signal)
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      listen()
      await expect.poll(state, WAIT).toBe('connected')
      expect(await bench.mailbox()).toMatchObject({ attentionCode: null })
    })

    it('an introspection that is away is not taken for a refusal', async () => {
      await begin({ introspectUrl: 'http://127.0.0.1:9/introspect' })
      listen()
      await expect.poll(async () => (await bench.mailbox()).failures, WAIT).toBeGreaterThanOrEqual(2)
      expect(await bench.mailbox()).toMatchObject({ attentionCode: null, state: 'waiting' })
      expect(sim.asks.get('refresh_token')).toBe(1)
    })

    it('a wrong client secret names the code, what to do and where', async () => {
      await begin()
      await signInBy(bench.mailboxId, { refreshToken: sim.grant(USER), clientSecret: 'wrong' })
      listen()
      await expect
        .poll(async () => (await bench.mailbox()).attentionCode, WAIT)
        .toBe('MAILBOX_OAUTH_CLIENT_REFUSED')
      const { attentionMessage } = await bench.mailbox()
      for (const words of ['AADSTS7000215', 'シークレット', 'アプリの登録'])
        expect(attentionMessage).toContain(words)
      expect(attentionMessage).not.toContain('wrong')
    })

    // 300 by hand; in CI as many as a busy machine logs in beside all the other tests.
    const MANY = Number(process.env.OAUTH_MAILBOXES ?? 40)
    const MEANWHILE = { timeout: 60_000 + MANY * 500 }

    it(
      'the tokens of many mailboxes end at once: each logs in once more, and nothing is lost',
      async () => {
        await begin()
        await dovecot.stop()
        const users = Array.from({ length: MANY }, (_, n) => `box${n}@shop.example`)
        dovecot = await startDovecot(Object.fromEntries(users.map((user) => [user, PASSWORD])), {
          connections: MANY * 3,
          oauth: { introspectUrl: `${sim.url}/introspect` },
        })
        await bench.close()
        bench = await listenerBench({
          login: { host: 'localhost', port: dovecot.tlsPort, security: 'tls', username: USER, password: 'x' },
          ca: dovecot.ca,
        })
        const { db } = bench.database
        await db.mailbox.update({ where: { id: bench.mailboxId }, data: { enabled: false } })
        for (const username of users) {
          const { id } = await makeMailbox(db, {
            tenantId: bench.tenantId,
            host: 'localhost',
            port: dovecot.tlsPort,
            security: 'tls',
            username,
            shopIds: [bench.rakutenShopId],
          })
          await signInBy(id, { refreshToken: sim.grant(username) })
        }
        sim.lifeSeconds = Math.max(30, MANY / 2)
        const began = performance.now()
        listen()
        await expect.poll(() => db.mailbox.count({ where: { state: 'connected' } }), MEANWHILE).toBe(MANY)
        const connected = Math.round((performance.now() - began) / 1_000)
        expect(await logins()).toBe(MANY)
        sim.lifeSeconds = 3_600
        for (const [n, user] of users.entries()) await deliver(n + 1, user)
        await expect.poll(oauthLogins, MEANWHILE).toBe(MANY * 2)
        const renewed = Math.round((performance.now() - began) / 1_000) - connected
        for (const [n, user] of users.entries()) await deliver(MANY + n + 1, user)
        await expect
          .poll(() => db.mailbox.aggregate({ _sum: { mailsRecognised: true } }), MEANWHILE)
          .toMatchObject({ _sum: { mailsRecognised: BigInt(MANY * 2) } })
        expect(sim.asks.get('refresh_token')).toBe(MANY * 2)
        expect(await db.mailbox.count({ where: { attentionCode: { not: null } } })).toBe(0)
        const { most, busiestSecond } = readSessions(await dovecot.log())
        expect([...most.values()].every((sessions) => sessions <= 2)).toBe(true)
        process.stdout.write(
          `${MANY} mailboxes: connected after ${connected} s, all renewed ${renewed} s later; logins in the busiest second ${busiestSecond}\n`,
        )
      },
      4 * MEANWHILE.timeout,
    )
  },
)
