import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type ReleasedNames, releasedNames } from '../../scripts/released-names.ts'
import { keysOf } from '../../src/platform/narrow.ts'

/** The promises of docs/releases.md beside the API, which scripts/breaking-changes.ts holds. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const now = releasedNames(ROOT)
const releases = readdirSync(`${ROOT}/docs/released`).filter((file) => file.startsWith('names-'))
const changelog = readFileSync(`${ROOT}/CHANGELOG.md`, 'utf8')

test.each(releases)('settings, metrics, alerts, commands and functions of %s are all there', (file) => {
  const then = JSON.parse(readFileSync(`${ROOT}/docs/released/${file}`, 'utf8')) as ReleasedNames
  const gone = keysOf(then).flatMap((kind) => then[kind].filter((name) => !now[kind].includes(name)))
  // An alert may give way to another one.
  const replaced = then.alerts.filter((name) => changelog.includes(name))
  expect(gone.filter((name) => !replaced.includes(name))).toEqual([])
})

test('each release has both of its lists', () => {
  const versions = (prefix: string) =>
    readdirSync(`${ROOT}/docs/released`).flatMap((file) => file.match(`^${prefix}-(.+)\\.json$`)?.[1] ?? [])
  expect(versions('names')).toEqual(versions('openapi'))
  expect(versions('names')).toContain('1.0.0')
})
