import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { statement } from '../../../src/platform/db/statement.ts'
import { currentTenant } from '../../../src/platform/db/tenant-scope.ts'

/** Every text in SQL that the service sends: from its sources, and from what is really sent. */

const SQL = /^(?:--[^\n]*\n\s*)*(?:select|insert|update|delete|with)\s/
const WRITES = /\b(?:insert\s+into|update|delete\s+from|set_config)\b/i
const SQL_OF_PRISMA = /^(?:SELECT|INSERT|UPDATE|DELETE|WITH)\s/

interface Sent {
  text: string
  values: unknown[]
}

/** Notes what clients of this process send, until it is ended. */
export function recordStatements(): {
  texts: Set<string>
  ofTenants: Set<string>
  /** With their values, each once. */
  tenantReads: Map<string, Sent>
  end(): void
} {
  const texts = new Set<string>()
  const ofTenants = new Set<string>()
  const tenantReads = new Map<string, Sent>()
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args
    const text = typeof first === 'string' ? first : (first as { text?: string } | null)?.text
    if (text && [SQL, SQL_OF_PRISMA].some((one) => one.test(text.trim()))) {
      texts.add(text.trim())
      if (currentTenant() !== null) {
        ofTenants.add(text.trim())
        const given = typeof first === 'string' ? args[1] : (first as { values?: unknown }).values
        const values = Array.isArray(given) ? given : []
        if (!WRITES.test(text)) tenantReads.set(`${text} ${values.map(String)}`, { text, values })
      }
    }
    return (query as (...args: unknown[]) => unknown).apply(this, args)
    // All of pg's overloads at once.
  } as never
  const end = () => {
    pg.Client.prototype.query = query
  }
  return { texts, ofTenants, tenantReads, end }
}

export interface Literal {
  /** src/orders/statements.ts:21 */
  place: string
  text: string
  /** Made of parts: what is sent is known only when it is. */
  isMade: boolean
}

