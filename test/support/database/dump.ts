import pg from 'pg'

/**
 * Everything that a dump of the database would show, as text: each row of each table of each schema, with bytea columns
 * both as hex and as the UTF-8 they may hold, so that what was stored unsealed is found.
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
