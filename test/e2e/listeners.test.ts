import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { composeMail } from '../../sandbox/mails/compose-mail.ts'
import { freshDatabase, type TestDatabase } from '../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant } from '../support/fixtures.ts'
import {
  type Dovecot,
  type DovecotSessions,
  dovecotMissing,
  readSessions,
  startDovecot,
} from '../support/mail/dovecot.ts'
import { orderOf } from '../support/mail/listener.ts'
import { type RunningService, startService } from '../support/service/service.ts'

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

/** Many mailboxes on a real mail server, and processes that only listen. */
interface ListenerFleet {
  database: TestDatabase
  users: readonly string[]
  dovecot: Dovecot
  start(): Promise<RunningService>
  /** Puts a mail of a new order into each of these users' mailboxes; resolves when all are delivered. */
  order(users: readonly string[], pauseMs: number): Promise<void>
  /** Orders that were mailed so far. */
  mailed(): string[]
  sessions(): Promise<DovecotSessions>
  /**
   * How often each user is logged in now, by the server's own count: the log knows of an end only once it is
   * written.
   */
  openNow(): Record<string, number>
  /**
   * Connections to the mail server that each process holds, by the kernel's count: tells a session that was
   * never closed here from one that the server did not end.
   */
  connections(): Promise<number[]>
  /**
   * The user's sessions with their processes and what the server's log holds, to see why a count is not as it
   * should be: a session whose client has gone has a process that waits, or none.
   */
  story(user: string): Promise<string[]>
  /** Mailboxes by who holds them; only those that are listened to. */
  heldLeases(): Promise<Map<string, string[]>>
  close(): Promise<void>
}

const PASSWORD = 'secret-password'
/** Of testSealer. */
const KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`

async function startListenerFleet(mailboxes: number): Promise<ListenerFleet> {
  const users = Array.from({ length: mailboxes }, (_, n) => `shop${n}@mail.example`)
  const dovecot = await startDovecot(Object.fromEntries(users.map((user) => [user, PASSWORD])), {
    connections: mailboxes * 2,
  })
  const database = await freshDatabase()
  await addMailboxes(database, dovecot, users)
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-listeners-'))
  const ca = join(dir, 'ca.pem')
  await writeFile(ca, dovecot.ca)
  const services: RunningService[] = []
  const mailed: string[] = []

  return {
    database,
    users,
    dovecot,
    async start() {
      const service = await startService({
        ROLES: 'listener',
        DATABASE_URL: database.url,
        DATABASE_CONNECTIONS: '8',
        ENCRYPTION_KEYS: KEYS,
        OPERATOR_API_KEY: 'operator-key-of-the-test',
        MAILBOX_ALLOWED_PRIVATE_HOSTS: 'localhost',
        NODE_EXTRA_CA_CERTS: ca,
        DATA_DIR: dir,
      })
      services.push(service)
      return service
    },
    async order(to, pauseMs) {
      for (const user of to) {
        const order = orderOf('rakuten', mailed.length)
        mailed.push(order.orderNumber)
        const mail = composeMail({ type: 'placed', order }, { ...MAIL, to: user })
        await dovecot.drop(user, Buffer.concat([VOUCHED, mail]))
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    },
    mailed: () => mailed,
    sessions: async () => readSessions(await dovecot.log()),
    openNow() {
      const logins = Map.groupBy(dovecot.who(), (user) => user)
      return Object.fromEntries([...logins].map(([user, { length }]) => [user, length]))
    },
    connections: () => Promise.all(services.map(({ pid }) => connectionsOf(pid, dovecot.tlsPort))),
    story: async (user) => [
      ...dovecot.sessionsOf(user),
      ...(await dovecot.log()).split('\n').filter((line) => line.includes(user)),
    ],
    heldLeases: () => readHeldLeases(database),
    async close() {
      await Promise.all(services.map((service) => service.kill()))
      await database.close()
      await dovecot.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A process that is gone holds none. */
async function connectionsOf(pid: number, port: number): Promise<number> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
  const sockets = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))
  const remote = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = tables
    .join('\n')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  return rows.filter(([, , to, state, , , , , , inode]) => {
    return state === ESTABLISHED && to?.endsWith(`:${remote}`) && sockets.has(inode ?? '')
  }).length
}
const ESTABLISHED = '01'

/**
 * The receiving host vouches for the mall: of strangers' numbers only a hundred would wait for the one shop.
 */
const AUTHSERV_ID = 'mail.example'
const VOUCHED = Buffer.from(`Authentication-Results: ${AUTHSERV_ID}; dkim=pass header.d=rakuten.co.jp\r\n`)
const MAIL = { charset: 'utf-8', shape: 'plain' } as const

async function addMailboxes(
  database: TestDatabase,
  dovecot: Dovecot,
  users: readonly string[],
): Promise<void> {
  const { db } = database
  const { id: tenantId } = await makeTenant(db)
  const shop = await makeShop(db, { tenantId, code: orderOf('rakuten', 0).shopCode })
  for (const username of users) {
    await makeMailbox(db, {
      tenantId,
      host: 'localhost',
      port: dovecot.tlsPort,
      security: 'tls',
      username,
      password: PASSWORD,
      authservId: AUTHSERV_ID,
      shopIds: [shop.id],
    })
  }
}

async function readHeldLeases({ db }: TestDatabase): Promise<Map<string, string[]>> {
  const rows = await db.mailbox.findMany({
    where: { state: 'connected', leaseOwner: { not: null } },
    select: { id: true, leaseOwner: true },
  })
  const byOwner = Map.groupBy(rows, (row) => row.leaseOwner ?? '')
  return new Map([...byOwner].map(([owner, held]) => [owner, held.map(({ id }) => id)]))
}
