import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Json, toOpenApi30 } from '../src/http/openapi/to-3-0.ts'

/**
 * Holds /openapi-3.0.json, as it is made of docs/openapi.json, to the two linters of that; part of `npm run
 * check`. One thing is spelt out for them: null beside a reference, or beside any value. NSwag reads
 * `nullable` there only without the `type` that 3.0.3 asks for.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url))

function spellOut(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(spellOut)
  if (typeof part !== 'object' || part === null) return part
  const spelt: Json = Object.fromEntries(
    Object.entries(part).map(([word, one]) => [
      word,
      ['example', 'examples', 'default', 'enum'].includes(word) ? one : spellOut(one),
    ]),
  )
  const { nullable, type, allOf, oneOf, anyOf, ...rest } = spelt
  if (nullable !== true || type !== undefined) return spelt
  const choices = [allOf, oneOf, anyOf].flatMap((one) => (Array.isArray(one) ? one : []))
  // A value of any type, null included.
  if (choices.length === 0) return rest
  return { ...rest, anyOf: [...choices, { type: 'string', nullable: true, enum: [null] }] }
}

const folder = mkdtempSync(join(tmpdir(), 'torikomi-openapi-'))
try {
  const file = join(folder, 'openapi-3.0.json')
  const document = toOpenApi30(JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')) as Json)
  writeFileSync(file, JSON.stringify(spellOut(document), null, 1))
  const ruleset = join(folder, 'spectral.json')
  // It passes over mappings, by which a base of 3.0 names its shapes; Redocly's rule of the same knows them.
  const rules = { 'oas3-unused-component': 'off' }
  writeFileSync(ruleset, JSON.stringify({ extends: [join(ROOT, '.spectral.yaml')], rules }))
  for (const [command = '', ...args] of [
    ['redocly', 'lint', file, '--config', 'redocly.yaml'],
    ['spectral', 'lint', '--fail-severity=warn', '--ruleset', ruleset, file],
  ]) {
    const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
