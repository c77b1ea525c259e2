import { appendFileSync } from 'node:fs'
import pg from 'pg'

/** A statement's call and what it answered: a line of the records. */
export interface Answer {
  /** `sitesIn()` gives it: file and offset of the call. */
  site: string
  columns: Record<string, Column>
}

export interface Column {
  /** What node-postgres parses it to; null where nobody says. */
  type: string | null
  /** The kinds of values that came. */
  seen: string[]
}

/** The same answer is written once by a process. */
const written = new Set<string>()

/** Calls of statements pass through here in integration tests; see `recordRows()`. */
export function noted<T>(site: string, answer: T): T {
  const file = process.env.TEST_ROWS
  if (!file || !(answer instanceof Object && 'then' in answer)) return answer
  const seen = (answer as PromiseLike<unknown> & T).then((result) => {
    const columns = columnsOf(result)
    if (columns === null) return result
    const isNew = Object.entries({ ...columns, '': { type: null, seen: [Object.keys(columns).join()] } })
      .flatMap(([name, { seen }]) => ['', ...seen].map((kind) => `${site} ${name} ${kind}`))
      .filter((one) => !written.has(one) && written.add(one))
    if (isNew.length > 0) appendFileSync(file, `${JSON.stringify({ site, columns } satisfies Answer)}\n`)
    return result
  })
  return seen as T
}

/** Null of what no database answers, as the fakes of tests do. */
function columnsOf(result: unknown): Answer['columns'] | null {
  const { fields, rows } = Array.isArray(result)
    ? { fields: Object.keys(result[0] ?? {}).map((name) => ({ name, dataTypeID: -1 })), rows: result }
    : ((result ?? {}) as Partial<pg.QueryResult>)
  if (fields === undefined || rows === undefined || (Array.isArray(result) && rows.length === 0)) return null
  return Object.fromEntries(
    fields
      .filter(({ dataTypeID }) => dataTypeID !== VOID)
      .map(({ name, dataTypeID }) => [
        name,
        { type: typeOf(dataTypeID), seen: [...new Set(rows.map((row) => kindOf(row[name])))].sort() },
      ]),
  )
}

/** Of a function that is called for what it does. */
const VOID = 2278

/** int8 and numeric are texts. Prisma says no type; -1. */
const TYPES = new Map<string, readonly number[]>([
  ['boolean', [16]],
  ['Buffer<ArrayBuffer>', [17]],
  ['number', [21, 23, 26, 700, 701]],
  ['Date', [1082, 1114, 1184]],
  ['unknown', [114, 3802]],
])

function typeOf(id: number): string | null {
  const [known] = [...TYPES].find(([, ids]) => ids.includes(id)) ?? []
  if (known !== undefined || id === -1) return known ?? null
  return Array.isArray(pg.types.getTypeParser(id)('{}')) ? 'readonly unknown[]' : 'string'
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Date) return 'Date'
  if (value instanceof Uint8Array)
    return Buffer.isBuffer(value) ? 'Buffer<ArrayBuffer>' : 'Uint8Array<ArrayBuffer>'
  if (!Array.isArray(value)) return typeof value
  return `(${[...new Set(value.map(kindOf))].sort().join(' | ') || 'never'})[]`
}
