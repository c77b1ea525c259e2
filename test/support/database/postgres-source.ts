import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts'
import { inContainer } from '../docker/answers.ts'
import { folderPrefix } from './forsaken.ts'

/** A Postgres server on which tests may create databases. */
export interface PostgresSource {
  kind: 'TEST_DATABASE_URL' | 'testcontainers' | 'embedded'
  url: string
  stop(): Promise<void>
}

/** Tests do not outlive a power cut. */
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
const quiet = { info: () => undefined, warn: () => undefined }

/** `folder`: where an embedded server keeps its data. Benches measure on a disk, as the service has it. */
export async function startPostgres(env: NodeJS.ProcessEnv, folder = tmpdir()): Promise<PostgresSource> {
  if (env.TEST_DATABASE_URL)
    return { kind: 'TEST_DATABASE_URL', url: env.TEST_DATABASE_URL, stop: () => Promise.resolve() }
  const image = env.TEST_POSTGRES_IMAGE ?? 'postgres:18'
  return inContainer(
    env,
    image,
    () => startContainer(image),
    () => startEmbedded(folder),
  )
}

/** What servers share lies in the folder and goes with it: what a killed one has elsewhere stays. */
const IN_FOLDER = 'dynamic_shared_memory_type=mmap'

async function startEmbedded(folder: string): Promise<PostgresSource> {
  const dataDir = await mkdtemp(join(folder, folderPrefix(process.pid)))
  await chmod(dataDir, 0o755)
  // Of a disk it would be slower.
  const settings = folder === tmpdir() ? FAST : [...FAST, IN_FOLDER]
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet, settings })
  return {
    kind: 'embedded',
    url: postgres.url,
    async stop() {
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Testcontainers itself honours TESTCONTAINERS_RYUK_DISABLED. */
async function startContainer(image: string): Promise<PostgresSource> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_USER: 'torikomi', POSTGRES_PASSWORD: 'torikomi', POSTGRES_DB: 'torikomi' })
    .withCommand(['postgres', '-c', 'max_connections=200', ...FAST.flatMap((setting) => ['-c', setting])])
    .withExposedPorts(5432)
    // The image starts once for initdb and once for good.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start()
  const address = `${container.getHost()}:${container.getMappedPort(5432)}`
  return {
    kind: 'testcontainers',
    url: `postgresql://torikomi:torikomi@${address}/torikomi`,
    stop: async () => void (await container.stop()),
  }
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

/** Copies whole files: block by block through the WAL, as is the default, it takes twice as long. */
export const cloneStatement = (name: string, template: string): string =>
  `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`
