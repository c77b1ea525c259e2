import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { csharpTypes, TYPES } from '../../scripts/csharp-types.ts'
import { COLLECTION, collection } from '../../scripts/postman-collection.ts'

/** What is made from the document is made from this one. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8')

test('the TypeScript types are those of docs/openapi.json (npm ci && npm run types, in clients/typescript)', () => {
  const hash = createHash('sha256').update(read('docs/openapi.json')).digest('hex')
  expect(read('clients/typescript/src/api.ts').split('\n', 1)[0]).toContain(hash)
})

test('the C# classes are those of docs/openapi.json (npm run api)', async () => {
  expect(readFileSync(TYPES, 'utf8')).toBe(await csharpTypes())
})

test('the collection is that of docs/openapi.json (npm run api)', async () => {
  expect(readFileSync(COLLECTION, 'utf8')).toBe(await collection())
})

test('the collection has every operation, and each with its tag', async () => {
  const [, ...item] = (JSON.parse(await collection()) as { item: { item: unknown[] }[] }).item
  const document = JSON.parse(read('docs/openapi.json')) as { paths: Record<string, object> }
  const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods))
  expect(item.flatMap((folder) => folder.item)).toHaveLength(operations.length)
})

test('a browser can load all of the TypeScript client but its file journal', () => {
  const files = globSync('clients/typescript/src/*.ts', { cwd: ROOT })
  expect(files.length).toBeGreaterThan(6)
  expect(files.filter((file) => /from 'node:/.test(read(file)))).toEqual(['clients/typescript/src/node.ts'])
  expect(read('clients/typescript/src/index.ts')).not.toContain('node.ts')
})
