import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decideCauses, readInstallation } from '../../../src/installation/state.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'

test('an archive_command whose program is missing is told, though Postgres counts no failure', {
  timeout: 120_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'torikomi-archive-'))
  const log = { info: () => undefined, warn: () => undefined }
  const settings = [
    'archive_mode=on',
    `archive_command=test -e ${dataDir}/installed || torikomi-not-installed`,
  ]
  const server = await startEmbeddedPostgres({ dataDir, log, settings })
  try {
    await applyMigrations(server.url, log)
    const own = await openDatabase({ url: server.url, log, maxConnections: 2 })
    const wakeQueue = { counts: async () => ({}) }
    const tools = { database: own, wakeQueue, clock: systemClock, machineNow: systemClock.now }
    const causes = async () =>
      decideCauses(await readInstallation(tools), systemClock.now()).map(({ code }) => code)
    const write = (megabytes: number) =>
      own.pool.query(
        `select pg_logical_emit_message(false, '', repeat('x', 1048576)) from generate_series(1, ${megabytes})`,
      )
    await write(80)
    expect((await own.pool.query('select failed_count from pg_stat_archiver')).rows).toEqual([
      { failed_count: '0' },
    ])
    await expect.poll(causes, { timeout: 30_000 }).toContain('ARCHIVE_AWAY')
    await writeFile(join(dataDir, 'installed'), '')
    await expect.poll(causes, { timeout: 90_000 }).not.toContain('ARCHIVE_AWAY')
    await rm(join(dataDir, 'installed'))
    await write(80)
    await expect.poll(causes, { timeout: 30_000 }).toContain('ARCHIVE_AWAY')
    await own.close()
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
})
