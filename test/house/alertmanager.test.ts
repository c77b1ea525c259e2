import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

/** The example for Alertmanager, as its own tool reads it: where each of our alerts goes. */

const FOLDER = fileURLToPath(new URL('../../docs/operations', import.meta.url))
const EXAMPLE = `${FOLDER}/alertmanager.yml`
const missing =
  spawnSync('amtool', ['--version']).status === 0
    ? null
    : 'amtool is not on the PATH (Debian: prometheus-alertmanager)'

interface Rule {
  alert: string
  labels: { severity: string }
}
const { groups } = parse(readFileSync(`${FOLDER}/alerts.yml`, 'utf8')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)

const amtool = (...args: string[]) => {
  const { status, stdout } = spawnSync('amtool', args, { encoding: 'utf8' })
  return { status, text: stdout.trim() }
}

const receiverOf = ({ alert, labels }: Rule): string =>
  alert === 'TorikomiWatchdog' ? 'dead-mans-switch' : labels.severity === 'critical' ? 'pager' : 'chat'

describe.skipIf(missing)(`alertmanager.yml${missing ? ` (left out: ${missing})` : ''}`, () => {
  test('is a configuration', () => {
    expect(amtool('check-config', EXAMPLE)).toMatchObject({ status: 0 })
  })

  test('each alert reaches who has to act: now, in the morning, or the switch', () => {
    expect(rules.length).toBeGreaterThan(20)
    const found = rules.map((rule) => [
      rule.alert,
      amtool(
        ...['config', 'routes', 'test', `--config.file=${EXAMPLE}`],
        ...[`alertname=${rule.alert}`, `severity=${rule.labels.severity}`],
      ).text,
    ])
    expect(found).toEqual(rules.map((rule) => [rule.alert, receiverOf(rule)]))
  })
})

test('what it names is among the alerts', () => {
  const names = readFileSync(EXAMPLE, 'utf8').match(/Torikomi\w+/g) ?? []
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) expect(rules.map(({ alert }) => alert)).toContain(name)
})
