import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { ImapFlow } from 'imapflow'
import { expect, test } from 'vitest'
import { startSandboxImap } from '../../../sandbox/imap/index.ts'
import type { Keep } from '../../../sandbox/kit/keep.ts'
import {
  type Link,
  type MailboxAddress,
  signIn,
  watchForNews,
} from '../../../src/mail/listener/connection.ts'
import { type Folder, openFolder } from '../../../src/mail/listener/folder.ts'
import { createNumbering } from '../../../src/mail/listener/numbering.ts'
import { DEFAULT_TIMING } from '../../../src/mail/listener/timing.ts'
import { createMailboxTester } from '../../../src/mail/test-mailbox.ts'
import { dovecotMissing, startDovecot } from '../../support/mail/dovecot.ts'
import { noAccess } from '../../support/mail/oauth.ts'
import { appendMail, withAccount } from '../../support/mail/servers/append.ts'
import { startCourier } from '../../support/mail/servers/courier.ts'
import { startCyrus } from '../../support/mail/servers/cyrus.ts'
import { startMailutils } from '../../support/mail/servers/mailutils.ts'
import { createCertificate, serversMissing } from '../../support/mail/servers/root.ts'

/** One list of cases, walked with each server; docs/mailboxes.md has the table that this makes. */

const USER = 'orders'
const PASSWORD = 'p"a\\ss w{0}rd'
const missing = serversMissing() ?? dovecotMissing()

interface Served {
  port: number
  tlsPort: number
  ca: string
  /** Absent: over IMAP, by APPEND. */
  deliver?(source: Buffer): Promise<void>
  stop(): Promise<void>
}

const tools = (server: Served) => ({
  hostGuard: async () => '127.0.0.1',
  timing: DEFAULT_TIMING,
  access: noAccess,
  ca: server.ca,
})

const addressOf = ({ tlsPort }: Served): MailboxAddress => ({
  host: 'localhost',
  port: tlsPort,
  security: 'tls',
  username: USER,
})

interface Walk {
  server: Served
  link: Link
  client: ImapFlow
  inbox: Folder
  deliver(source: Buffer): Promise<void>
  /** Code and text of a connection test. */
  tested(how?: Partial<MailboxAddress & { folder: string; password: string }>): Promise<string>
  folders: string[]
}

const TODAY = new Date().toUTCString()

const mailOf = (n: number, body = 'body', more = ''): Buffer =>
  Buffer.from(
    `From: order@mall.example\r\nTo: orders@shop.example\r\nSubject: mail ${n}\r\nMessage-ID: <${n}@mall.example>\r\n${more}` +
      `Date: ${TODAY}\r\n\r\n${body}\r\n`,
  )

const yes = (is: boolean): string => (is ? 'yes' : 'no')
const last = async ({ inbox }: Walk) => {
  await inbox.look()
  return (await inbox.envelopes('1:*')).at(-1)?.uid ?? 0
}
const uidsOf = async ({ inbox }: Walk) => (await inbox.envelopes('1:*')).map(({ uid }) => uid)

