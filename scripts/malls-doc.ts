import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Marketplace } from '../src/marketplaces/port/marketplace.ts'
import type { MallAction } from '../src/marketplaces/port/site-changes.ts'
import type { ChangeCell } from '../test/support/changes/change-cells/cell.ts'
import { testMalls } from '../test/support/malls/test-malls.ts'
import { TESTED_MALLS } from '../test/support/malls/tested-malls.ts'

/**
 * Makes the second half of docs/malls.md: each action of each mall with the cases in which tests try it, and
 * each refusal with the tests that meet it. Run it after changing an action, a case or a refusal.
 */

const ROOT = new URL('..', import.meta.url)
export const PAGE = new URL('docs/malls.md', ROOT)
const BEGIN = '<!-- From here on made by scripts/malls-doc.ts -->'

const malls = [...testMalls().values()]

/** What the cases are does not hang on the day. */
const DAY = '2026-01-01'

const FETCHES_RESULT = 'getResultUpdateOrderShippingAsync'
/**
 * As in test/integration/site-changes/lost-calls.test.ts: each writing call of a case with one order, in
 * three ways.
 */
const WAYS = 3
const lostCalls = (cells: readonly ChangeCell[]): number =>
  cells
    .filter(({ orders = 1 }) => orders === 1)
    .reduce((sum, { calls }) => sum + calls.filter((call) => call !== FETCHES_RESULT).length * WAYS, 0)

function actionRow(mall: Marketplace, { action, calls }: MallAction): string {
  const cells = TESTED_MALLS.get(mall.name)?.cells(DAY)[action] ?? []
  const operations = [...new Set(calls.map((call) => `\`${call.split(' ')[0]}\``))].join(', ')
  const good = cells.map(({ what }) => what).join('; ')
  return `| ${mall.label} | \`${action}\` | ${operations} | ${good} | ${lostCalls(cells)} |`
}

/** Where a change is refused or warned of with a code of ours. */
const CODES = /(?:refused?\(\s*|code: [^\n]{0,60}?|\|\| |\?\? )'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g

export interface Refusal {
  mall: string
  label: string
  code: string
  tests: string[]
}

export async function refusals(): Promise<Refusal[]> {
  const tests = await testTexts()
  const rows: Refusal[] = []
  const shared = { name: SHARED, label: 'all malls' }
  for (const { name, label } of [...malls, shared]) {
    const codes = new Set<string>()
    for (const file of await filesBelow(`src/marketplaces/${name}/changes`))
      if (!file.endsWith('.test.ts'))
        for (const [, code = ''] of (await text(file)).matchAll(CODES)) codes.add(code)
    for (const code of [...codes].toSorted()) {
      const own = [...tests].filter(([file, words]) => words.includes(`'${code}'`) && isOf(file, name))
      rows.push({ mall: name, label, code, tests: own.map(([file]) => file) })
    }
  }
  return rows
}

/** The room that all malls share; it words some refusals for all of them. */
const SHARED = 'kit'

/**
 * The mall's own tests, and those of what all malls share: a test of another mall, or of screens, says
 * nothing of this one.
 */
const isOf = (file: string, mall: string): boolean =>
  file.includes(`/${mall}/`) ||
  file.startsWith('src/marketplaces/kit/') ||
  (mall === SHARED && file.startsWith('test/malls/'))

async function testTexts(): Promise<Map<string, string>> {
  const files = [...(await filesBelow('test')), ...(await filesBelow('src'))].filter((file) =>
    file.endsWith('.test.ts'),
  )
  return new Map(await Promise.all(files.map(async (file) => [file, await text(file)] as const)))
}

const text = (file: string): Promise<string> => readFile(new URL(file, ROOT), 'utf8')

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(new URL(`${folder}/`, ROOT), { withFileTypes: true })
  const nested = entries.map(async (entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path)
    return path.endsWith('.ts') ? [path] : []
  })
  return (await Promise.all(nested)).flat().toSorted()
}

export async function mallsPage(): Promise<string> {
  const page = await readFile(PAGE, 'utf8')
  const [byHand = ''] = page.split(BEGIN)
  const actions = malls.flatMap((mall) => (mall.changes?.actions ?? []).map((one) => actionRow(mall, one)))
  const refused = (await refusals()).map(
    ({ label, code, tests }) =>
      `| ${label} | \`${code}\` | ${tests.map((file) => `\`${file}\``).join(', ') || 'no test'} |`,
  )
  return `${byHand}${BEGIN}

## Tests of each action

Each case is requested through the API and checked in the simulated mall's data (\`test/integration/site-changes/cells.test.ts\`). Every
call and answer is checked against the mall's documents (\`test/malls/documents/\`). Then each of its calls is lost in three ways: before
it arrived, after the mall had done it, and refused at the connection (\`test/integration/site-changes/lost-calls.test.ts\`).

| mall | action | calls | good cases | calls lost |
| --- | --- | --- | --- | --- |
${actions.join('\n')}

## Tests of each refusal

Our codes for a change that is refused or ends as a warning, before or after it is sent.

| mall | code | tests |
| --- | --- | --- |
${refused.join('\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(PAGE, await mallsPage())
