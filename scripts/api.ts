import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * `npm run api` after a change of a route: records the document and makes types, clients and pages from it,
 * in seconds. `npm run api -- --answers` also records the answers that the document shows, of the demo and
 * of each problem: for a new operation or problem, or an answer of another shape. The client's own packages
 * must be there (`npm ci` in clients/typescript).
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const CLIENT = fileURLToPath(new URL('../clients/typescript/', import.meta.url))

const vitest = (...args: string[]) => ['vitest', 'run', '--project', 'integration', ...args]
const DOCUMENT = vitest('test/integration/http/openapi.test.ts', '--update')

type Step = readonly [what: string, command: readonly string[], folder?: string]

const ANSWERS: readonly Step[] = [
  ['answers of the demo', vitest('test/e2e/docs-examples.test.ts')],
  ['answers of each problem', vitest('test/integration/http/problem-examples.test.ts')],
  ['the document with these answers', DOCUMENT],
]

const STEPS: readonly Step[] = [
  ['the document', DOCUMENT],
  ...(process.argv.includes('--answers') ? ANSWERS : []),
  ['types of the client', ['node', 'types.ts'], CLIENT],
  ['classes of the C# client', ['node', 'scripts/csharp-types.ts']],
  ['Postman collection', ['node', 'scripts/postman-collection.ts']],
  ['pages', ['npm', 'run', '--silent', 'docs']],
  ['format', ['biome', 'check', '--write', '--diagnostic-level=error', 'clients', 'docs', 'src/http']],
]

for (const [what, [command = '', ...args], cwd = ROOT] of STEPS) {
  console.log(`\n== ${what}`)
  const env = { ...process.env, RECORD_ANSWERS: '1' }
  const { status } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`\nnpm run api stopped at: ${what}`)
    process.exit(1)
  }
}