/** In their order: each begins with what those before it left. */
const CASES: readonly [name: string, work: (walk: Walk) => Promise<string>][] = [
  ['password with quotes, braces and backslash', async ({ client }) => yes(client.authenticated !== false)],
  ['wrong password', ({ tested }) => tested({ password: 'wrong' })],
  ['TLS at the port in clear', ({ server, tested }) => tested({ port: server.port })],
  ['STARTTLS at the TLS port', ({ tested }) => tested({ security: 'starttls' })],
  ['STARTTLS', ({ server, tested }) => tested({ port: server.port, security: 'starttls' })],
  ['folder that is missing', ({ tested }) => tested({ folder: 'missing' })],
  ['inbox in lower case', ({ tested }) => tested({ folder: 'inbox' })],
  [
    'Japanese folder',
    async ({ folders, tested }) => (folders[0] === undefined ? 'none' : tested({ folder: folders[0] })),
  ],
  ['IDLE is offered', async ({ client }) => yes(client.capabilities.has('IDLE'))],
  ['UIDNEXT at EXAMINE', async ({ inbox }) => yes(inbox.uidNext !== undefined)],
  ['UIDs are believed', async ({ inbox }) => yes(createNumbering(inbox, null, 0).isStable())],
  ['an empty mailbox lists nothing', async (walk) => yes((await uidsOf(walk)).length === 0)],
  [
    'a new mail is told in IDLE',
    async ({ client, deliver }) => {
      const news = once(client, 'exists', { signal: AbortSignal.timeout(10_000) })
      const idle = client.idle()
      await deliver(mailOf(1))
      const told = await news.then(
        () => yes(client.idling),
        () => 'no',
      )
      await client.noop()
      await idle
      return told
    },
  ],
  [
    'a new mail is told at NOOP',
    async ({ client, inbox, deliver }) => {
      const before = inbox.exists()
      await deliver(mailOf(2))
      await client.noop()
      return yes(inbox.exists() > before)
    },
  ],
  // What is made up by the second, or at each new mail, is compared with nothing.
  ['a new mail is seen by EXAMINE', async (walk) => yes((await last(walk)) >= 2)],
  ['n:* behind the last is the last', async ({ inbox }) => String((await inbox.envelopes('99:*')).length)],
  [
    'headers that are asked for',
    async ({ inbox }) => {
      const [mail] = await inbox.envelopes('1:1')
      return `${mail?.envelope?.subject}, ${mail?.envelope?.messageId}`
    },
  ],
  [
    'the whole mail beside its headers',
    async ({ inbox }) => yes((await inbox.envelopes('1:1', true))[0]?.source?.equals(mailOf(1)) === true),
  ],
  [
    'size is that of the mail',
    async ({ inbox }) => yes((await inbox.envelopes('1:1'))[0]?.size === mailOf(1).length),
  ],
  [
    'two commands name a mail alike',
    async ({ inbox }) =>
      yes((await inbox.identities([1])).get(1) === (await inbox.envelopes('1:1', true))[0]?.identity),
  ],
  [
    'SEARCH SINCE yesterday',
    async ({ inbox }) => String((await inbox.search({ since: new Date(Date.now() - 86_400_000) })).length),
  ],
  [
    'SEARCH SINCE tomorrow',
    async ({ inbox }) =>
      String((await inbox.search({ since: new Date(Date.now() + 2 * 86_400_000) })).length),
  ],
  ['SEARCH UID 1:*', async ({ inbox }) => String((await inbox.search({ uid: '1:*' })).length)],
  [
    'SEARCH UID from 1 to the greatest',
    async ({ inbox }) => String((await inbox.search({ uid: '1:4294967295' })).length),
  ],
  ['UID that is not there', async ({ inbox }) => String((await inbox.sources([77])).size)],
  [
    'raw 8-bit header',
    async (walk) => {
      await walk.deliver(Buffer.from(mailOf(3).toString().replace('Subject: mail 3', 'Subject: ご注文')))
      const [mail] = await walk.inbox.envelopes(String(await last(walk)))
      return String(mail?.envelope?.subject)
    },
  ],
  [
    'mail without a body',
    async (walk) => {
      await walk.deliver(Buffer.from('Subject: bare\r\nMessage-ID: <4@mall.example>\r\n\r\n'))
      const [mail] = await walk.inbox.envelopes(String(await last(walk)), true)
      return String(mail?.envelope?.subject)
    },
  ],
  [
    'header of 20 KB',
    async (walk) => {
      await walk.deliver(mailOf(5, 'body', `X-Long: ${`${'x'.repeat(70)}\r\n `.repeat(280)}x\r\n`))
      const [mail] = await walk.inbox.envelopes(String(await last(walk)))
      return String(mail?.envelope?.subject)
    },
  ],
  [
    '500 separate UIDs of ten digits in one command',
    async ({ inbox }) => {
      const uids = Array.from({ length: 500 }, (_, n) => 4_294_960_000 + 2 * n)
      return String((await inbox.sources(uids)).size)
    },
  ],
  [
    'two mails with one Message-ID are both listed',
    async (walk) => {
      await walk.deliver(mailOf(8, 'first'))
      await walk.deliver(mailOf(8, 'second'))
      await last(walk)
      const mails = await walk.inbox.envelopes('1:*')
      return String(mails.filter(({ envelope }) => envelope?.messageId === '<8@mall.example>').length)
    },
  ],
  [
    'headers in capitals and folded',
    async (walk) => {
      await walk.deliver(
        Buffer.from(
          'FROM: order@mall.example\r\nSUBJECT: mail\r\n  nine\r\nMESSAGE-ID:\r\n <9@mall.example>\r\n\r\nbody\r\n',
        ),
      )
      const [mail] = await walk.inbox.envelopes(String(await last(walk)))
      return `${mail?.envelope?.subject?.replace(/\s+/g, ' ')}, ${mail?.envelope?.messageId}`
    },
  ],
  [
    'a NUL in the body',
    async (walk) => {
      await walk.deliver(mailOf(10, 'before\0after'))
      const uid = await last(walk)
      const source = (await walk.inbox.sources([uid])).get(uid)?.toString('latin1') ?? ''
      const [, between] = /before(.*)after/s.exec(source) ?? []
      return between === undefined ? 'cut off' : Buffer.from(between, 'latin1').toString('hex')
    },
  ],
  [
    'lines that end by LF alone',
    async (walk) => {
      const source = Buffer.from(mailOf(11).toString().replaceAll('\r\n', '\n'))
      const taken = await walk.deliver(source).then(
        () => true,
        () => false,
      )
      if (!taken) return 'not taken by APPEND'
      const [mail] = await walk.inbox.envelopes(String(await last(walk)))
      return `${mail?.envelope?.subject}, ${mail?.envelope?.messageId}`
    },
  ],
  [
    'two sessions see the same mails',
    async ({ server, inbox }) => {
      const { link } = await signIn(
        addressOf(server),
        { kind: 'password', password: PASSWORD },
        { ...tools(server) },
        FOREVER,
      )
      const other = await openFolder(link, 'INBOX')
      await inbox.look()
      const same = other.exists() === inbox.exists()
      link.close()
      return yes(same)
    },
  ],
  [
    'a mail that was removed meanwhile is left out',
    async ({ server, inbox }) => {
      const before = (await inbox.envelopes('1:*')).length
      await withAccount({ port: server.port, user: USER, password: PASSWORD }, async (client) => {
        await client.mailboxOpen('INBOX')
        await client.messageDelete('1', { uid: true })
      })
      await inbox.look()
      return `${before} → ${(await inbox.envelopes('1:*')).length}`
    },
  ],
  [
    'a mail that another session removes is told at NOOP',
    async ({ server, client, inbox, deliver }) => {
      await deliver(mailOf(12))
      await inbox.look()
      const before = inbox.exists()
      await withAccount({ port: server.port, user: USER, password: PASSWORD }, async (other) => {
        const { exists } = await other.mailboxOpen('INBOX')
        await other.messageDelete(String(exists))
      })
      await client.noop()
      return yes(inbox.exists() < before)
    },
  ],
  [
    'a folder that is made anew has another UIDVALIDITY',
    async ({ server, folders }) => {
      const name = folders[0] ?? ''
      return withAccount({ port: server.port, user: USER, password: PASSWORD }, async (other) => {
        const before = (await other.mailboxOpen(name, { readOnly: true })).uidValidity
        await other.mailboxClose()
        await other.mailboxDelete(name)
        await other.mailboxCreate(name)
        return yes((await other.mailboxOpen(name, { readOnly: true })).uidValidity !== before)
      })
    },
  ],
  [
    'what was opened by EXAMINE takes no flag',
    async ({ client }) => {
      const told = await client.messageFlagsAdd('1', ['\\Seen']).catch(() => false)
      const [mail] = await client.fetchAll('1', { flags: true })
      return `${told ? 'OK' : 'refused'}, ${mail?.flags?.has('\\Seen') ? 'set' : 'not set'}`
    },
  ],
  [
    'of a mail of 4 MB the head alone is fetched',
    async (walk) => {
      await walk.deliver(mailOf(6, `${'y'.repeat(76)}\r\n`.repeat(52_000)))
      const uid = await last(walk)
      return `${((await walk.inbox.sources([uid])).get(uid)?.length ?? 0) / 1024} KiB`
    },
  ],
  [
    'of a mail of 100 MB only the head comes over the line',
    async (walk) => {
      await walk.deliver(mailOf(7, `${'z'.repeat(998)}\r\n`.repeat(100_000)))
      const uid = await last(walk)
      const { received } = walk.client.stats()
      const [mail] = await walk.inbox.envelopes(String(uid), true)
      const source = (await walk.inbox.sources([uid])).get(uid)
      const took = walk.client.stats().received - received
      const size = (mail?.size ?? 0) > 100_000_000 ? 'whole size' : `size ${mail?.size}`
      return `${size}, ${(source?.length ?? 0) / 1024} KiB, ${took < 400_000 ? 'no more' : `${took} bytes`}`
    },
  ],
  [
    'no flag was set by reading',
    async ({ client }) => {
      const mails = await client.fetchAll('1:*', { flags: true })
      return yes(mails.every(({ flags }) => [...(flags ?? [])].every((flag) => flag === '\\Recent')))
    },
  ],
]

