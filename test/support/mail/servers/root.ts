import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { program } from '../dovecot.ts'

/** Where `unpack.sh` beside this file puts Debian's other mail servers. */
const UNPACKED = process.env.TEST_MAIL_SERVERS ?? '/var/cache/torikomi-mail-servers'

/** Null when the servers can be run here; otherwise what is missing, for the list of what a run left out. */
export function serversMissing(): string | null {
  if (process.getuid?.() !== 0) return 'other mail servers need root, for chroot'
  return existsSync(join(UNPACKED, 'complete'))
    ? null
    : 'other mail servers are not unpacked (test/support/mail/servers/unpack.sh)'
}

/**
 * A file system of its own for one server: its settings, sockets and mails stand at the places that Debian
 * compiled in, and several run at the same time.
 */
export interface ServerRoot {
  /** Path on the machine of a path inside. */
  path(inside: string): string
  write(inside: string, text: string, mode?: number): Promise<void>
  read(inside: string): Promise<string>
  /** Makes a folder that the server may write to. */
  folder(inside: string): Promise<void>
  /** Runs a program to its end. @returns its output */
  run(program: string, args: readonly string[], input?: string): string
  /** Starts a program that stays. */
  start(program: string, args: readonly string[], env?: Record<string, string>): ChildProcess
  /** What the programs that were started wrote. */
  output(): string
  /** Ends what was started, and removes everything. */
  remove(): Promise<void>
}

/** Who owns mails inside: Cyrus refuses to be root. */
export const OWNER = { uid: 65_534, gid: 65_534 }

export async function createServerRoot(): Promise<ServerRoot> {
  const dir = join(UNPACKED, 'run', randomUUID())
  // Hard links: nothing is copied, and what is written below replaces a link and not the file behind it.
  execFileSync('cp', ['-al', join(UNPACKED, 'root'), dir])
  const inside = (path: string) => join(dir, path)
  for (const folder of ['dev', 'run', 'tmp', 'mail', 'etc', 'proc', 'var/lib', 'var/spool', 'var/log'])
    await mkdir(inside(folder), { recursive: true, mode: 0o777 })
  const children: ChildProcess[] = []
  let output = ''
  const [command, ...prefix] = ['chroot', dir] as const
  const env = { PATH: '/usr/sbin:/usr/bin:/usr/lib/cyrus/bin' }

  async function write(path: string, text: string, mode = 0o644): Promise<void> {
    await mkdir(dirname(inside(path)), { recursive: true })
    await rm(inside(path), { force: true, recursive: true })
    await writeFile(inside(path), text, { mode })
  }

  const { uid, gid } = OWNER
  const accounts = ['cyrus', 'courier'].map((name) => `${name}:x:${uid}:${gid}::/:/bin/sh`)
  await write('/etc/passwd', `${['root:x:0:0::/:/bin/sh', ...accounts].join('\n')}\n`)
  await write('/etc/group', ['root:x:0:', `mail:x:${gid}:`, `courier:x:${gid}:`, ''].join('\n'))
  await write('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n')
  await write('/etc/hosts', '127.0.0.1 localhost\n')
  await write('/dev/null', '')

  return {
    path: inside,
    write,
    async folder(path) {
      const outermost = (await mkdir(inside(path), { recursive: true })) ?? inside(path)
      for (let made = inside(path); made.length >= outermost.length; made = dirname(made))
        await chown(made, OWNER.uid, OWNER.gid)
    },
    read: (path) => readFile(inside(path), 'utf8'),
    run: (program, args, input = '') =>
      execFileSync(command, [...prefix, program, ...args], {
        env: { ...process.env, ...env },
        input,
        stdio: 'pipe',
      }).toString(),
    start(program, args, more = {}) {
      const child = spawn(command, [...prefix, program, ...args], {
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own: servers hand connections to children, which have to end with them.
        detached: true,
      })
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString()
        })
      children.push(child)
      return child
    },
    output: () => output,
    async remove() {
      await Promise.all(children.map(endGroup))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
  if (child.pid !== undefined)
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The group ended by itself.
    }
  await exit
}

/** Environment of a program whose clock and waits run so many times as fast (libfaketime). */
export const fasterClock = (times: number): Record<string, string> => ({
  LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  FAKETIME: `+0 x${times}`,
})

/** Waits until a server's first line comes. @throws Error with what it wrote, when none does */
export const greeting = (port: number, root: ServerRoot): Promise<string> =>
  started(root, () => firstLine(port))

/**
 * Waits until something takes connections: a port of 127.0.0.1, or a socket's path. For what says nothing
 * first. @throws Error as `greeting` does
 */
export const listening = (at: number | string, root: ServerRoot): Promise<true> =>
  started(root, () => connects(at))

async function started<T>(root: ServerRoot, look: () => Promise<T | null>): Promise<T> {
  for (const until = Date.now() + 10_000; Date.now() < until; ) {
    const seen = await look()
    if (seen !== null) return seen
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const output = root.output()
  await root.remove()
  throw new Error(`the mail server did not start: ${output}`)
}

function connects(at: number | string): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = typeof at === 'number' ? connect(at, '127.0.0.1') : connect(at)
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(null))
  })
}

function firstLine(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', (chunk) => {
      resolve(chunk.toString())
      socket.destroy()
    })
    socket.setTimeout(1_000, () => socket.destroy())
    socket.once('error', () => resolve(null))
    socket.once('close', () => resolve(null))
  })
}

/** A self-signed certificate for `localhost` and 127.0.0.1, as PEM. */
export function createCertificate(): { key: string; cert: string } {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    '-',
    '-out',
    '-',
  ]
  const pem = execFileSync(program('openssl'), ['req', '-x509', ...kind, '-days', '2', ...subject], {
    stdio: 'pipe',
  }).toString()
  const cert = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'))
  return { cert, key: pem.slice(0, pem.length - cert.length) }
}
