import { appendFileSync } from 'node:fs'
import pg from 'pg'

/**
 * Loaded by `node --import` before a service: writes down which rights its statements need as a tenant's
 * request, as Postgres itself finds them, those of triggers and policies included. One a line in the file
 * NEEDS_FILE: right, table and, of an update, the column.
 */

const ROLE = '-c role=torikomi_tenant'
const INSERT = 1
const RIGHTS = [
  [INSERT, 'INSERT'],
  [2, 'SELECT'],
  [4, 'UPDATE'],
  [8, 'DELETE'],
] as const
/** Number of the first column in the sets of Postgres, which has columns of its own in front. */
const FIRST_COLUMN = -7

/**
 * `inh`: false of an insert's table, and of what a foreign key looks up or deletes as the owner of its table.
 */
const PERMISSION =
  /:relid (\d+)\s+:inh (true|false)\s+:requiredPerms (\d+)\s+:checkAsUser 0\s+:selectedCols \(b[^)]*\)\s+:insertedCols \(b[^)]*\)\s+:updatedCols \(b([^)]*)\)/g

type Names = Map<string, string>

let names: Promise<Names> | undefined

async function readNames(client: pg.Client): Promise<Names> {
  const { host, port, user, password, database } = client
  const own = new pg.Client({ host, port, user, password, database } as pg.ClientConfig)
  await own.connect()
  const { rows } = await own.query<{ id: string; name: string }>(
    `select c.oid || '.' || a.attnum as id, c.relname || '.' || a.attname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0`,
  )
  await own.end()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

const seen = new Set<string>()

function write(tree: string, known: Names): void {
  for (const [, table, inh, perms, updated = ''] of tree.matchAll(PERMISSION)) {
    if (inh === 'false' && (Number(perms) & INSERT) === 0) continue
    const whole = known.get(`${table}.1`)?.split('.')[0]
    if (whole === undefined) continue
    const columns = updated.match(/\d+/g)?.map((bit) => known.get(`${table}.${Number(bit) + FIRST_COLUMN}`))
    for (const [bit, right] of RIGHTS) {
      if ((Number(perms) & bit) === 0) continue
      for (const name of (right === 'UPDATE' && columns) || [`${whole}.*`]) note(`${right} ${name}`)
    }
  }
}

function note(need: string): void {
  if (seen.has(need)) return
  seen.add(need)
  appendFileSync(process.env.NEEDS_FILE as string, `${need}\n`)
}

const { connect } = pg.Client.prototype
pg.Client.prototype.connect = function (this: pg.Client, ...args: unknown[]) {
  const { connectionParameters } = this as unknown as { connectionParameters: { options?: string } }
  if (connectionParameters.options?.includes(ROLE)) {
    connectionParameters.options += ' -c debug_print_rewritten=on -c client_min_messages=log'
    this.on('notice', ({ message, detail }) => {
      if (!message?.startsWith('rewritten parse tree')) return
      names ??= readNames(this)
      void names.then((known) => write(detail ?? '', known))
    })
  }
  return (connect as (...args: unknown[]) => unknown).apply(this, args)
} as never
