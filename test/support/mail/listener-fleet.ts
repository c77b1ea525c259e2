import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { freshDatabase, type TestDatabase } from '../database/database.ts'
import { makeMailbox, makeShop, makeTenant } from '../fixtures.ts'
import { type RunningService, startService } from '../service/service.ts'
import { type Dovecot, startDovecot } from './dovecot.ts'
import { type DovecotSessions, readSessions } from './dovecot-sessions.ts'
import { orderOf } from './listener.ts'

/** Many mailboxes on a real mail server, and processes that only listen. */
export interface ListenerFleet {
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
  /** What the server's log holds of this user, to see why a count is not as it should be. */
  story(user: string): Promise<string[]>
  /** Mailboxes by who holds them; only those that are listened to. */
  heldLeases(): Promise<Map<string, string[]>>
  close(): Promise<void>
}

const PASSWORD = 'secret-password'
/** Of testSealer. */
const KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`

export async function startListenerFleet(mailboxes: number): Promise<ListenerFleet> {
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
    story: async (user) => (await dovecot.log()).split('\n').filter((line) => line.includes(user)),
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
