import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../redis.ts'
import {
  createCertificate,
  createServerRoot,
  fasterClock,
  greeting,
  listening,
  OWNER,
  type ServerRoot,
} from './root.ts'

export interface CourierOptions {
  /** Connections at a time from one address. */
  perAddress?: number
  /** true: without TLS it takes no password (LOGINDISABLED). */
  needsTls?: boolean
  /** Its clock and its waits run so many times as fast: half an hour of silence is seconds. */
  timesFaster?: number
}

/** Courier-IMAP, whose mailbox is a folder of files: it numbers them when somebody opens it for writing. */
export interface Courier {
  host: '127.0.0.1'
  /** In clear, and STARTTLS. */
  port: number
  tlsPort: number
  ca: string
  root: ServerRoot
  /**
   * Puts a mail into the INBOX as a delivery agent does. Mails that are not numbered yet are numbered in the
   * order of their files' names.
   */
  drop(user: string, source: Buffer, more?: { name?: string; folder?: string; at?: Date }): Promise<void>
  setPassword(user: string, password: string): Promise<void>
  /** While true it knows no users: every login is refused as with a wrong password. */
  refuseLogins(refused: boolean): Promise<void>
  /** Loses the stored UIDs and UIDVALIDITY, as a restore does. */
  forgetUids(user: string): Promise<void>
  stop(): Promise<void>
}

export async function startCourier(
  users: Record<string, string>,
  options: CourierOptions = {},
): Promise<Courier> {
  const root = await createServerRoot()
  const passwords = { ...users }
  const { key, cert } = createCertificate()
  await root.write('/etc/courier/tls.pem', key + cert)
  await root.write('/etc/courier/authdaemonrc', 'authmodulelist="authuserdb"\ndaemons=2\n')
  await root.write('/etc/courier/imapaccess.dat', '')
  await mkdir(root.path('/run/courier/authdaemon'), { recursive: true })

  async function writeUsers(known: Readonly<Record<string, string>> = passwords): Promise<void> {
    const own = Object.keys(known).map(
      (user) => `${user}\thome=${homeOf(user)}|uid=${OWNER.uid}|gid=${OWNER.gid}`,
    )
    const secret = Object.entries(known).map(([user, password]) => `${user}\timappw=${hashOf(password)}`)
    for (const [name, lines] of [
      ['userdb', own],
      ['userdbshadow', secret],
    ] as const) {
      const file = `/etc/courier/${name}`
      root.run(MAKE_DATABASE, ['-', `${file}.tmp`, `${file}.dat`], `${[...lines, '.'].join('\n')}\n`)
    }
  }

  for (const user of Object.keys(users))
    for (const folder of ['cur', 'new', 'tmp']) await root.folder(`${homeOf(user)}/Maildir/${folder}`)
  await writeUsers()
  root.start('/usr/lib/courier/courier-authlib/authdaemond', [])
  const [port, tlsPort] = [await freePort(), await freePort()]
  const limits = [
    '-address=127.0.0.1',
    '-nodnslookup',
    `-maxperip=${options.perAddress ?? 100}`,
    '-maxprocs=200',
  ]
  const serve = [LOGIN, '/usr/bin/imapd', 'Maildir']
  const faster = options.timesFaster === undefined ? {} : fasterClock(options.timesFaster)
  const env = { ...SETTINGS, ...faster, IMAP_TLS_REQUIRED: options.needsTls ? '1' : '0' }
  root.start('/usr/sbin/couriertcpd', [...limits, String(port), ...serve], { ...env, IMAP_STARTTLS: 'YES' })
  const overTls = ['/usr/bin/couriertls', '-server', '-tcpd']
  root.start('/usr/sbin/couriertcpd', [...limits, String(tlsPort), ...overTls, ...serve], {
    ...env,
    IMAP_TLS: '1',
  })
  await greeting(port, root)
  // Processes of their own, which on a busy machine come after the greeting: a login fails until then.
  await listening(tlsPort, root)
  await listening(root.path('/run/courier/authdaemon/socket'), root)

  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    ca: cert,
    root,
    async drop(user, source, { name = `${Date.now()}.${randomUUID()}.test`, folder, at } = {}) {
      const maildir = root.path(`${homeOf(user)}/Maildir${folder === undefined ? '' : `/.${folder}`}`)
      for (const part of ['cur', 'new', 'tmp'])
        await root.folder(`${homeOf(user)}/Maildir/${folder === undefined ? '' : `.${folder}/`}${part}`)
      // Files of a maildir have Unix line ends; Courier adds a CR to each whatever stands there.
      await writeFile(
        join(maildir, 'tmp', name),
        source.toString('latin1').replaceAll('\r\n', '\n'),
        'latin1',
      )
      if (at !== undefined) await utimes(join(maildir, 'tmp', name), at, at)
      await rename(join(maildir, 'tmp', name), join(maildir, 'new', name))
    },
    async setPassword(user, password) {
      passwords[user] = password
      await writeUsers()
    },
    refuseLogins: (refused) => writeUsers(refused ? {} : passwords),
    forgetUids: (user) => rm(root.path(`${homeOf(user)}/Maildir/courierimapuiddb`), { force: true }),
    stop: () => root.remove(),
  }
}

const MAKE_DATABASE = '/usr/lib/courier/courier-authlib/makedatprog'
const LOGIN = '/usr/lib/courier/courier/imaplogin'

const homeOf = (user: string) => `/mail/${user}`

const hashOf = (password: string) => `{SHA256}${createHash('sha256').update(password).digest('base64')}`

/** What Debian's /etc/courier/imapd and imapd-ssl set. */
const SETTINGS = {
  IMAP_CAPABILITY:
    'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE',
  IMAP_CAPABILITY_TLS:
    'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE AUTH=PLAIN',
  IMAP_KEYWORDS: '1',
  IMAP_ACL: '1',
  IMAP_IDLE_TIMEOUT: '60',
  IMAP_MAILBOX_SANITY_CHECK: '1',
  IMAP_CHECK_ALL_FOLDERS: '0',
  IMAP_OBSOLETE_CLIENT: '0',
  IMAP_USELOCKS: '1',
  IMAP_TRASHFOLDERNAME: 'Trash',
  IMAP_EMPTYTRASH: 'Trash:7',
  MAILDIRPATH: 'Maildir',
  COURIERTLS: '/usr/bin/couriertls',
  TLS_CERTFILE: '/etc/courier/tls.pem',
  TLS_VERIFYPEER: 'NONE',
  TLS_TRUSTCERTS: '/etc/courier/tls.pem',
}
