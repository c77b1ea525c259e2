import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CARRIER_CODES, CARRIERS } from '../src/marketplaces/port/carriers.ts'
import type { Marketplace } from '../src/marketplaces/port/marketplace.ts'
import {
  type ActionField,
  CHANGE_ACTIONS,
  CHANGE_LABELS,
  type ChangeAction,
  type FieldLimit,
  type MallAction,
} from '../src/marketplaces/port/site-changes.ts'
import { testMalls } from '../test/support/malls/test-malls.ts'

/**
 * Makes docs/site-changes.md from what the malls' adapters offer. Run it after changing an action or a
 * carrier.
 */

export const PAGE = new URL('../docs/site-changes.md', import.meta.url)

const malls = [...testMalls().values()]

const offered = (mall: Marketplace, action: ChangeAction): MallAction | undefined =>
  mall.changes?.actions.find((one) => one.action === action)

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** `orderStatusChange (2)` with the operation as code. */
const callOf = (call: string): string => call.replace(/^\S+/, (operation) => `\`${operation}\``)

function callsTable(): string {
  const rows = CHANGE_ACTIONS.map((action) => [
    `\`${action}\` ${CHANGE_LABELS[action]}`,
    ...malls.map((mall) => offered(mall, action)?.calls.map(callOf).join('<br>') ?? '-'),
  ])
  return table(['action', ...malls.map(({ label }) => label)], rows)
}

const fieldOf = ({ name, label, required, choices, help }: ActionField): string => {
  const codes =
    name === 'parcels.carrier'
      ? 'see below'
      : choices?.map(({ code, label }) => `${code} ${label}`).join(', ')
  return [
    `\`${name}\` ${label}${required ? ' (必須)' : ''}`,
    ...(codes ? [`: ${codes}`] : []),
    ...(help ? [`。${help}`] : []),
  ].join('')
}

function mallSection(mall: Marketplace): string {
  const rows = (mall.changes?.actions ?? []).map(({ action, label, fields, preconditions }) => [
    ...[`\`${action}\``, label, fields.map(fieldOf).join('<br>') || '-', preconditions],
  ])
  return `## ${mall.label}\n\n${table(['action', 'at the mall', 'fields', 'when the mall takes it'], rows)}\n`
}

const limitOf = ({ bytes, characters, most, taken }: FieldLimit): string | null => {
  if (taken === false) return 'not taken'
  const parts = [
    bytes === undefined ? null : `${bytes} bytes`,
    characters === undefined ? null : `${characters} characters`,
    most === undefined ? null : `at most ${most}`,
  ].filter((part) => part !== null)
  return parts.join(', ') || null
}

/** Rows of one mall; what the help of a field says in words stands there. */
const limitRows = ({ label, changes }: Marketplace): string[][] =>
  (changes?.actions ?? []).flatMap(({ action, limits = [] }) =>
    limits.flatMap((limit) => {
      const words = limitOf(limit)
      return words === null ? [] : [[label, `\`${action}\``, `\`${limit.field}\` ${limit.label}`, words]]
    }),
  )

function carriersTable(): string {
  const codeAt = (mall: Marketplace, wanted: string) =>
    mall.changes?.carriers.find(({ carrier }) => carrier === wanted)?.mallCode ?? '-'
  const rows = CARRIER_CODES.map((carrier) => [
    ...[`\`${carrier}\``, CARRIERS[carrier], ...malls.map((mall) => codeAt(mall, carrier))],
  ])
  return table(['carrier', '配送会社', ...malls.map(({ label }) => label)], rows)
}

export const sitePage = (): string => `# Site changes

Made by \`scripts/site-changes-doc.ts\` from \`src/marketplaces/*/changes/index.ts\` and
\`src/marketplaces/*/codes.ts\`; change it there. \`test/integration/site-changes/cells.test.ts\` tries each cell of the
first table against the simulated malls: the calls in their order, the order in the mall's own books, and the end of the
change. \`GET /v1/marketplaces\` tells clients the same.

Before each call that writes the order is read, and after the last it is read again. A call in the table that is made only
sometimes says when, in the words of the mall.

## Calls

${callsTable()}

A dash: the mall's API has nothing for it, or moves the order by itself. Amazon charges the buyer and settles on its own;
its one way to cancel is a feed that tells neither at once nor surely what it did, so cancelling stays with staff in Seller
Central. Rakuten runs the payment and knows no hold.

${malls.map(mallSection).join('\n')}
## Limits of single fields

What a mall takes less of than the common schema says; bytes are those of UTF-8. The rows stand in
\`src/marketplaces/*/changes/index.ts\` and are the ones that a request is checked by
(\`src/marketplaces/kit/changes/actions.ts\`), so a form finds them in \`GET /v1/marketplaces\` under \`actions[].limits\`.
\`test/malls/limits.test.ts\` tries each.

${table(['mall', 'action', 'field', 'limit'], malls.flatMap(limitRows))}

## Carriers

One list for all malls. What a mall does not tell apart goes as the company behind it, and a company that it does not know
as その他; to Amazon with its name in words.

${carriersTable()}

## One request

\`POST /v1/site-changes\` takes up to 500 changes of any malls. All are checked before any is taken: against the mall's
fields above, its carriers, and the order's own recipients and lines. One wrong field refuses the whole request, and each
is named with its place (\`changes[3].parcels[0].recipientId\`), what was expected and what to do. The same
\`Idempotency-Key\` with the same changes answers with those that were taken.

A change that goes well takes earlier failures and warnings of the same action off the order (\`dismissedAt\`) where they asked for
nothing beyond it: the same fields, recipients, parcels and lines, whatever their values. The postage that a mall refused stays on the
order when a remark is changed afterwards.

Ten and more changes of one kind at a Rakuten shop (\`confirm\`, \`ship\`, \`sub_status\`) go out in calls for up to 100 orders.
`

async function main(): Promise<void> {
  const wanted = sitePage()
  if ((await readFile(PAGE, 'utf8').catch(() => '')) === wanted) return
  const check = process.argv.includes('--check')
  if (check) process.exitCode = 1
  else await writeFile(PAGE, wanted)
  console.log(`${fileURLToPath(PAGE)} ${check ? 'is not up to date' : 'written'}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
