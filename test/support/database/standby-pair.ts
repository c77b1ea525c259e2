import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'

/** Two real servers, the second a standby of the first by streaming replication. */
export interface StandbyPair {
  first: EmbeddedPostgres
  second: EmbeddedPostgres
  /** How the standby finds the first server. */
  primaryConninfo: string
  /** Ends the first server as a power cut does. */
  kill(): Promise<void>
  close(): Promise<void>
}

const quiet = { info: () => undefined, warn: () => undefined }

/** @param settings of the first server, which has the newest schema */
export async function startStandbyPair(settings: readonly string[]): Promise<StandbyPair> {
  const folders: string[] = []
  const folder = async () => {
    const dir = await mkdtemp(join(tmpdir(), 'torikomi-standby-'))
    folders.push(dir)
    await chmod(dir, 0o755)
    return dir
  }
  const directoryOf = async (dataDir: string): Promise<string> =>
    JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')).directory
  const [mine, theirs] = [await folder(), await folder()]
  const fresh = await startEmbeddedPostgres({ dataDir: mine, log: quiet })
  await applyMigrations(fresh.url, quiet)
  await fresh.stop()
  // A copy of a server that is stopped is a standby's beginning: the embedded programs have no pg_basebackup.
  const [from, to] = [await directoryOf(mine), join(theirs, 'postgres')]
  execFileSync('cp', ['-a', from, to])
  const state = JSON.parse(await readFile(join(mine, 'postgres.json'), 'utf8'))
  await writeFile(join(theirs, 'postgres.json'), JSON.stringify({ ...state, directory: to }), { mode: 0o600 })
  const first = await startEmbeddedPostgres({ dataDir: mine, log: quiet, settings })
  const { port, username, password } = new URL(first.url)
  const primaryConninfo = `host=127.0.0.1 port=${port} user=${username} password=${password} application_name=standby`
  await writeFile(join(to, 'postgresql.auto.conf'), `primary_conninfo = '${primaryConninfo}'\n`)
  await writeFile(join(to, 'standby.signal'), '')
  for (const name of ['postgresql.auto.conf', 'standby.signal'])
    execFileSync('chown', [`--reference=${join(to, 'PG_VERSION')}`, join(to, name)])
  const second = await startEmbeddedPostgres({ dataDir: theirs, log: quiet })
  return {
    first,
    second,
    primaryConninfo,
    async kill() {
      const [pid] = (await readFile(join(from, 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
    },
    async close() {
      await second.stop()
      await first.stop().catch(() => undefined)
      for (const dir of folders) await rm(dir, { recursive: true, force: true })
    },
  }
}
