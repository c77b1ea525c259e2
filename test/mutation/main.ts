import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { matchesGlob } from 'node:path'
import { PARTS } from './parts.ts'
import { plantAll } from './planted/main.ts'

/**
 * `npm run mutate [-- part…]`: Stryker plants faults in the code where a fault hurts a shop, one at a time,
 * and the tests have to notice 85 % of them. `npm run mutate -- planted [word…]`: the same with the faults of
 * `planted/`, of which none may stay unnoticed. `npm run mutate -- sql PART [equivalent | survived]
 * [minutes=N]`: faults in the statements of a room. docs/reliability.md says what was run and which survivors
 * are none.
 */

const named = process.argv.slice(2)
if (named[0] === 'sql') process.exit(await (await import('./sql.ts')).mutateSql(named.slice(1)))
if (named[0] === 'life')
  process.exit((await (await import('./planted/on-life.ts')).plantOnLife(named.slice(1))) ? 0 : 1)
if (named[0] === 'planted') process.exit((await plantAll(named.slice(1))) ? 0 : 1)

const unknown = named.filter((name) => !Object.hasOwn(PARTS, name))
if (unknown.length > 0) {
  process.stderr.write(
    `unknown: ${unknown.join(', ')}; there are planted, ${Object.keys(PARTS).join(', ')}\n`,
  )
  process.exit(64)
}
const LEAST = 85

interface Mutant {
  status: string
  statusReason?: string
  mutatorName: string
  location: { start: { line: number } }
}
type Planted = Mutant & { file: string }

function plantedIn(report: string): Planted[] {
  const path = `.data/mutation/${report}.json`
  if (!existsSync(path)) return []
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, { mutants: Mutant[] }> }
  return Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file })),
  )
}

/** Noticed, but by a limit of time: on a busy machine that says nothing, so each is to be looked at. */
const byTime = ({ status, statusReason = '' }: Mutant): boolean =>
  status === 'Timeout'
    ? !/hit limit/i.test(statusReason)
    : status === 'Killed' && /timed ?out/i.test(statusReason)

/** @returns whether enough of a part's faults were noticed */
function tell(part: string, planted: readonly Planted[]): boolean {
  const own = planted.filter(({ file }) => PARTS[part]?.mutate.some((pattern) => matchesGlob(file, pattern)))
  const count = (...statuses: string[]) => own.filter(({ status }) => statuses.includes(status)).length
  const [noticed, all] = [count('Killed', 'Timeout'), count('Killed', 'Timeout', 'Survived', 'NoCoverage')]
  const score = all === 0 ? 0 : (100 * noticed) / all
  process.stdout.write(
    `${part}: ${score.toFixed(1)} % of ${all}, ${count('Timeout')} of them endless loops\n`,
  )
  for (const { file, location, mutatorName, statusReason = '' } of own.filter(byTime))
    process.stdout.write(
      `  by its time: ${file}:${location.start.line} ${mutatorName} ${statusReason.split('\n')[0]}\n`,
    )
  return score >= LEAST
}

let failed = 0
const chosen = named.length > 0 ? named : Object.keys(PARTS)
// What needs no database costs milliseconds a fault, and mostly its beginning: all of it in one run.
const quick = chosen.filter((name) => !PARTS[name]?.stored)
const slow = chosen.filter((name) => PARTS[name]?.stored)
for (const parts of [quick, ...slow.map((name) => [name])].filter(({ length }) => length > 0)) {
  const name = parts.length === 1 ? (parts[0] ?? '') : 'several'
  process.stdout.write(`\n== ${parts.join(', ')}\n`)
  const { status } = spawnSync('stryker', ['run', 'test/mutation/stryker.config.ts'], {
    stdio: 'inherit',
    env: { ...process.env, MUTATE_PART: parts.join(',') },
  })
  const planted = plantedIn(name)
  const few = parts.filter((part) => !tell(part, planted))
  if (status !== 0 || few.length > 0) failed += 1
}
process.exitCode = failed === 0 ? 0 : 1