const FOREVER = new AbortController().signal

async function walk(server: Served): Promise<Map<string, string>> {
  const { link } = await signIn(
    addressOf(server),
    { kind: 'password', password: PASSWORD },
    tools(server),
    FOREVER,
  )
  watchForNews(link.client)
  const account = { port: server.port, user: USER, password: PASSWORD }
  const folders: string[] = []
  await withAccount(account, async (client) => {
    await client.mailboxCreate('注文').catch(() => undefined)
    for (const { path } of await client.list()) if (path.endsWith('注文')) folders.push(path)
  })
  const test = createMailboxTester(tools(server))
  const inbox = await openFolder(link, 'INBOX')
  const told: Walk = {
    server,
    link,
    client: link.client,
    inbox,
    folders,
    deliver: (source) => server.deliver?.(source) ?? appendMail(account, source),
    async tested({ password = PASSWORD, folder = 'INBOX', ...how } = {}) {
      const login = { ...addressOf(server), folder, by: { kind: 'password' as const, password }, ...how }
      const { ok, code } = await test(login, FOREVER)
      return ok ? 'yes' : String(code)
    },
  }
  const outcomes = new Map<string, string>()
  try {
    for (const [name, work] of CASES)
      outcomes.set(name, await work(told).catch((error: Error) => `fails: ${error.message}`))
  } finally {
    link.close()
    await server.stop()
  }
  return outcomes
}

