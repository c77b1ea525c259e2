import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../sandbox/demo/show.ts'
import { TRIES } from './attack-rows.ts'
import type { FloodRun } from './floods.ts'

/**
 * `npm run attack -- [floods] [races] [matrices] [--seconds N] [--brief] [--json]`: what an attacker
 * would do, in one command with a table. Of a flood it shows what is left to others, of a race or a
 * matrix how many tries were made, and which got in. Exit code 1 when one did, when anything was
 * answered 5xx (but for a 503 to whoever floods), or others were refused. `--brief`: floods as short as
 * they can be, whose times say nothing.
 */

interface Row {
  attack: string
  tries: number
  /** Of others' requests, alone and beside a flood; empty where no flood is. */
  others: string
  refused: number
  /** 5xx by status and code; of others, each. */
  errors: string[]
  /** 503 that names a time, to whoever floods: the service says that it is overloaded, which is no fault. */
  busy: number
  /** The most memory of the process so far. */
  peakMb: number
  waysIn: string[]
}

async function output(args: readonly string[]): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve(status ?? 1))
  })
  return { code, text: Buffer.concat(pieces).toString('utf8') }
}

interface Report {
  testResults: { assertionResults: { status: string; title: string }[] }[]
}

/** A test that fails is a way in, or a wall that was not looked at: both are named. */
async function attempt(attack: string, files: readonly string[]): Promise<Row> {
  const file = join(tmpdir(), `torikomi-attack-${process.pid}.json`)
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...files]
  const { code } = await output([...vitest, '--reporter=json', `--outputFile=${file}`])
  const report = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) as Report | null
  await rm(file, { force: true })
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? []
  const made = tests.filter(({ status }) => status === 'passed' || status === 'failed')
  const failed = made.filter(({ status }) => status === 'failed').map(({ title }) => title)
  const notRun = failed.length === 0 && (code !== 0 || made.length === 0)
  return {
    attack,
    tries: made.length,
    others: '',
    refused: 0,
    errors: [],
    busy: 0,
    peakMb: 0,
    waysIn: notRun ? ['not run'] : failed,
  }
}

async function flood(seconds: string, brief: boolean): Promise<Row[]> {
  const bench = ['test/bench/main.ts', 'floods', '--json', ...(brief ? ['--brief'] : ['--seconds', seconds])]
  const { text } = await output(bench)
  const { floods } = JSON.parse(text) as { floods: FloodRun[] }
  return floods.map((run) => {
    const answers = Object.entries(run.answers)
    const tries = answers.reduce((all, [, count]) => all + count, 0)
    const faults = Object.entries(run.faults)
    const busy = faults.filter(([name]) => /^503 \w+$/.test(name))
    const errors = faults
      .filter((fault) => !busy.includes(fault))
      .map(([name, count]) => `${count} × ${name}`)
    const others = run.failed5xx > 0 ? [`${run.failed5xx} of others`] : []
    return {
      attack: run.flood,
      tries,
      others: run.compared === null ? '–' : `${run.compared.aloneP95Ms} → ${run.p95Ms} ms`,
      refused: run.failed + (run.signedIn ? 0 : 1),
      errors: [...errors, ...others],
      busy: busy.reduce((all, [, count]) => all + count, 0),
      peakMb: run.peakMb,
      // No one of the flood's sign-ins has an account.
      waysIn: run.flood.includes('sign-ins') && (run.answers[200] ?? 0) > 0 ? ['signed in'] : [],
    }
  })
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    brief: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const wanted = (part: string) => positionals.length === 0 || positionals.includes(part)
const rows: Row[] = []
if (wanted('floods')) rows.push(...(await flood(values.seconds, values.brief)))
for (const part of ['races', 'matrices'] as const)
  if (wanted(part))
    for (const [attack, files] of Object.entries(TRIES[part])) rows.push(await attempt(attack, files))

if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`)
else {
  const cells = rows.map(({ attack, tries, others, refused, errors, busy, peakMb, waysIn }) => [
    attack,
    String(tries),
    others,
    others === '' ? '' : String(refused),
    [...errors, ...(busy > 0 ? [`${busy} × 503`] : [])].join(', ') || '0',
    peakMb === 0 ? '' : String(peakMb),
    waysIn.join('; ') || '0',
  ])
  process.stdout.write(
    `${table(['attack', 'tries', 'others’ p95', 'others refused', '5xx', 'MB at most', 'ways in'], cells)}\n`,
  )
  const load = loadavg()[0]?.toFixed(1)
  process.stdout.write(`load of the machine at the end ${load} on ${cpus().length} processors\n`)
}
process.exitCode = rows.some(({ refused, errors, waysIn }) => refused + errors.length + waysIn.length > 0)
  ? 1
  : 0
