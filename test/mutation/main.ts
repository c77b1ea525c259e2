import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { PARTS } from './parts.ts'
import { plantAll } from './planted/main.ts'

/**
 * `npm run mutate [-- part…]`: Stryker plants faults in the code where a fault hurts a shop, one at a time, and the tests have to
 * notice 85 % of them. `npm run mutate -- planted [word…]`: the same with the faults of `planted/`, of which none may stay unnoticed.
 * docs/reliability.md says what was run and which survivors are none.
 */

const named = process.argv.slice(2)
if (named[0] === 'planted') process.exit((await plantAll(named.slice(1))) ? 0 : 1)

const unknown = named.filter((name) => !Object.hasOwn(PARTS, name))
if (unknown.length > 0) {
  process.stderr.write(
    `unknown: ${unknown.join(', ')}; there are planted, ${Object.keys(PARTS).join(', ')}\n`,
  )
  process.exit(64)
}
interface Report {
  files: Record<string, { mutants: Mutant[] }>
}
interface Mutant {
  status: string
  statusReason?: string
  mutatorName: string
  location: { start: { line: number } }
}

/** Faults that count as noticed, but by a limit of time: on a busy machine that says nothing, so each is to be looked at. */
function byTime(name: string): string[] {
  const path = `.data/mutation/${name}.json`
  if (!existsSync(path)) return []
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as Report
  return Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants
      .filter(({ status, statusReason = '' }) =>
        status === 'Timeout' ? !/hit limit/i.test(statusReason) : status === 'Killed' && /timed out/i.test(statusReason),
      )
      .map(
        ({ location, mutatorName, statusReason = '' }) =>
          `${file}:${location.start.line} ${mutatorName}: ${statusReason.split('\n')[0]}`,
      ),
  )
}

let failed = 0
for (const name of named.length > 0 ? named : Object.keys(PARTS)) {
  process.stdout.write(`\n== ${name}\n`)
  const { status } = spawnSync('stryker', ['run', 'test/mutation/stryker.config.ts'], {
    stdio: 'inherit',
    env: { ...process.env, MUTATE_PART: name },
  })
  if (status !== 0) failed += 1
  for (const line of byTime(name)) process.stdout.write(`by its time alone: ${line}\n`)
}
process.exitCode = failed === 0 ? 0 : 1
