import { getCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { DEFAULT_TIMING } from '../../../src/mail/listener/timing.ts'
import { createMailboxTester } from '../../../src/mail/test-mailbox.ts'
import { createMailer } from '../../../src/notices/mailer.ts'
import { type Dovecot, dovecotMissing, startDovecot } from '../../support/mail/dovecot.ts'
import { type ListenerBench, listenerBench, orderOf } from '../../support/mail/listener.ts'
import { noAccess } from '../../support/mail/oauth.ts'
import { createCertificate } from '../../support/mail/servers/root.ts'
import { startSmtpServer } from '../../support/mail/smtp-server.ts'

const USER = 'orders@shop.example'
const PASSWORD = 'secret-password'
const WAIT = { timeout: 10_000, interval: 20 }
const missing = dovecotMissing()

describe.skipIf(missing !== null)(
  `listener and TLS on Dovecot${missing === null ? '' : ` [${missing}]`}`,
  () => {
    let dovecot: Dovecot
    let bench: ListenerBench | undefined

    beforeAll(async () => {
      dovecot = await startDovecot({ [USER]: PASSWORD })
    })
    afterAll(() => dovecot?.stop())
    afterEach(async () => {
      await bench?.close()
      bench = undefined
    })

    const login = (host: string, port: number, security: 'tls' | 'starttls') => ({
      host,
      port,
      security,
      username: USER,
      password: PASSWORD,
    })

    async function follow(server: Parameters<typeof listenerBench>[0]): Promise<ListenerBench> {
      bench = await listenerBench(server)
      bench.listen()
      return bench
    }

    it('takes up TLS in the connection where the mailbox says STARTTLS', async () => {
      const { mailbox, requests } = await follow({
        login: login('localhost', dovecot.port, 'starttls'),
        ca: dovecot.ca,
      })
      await expect.poll(async () => (await mailbox()).state, WAIT).toBe('connected')
      const order = orderOf('rakuten', 1)
      await dovecot.deliver(
        USER,
        composeMail({ type: 'placed', order }, { to: USER, charset: 'utf-8', shape: 'plain' }),
      )
      await expect.poll(requests, WAIT).toMatchObject([{ orderNumber: order.orderNumber }])
    })

    it.each(['tls', 'starttls'] as const)(
      '%s: does not log in where the certificate is not to be trusted',
      async (security) => {
        const port = security === 'tls' ? dovecot.tlsPort : dovecot.port
        const { mailbox } = await follow({ login: login('localhost', port, security) })
        await expect.poll(async () => (await mailbox()).attentionCode, WAIT).toBe('MAILBOX_CERTIFICATE')
        expect((await mailbox()).attentionMessage).toContain('証明書を信頼できません')
      },
    )

    it('says that the port does not speak TLS', async () => {
      const { mailbox } = await follow({ login: login('localhost', dovecot.port, 'tls'), ca: dovecot.ca })
      await expect.poll(async () => (await mailbox()).attentionCode, WAIT).toBe('MAILBOX_TLS_MISSING')
    })

    it('checks the name in the certificate although it connects to an address', async () => {
      const tester = createMailboxTester({
        timing: DEFAULT_TIMING,
        ca: dovecot.ca,
        hostGuard: async () => '127.0.0.1',
        access: noAccess,
      })
      const test = (host: string) => {
        const { password, ...address } = login(host, dovecot.tlsPort, 'tls')
        const by = { kind: 'password', password } as const
        return tester({ ...address, by, folder: 'INBOX' }, new AbortController().signal)
      }
      expect(await test('localhost')).toMatchObject({ ok: true, idle: true })
      const other = await test('imap.other.example')
      expect(other).toMatchObject({ ok: false, code: 'MAILBOX_CERTIFICATE' })
      expect(other.messages.join()).toContain('このホスト名のものではありません')
    })

    it('MAIL_CA adds authorities to those that are known, for mailboxes and for notices', async () => {
      const { key, cert } = createCertificate()
      const config = loadConfig({ MAIL_CA: dovecot.ca + cert, SMTP_URL: 'smtps://smtp.example.jp' })
      const tester = (ca: string | null) =>
        createMailboxTester({
          timing: DEFAULT_TIMING,
          hostGuard: async () => '127.0.0.1',
          access: noAccess,
          ca: ca ?? undefined,
        })
      const { password, ...address } = login('localhost', dovecot.tlsPort, 'tls')
      const mailbox = { ...address, by: { kind: 'password', password } as const, folder: 'INBOX' }
      const forever = new AbortController().signal
      expect(await tester(loadConfig({}).mailCa)(mailbox, forever)).toMatchObject({
        code: 'MAILBOX_CERTIFICATE',
      })
      expect(await tester(config.mailCa)(mailbox, forever)).toMatchObject({ ok: true })
      const known = getCACertificates('default')
      expect(known.length).toBeGreaterThan(50)
      expect(known.every((pem) => config.mailCa?.includes(pem))).toBe(true)

      const smtp = await startSmtpServer({ key, cert })
      const verify = async (ca: string | null | undefined) => {
        const url = smtp.url.replace('127.0.0.1', 'localhost')
        const mailer = createMailer({ url, from: 'a@example.jp', requireTls: true, ca: ca ?? null })
        await mailer.verify().finally(() => mailer.close())
      }
      await expect(verify(null)).rejects.toThrow(/self-signed/)
      await verify(config.smtp?.ca)
      await smtp.close()
    })

    it('reads a folder with a Japanese name', async () => {
      const order = orderOf('yahoo', 5)
      const mail = composeMail({ type: 'placed', order }, { to: USER, charset: 'iso-2022-jp', shape: 'html' })
      await dovecot.deliver(USER, mail, { folder: '受注' })
      bench = await listenerBench({ login: login('localhost', dovecot.tlsPort, 'tls'), ca: dovecot.ca })
      await bench.database.db.mailbox.update({ where: { id: bench.mailboxId }, data: { folder: '受注' } })
      bench.listen()
      await expect.poll(bench.requests, WAIT).toMatchObject([{ orderNumber: order.orderNumber }])
    })
  },
)