const LITERAL = /`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/gs

const NAMED = /(?<![:\w\]]):[a-z]\w*/

/**
 * Types of the parameters of a statement that begins at the place, as `statement()` or `prepared()` is given
 * them in front of the text. Null where none is called.
 */
function typesBefore(source: string, at: number): Record<string, string> | null {
  const [, record] = /\b(?:statement|prepared)\(\s*(\{[^{}]*\}|[A-Z_]+),\s*$/.exec(source.slice(0, at)) ?? []
  return record === undefined ? null : typesOf(source, record)
}

/** Follows `...NAME` to the constant of that name in the same file. */
function typesOf(source: string, record: string): Record<string, string> {
  const own = [...record.matchAll(/(\w+): '([^']+)'/g)].map(([, name, type]) => [name, type])
  const others = [...record.matchAll(/(?:\.\.\.|^)([A-Z_]+)/g)].flatMap(([, name]) => {
    const [, found] = new RegExp(`const ${name} = (\\{[^{}]*\\})`).exec(source) ?? []
    if (found === undefined) throw new Error(`no parameters ${name} in the file`)
    return Object.entries(typesOf(source, found))
  })
  return Object.fromEntries([...others, ...own])
}

/** The statements that stand in src, in its templates and texts. */
export async function statementsInSource(): Promise<Literal[]> {
  const root = new URL('../../../src/', import.meta.url)
  const names = await readdir(root, { recursive: true })
  const own = names.filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/^(generated|board|ops)\//.test(name),
  )
  const found: Literal[] = []
  for (const name of own.sort()) {
    const source = await readFile(new URL(name, root), 'utf8')
    for (const match of source.matchAll(LITERAL)) {
      const text = match[0].slice(1, -1).trim()
      if (!SQL.test(text) || text.length < 16) continue
      const line = source.slice(0, match.index).split('\n').length
      const types = text.includes('${') ? null : typesBefore(source, match.index)
      // A fragment with names of its own is looked at in the statement that holds it.
      const isMade = text.includes('${') || (types === null && NAMED.test(text))
      const numbered = types === null || isMade ? text : statement(types, text).sql
      found.push({ place: `src/${name}:${line}`, text: numbered, isMade })
    }
  }
  return found
}

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim()

/**
 * Whether one of the texts that were sent was made from it: all of its own parts stand in it, one behind the
 * other.
 */
export function wasSent({ text }: Literal, sent: readonly string[]): boolean {
  const parts = text
    .split(/\$\{[^}]*\}|(?<![:\w\]]):[a-z]\w*/)
    .map(squeezed)
    .filter((part) => part.length > 1)
  return sent.some((whole) => {
    let from = 0
    return parts.every((part) => {
      const at = whole.indexOf(part, from)
      from = at + part.length
      return at >= 0
    })
  })
}

interface Node {
  'Node Type': string
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Relation Name'?: string
  'Plan Rows': number
  Filter?: string
  Plans?: Node[]
}

/** A page or a batch is sorted, and a tenant's shops; a shop of the large database has a thousand orders. */
const MOST_SORTED = 500

/**
 * The lines of the plan that serves all values alike, since what a client asks for must not decide whether it
 * is quick. Prepared, because `explain (generic_plan)` came with Postgres 16.
 */
export async function genericPlan<L = string>(
  client: pg.ClientBase,
  text: string,
  format: 'text' | 'json' = 'text',
): Promise<L[]> {
  const count = Math.max(0, ...Array.from(text.matchAll(/\$(\d+)/g), ([, n]) => Number(n)))
  const values = count > 0 ? `(${Array(count).fill('null').join(', ')})` : ''
  await client.query(`set plan_cache_mode = force_generic_plan; prepare planned as ${text}`)
  try {
    const { rows } = await client.query<{ 'QUERY PLAN': L }>(
      `explain (format ${format}) execute planned${values}`,
    )
    return rows.map((row) => row['QUERY PLAN'])
  } finally {
    await client.query('reset plan_cache_mode; deallocate planned')
  }
}

/** What would be read or sorted as a whole, by the plan that serves all values alike. */
export async function wholeReads(
  client: pg.ClientBase,
  text: string,
  sizes: ReadonlyMap<string, number>,
): Promise<string[]> {
  const [plan] = await genericPlan<[{ Plan: Node }]>(client, withLimits(text), 'json')
  const faults: string[] = []
  const walk = (node: Node): void => {
    const table = node['Relation Name'] ?? ''
    if (node['Node Type'] === 'Seq Scan' && sizes.has(table)) faults.push(`reads all of ${table}`)
    const [input] = node.Plans ?? []
    if (node['Node Type'] === 'Sort' && input && input['Plan Rows'] > MOST_SORTED)
      faults.push(`sorts ${input['Plan Rows']} rows`)
    for (const next of node.Plans ?? []) walk(next)
  }
  if (plan) walk(plan[0].Plan)
  return faults
}

/**
 * The planner goes through a table in its own order where a tenant has a large share of it: then a page costs
 * as much at any length.
 */
const OF_TENANT_ALONE = /^\(tenant_id = '[^']*'::uuid\)$/

/**
 * How many rows of a history a read looks at that are in no answer of it, by running it: an index that is
 * gone through and filtered is in no plan a fault.
 */
export async function rowsPassedOver(
  client: pg.ClientBase,
  { text, values }: Sent,
  sizes: ReadonlyMap<string, number>,
): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
    `explain (analyze, timing off, format json) ${text}`,
    values,
  )
  const passed = (node: Node): number => {
    const counts = sizes.has(node['Relation Name'] ?? '') && !OF_TENANT_ALONE.test(node.Filter ?? '')
    const own = counts ? (node['Rows Removed by Filter'] ?? 0) * (node['Actual Loops'] ?? 1) : 0
    return (node.Plans ?? []).reduce((sum, next) => sum + passed(next), own)
  }
  return rows.reduce((sum, row) => sum + passed(row['QUERY PLAN'][0].Plan), 0)
}

/**
 * A limit that is not known is taken for a tenth of the table: it stands in for the batches and pages that
 * there are.
 */
function withLimits(text: string): string {
  const limited = text.replace(/\blimit \$\d+( \+ 1)?/gi, 'limit 20')
  const numbers = [...new Set([...limited.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))].sort(
    (a, b) => a - b,
  )
  return limited.replace(/\$(\d+)/g, (_, number: string) => `$${numbers.indexOf(Number(number)) + 1}`)
}

/** Tables with as many rows as count as history here, by their statistics. */
export async function tablesOfHistory(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ name: string; rows: number }>(
    `select relname as name, reltuples::int as rows from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples > 5000`,
  )
  return new Map(rows.map(({ name, rows: count }) => [name, count]))
}
