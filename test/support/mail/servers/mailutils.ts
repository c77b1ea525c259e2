import { execFileSync } from 'node:child_process'
import { chown, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../redis.ts'
import { program } from '../dovecot.ts'
import { appendMail } from './append.ts'
import { createCertificate, createServerRoot, greeting, OWNER, type ServerRoot } from './root.ts'

export interface Mailutils {
  host: '127.0.0.1'
  /** In clear, and STARTTLS. */
  port: number
  tlsPort: number
  ca: string
  root: ServerRoot
  deliver(user: string, source: Buffer, more?: { internalDate?: Date; folder?: string }): Promise<void>
  /** Puts files into the INBOX, which sessions see that open it afterwards. */
  fill(user: string, sources: readonly Buffer[]): Promise<void>
  stop(): Promise<void>
}

/** GNU mailutils' imap4d, whose accounts are those of the machine. */
export async function startMailutils(users: Record<string, string>): Promise<Mailutils> {
  const root = await createServerRoot()
  const { key, cert } = createCertificate()
  const [port, tlsPort] = [await freePort(), await freePort()]
  const accounts = Object.entries(users).map(([user, password]) => {
    const hash = execFileSync(program('openssl'), ['passwd', '-6', '-stdin'], { input: password })
      .toString()
      .trim()
    return `${user}:${hash}:${OWNER.uid}:${OWNER.gid}::/mail/${user}:/bin/sh`
  })
  await root.write('/etc/passwd', `${['root:x:0:0::/:/bin/sh', ...accounts].join('\n')}\n`)
  await root.write('/etc/cert.pem', cert)
  await root.write('/etc/key.pem', key, 0o600)
  for (const user of Object.keys(users))
    for (const part of ['cur', 'new', 'tmp']) await root.folder(`/mail/${user}/INBOX/${part}`)
  await root.write(
    '/etc/imap4d.conf',
    `pidfile "/run/imap4d.pid";
logging { syslog no; }
mailbox { mailbox-type maildir; mailbox-pattern "maildir:/mail/\${user}/INBOX"; }
auth { authentication generic; authorization system; }
tls { ssl-certificate-file /etc/cert.pem; ssl-key-file /etc/key.pem; }
server 127.0.0.1:${port} { tls-mode ondemand; }
server 127.0.0.1:${tlsPort} { tls-mode connection; }
`,
  )
  root.start('/usr/sbin/imap4d', [
    '--no-config',
    '--config-file=/etc/imap4d.conf',
    '--daemon=50',
    '--foreground',
  ])
  await greeting(port, root)
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    ca: cert,
    root,
    deliver: (user, source, more) => appendMail({ port, user, password: users[user] ?? '' }, source, more),
    async fill(user, sources) {
      const maildir = root.path(`/mail/${user}/INBOX`)
      const names = sources.map((_, n) => `${Date.now()}.${String(n).padStart(6, '0')}.test`)
      for (const [n, source] of sources.entries()) {
        const path = join(maildir, 'tmp', names[n] ?? '')
        await writeFile(path, source.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
        await chown(path, OWNER.uid, OWNER.gid)
        await rename(path, join(maildir, 'new', names[n] ?? ''))
      }
    },
    stop: () => root.remove(),
  }
}
