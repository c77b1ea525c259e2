import { ImapFlow } from 'imapflow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SandboxImap, startSandboxImap } from './index.ts'

const USER = 'orders@shop.example'
const PASSWORD = 'pass "wörd" \\'

describe('sandbox IMAP server, seen by ImapFlow', () => {
  let imap: SandboxImap
  let client: ImapFlow

  beforeEach(async () => {
    imap = await startSandboxImap({ users: [{ user: USER, password: PASSWORD }] })
    client = newClient()
  })
  afterEach(async () => {
    client.close()
    await imap.close()
  })

  function newClient(password = PASSWORD): ImapFlow {
    const { host, port } = imap
    const made = new ImapFlow({
      host,
      port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: USER, pass: password },
      logger: false,
    })
    made.on('error', () => {})
    return made
  }

  it('shows a Japanese envelope and the mail itself without touching its flags', async () => {
    const source = mail('=?UTF-8?B?44GU5rOo5paH?= (1)', 'x'.repeat(5000))
    imap.deliver(USER, source, { internalDate: new Date('2026-11-20T03:04:05Z') })
    await client.connect()
    const box = await client.mailboxOpen('INBOX', { readOnly: true })
    expect({ exists: box.exists, uidNext: box.uidNext, readOnly: box.readOnly }).toEqual({
      exists: 1,
      uidNext: 2,
      readOnly: true,
    })
    const [got] = await client.fetchAll(
      '1:*',
      { envelope: true, size: true, internalDate: true, source: true, flags: true },
      { uid: true },
    )
    expect(got?.envelope?.subject).toBe('ご注文 (1)')
    expect(got?.envelope?.from).toEqual([{ name: 'Shop, "A"', address: 'info@mall.example' }])
    expect(got?.envelope?.messageId).toBe('<1@mall.example>')
    expect(got?.size).toBe(source.length)
    expect(got?.internalDate).toEqual(new Date('2026-11-20T03:04:05Z'))
    expect(got?.source).toEqual(source)
    expect(imap.mails(USER)).toEqual([{ uid: 1, flags: [] }])
    expect(imap.commands(USER)).not.toHaveProperty('SELECT')
  })

  it('gives a part of a mail', async () => {
    imap.deliver(USER, mail('a', 'b'.repeat(9000)))
    await client.connect()
    await client.mailboxOpen('INBOX', { readOnly: true })
    const [got] = await client.fetchAll('1', { source: { start: 0, maxLength: 100 } }, { uid: true })
    expect(got?.source).toHaveLength(100)
  })

  it('answers n:* with the last mail even when its UID is lower', async () => {
    imap.deliver(USER, mail('a', ''))
    await client.connect()
    await client.mailboxOpen('INBOX', { readOnly: true })
    const got = await client.fetchAll('7:*', { uid: true }, { uid: true })
    expect(got.map((one) => one.uid)).toEqual([1])
  })

  it('searches by UID and by day', async () => {
    for (const day of ['2026-11-01', '2026-11-20', '2026-11-21']) {
      imap.deliver(USER, mail(day, ''), { internalDate: new Date(`${day}T12:00:00Z`) })
    }
    await client.connect()
    await client.mailboxOpen('INBOX', { readOnly: true })
    expect(await client.search({ since: new Date('2026-11-20T00:00:00Z') }, { uid: true })).toEqual([2, 3])
    expect(await client.search({ uid: '3:*' }, { uid: true })).toEqual([3])
  })

  it('pushes EXISTS to those who idle', async () => {
    await client.connect()
    await client.mailboxOpen('INBOX', { readOnly: true })
    const told = new Promise((resolve) => client.once('exists', resolve))
    const idle = client.idle()
    await expect.poll(() => imap.commands(USER).IDLE).toBe(1)
    imap.deliver(USER, mail('new', ''))
    expect(await told).toMatchObject({ count: 1, prevCount: 0 })
    await client.noop()
    await idle
  })

  it('takes mail by APPEND', async () => {
    await client.connect()
    const source = mail('appended', '本文')
    await client.append('INBOX', source, ['\\Flagged'])
    await client.mailboxOpen('INBOX')
    const [got] = await client.fetchAll('1', { source: true })
    expect(got?.source).toEqual(source)
    expect(imap.mails(USER)).toEqual([{ uid: 1, flags: ['\\Flagged'] }])
  })

  it('refuses a wrong password with the usual words', async () => {
    const wrong = newClient('wrong')
    await expect(wrong.connect()).rejects.toMatchObject({
      authenticationFailed: true,
      serverResponseCode: 'AUTHENTICATIONFAILED',
      responseText: 'Authentication failed.',
    })
  })

  it('refuses a folder that is not there', async () => {
    await client.connect()
    await expect(client.mailboxOpen('注文', { readOnly: true })).rejects.toThrow()
  })

  it('gives every mail a new UID when UIDVALIDITY changes', async () => {
    imap.deliver(USER, mail('a', ''))
    imap.deliver(USER, mail('b', ''))
    await client.connect()
    const before = await client.mailboxOpen('INBOX', { readOnly: true })
    imap.changeUidValidity(USER)
    await expect.poll(() => client.usable).toBe(false)
    client = newClient()
    await client.connect()
    const after = await client.mailboxOpen('INBOX', { readOnly: true })
    expect(after.uidValidity).not.toBe(before.uidValidity)
  })
})

function mail(subject: string, body: string): Buffer {
  const head = [
    'From: "Shop, \\"A\\"" <info@mall.example>',
    `Subject: ${subject}`,
    'Date: Fri, 20 Nov 2026 12:00:00 +0900',
    'Message-ID: <1@mall.example>',
    '',
    body,
  ]
  return Buffer.from(head.join('\r\n'))
}
