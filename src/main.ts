import { buildApp, type TorikomiApp } from './app/build-app.ts'
import { type Config, ConfigError, loadConfig } from './config/load.ts'
import { describeError } from './platform/log-fields.ts'

/** Reads the environment, builds, starts, and stops on SIGTERM or SIGINT; a second signal ends the process at once. */

async function main(): Promise<void> {
  const config = readConfig()
  const signalled = firstSignal()
  const ending = new AbortController()
  void signalled.then((signal) => ending.abort(new Error(`${signal} while it was starting`)))
  const app = await buildApp(config, { giveUp: ending.signal })
  process.once('uncaughtException', (error) => void crash(app, error))
  try {
    await app.start(config.roles)
    announce(app, config)
    const signal = await signalled
    app.resources.log.info({ signal }, 'stopping')
  } catch (error) {
    await app.stop()
    throw error
  }
  const results = await app.stop()
  // A step that hangs may hold the process; all there was to save is saved.
  process.exit(results.every((result) => result.outcome === 'stopped') ? 0 : 1)
}

function readConfig(): Config {
  try {
    return loadConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(78)
  }
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let signals = 0
    const onSignal = (signal: NodeJS.Signals) => {
      signals++
      if (signals > 1) process.exit(1)
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

/** One line whatever LOG_LEVEL says: people and scripts wait for it. */
function announce(app: TorikomiApp, config: Config): void {
  const log = app.resources.log.child({}, { level: 'info' })
  log.info(
    { url: app.url, roles: [...config.roles] },
    `Torikomi is ready: ${app.url} (documentation: ${app.url}/docs)`,
  )
  if (!config.operatorApiKey)
    log.info({ directory: config.dataDir }, 'the operator key is in the file operator-key of this directory')
}

async function crash(app: TorikomiApp, error: unknown): Promise<never> {
  app.resources.log.fatal({ err: error }, 'unexpected error; the process ends')
  await app.stop()
  process.exit(1)
}

try {
  await main()
} catch (error) {
  const facts = error instanceof Error ? describeError(error) : { message: 'unknown error' }
  process.stderr.write(`Torikomi cannot start: ${JSON.stringify(facts, null, 2)}\n`)
  process.exit(1)
}
