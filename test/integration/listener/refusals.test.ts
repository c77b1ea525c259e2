import { afterEach, describe, expect, it } from 'vitest'
import type { MailboxAddress } from '../../../src/mail/listener/connection.ts'
import { DEFAULT_TIMING } from '../../../src/mail/listener/timing.ts'
import { createMailboxTester } from '../../../src/mail/test-mailbox.ts'
import { dovecotMissing, startDovecot } from '../../support/mail/dovecot.ts'
import { noAccess } from '../../support/mail/oauth.ts'
import { withAccount } from '../../support/mail/servers/append.ts'
import { startCourier } from '../../support/mail/servers/courier.ts'
import { startCyrus } from '../../support/mail/servers/cyrus.ts'
import { serversMissing } from '../../support/mail/servers/root.ts'

/** What servers say to a good password, and what staff are told of it. */

const USER = 'orders'
const PASSWORD = 'good-password'
const USERS = { [USER]: PASSWORD }
const missing = serversMissing() ?? dovecotMissing()

interface Served {
  port: number
  tlsPort: number
  ca: string
  stop(): Promise<void>
}

describe.skipIf(missing !== null)(
  `refusals of real servers${missing === null ? '' : ` [${missing}]`}`,
  () => {
    const started: Served[] = []
    afterEach(async () => {
      await Promise.all(started.splice(0).map((server) => server.stop()))
    })

    async function serve<S extends Served>(starting: Promise<S>): Promise<S> {
      const server = await starting
      started.push(server)
      return server
    }

    function tested(server: Served, how: Partial<MailboxAddress & { folder: string }> = {}) {
      const test = createMailboxTester({
        hostGuard: async () => '127.0.0.1',
        timing: DEFAULT_TIMING,
        ca: server.ca,
        access: noAccess,
      })
      const login = {
        host: 'localhost',
        port: server.tlsPort,
        security: 'tls' as const,
        username: USER,
        folder: 'INBOX',
        by: { kind: 'password' as const, password: PASSWORD },
      }
      return test({ ...login, ...how }, new AbortController().signal)
    }

    const SERVERS = [
      ['Dovecot', () => startDovecot(USERS)],
      ['Courier', () => startCourier(USERS)],
      ['Cyrus', () => startCyrus(USERS)],
    ] as const

    describe.each(SERVERS)('%s', (_name, start) => {
      it('is read over TLS and over STARTTLS', async () => {
        const server = await serve<Served>(start())
        expect(await tested(server)).toMatchObject({ ok: true })
        expect(await tested(server, { port: server.port, security: 'starttls' })).toMatchObject({ ok: true })
      })

      it('tells at once which of its ports begins with TLS', async () => {
        const server = await serve<Served>(start())
        const swapped = await Promise.all([
          tested(server, { port: server.port, security: 'tls' }),
          tested(server, { port: server.tlsPort, security: 'starttls' }),
          tested(server, { port: server.tlsPort, security: 'plain' }),
        ])
        expect(swapped.map(({ code }) => code)).toEqual(Array(3).fill('MAILBOX_TLS_MISSING'))
        expect(swapped[0]?.messages[0]).toContain('993 番は TLS、143 番は STARTTLS')
        expect(swapped[1]?.messages[0]).toContain('最初から TLS')
      })

      it('names the folders that are there', async () => {
        const server = await serve<Served>(start())
        await withAccount({ port: server.port, user: USER, password: PASSWORD }, async (client) => {
          await client.mailboxCreate('注文')
        })
        const { code, messages } = await tested(server, { folder: '無い' })
        expect(code).toBe('MAILBOX_FOLDER_MISSING')
        expect(messages[0]).toMatch(/「INBOX」.*注文」、階層の区切りは「[./]」/)
      })
    })

    it('is told of a full server as a full server', async () => {
      const cyrus = await serve(startCyrus(USERS, { perUser: 1 }))
      const dovecot = await serve(startDovecot(USERS, { connections: 1 }))
      const courier = await serve(startCourier(USERS, { perAddress: 1 }))
      for (const server of [cyrus, dovecot])
        await withAccount({ port: server.port, user: USER, password: PASSWORD }, async () => {
          const { code, messages } = await tested(server)
          expect(code).toBe('MAILBOX_SERVER_LIMIT')
          expect(messages[0]).toMatch(/上限.*パスワードの間違いではありません/)
        })
      // Courier does not say a word to one too many.
      await withAccount({ port: courier.port, user: USER, password: PASSWORD }, async () => {
        const { code, messages } = await tested(courier, { port: courier.port, security: 'starttls' })
        expect(code).toBe('MAILBOX_UNREACHABLE')
        expect(messages[0]).toContain('接続数の上限')
      })
    })

    it('is told that TLS is missing where the server takes no password without it', async () => {
      const courier = await serve(startCourier(USERS, { needsTls: true }))
      const { code, messages } = await tested(courier, { port: courier.port, security: 'plain' })
      expect(code).toBe('MAILBOX_TLS_MISSING')
      expect(messages[0]).toContain('STARTTLS（143 番）')
    })
  },
)
