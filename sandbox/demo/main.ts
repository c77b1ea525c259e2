import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildApp } from '../../src/app/build-app.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { DocExamples } from '../../src/http/openapi/examples.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { type Sandbox, sandboxEnvironment, startSandbox } from '../sandbox.ts'
import { createApi } from './client.ts'
import { prepareExamples } from './examples.ts'
import { register } from './register.ts'
import { walk } from './walk.ts'

/**
 * Everything on one machine: embedded Postgres, the simulated malls, an IMAP server and the service, then one walk
 * through it over HTTP. With --once it ends by itself; the exit code says whether all of it happened.
 */

const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<number> {
  const once = process.argv.includes('--once')
  const began = performance.now()
  const port = process.env.PORT ?? '3000'
  const dataDir = join(process.env.DATA_DIR ?? '.data', `demo-${port}`)
  print('Starting the simulated malls, the mail server and the service (embedded Postgres) …')
  const sandbox = await startSandbox({ seed: Date.now() % 1_000_000, random: systemRandom })
  const operatorKey = Buffer.from(systemRandom.bytes(24)).toString('base64url')
  const config = loadConfig({
    ...demoEnvironment(sandbox),
    PORT: port,
    DATA_DIR: dataDir,
    OPERATOR_API_KEY: operatorKey,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  })
  let examples: (() => DocExamples) | null = null
  const app = await buildApp(config, { docExamples: () => examples?.() ?? {} })
  let failed = false
  try {
    await app.start(config.roles)
    print(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s`)
    const registration = await register(app.url, operatorKey, sandbox)
    await walk(sandbox, registration, print)
    print(`\nAll of it happened, in ${((performance.now() - began) / 1000).toFixed(1)} s since the start.`)
    if (!once) {
      examples = await prepareExamples(sandbox, registration, createApi(app.url, operatorKey))
      await stayUp(app.url, sandbox, operatorKey, registration.apiKey)
    }
  } catch (error) {
    failed = true
    process.stderr.write(
      `\nThe demo did not get through: ${error instanceof Error ? error.message : String(error)}\n`,
    )
  }
  await app.stop()
  await sandbox.close()
  await rm(dataDir, { recursive: true, force: true })
  return failed ? 1 : 0
}

/** Only what the machine itself needs is taken from the environment, so that a developer's own settings do not leak in. */
function demoEnvironment(sandbox: Sandbox): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TZ', 'LOG_LEVEL', 'HOST'] as const
  const own = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  )
  return { LOG_LEVEL: 'warn', ...own, ...sandboxEnvironment(sandbox) }
}

async function stayUp(url: string, sandbox: Sandbox, operatorKey: string, apiKey: string): Promise<void> {
  print(`
Staying up. Ctrl-C ends it and removes the demo's data.
  REST and OpenAPI    ${url}/docs   (Authorize with the API key, or the operator key for /v1/admin; the examples work)
  API key (client)    ${apiKey}
  Operator key        ${operatorKey}
  Place an order      curl -X POST ${sandbox.malls.rakuten.url}/_control/orders -H 'content-type: application/json' -d '{"count":1}'
                      curl -X POST ${sandbox.malls.yahoo.url}/_control/orders -H 'content-type: application/json' -d '{"count":1}'
  See it staged       curl -H 'authorization: Bearer ${apiKey}' '${url}/v1/orders?status=auto_imported'
  Pull it             curl -X POST -H 'authorization: Bearer ${apiKey}' -H 'idempotency-key: '$(date +%s) \\
                           -H 'content-type: application/json' -d '{}' ${url}/v1/orders/pull`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}

process.exitCode = await main()
