import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts'

/** A service that has nothing but its database: `node embedded-child.ts <dataDir>`. Stops it on SIGTERM. */
const log = { info: () => undefined, warn: () => undefined }
const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log, settings: ['fsync=off'] })
const stayUp = setInterval(() => undefined, 60_000)
process.once('SIGTERM', () => {
  clearInterval(stayUp)
  void postgres.stop()
})
process.stdout.write(`${postgres.url}\n`)
