import pg from 'pg'

/**
 * Everything that a dump of the database would show, as text: each row of each table of each schema, with
 * bytea columns both as hex and as the UTF-8 they may hold, so that what was stored unsealed is found.
 */
export async function dumpDatabase(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    )
    const parts: string[] = []
    for (const { name } of tables) parts.push(`== ${name}`, ...(await dumpTable(client, name)))
    return parts.join('\n')
  } finally {
    await client.end()
  }
}

async function dumpTable(client: pg.Client, name: string): Promise<string[]> {
  const texts = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} AS t`)
  const rows = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`)
  const bytes = rows.rows.flatMap((row) => Object.values(row).flat().filter(Buffer.isBuffer))
  return [...texts.rows.map(({ text }) => text), ...bytes.map((value) => value.toString('utf8'))]
}

/**
 * Rows and numbers of a database of the service as they are, which is what pg_dump, or a standby, moves to
 * another server.
 */
export interface DumpedRows {
  tables: { name: string; rows: string[] }[]
  sequences: { name: string; last: string }[]
}

export async function dumpRows(url: string): Promise<DumpedRows> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const { rows: names } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not relispartition and relname <> '_prisma_migrations'`,
    )
    const tables: DumpedRows['tables'] = []
    for (const { name } of names) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`)
      tables.push({ name, rows: rows.map(({ text }) => text) })
    }
    const { rows: sequences } = await client.query<DumpedRows['sequences'][number]>(
      `select sequencename as name, coalesce(last_value, 1) as last from pg_sequences where schemaname = 'public'`,
    )
    return { tables, sequences }
  } finally {
    await client.end()
  }
}

/** Into a database whose schema is there; what it holds goes. */
export async function putRows(url: string, { tables, sequences }: DumpedRows): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    for (const { name, rows } of tables) {
      await client.query(`delete from ${name}`)
      await client.query(
        `insert into ${name} select (r.text::${name}).* from unnest($1::text[]) as r (text)`,
        [rows],
      )
    }
    for (const { name, last } of sequences) await client.query('select setval($1, $2)', [name, last])
    await client.query('commit')
  } finally {
    await client.end()
  }
}
