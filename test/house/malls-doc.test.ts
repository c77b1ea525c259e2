import { existsSync, globSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { mallsPage, PAGE, refusals } from '../../scripts/malls-doc.ts'
import { MALLS } from '../../src/marketplaces/index.ts'

it('docs/malls.md is what the malls offer and the tests try (npm run docs)', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(await mallsPage())
})

it('every refusal of a change is met by a test', async () => {
  const all = await refusals()
  expect(all.length).toBeGreaterThan(60)
  expect(all.filter(({ tests }) => tests.length === 0).map(({ mall, code }) => `${mall} ${code}`)).toEqual([])
})

const page = readFileSync(PAGE, 'utf8')
const section = (title: string) => page.split(/^## /m).find((one) => one.startsWith(`${title}\n`)) ?? ''
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| capability'))
    .map((line) => line.slice(2, -2).split(' | '))
const quoted = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

describe('what is done at each mall', () => {
  it.each(MALLS.map(({ name, label }) => [label, name]))(
    '%s: the calls are made, the tests are there',
    (label, name) => {
      const rows = rowsOf(section(label))
      expect(rows.length).toBeGreaterThan(0)
      const source = textsOf(`src/marketplaces/${name}/**/*.ts`)
      const tested = [
        'test/malls/%/**/*.ts',
        'test/malls/documents/%.ts',
        'test/support/changes/change-cells/%.ts',
      ]
        .map((pattern) => textsOf(pattern.replace('%', name)))
        .join('\n')
      for (const [capability = '', calls, tests, ...rest] of rows) {
        expect(rest, capability).toHaveLength(1)
        for (const call of quoted(calls)) {
          const named = new RegExp(`\\b${call}\\b`)
          expect([call, named.test(source), named.test(tested)], capability).toEqual([call, true, true])
        }
        expect(quoted(tests).length, capability).toBeGreaterThan(0)
        for (const file of quoted(tests)) expect(existsSync(file), file).toBe(true)
      }
    },
  )

  it('of all malls: the tests are there', () => {
    const rows = rowsOf(section('All malls'))
    expect(rows.length).toBeGreaterThan(4)
    for (const [, tests] of rows) for (const file of quoted(tests)) expect(existsSync(file), file).toBe(true)
  })

  it('names every call that a mall’s actions make', () => {
    const missing = MALLS.flatMap((mall) => {
      const made =
        mall.create({ apiUrl: '', authUrl: '', requestsPerSecond: 1, allowedPrivateHosts: '' }).changes
          ?.actions ?? []
      const named = new Set(rowsOf(section(mall.label)).flatMap(([, calls]) => quoted(calls)))
      return made
        .flatMap(({ calls }) => calls.map((call) => call.split(' ')[0] ?? ''))
        .filter((call) => !named.has(call))
        .map((call) => `${mall.name} ${call}`)
    })
    expect([...new Set(missing)]).toEqual([])
  })
})

function textsOf(pattern: string): string {
  return globSync(pattern)
    .filter((file) => !(pattern.startsWith('src') && file.endsWith('.test.ts')))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
}
