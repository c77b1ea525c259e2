import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartError } from '../../start-error.ts'
import { run } from './run.ts'

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
