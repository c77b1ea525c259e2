import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { compile, monoMissing } from '../../support/clients/csharp.ts'

const CHECKS = fileURLToPath(new URL('../../support/clients/Checks.cs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'torikomi-csharp-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.skipIf(monoMissing() !== null)(
  'C#: names that XML does not know are read, PUT and DELETE are sent, and a refusal that the handler met ends KeepAsync',
  () => {
    const program = join(folder, 'checks.exe')
    compile(program, [CHECKS])
    // A KeepAsync that waits the refusal out would go on for ever.
    const printed = execFileSync('mono', [program, folder], { encoding: 'utf8', timeout: 30_000 })
    expect(printed.trim().split(/\r?\n/)).toEqual([
      ...['digit', 'blank', 'missing'],
      ...['PUT', 'DELETE', 'True', 'POST', 'HTTP_422 0'],
    ])
  },
)
