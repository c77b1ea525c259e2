import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createMetrics } from '../../src/platform/metrics.ts'

/** A rule over a name that the service does not have never fires. */
const NAME = /\btorikomi_[a-z_]+\b/g
const read = (page: string) => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')

it.each([
  'operations/alerts.yml',
  'operations/grafana-dashboard.json',
  'operations/alerts.test.yml',
  'operations/scale.md',
  'operations.md',
])('the metrics that docs/%s names are those of the service', async (page) => {
  const { registry } = createMetrics({ processMetrics: true })
  const known = (await registry.getMetricsAsJSON()).map(({ name }) => name)
  const named = new Set([...read(page).matchAll(NAME)].map(([name]) => name.replace(/_(bucket|count)$/, '')))
  const foreign = /^torikomi_(queue|lanes|add_months|first_id|process_|nodejs_)/
  expect([...named].filter((name) => !known.includes(name) && !foreign.test(name))).toEqual([])
})

it('a rule asks for labels that its metric has', () => {
  const { registry } = createMetrics({ processMetrics: false })
  for (const [, name = '', label = ''] of read('operations/alerts.yml').matchAll(
    /(torikomi_[a-z_]+)\{([a-z]+)=/g,
  )) {
    const metric = registry.getSingleMetric(name.replace(/_(bucket|count)$/, '')) as unknown as {
      labelNames: string[]
    }
    expect(metric.labelNames, name).toContain(label)
  }
})

const FOLDER = fileURLToPath(new URL('../../docs/operations/', import.meta.url))
const promtool = (...args: string[]) => spawnSync('promtool', args, { cwd: FOLDER, encoding: 'utf8' })
const missing = promtool('--version').status === 0 ? null : 'promtool is not on the PATH (Debian: prometheus)'

it.skipIf(missing)(`promtool takes the rules${missing ? ` (left out: ${missing})` : ''}`, () => {
  expect(promtool('check', 'rules', 'alerts.yml')).toMatchObject({ status: 0 })
})

it.skipIf(missing)(
  `each alert fires by its fault and is cleared${missing ? ` (left out: ${missing})` : ''}`,
  () => {
    const { status, stdout, stderr } = promtool('test', 'rules', 'alerts.test.yml')
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
  },
  // promtool computes for 15 s, which took two minutes beside four other runs on two cores.
  300_000,
)

it('every alert has its test', () => {
  const names = (page: string, pattern: RegExp) => [...read(page).matchAll(pattern)].map(([, name]) => name)
  const tested = names('operations/alerts.test.yml', /- name: (\w+)/g)
  expect(tested.toSorted()).toEqual(names('operations/alerts.yml', /- alert: (\w+)/g).toSorted())
})

it.each(['runbook.md', 'runbook.ja.md'])(
  'each alert says how grave it is and has its place in %s',
  (page) => {
    const rules = read('operations/alerts.yml').split('- alert: ').slice(1)
    const runbook = read(`operations/${page}`)
    for (const rule of rules) {
      const [name = ''] = rule.split('\n')
      expect(rule).toMatch(/severity: (critical|warning|none)/)
      expect(rule).toContain(`runbook_url: "docs/operations/runbook.md#${name.toLowerCase()}"`)
      expect(runbook).toMatch(new RegExp(`(### |\\| \`)${name}\\b`))
    }
    const told = new Set([...runbook.matchAll(/(?:### |^\| `)(Torikomi\w+)/gm)].map(([, name]) => name))
    expect(told.size).toBe(rules.length)
  },
)

/** Fired by promtool alone: no test fills the disk of its machine, and the watchdog needs no fault. */
const NO_FAULT = new Set(['TorikomiDiskShort', 'TorikomiDiskFills', 'TorikomiWatchdog'])

it('every alert is fired by its fault in the service itself, too', () => {
  const tests = ['alert-faults', 'alert-rates', 'alert-outages'].map((name) =>
    readFileSync(new URL(`../integration/ops/${name}.test.ts`, import.meta.url), 'utf8'),
  )
  const named = [...tests.join('').matchAll(/^ {2}(Torikomi\w+): \{/gm)].map(([, name]) => name)
  const alerts = [...read('operations/alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)
  expect(named.toSorted()).toEqual(alerts.filter((name) => !NO_FAULT.has(name)).toSorted())
})
