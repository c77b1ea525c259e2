import { spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * docs/operations/alerts.yml as promtool reads it, given what the service itself said in three stretches of
 * time.
 */

const RULES = fileURLToPath(new URL('../../../docs/operations/alerts.yml', import.meta.url))
export const promtoolMissing =
  spawnSync('promtool', ['--version']).status === 0 ? null : 'promtool is not on the PATH'

/** A dead man's switch, which no fault ends. */
const ALWAYS = 'TorikomiWatchdog'

/** A scrape: `name{label="value"}` → value. */
export type Scrape = ReadonlyMap<string, number>

export function parseScrape(text: string): Scrape {
  const lines = text.split('\n').filter((line) => line.startsWith('torikomi_'))
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  )
}

/** As Prometheus stores it: with its own labels, and whether the process answered. */
export const labelled = (scrape: Scrape, instance: string, isUp = true): Scrape =>
  new Map([
    [`up{instance="${instance}",job="torikomi"}`, Number(isUp)],
    ...[...scrape].map(
      ([name, value]) =>
        [name.replace(/\{|$/, (at) => `{instance="${instance}"${at === '' ? '}' : ','}`), value] as const,
    ),
  ])

/**
 * How a counter grew between two scrapes is how it grows each minute of the stretch; a gauge stands where the
 * second one saw it.
 */
export interface Stretch {
  minutes: number
  before: Scrape
  after: Scrape
}

const GROWS = /^(?!torikomi_nodejs_).*_(total|bucket|count|sum)(\{|$)/

/** promtool reads no exponents. */
const plain = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(6).replace(/\.?0+$/, '') : '0'
/** `from`, then each minute so much more. */
const line = (from: number, step: number, minutes: number): string =>
  `${plain(from)}${step < 0 ? '-' : '+'}${plain(Math.abs(step))}x${minutes - 1}`

function valuesOf(name: string, stretches: readonly Stretch[]): string {
  let sum = 0
  return stretches
    .map(({ minutes, before, after }) => {
      const value = after.get(name)
      // Of a process that is gone by then, or a gauge that it no longer gives: Prometheus marks it at once.
      if (value === undefined) return minutes === 1 ? 'stale' : `stale _x${minutes - 1}`
      if (!GROWS.test(name)) return line(value, 0, minutes)
      const each = value - (before.get(name) ?? 0)
      const from = sum
      sum += each * minutes
      return line(from, each, minutes)
    })
    .join(' ')
}

/**
 * Which alerts fire at any of these minutes, each with the minutes at which it does.
 * @param everyMinutes between evaluations, which promtool's time goes by; Prometheus itself: each minute
 */
export async function firing(
  stretches: readonly Stretch[],
  minutes: readonly number[],
  everyMinutes = 5,
): Promise<Map<string, number[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-alerts-'))
  try {
    await copyFile(RULES, join(folder, 'alerts.yml'))
    const rules = await readFile(RULES, 'utf8')
    // Most of a scrape is in no rule, and promtool's time goes by the series. The disk is that of the machine
    // on which the tests run.
    const names = [...new Set(stretches.flatMap(({ after }) => [...after.keys()]))].filter(
      (name) => rules.includes(name.replace(/\{.*/, '')) && !name.startsWith('torikomi_disk_'),
    )
    const series = names.map((name) => ({ series: name, values: valuesOf(name, stretches) }))
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)]
      .map(([, name]) => name)
      .filter((name) => name !== ALWAYS)
    const asked = minutes.flatMap((at) =>
      alerts.map((alertname) => ({ eval_time: `${at}m`, alertname, exp_alerts: [] })),
    )
    const tests = [{ interval: '1m', input_series: series, alert_rule_test: asked }]
    // JSON is YAML.
    await writeFile(
      join(folder, 'test.json'),
      JSON.stringify({ rule_files: ['alerts.yml'], evaluation_interval: `${everyMinutes}m`, tests }),
    )
    const { stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.json'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return firedIn(stdout + stderr)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The alerts of `fired` that fire at this minute. */
export const firingAt = (fired: ReadonlyMap<string, readonly number[]>, minute: number): string[] =>
  [...fired].filter(([, at]) => at.includes(minute)).map(([name]) => name)

/** Nothing was expected: each time at which one fires is told as a difference. */
function firedIn(said: string): Map<string, number[]> {
  if (!/SUCCESS|alertname/.test(said)) throw new Error(said)
  const fired = new Map<string, number[]>()
  for (const [, name = '', days = '0', hours = '0', rest = '0'] of said.matchAll(
    /alertname: (\w+), time: (?:(\d+)d)?(?:(\d+)h)?(\d+)m/g,
  )) {
    const at = Number(days) * 1_440 + Number(hours) * 60 + Number(rest)
    fired.set(name, [...(fired.get(name) ?? []), at])
  }
  return fired
}
