import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:net'
import { freePort } from '../../redis.ts'
import { appendMail } from './append.ts'
import { createCertificate, createServerRoot, greeting, type ServerRoot } from './root.ts'

export interface Cyrus {
  host: '127.0.0.1'
  /** In clear, and STARTTLS. */
  port: number
  tlsPort: number
  ca: string
  root: ServerRoot
  setPassword(user: string, password: string): void
  deliver(user: string, source: Buffer, more?: { internalDate?: Date; folder?: string }): Promise<void>
  stop(): Promise<void>
}

export interface CyrusOptions {
  /** Logins of one user at a time. */
  perUser?: number
  /** true: nobody tells its sessions of new mails, as after a reload; each looks by itself after an hour. */
  deaf?: boolean
}

/** Cyrus IMAP, which asks a process for each password: here this one, in the words of saslauthd. */
export async function startCyrus(users: Record<string, string>, options: CyrusOptions = {}): Promise<Cyrus> {
  const root = await createServerRoot()
  const passwords = { ...users }
  const { key, cert } = createCertificate()
  const [port, tlsPort] = [await freePort(), await freePort()]
  await root.write('/etc/tls.pem', key + cert)
  for (const dir of [
    '/var/lib/cyrus',
    '/var/spool/cyrus',
    '/run/cyrus',
    '/run/cyrus/proc',
    '/run/cyrus/lock',
  ])
    await root.folder(dir)
  for (const part of ['proc', 'db', 'socket', 'user', 'quota', 'msg', 'log', 'sync', 'lock', 'ptclient'])
    await root.folder(`/var/lib/cyrus/${part}`)
  await root.write(
    '/etc/imapd.conf',
    Object.entries({
      ...SETTINGS,
      maxlogins_per_user: options.perUser ?? 100,
      imapidlepoll: options.deaf ? 3_600 : 60,
    })
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
  )
  await root.write(
    '/etc/cyrus.conf',
    `START {
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -r"
}
SERVICES {
  imap cmd="/usr/lib/cyrus/bin/imapd -U 30" listen="127.0.0.1:${port}" proto="tcp4" prefork=0 maxchild=100
  imaps cmd="/usr/lib/cyrus/bin/imapd -s -U 30" listen="127.0.0.1:${tlsPort}" proto="tcp4" prefork=0 maxchild=100
}
DAEMON {
  ${options.deaf ? '' : 'idled cmd="/usr/lib/cyrus/bin/idled"'}
}
`,
  )
  const passwordServer = await servePasswords(
    root.path('/run/mux'),
    (user, password) => passwords[user] === password,
  )
  root.start('/usr/lib/cyrus/bin/master', ['-C', '/etc/imapd.conf', '-M', '/etc/cyrus.conf', '-D'], {
    CYRUS_VERBOSE: '1',
  })
  await greeting(port, root)

  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    ca: cert,
    root,
    setPassword(user, password) {
      passwords[user] = password
    },
    deliver: (user, source, more) =>
      appendMail({ port, user, password: passwords[user] ?? '' }, source, more),
    async stop() {
      await root.remove()
      await new Promise((resolve) => passwordServer.close(resolve))
    },
  }
}

const SETTINGS = {
  configdirectory: '/var/lib/cyrus',
  'partition-default': '/var/spool/cyrus',
  defaultpartition: 'default',
  proc_path: '/run/cyrus/proc',
  mboxname_lockpath: '/run/cyrus/lock',
  idlesocket: '/run/cyrus/idle',
  admins: 'cyrus',
  cyrus_user: 'cyrus',
  allowplaintext: 'yes',
  allowstarttls: 'yes',
  sasl_mech_list: 'PLAIN',
  sasl_pwcheck_method: 'saslauthd',
  sasl_saslauthd_path: '/run/mux',
  unixhierarchysep: 'no',
  altnamespace: 'no',
  autocreate_quota: '0',
  autocreate_quota_messages: '-1',
  autocreate_post: 'yes',
  tls_server_cert: '/etc/tls.pem',
  tls_server_key: '/etc/tls.pem',
}

/** Four strings with their lengths in front come in; the answer is one. */
async function servePasswords(path: string, isRight: (user: string, password: string) => boolean) {
  const server = createServer((socket) => {
    let asked = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      asked = Buffer.concat([asked, chunk])
      const strings: string[] = []
      for (let at = 0; strings.length < 4; ) {
        if (asked.length < at + 2) return
        const end = at + 2 + asked.readUInt16BE(at)
        if (asked.length < end) return
        strings.push(asked.toString('utf8', at + 2, end))
        at = end
      }
      const [user = '', password = ''] = strings
      const answer = Buffer.from(isRight(user, password) ? 'OK' : 'NO')
      socket.end(Buffer.concat([Buffer.from([0, answer.length]), answer]))
    })
  })
  server.listen(path)
  await once(server, 'listening')
  await chmod(path, 0o777)
  return server
}
