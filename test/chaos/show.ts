import { table } from '../../sandbox/demo/show.ts'
import type { LifeResult } from '../life/run.ts'
import type { ChangeRunResult } from './change-run.ts'
import type { ChaosResult } from './run.ts'

/** The results of the runs as text. */

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
    `  pulls sent again   ${result.repeatedPulls}`,
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
export function shownLife({ seed, histories, steps, seconds, known, counterExample }: LifeResult): string {
  const lines = [
    `seed ${seed}: ${histories} histories, ${steps} steps, ${seconds.toFixed(0)} s, ${known} met what is known to be broken`,
  ]
  if (counterExample === null) lines.push('no counter-example')
  else
    lines.push(
      `counter-example: --seed ${seed} --path ${counterExample.path}`,
      counterExample.message,
      JSON.stringify(counterExample.history),
    )
  return lines.join('\n')
}
