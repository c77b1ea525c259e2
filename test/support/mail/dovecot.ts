import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ImapFlow } from 'imapflow'

/**
 * A real mail server for one test file: Dovecot 2.4 with its own configuration in a directory of its own, on
 * 127.0.0.1.
 */
export interface Dovecot {
  host: '127.0.0.1'
  /** Plain and STARTTLS. */
  port: number
  tlsPort: number
  /** PEM of the server's self-signed certificate; for `localhost` and 127.0.0.1. */
  ca: string
  setPassword(user: string, password: string): Promise<void>
  deliver(user: string, source: Buffer, more?: { internalDate?: Date; folder?: string }): Promise<void>
  /** Flags as they stand, by UID. */
  flags(user: string): Promise<Record<number, string[]>>
  setUidValidity(user: string, value: number): void
  /**
   * Puts a mail into the user's INBOX as a delivery agent does, without a login. The user must have logged in
   * before.
   */
  drop(user: string, source: Buffer): Promise<void>
  /** While true it knows no users: every login is refused as with a wrong password. */
  refuseLogins(refused: boolean): Promise<void>
  /** Everything it logged so far. */
  log(): Promise<string>
  /** Users that are logged in now, once for each connection. */
  who(): string[]
  /** The user’s sessions by that count, each with age and state of its process. */
  sessionsOf(user: string): string[]
  stop(): Promise<void>
}

export interface DovecotOptions {
  /** Connections at a time; each is a process. */
  connections?: number
  /**
   * Takes access tokens as well: asks there whether they are good, or checks the signature of this issuer by
   * itself.
   */
  oauth?: { introspectUrl: string } | { issuer: string; secret: Uint8Array }
}

/** Null when all is there; otherwise what is missing, for the list of what a run left out. */
export function dovecotMissing(): string | null {
  const missing = ['dovecot', 'doveadm', 'openssl'].filter((name) => findProgram(name) === null)
  return missing.length === 0
    ? null
    : `${missing.join(', ')} is not installed (Debian: dovecot-imapd, openssl)`
}

