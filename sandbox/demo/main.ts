import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildApp } from '../../src/app/build-app.ts'
import { startFailure } from '../../src/app/start-failure.ts'
import { stopSignals } from '../../src/app/stop-order.ts'
import { type Environment, loadConfig } from '../../src/config/load.ts'
import { withEnvFile } from '../../src/config/read.ts'
import type { DocExamples } from '../../src/http/openapi/document.ts'
import { EVERY_MALL } from '../../src/marketplaces/facts.ts'

import { systemRandom } from '../../src/platform/random.ts'
import { SIMULATED_MALLS, type SimulatedMall } from '../malls/index.ts'
import { type Sandbox, sandboxEnvironment, startSandbox } from '../sandbox.ts'
import { createApi } from './client.ts'
import { prepareExamples } from './examples.ts'
import { register } from './register.ts'
import { walk } from './walk.ts'

/**
 * Everything on one machine: embedded Postgres, the simulated malls, an IMAP server and the service, then one
 * walk through it over HTTP. With --once it ends by itself; the exit code says whether all of it happened.
 */

const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<number> {
  const once = process.argv.includes('--once')
  const began = performance.now()
  const env = withEnvFile(process.env)
  const port = env.PORT || '3000'
  const dataDir = join(env.DATA_DIR || '.data', `demo-${port}`)
  const operatorKey = Buffer.from(systemRandom.bytes(24)).toString('base64url')
  const own = { ...ownEnvironment(env), PORT: port, DATA_DIR: dataDir, OPERATOR_API_KEY: operatorKey }
  // Its faults are told before anything is started.
  loadConfig(own)
  const stopped = stopSignals()
  print('Starting the simulated malls, the mail server and the service (embedded Postgres) …')
  const sandbox = await startSandbox({ seed: Date.now() % 1_000_000, random: systemRandom })
  const config = loadConfig({
    ...own,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    // Reserved for documents (RFC 5737): the board shows where such addresses stand.
    OUTGOING_ADDRESSES: '192.0.2.17',
    ...sandboxEnvironment(sandbox),
  })
  let examples: (() => DocExamples) | null = null
  let tenantId: string | null = null
  const app = await buildApp(config, {
    docExamples: () => examples?.() ?? {},
    demoTenant: () => tenantId,
    giveUp: stopped.signal,
  })
  const show = async () => {
    print(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s`)
    const registration = await register(app.url, operatorKey, sandbox)
    tenantId = registration.tenantId
    await walk(sandbox, registration, print)
    print(`\nAll of it happened, in ${((performance.now() - began) / 1000).toFixed(1)} s since the start.`)
    if (once) return
    examples = await prepareExamples(sandbox, registration, createApi(app.url, operatorKey))
    showUses(app.url, sandbox, operatorKey, registration.apiKey)
    await stopped.first
  }
  try {
    await app.start(config.roles)
  } catch (error) {
    // Its data stays: it may be that of another demo, which holds the port.
    await app.stop()
    throw error
  }
  let exitCode = 0
  try {
    await Promise.race([show(), stopped.first])
    if (once && stopped.signal.aborted) exitCode = 1
  } catch (error) {
    exitCode = 1
    process.stderr.write(
      `\nThe demo did not get through: ${error instanceof Error ? error.message : String(error)}\n`,
    )
  }
  await app.stop()
  await sandbox.close()
  await rm(dataDir, { recursive: true, force: true })
  return exitCode
}

/** Takes only what the machine needs from the environment, so that a developer's settings do not leak in. */
function ownEnvironment(env: Environment): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TZ', 'LOG_LEVEL', 'HOST', 'MCP_ENABLED'] as const
  const own = Object.fromEntries(kept.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  return { LOG_LEVEL: 'warn', ...own }
}

/** One line a mall: its name is in no address. */
const placing = (sandbox: Sandbox): string =>
  SIMULATED_MALLS.map((mall, index) => {
    const head = index === 0 ? 'Place an order' : ''
    const order = `curl -X POST ${sandbox.malls[mall].url}/_control/orders -H 'content-type: application/json' -d '{"count":1}'`
    return `  ${head.padEnd(18)}  ${order}   # ${labelOf(mall)}`
  }).join('\n')

const labelOf = (mall: SimulatedMall): string => EVERY_MALL.find(({ name }) => name === mall)?.label ?? mall

function showUses(url: string, sandbox: Sandbox, operatorKey: string, apiKey: string): void {
  print(`
Staying up. Ctrl-C ends it and removes the demo's data.
  Board               ${url}/board   (one click signs in)
  REST and OpenAPI    ${url}/docs   (Authorize with the API key, or the operator key for /v1/admin; the examples work)
  API key (client)    ${apiKey}
  Operator key        ${operatorKey}
${placing(sandbox)}
  See it staged       curl -H 'authorization: Bearer ${apiKey}' '${url}/v1/orders?status=auto_imported'
  Pull it             curl -X POST -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' \\
                           -d '{"after":null}' ${url}/v1/orders/pull   (then with the position of the answer)`)
}

try {
  // Whatever it still waits for: a walk that a signal ended goes on behind it.
  process.exit(await main())
} catch (error) {
  const { message, exitCode } = startFailure(error)
  process.stderr.write(`The demo cannot start: ${message}\n`)
  process.exit(exitCode)
}
