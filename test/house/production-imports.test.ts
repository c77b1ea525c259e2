import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

/** The image holds neither development packages nor the files that .dockerignore and the Dockerfile leave out. */

const IMPORT = /^\s*(?:import|export)\s(?!type\s)(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm

async function importedBy(entry: URL): Promise<{ files: string[]; packages: string[] }> {
  const files = new Set<string>()
  const packages = new Set<string>()
  const waiting = [entry]
  for (let url = waiting.pop(); url; url = waiting.pop()) {
    if (files.has(url.href)) continue
    files.add(url.href)
    if (!url.href.endsWith('.ts')) continue
    for (const [, name = ''] of (await readFile(url, 'utf8')).matchAll(IMPORT)) {
      if (name.startsWith('.')) waiting.push(new URL(name, url))
      else if (!isBuiltin(name)) packages.add(name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
    }
  }
  return { files: [...files].map((href) => fileURLToPath(href)), packages: [...packages] }
}

const { files, packages } = await importedBy(new URL('../../src/main.ts', import.meta.url))

test('what the service imports is among its production dependencies', () => {
  const known = Object.keys(packageJson.dependencies)
  expect(packages).toContain('fastify')
  expect(packages.filter((name) => !known.includes(name))).toEqual([])
})

test('the service imports nothing that only tests and the sandbox have', () => {
  expect(files.length).toBeGreaterThan(100)
  expect(
    files.filter((file) => /\/sandbox\/|\/fixtures\/|test-kit|\.test\.ts$|conformance/.test(file)),
  ).toEqual([])
})
