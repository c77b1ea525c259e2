import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { table } from '../../sandbox/demo/show.ts'
import type { LifeResult } from '../life/run.ts'
import type { ChangeRunResult } from './change-run.ts'
import { NOT_STOOD } from './plan.ts'
import type { ChaosResult } from './run.ts'

/**
 * `npm run chaos -- report`: the tables of docs/reliability.md, made from the stored results. `--store` keeps
 * a result whatever it says. The newest of each size and engine stay; a red one stays until the same run is
 * green.
 */

const FOLDER = new URL('../../docs/reliability/', import.meta.url)
const PAGE = new URL('../../docs/reliability.md', import.meta.url)

const StoredResult = z.object({
  date: z.iso.date(),
  commit: z.string(),
  command: z.string(),
  note: z.string().optional(),
  seed: z.int(),
  engine: z.enum(['postgres', 'redis']),
  orders: z.int(),
  staged: z.int(),
  pulled: z.int(),
  changes: z.int(),
  lost: z.int(),
  duplicated: z.int(),
  late: z.int(),
  stuck: z.int(),
  unexplained: z.int().default(0),
  /** Before it was judged: absent. */
  untrue: z.int().optional(),
  /** Answers to why a late order is not here, and the false ones; before they were asked for: absent. */
  whyAsked: z.int().optional(),
  whyFalse: z.int().optional(),
  /**
   * Late is beyond an order's own bound. Before that: more than 60 s after all faults, which no run was red
   * for.
   */
  lateIsRed: z.boolean().default(false),
  /** Faults begun, and of how many kinds; each by name since there are histories. */
  faultTimes: z.int(),
  faultKinds: z.int(),
  faults: z.record(z.string(), z.int()).optional(),
  /** null: not within the limit. */
  settleSeconds: z.int().nullable(),
  /** Processes that nobody had killed. */
  endedByItself: z.int().optional(),
  findings: z.array(z.string()).default([]),
})
export type StoredResult = z.infer<typeof StoredResult>

/** @returns the file's name */
export function storeResult(result: StoredResult): string {
  mkdirSync(FOLDER, { recursive: true })
  const parts = [result.date, result.commit, result.engine, result.orders, `seed${result.seed}`]
  const taken = new Set(readdirSync(FOLDER))
  const stem = parts.join('-')
  let name = `${stem}.json`
  for (let n = 2; taken.has(name); n += 1) name = `${stem}-${n}.json`
  writeFileSync(new URL(name, FOLDER), `${JSON.stringify(result, null, 2)}\n`)
  return name
}

export function storedResults(): StoredResult[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => StoredResult.parse(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))))
}

/** Writes the page anew. */
export function writeReport(): void {
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), storedResults()))
}

/** The page with its tables as these results make them. */
export function withTables(page: string, results: readonly StoredResult[]): string {
  const parts: Record<string, string> = {
    results: resultRows(results),
    findings: findingLines(results),
    'not stood': notStoodRows(),
    'not tested': NOT_TESTED.map((text) => `- ${text}`).join('\n'),
  }
  return Object.entries(parts).reduce((text, [name, content]) => between(text, name, content), page)
}

function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: made by \`npm run chaos -- report\` -->`, `<!-- end of ${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no place for ${name}`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}

const HEAD = [
  ...['verdict', 'date', 'commit', 'seed', 'engine', 'orders', 'staged', 'pulled', 'changes'],
  ...['lost', 'duplicated', 'stuck', 'unexplained', 'untrue', 'late', 'false why', 'faults', 'all done'],
]

export const isGreen = (result: StoredResult): boolean =>
  result.lost +
    result.duplicated +
    result.stuck +
    result.unexplained +
    (result.untrue ?? 0) +
    (result.whyFalse ?? 0) ===
    0 &&
  (result.late === 0 || !result.lateIsRed) &&
  result.settleSeconds !== null

