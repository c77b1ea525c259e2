import { simpleParser } from 'mailparser'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startMailOAuthSim } from '../../../sandbox/mail-oauth/index.ts'
import { createMailer, createSmtpAccess } from '../../../src/notices/mailer.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { providersAt } from '../../support/mail/oauth.ts'
import { type SmtpServer, startSmtpServer } from '../../support/mail/smtp-server.ts'

const LETTER = {
  id: '0199c0de-0000-7000-8000-000000000001',
  to: 'boss@example.jp',
  subject: '【自動受注取込】星空道具店: licenseKeyの期限まであと7日です',
  text: '店舗: 星空道具店\n■ 対応\nRMSで発行してください。\n',
  at: new Date('2026-01-15T03:00:00Z'),
}

let server: SmtpServer
beforeEach(async () => {
  server = await startSmtpServer()
})
afterEach(() => server.close())

test('a notice arrives as it was written, from the sender, under its own id', async () => {
  const mailer = createMailer({ url: server.url, requireTls: false, from: '取込 <notices@example.jp>' })
  await mailer.send(LETTER)
  mailer.close()
  expect(server.mails).toMatchObject([{ from: 'notices@example.jp', to: ['boss@example.jp'] }])
  const mail = await simpleParser(server.mails[0]?.source ?? '')
  expect(mail.subject).toBe(LETTER.subject)
  expect(mail.text).toBe(LETTER.text)
  expect(mail.from?.text).toContain('取込')
  expect(mail.messageId).toBe(`<${LETTER.id}@example.jp>`)
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
})

test.each([
  ['550 5.1.1 no such user', 'EENVELOPE 550', true],
  ['452 4.2.2 mailbox full', 'EENVELOPE 452', false],
])('an address that answers %j is final or not', async (answer, code, final) => {
  server.refuse.set('boss@example.jp', answer)
  const mailer = createMailer({ url: server.url, requireTls: false, from: 'a@example.jp' })
  const error = await mailer.send(LETTER).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'NoticeRefused', code, final })
  expect(String(error)).not.toContain('boss')
})

test('a server that is not there is never final', async () => {
  await server.close()
  const mailer = createMailer({ url: server.url, requireTls: false, from: 'a@example.jp' })
  await expect(mailer.send(LETTER)).rejects.toMatchObject({ final: false })
})

test('a server without STARTTLS gets neither a password nor a mail where TLS is demanded', async () => {
  const url = server.url.replace('smtp://', 'smtp://user:hunter2@')
  const mailer = createMailer({ url, requireTls: true, from: 'a@example.jp' })
  await expect(mailer.send(LETTER)).rejects.toMatchObject({ name: 'NoticeRefused', final: false })
  expect(server.mails).toEqual([])
  expect(server.commands.join('\n')).not.toMatch(/AUTH|MAIL FROM/i)
})

test('it signs in by an access token, renews one that is refused, and keeps it for the next mail', async () => {
  server.token = 'second'
  const url = server.url.replace('smtp://', 'smtp://notices%40example.jp@')
  const asked: { user: string; renew: boolean }[] = []
  const provide = async (user: string, renew: boolean) => {
    asked.push({ user, renew })
    return renew ? 'second' : 'first'
  }
  const mailer = createMailer({ url, requireTls: false, from: 'notices@example.jp' }, provide)
  await mailer.send(LETTER)
  mailer.close()
  expect(server.mails).toHaveLength(1)
  expect(server.tokens).toEqual(['first', 'second'])
  expect(asked).toEqual([
    { user: 'notices@example.jp', renew: false },
    { user: 'notices@example.jp', renew: true },
  ])
})

test('without a token nothing is sent, and it is tried again', async () => {
  server.token = 'x'
  const url = server.url.replace('smtp://', 'smtp://a@')
  const provide = () => Promise.reject(new Error('the provider is away'))
  const mailer = createMailer({ url, requireTls: false, from: 'a@example.jp' }, provide)
  await expect(mailer.send(LETTER)).rejects.toMatchObject({ name: 'NoticeRefused', final: false })
  expect(server.mails).toEqual([])
})

test('SMTP_OAUTH asks the provider once for many mails, and says what is wrong with it without its value', async () => {
  const sim = await startMailOAuthSim()
  sim.addClient('app', 'app-secret', 'notices@example.jp')
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  const tools = { http, clock: systemClock, mailOAuth: providersAt(sim.url) }
  const auth = {
    kind: 'microsoft_application',
    tenant: 'x.example',
    clientId: 'app',
    clientSecret: 'app-secret',
  }
  const provide = createSmtpAccess(tools, JSON.stringify(auth))
  const tokens = await Promise.all([1, 2, 3].map(() => provide('notices@example.jp', false)))
  expect(new Set(tokens).size).toBe(1)
  expect(await provide('notices@example.jp', false)).toBe(tokens[0])
  expect(await provide('notices@example.jp', true)).not.toBe(tokens[0])
  expect(sim.asks.get('client_credentials')).toBe(2)
  await http.close()
  await sim.close()
  for (const setting of ['{"kind":"hunter2"}', '{"kind":"google"}', '{hunter2'])
    expect(() => createSmtpAccess(tools, setting)).toThrow(/^SMTP_OAUTH (?!.*hunter2)/)
})
