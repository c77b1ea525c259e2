import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenApiDocument, operationsOf } from '../../../src/http/openapi/model.ts'
import { samplesOf } from '../../../src/http/openapi/samples.ts'

/** Calls that /docs shows at each operation are programs: each language's own compiler reads them. */

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApiDocument
const operations = operationsOf(document)
const of = (lang: string) =>
  operations.map((placed) => ({
    id: placed.operation.operationId ?? '',
    source: samplesOf(placed).find((one) => one.lang === lang)?.source ?? '',
  }))
const isThere = (name: string) => spawnSync(name, ['--version']).status === 0

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torikomi-samples-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const indented = (source: string) => source.replaceAll(/^/gm, '    ')

test('every operation has one in each language, with its method, its path and a key where it wants one', () => {
  expect(operations.length).toBeGreaterThan(140)
  for (const placed of operations) {
    const samples = samplesOf(placed)
    expect(samples.map(({ lang }) => lang)).toEqual(['TypeScript', 'C#', 'Python', 'Java'])
    for (const { source, lang } of samples) {
      const name = `${placed.operation.operationId} ${lang}`
      expect(source, name).toContain(`"${placed.method.toUpperCase()}"`)
      expect(source, name).not.toMatch(/[{][a-z][A-Za-z]*[}]|undefined|\[object/)
      const isOperators = placed.path.startsWith('/v1/admin/')
      const key = isOperators ? 'TORIKOMI_OPERATOR_KEY' : 'TORIKOMI_API_KEY'
      if (placed.operation.security === undefined) expect(source, name).toContain(key)
    }
  }
})

test('TypeScript', () => {
  for (const { id, source } of of('TypeScript'))
    expect(parseSync(`${id}.ts`, source).errors, `${id}\n${source}`).toEqual([])
})

test.skipIf(!isThere('python3'))('Python [needs python3]', () => {
  const sources = of('Python').map(({ id, source }) => [id, source])
  const check = `import json, sys
for name, source in json.load(sys.stdin): compile(source, name, "exec")`
  execFileSync('python3', ['-c', check], { input: JSON.stringify(sources) })
})

test.skipIf(!isThere('mcs'))('C# [needs mcs]', { timeout: 120_000 }, () => {
  const classes = of('C#').map(
    ({ id, source }) => `static class ${id} { public static async Task Run() {\n${source}} }`,
  )
  const file = join(folder, 'Samples.cs')
  const head = 'using System; using System.Net.Http; using System.Text; using System.Threading.Tasks;\n'
  writeFileSync(file, `${head}${classes.join('\n')}`)
  const options = ['-langversion:7.2', '-target:library', '-r:System.Net.Http.dll', `-out:${file}.dll`]
  execFileSync('mcs', [...options, file], { stdio: 'pipe' })
})

test.skipIf(!isThere('javac'))('Java [needs javac]', { timeout: 120_000 }, () => {
  const methods = of('Java').map(
    ({ id, source }) => `  static void ${id}() throws Exception {\n${indented(source)}  }`,
  )
  const file = join(folder, 'Samples.java')
  const head = 'import java.net.URI; import java.net.http.*; import java.util.UUID;\n'
  writeFileSync(file, `${head}class Samples {\n${methods.join('\n')}\n}\n`)
  execFileSync('javac', ['-encoding', 'UTF-8', '-d', folder, file], { stdio: 'pipe' })
})