/** Own simulator, at a port in clear and at one that begins with TLS. */
async function startOwn(): Promise<Served> {
  const tls = createCertificate()
  const kept = new Map<string, object>()
  const keep: Keep = <T extends object>(name: string, initial: () => T) => {
    const state = kept.get(name) ?? initial()
    kept.set(name, state)
    return state as T
  }
  const users = [{ user: USER, password: PASSWORD }]
  const inClear = await startSandboxImap({ users, keep, starttls: tls })
  const overTls = await startSandboxImap({ users, keep, tls })
  return {
    port: inClear.port,
    tlsPort: overTls.port,
    ca: tls.cert,
    deliver: async (source) => void inClear.deliver(USER, source),
    async stop() {
      await Promise.all([inClear.close(), overTls.close()])
    },
  }
}

/** mailutils, to which a mail of 100 MB by APPEND would take minutes. */
async function startSlow(): Promise<Served> {
  const mailutils = await startMailutils({ [USER]: PASSWORD })
  const account = { port: mailutils.port, user: USER, password: PASSWORD }
  return {
    ...serve(mailutils),
    deliver: (source) =>
      source.length > 1_000_000 ? mailutils.fill(USER, [source]) : appendMail(account, source),
  }
}

async function startMaildir(): Promise<Served> {
  const courier = await startCourier({ [USER]: PASSWORD })
  return { ...courier, deliver: (source) => courier.drop(USER, source) }
}

test.skipIf(missing !== null)(
  `each server is walked through one list, and the docs say what it did${missing === null ? '' : ` [${missing}]`}`,
  async () => {
    const users = { [USER]: PASSWORD }
    const servers = [
      ['Dovecot', async () => serve(await startDovecot(users))],
      ['Cyrus', async () => serve(await startCyrus(users))],
      ['Courier', startMaildir],
      ['mailutils', startSlow],
      ['own simulator', startOwn],
    ] as const
    const columns = await Promise.all(servers.map(async ([, start]) => walk(await start())))
    const rows = CASES.map(([name]) => [name, ...columns.map((column) => column.get(name) ?? '')])
    // Where all of them do the same, the simulator may not do something else.
    const [real, own] = [columns.slice(0, -1), columns.at(-1)]
    const agreed = CASES.map(
      ([name]) => [name, [...new Set(real.map((column) => column.get(name)))]] as const,
    )
    for (const [name, answers] of agreed)
      if (answers.length === 1) expect.soft([name, own?.get(name)]).toEqual([name, answers[0]])
    expect(CASES.length).toBeGreaterThanOrEqual(40)
    const table = [['case', ...servers.map(([name]) => name)], Array(servers.length + 1).fill('---'), ...rows]
    const lines = table.map((cells) => `| ${cells.join(' | ')} |`)
    const docs = readFileSync('docs/mailboxes.md', 'utf8').split('\n')
    const begin = docs.indexOf(lines[0] ?? '')
    expect(docs.slice(begin, begin + lines.length)).toEqual(lines)
  },
  180_000,
)

/** Delivers over IMAP. */
const serve = ({ port, tlsPort, ca, stop }: Omit<Served, 'deliver'>): Served => ({ port, tlsPort, ca, stop })