function resultRows(results: readonly StoredResult[]): string {
  const rows = results.map((one) => [
    ...[isGreen(one) ? 'green' : '**red**', one.date, one.commit, String(one.seed), one.engine],
    ...[one.orders, one.staged, one.pulled, one.changes].map(number),
    ...[one.lost, one.duplicated, one.stuck, one.unexplained].map(number),
    ...[one.untrue === undefined ? '–' : number(one.untrue), number(one.late)],
    one.whyAsked === undefined ? '–' : `${number(one.whyFalse ?? 0)} of ${number(one.whyAsked)}`,
    `${number(one.faultTimes)} of ${one.faultKinds} kinds`,
    one.settleSeconds === null ? 'not within the limit' : `${one.settleSeconds} s after the last fault`,
  ])
  return [HEAD, HEAD.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function findingLines(results: readonly StoredResult[]): string {
  const told = results.filter((one) => one.note !== undefined || !isGreen(one))
  if (told.length === 0) return 'None of them is red.'
  return told
    .map((one) => {
      const found = one.findings.slice(0, 3).map((text) => `\`${text.slice(0, 140)}\``)
      const why = [one.note, found.join('; ')].filter(Boolean).join(' ')
      return `- ${one.commit}, ${one.engine}, ${number(one.orders)} orders: ${why || 'no finding was kept'}`
    })
    .join('\n')
}

const notStoodRows = (): string =>
  NOT_STOOD.size === 0
    ? 'None: all faults of the deck are in the default set.'
    : [
        '| fault | what happens |',
        '| --- | --- |',
        ...[...NOT_STOOD].map(([name, what]) => `| ${name} | ${what} |`),
      ].join('\n')

const number = (value: number): string => value.toLocaleString('en')

/** Faults that no run does, each with the reason. */
const NOT_TESTED = [
  'An expired certificate at the mail host and at a mall, in a run: runs speak without TLS. `test/integration/platform/expired-certificate.test.ts` has both.',
  'A disk that is really full, in a run: there it is the answer 53100 to each write. `test/integration/platform/full-disk.test.ts` fills one under Postgres, under its write-ahead log and under the service’s own logs.',
  'A power cut: Postgres runs with `fsync=off`.',
  'The clocks of Postgres and of Redis.',
  'A link between a client and the api other than by lost answers and requests that are held back, and between listeners and mail servers other than by the mailbox’s gate.',
  'Network namespaces: links are cut by proxies in the run’s own process.',
  'A mall’s maintenance of an hour in full length, quotas, and malls that differ from the simulators.',
]

// The results of the runs as text.

const counts = (of: Record<string, number>): string =>
  Object.entries(of)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ×${count}`)
    .join(', ') || '–'

const oneRow = <R>(result: R, head: readonly (keyof R & string)[]): string =>
  table([...head], [head.map((name) => String(result[name]))])

export function shownRun(result: ChaosResult): string {
  const { faults, latenessMs, changeStates, endedByItself } = result
  const head = ['seed', 'engine', 'imap', 'orders', 'staged', 'pulled', 'changes'] as const
  return [
    oneRow(result, [
      ...head,
      'lost',
      'duplicated',
      'late',
      'stuck',
      'unexplained',
      'untrue',
      'whyAsked',
      'whyFalse',
    ]),
    '',
    `  faults             ${counts(faults)}`,
    `  changes ended      ${counts(changeStates)}`,
    `  sweeps             ${result.sweeps.paged} windows of more than one page, ${result.sweeps.shifted} of them changed while being read`,
    `  failed requests    ${counts(result.failedRequests)}`,
    `  pulls sent again   ${result.repeatedPulls}, held back ${result.heldBack}`,
    `  clients put back   ${result.putBacks}, orders moved by staff ${result.moved}`,
    ...(result.beside
      ? [`  release before     staged ${result.beside.staged}, handed over ${result.beside.pulled}`]
      : []),
    `  behind (ms)        p50 ${latenessMs.p50}, p99 ${latenessMs.p99}, max ${latenessMs.max}`,
    `  ended by itself    ${endedByItself.running} running, ${endedByItself.starting} while starting`,
    `  all done           ${result.settleSeconds === null ? 'not within the limit' : `${result.settleSeconds} s after the last fault`} (orders and faults for ${result.driveSeconds} s, shops ${result.shops} × 4)`,
    `  history            ${result.historyFile}`,
  ].join('\n')
}

export function shownChanges(result: ChangeRunResult): string {
  const head = ['seed', 'engine', 'changes', 'confirms'] as const
  return [
    oneRow(result, [...head, 'lost', 'duplicated', 'stuck', 'unexplained', 'seconds']),
    '',
    `  changes ended      ${counts(result.states)}`,
    ...Object.entries(result.writes).map(([mall, own]) => `  writes ${mall.padEnd(11)} ${counts(own)}`),
    `  faults             ${counts(result.faults)} in ${result.calls} calls`,
    `  shops              ${result.shops} × 4`,
  ].join('\n')
}

/** What `chaos -- life` found, for people. */
export function shownLife(result: LifeResult): string {
  const { seed, histories, steps, seconds, known, pairs, allPairs, counterExample } = result
  const lines = [
    `seed ${seed}: ${histories} histories, ${steps} steps, ${seconds.toFixed(0)} s, ${pairs} of ${allPairs} pairs of features met, ${known} met what is known to be broken`,
  ]
  if (counterExample === null) lines.push('no counter-example')
  else
    lines.push(
      `counter-example: --seed ${seed} --from ${counterExample.index} --histories 1`,
      counterExample.message,
      JSON.stringify(counterExample.history),
    )
  return lines.join('\n')
}