export async function startDovecot(
  users: Record<string, string>,
  options: DovecotOptions = {},
): Promise<Dovecot> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-dovecot-'))
  const [port, tlsPort] = await freePorts(2)
  const connections = options.connections ?? 100
  await prepare(dir, { port, tlsPort, connections, oauth: options.oauth })
  const passwords = { ...users }
  const writeUsers = () =>
    writeFile(
      join(dir, 'users'),
      Object.entries(passwords)
        .map(([user, password]) => `${user}:{PLAIN}${password}::::::\n`)
        .join(''),
    )
  await writeUsers()
  const config = join(dir, 'dovecot.conf')
  const child = spawn(program('dovecot'), ['-F', '-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  await listening(child, dir, port)

  async function withClient<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T> {
    const auth = { user, pass: passwords[user] ?? '' }
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      doSTARTTLS: false,
      auth,
      logger: false,
      disableAutoIdle: true,
    })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return await work(client)
    } finally {
      client.close()
    }
  }

  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    ca: await readFile(join(dir, 'cert.pem'), 'utf8'),
    async setPassword(user, password) {
      passwords[user] = password
      await writeUsers()
      // The auth process looks at the file once a second.
      for (const until = Date.now() + 5_000; Date.now() < until; ) {
        const known = await withClient(user, async () => true).catch(() => false)
        if (known) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error('Dovecot did not take the new password')
    },
    deliver: (user, source, more = {}) =>
      withClient(user, async (client) => {
        const folder = more.folder ?? 'INBOX'
        if (folder !== 'INBOX') await client.mailboxCreate(folder)
        await client.append(folder, source, [], more.internalDate)
      }),
    flags: (user) =>
      withClient(user, async (client) => {
        await client.mailboxOpen('INBOX', { readOnly: true })
        const mails = await client.fetchAll('1:*', { flags: true }, { uid: true })
        // \Recent belongs to whoever looks first, not to the mail.
        return Object.fromEntries(
          mails.map((mail) => [mail.uid, [...(mail.flags ?? [])].filter((flag) => flag !== '\\Recent')]),
        )
      }),
    setUidValidity(user, value) {
      const args = ['-c', config, 'mailbox', 'update', '-u', user, '--uid-validity', String(value), 'INBOX']
      execFileSync(program('doveadm'), args, { stdio: 'pipe' })
    },
    async drop(user, source) {
      const name = `${Date.now()}.${randomUUID()}.test`
      const made = join(dir, 'mail', user, 'tmp', name)
      await writeFile(made, source, { mode: 0o644 })
      await rename(made, join(dir, 'mail', user, 'new', name))
    },
    async refuseLogins(refused) {
      const [file, away] = [join(dir, 'users'), join(dir, 'users.away')]
      await (refused ? rename(file, away) : rename(away, file))
    },
    log: () => readFile(join(dir, 'dovecot.log'), 'utf8'),
    who: () => readWho(config).map(({ user }) => user),
    sessionsOf: (name) =>
      readWho(config).flatMap(({ user, pid }) => {
        if (user !== name) return []
        const args = ['-o', 'etimes=,stat=,wchan=', '-p', pid]
        const { stdout } = spawnSync('ps', args, { encoding: 'utf8' })
        return [`session of process ${pid}: ${stdout.trim() || 'gone'}`]
      }),
    async stop() {
      if (child.exitCode === null) {
        const exit = once(child, 'exit')
        child.kill('SIGTERM')
        await exit
      }
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Sessions by Dovecot's own count, each with its mail process. */
function readWho(config: string): { user: string; pid: string }[] {
  const args = ['-c', config, '-f', 'tab', 'who', '-1']
  const output = execFileSync(program('doveadm'), args, { stdio: 'pipe' })
  const [, ...lines] = output.toString().trim().split('\n')
  return lines.map((line) => {
    const [user = '', , pid = ''] = line.split('\t')
    return { user, pid }
  })
}

interface Setting {
  port: number
  tlsPort: number
  connections: number
  oauth: DovecotOptions['oauth']
}

async function prepare(dir: string, setting: Setting): Promise<void> {
  await mkdir(join(dir, 'run'))
  await mkdir(join(dir, 'mail'))
  // Dovecot's mail processes run as another user when it is started by root.
  await chmod(dir, 0o755)
  await chmod(join(dir, 'mail'), 0o777)
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    join(dir, 'key.pem'),
  ]
  const args = ['req', '-x509', ...key, '-out', join(dir, 'cert.pem'), '-days', '2', ...subject]
  execFileSync(program('openssl'), args, { stdio: 'pipe' })
  if (setting.oauth && 'secret' in setting.oauth) {
    const keys = join(dir, 'keys', 'default', 'HS256')
    await mkdir(keys, { recursive: true })
    await writeFile(join(keys, 'default'), Buffer.from(setting.oauth.secret).toString('base64'))
  }
  await writeFile(join(dir, 'dovecot.conf'), configuration(dir, setting))
}

function configuration(dir: string, { port, tlsPort, connections, oauth }: Setting): string {
  const root = process.getuid?.() === 0
  const owner = root
    ? { uid: 'nobody', gid: 'nogroup' }
    : { uid: process.getuid?.(), gid: process.getgid?.() }
  const unprivileged = root ? '' : `default_internal_user = ${owner.uid}\ndefault_login_user = ${owner.uid}\n`
  return `dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
${unprivileged}base_dir = ${dir}/run
state_dir = ${dir}/run
log_path = ${dir}/dovecot.log
listen = 127.0.0.1
protocols {
  imap = yes
}
ssl = yes
ssl_server_cert_file = ${dir}/cert.pem
ssl_server_key_file = ${dir}/key.pem
auth_allow_cleartext = yes
auth_failure_delay = 0
mail_max_userip_connections = ${connections}
mail_driver = maildir
mail_path = ${dir}/mail/%{user}
service imap {
  process_limit = ${connections + 50}
}
service imap-login {
  # One process serves many; otherwise it ends with its connection, and there is one for each.
  restart_request_count = unlimited
  client_limit = ${connections + 200}
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
passdb passwd-file {
  passwd_file_path = ${dir}/users
}
userdb static {
  fields {
    uid = ${owner.uid}
    gid = ${owner.gid}
    home = ${dir}/mail/%{user}
  }
}
namespace inbox {
  inbox = yes
  separator = /
}
${oauth === undefined ? '' : oauthConfiguration(dir, oauth)}`
}

function oauthConfiguration(dir: string, oauth: NonNullable<DovecotOptions['oauth']>): string {
  const how =
    'introspectUrl' in oauth
      ? `introspection_mode = post
  introspection_url = ${oauth.introspectUrl}
  active_attribute = active
  active_value = true
  username_attribute = username`
      : `introspection_mode = local
  username_attribute = email
  scope = imap
  issuers = ${oauth.issuer}
  oauth2_local_validation {
    dict fs {
      fs posix {
        prefix = ${dir}/keys/
      }
    }
  }`
  return `auth_mechanisms {
  plain = yes
  xoauth2 = yes
  oauthbearer = yes
}
oauth2 {
  ${how}
}
`
}

/** Waits for the greeting: the port is open before the login processes are. */
async function listening(child: ChildProcess, dir: string, port: number): Promise<void> {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const until = Date.now() + 10_000
  for (;;) {
    if (child.exitCode !== null || Date.now() > until) {
      const log = await readFile(join(dir, 'dovecot.log'), 'utf8').catch(() => '')
      child.kill('SIGTERM')
      throw new Error(`Dovecot did not start: ${said}${log}`)
    }
    if (await greets(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function greets(port: number): Promise<boolean> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    auth: { user: 'nobody', pass: 'x' },
    logger: false,
    doSTARTTLS: false,
  })
  client.on('error', () => undefined)
  const error: { authenticationFailed?: boolean } = await client.connect().then(
    () => ({}),
    (reason: unknown) => reason as { authenticationFailed?: boolean },
  )
  client.close()
  return error.authenticationFailed === true
}

async function freePorts(count: number): Promise<[number, number]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports as [number, number]
}

export function program(name: string): string {
  const found = findProgram(name)
  if (found === null) throw new Error(`${name} is not installed`)
  return found
}

/** Debian puts dovecot into /usr/sbin, which is not on every user's PATH. */
function findProgram(name: string): string | null {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return places.map((place) => join(place, name)).find((path) => existsSync(path)) ?? null
}

/** What Dovecot's log says of who was logged in when. */
export interface DovecotSessions {
  /** Sessions that are open at the end of the log, by user. */
  open: Map<string, number>
  /** The most that were open at the same time, by user. */
  most: Map<string, number>
  logins: number
  /** The most logins in one second of the log. */
  busiestSecond: number
}

const LOGIN = /^(.{15}) imap-login: Info: Logged in: user=<([^>]+)>.*session=<([^>]+)>/
const LOGOUT = /^.{15} imap\(([^)]+)\)<\d+><([^>]+)>: Info: (?:Disconnected|Logged out)/

/** In the order of the log. */
export function readSessions(log: string): DovecotSessions {
  const open = new Map<string, Set<string>>()
  const most = new Map<string, number>()
  const perSecond = new Map<string, number>()
  /**
   * Login and logout are written by two processes: of a session that ended at once the end may stand first.
   */
  const ended = new Set<string>()
  for (const line of log.split('\n')) {
    const [, second = '', user, session] = LOGIN.exec(line) ?? []
    if (user !== undefined && session !== undefined) {
      const sessions = open.get(user) ?? new Set()
      open.set(user, sessions)
      if (!ended.has(session)) sessions.add(session)
      most.set(user, Math.max(most.get(user) ?? 0, sessions.size))
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
      continue
    }
    const [, leaving, left] = LOGOUT.exec(line) ?? []
    if (leaving === undefined || left === undefined) continue
    ended.add(left)
    open.get(leaving)?.delete(left)
  }
  const counts = [...perSecond.values()]
  return {
    open: new Map([...open].map(([user, sessions]) => [user, sessions.size])),
    most,
    logins: counts.reduce((sum, n) => sum + n, 0),
    busiestSecond: Math.max(0, ...counts),
  }
}
