import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { buildApp, type TorikomiApp } from './app/build-app.ts'
import { startFailure } from './app/start-failure.ts'
import { stopSignals } from './app/stop-order.ts'
import type { Config } from './config/load.ts'
import { readConfig } from './config/read.ts'
import { operatorKeyPath } from './platform/data-dir.ts'
import { startWatchdog } from './platform/watchdog.ts'

/** Reads the environment and .env, builds, starts, and stops on SIGTERM or SIGINT. */

async function main(): Promise<void> {
  const { config, unknown } = readConfig(process.env)
  const stopped = stopSignals()
  if (config.watchdogSeconds > 0) startWatchdog(config.watchdogSeconds)
  const app = await buildApp(config, { giveUp: stopped.signal, unknownNames: unknown })
  process.once('uncaughtException', (error) => void crash(app, error))
  try {
    await app.start(config.roles)
    freeAfterStart()
    announce(app, config)
    const signal = await stopped.first
    app.resources.log.info({ signal }, 'stopping')
  } catch (error) {
    await app.stop()
    throw error
  }
  const results = await app.stop()
  // A step that hangs may hold the process; all there was to save is saved.
  process.exit(results.every((result) => result.outcome === 'stopped') ? 0 : 1)
}

/** One line whatever LOG_LEVEL says: people and scripts wait for it. */
function announce(app: TorikomiApp, config: Config): void {
  const log = app.resources.log.child({}, { level: 'info' })
  const pages = config.roles.includes('api')
    ? ` (board: ${app.url}/board, documentation: ${app.url}/docs)`
    : ''
  log.info({ url: app.url, roles: [...config.roles] }, `Torikomi is ready: ${app.url}${pages}`)
  if (!config.operatorApiKey)
    log.info(`the operator key, which the board asks for at first, is in ${operatorKeyPath(config.dataDir)}`)
}

async function crash(app: TorikomiApp, error: unknown): Promise<never> {
  app.resources.log.fatal({ err: error }, 'unexpected error; the process ends')
  await app.stop()
  process.exit(1)
}

/** By then each periodic task has had its first turn, and the plans of their queries are made. */
const AFTER_MS = 10_000

try {
  await main()
} catch (error) {
  const { message, exitCode } = startFailure(error)
  process.stderr.write(`Torikomi cannot start: ${message}\n`)
  process.exit(exitCode)
}

/**
 * Gives back, once, what only the start needed (sources, what was parsed of them, WebAssembly on its way): 15
 * to 25 MB of an idle process, which V8 else keeps until work asks for a collection. A pause of some 0.1 s in
 * the process's life.
 */
function freeAfterStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const collect: (options: object) => void = runInNewContext('gc')
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, AFTER_MS).unref()
}
