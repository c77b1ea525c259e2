import { nameOf } from './statement.ts'

/** Statements kept parsed on each connection; each takes a few KiB of server memory. */
const MOST_STATEMENTS = 300
/** Longer ones are inserts of many rows and long lists, of which each length is a statement of its own. */
const LONGEST_TEXT = 4_000

/**
 * Names for Prisma's statements, by which Postgres parses each once per connection: a small query then takes
 * less than half the time. Long texts and those beyond the limit get none. A PgBouncer between must be 1.21
 * or later.
 */
export function createStatementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (sql.length > LONGEST_TEXT || names.size >= MOST_STATEMENTS) return ''
    const name = nameOf(sql)
    names.set(sql, name)
    return name
  }
}

/** A statement of fixed text that is sent often: `pool.query({ ...READ, values })`. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/**
 * Postgres plans it once per connection, for all values alike and perhaps while its tables were still empty:
 * write it so that each table can be reached by one good index only.
 */
export const statement = (text: string): Statement => ({ name: nameOf(text), text })
