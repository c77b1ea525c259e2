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
