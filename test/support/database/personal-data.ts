import pg, { type Pool } from 'pg'
import { SEALED_COLUMNS, tenantOf } from '../../../src/ops/rotation/sealed-columns.ts'
import {
  foldedNames,
  normaliseEmail,
  normaliseName,
  normalisePlace,
  phoneDigits,
  type SearchKind,
  searchHashes,
} from '../../../src/orders/store/search-tokens.ts'
import { ifOpens, type RowSealer, type Sealer } from '../../../src/platform/crypto/sealer.ts'

/** What identifies one person, as an order has it: whole names, whole numbers, whole addresses. */
export interface PersonTerms {
  names?: readonly string[]
  phones?: readonly string[]
  emails?: readonly string[]
  /** Prefecture, city and street in one text. */
  addresses?: readonly { postalCode: string; text: string }[]
}

export interface PersonalDataFound {
  table: string
  column: string
  /** The row's key, or its first column. */
  row: string
  /** `unreadable`: sealed, and no key given opens it, so that nobody can say what it holds. */
  how: 'clear' | 'sealed' | 'hash' | 'unreadable'
  kind: SearchKind | 'any'
}

/**
 * Tables that hold a person on purpose after an erasure: the request itself, without which an older order
 * would bring the buyer back, and what the tenant wrote about whom it does not want to sell to.
 */
const KEPT_BY_DECISION: readonly string[] = ['erasures', 'blocked_buyers', 'mark_rules', 'move_rules']

/**
 * Searches every table of every schema for a person: clear columns as text, sealed columns opened, and blind
 * indexes by the hashes of every tenant under every key. An empty answer means that nothing of the person is
 * left.
 * @param keys opens what the service under test has sealed
 */
export async function findPersonalData(
  db: Pick<Pool, 'query'>,
  keys: Pick<Sealer, 'of' | 'fingerprints'>,
  terms: PersonTerms,
  except: readonly string[] = KEPT_BY_DECISION,
): Promise<PersonalDataFound[]> {
  const { rows: tables } = await db.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2`,
  )
  const { rows: tenants } = await db.query<{ id: string }>('select id::text from tenants')
  const hashes = hashesOf(keys, terms, tenants)
  const wanted = patternsOf(terms)
  const found: PersonalDataFound[] = []
  for (const { schema, name } of tables) {
    if (except.includes(name)) continue
    const from = [schema, name].map(pg.escapeIdentifier).join('.')
    const sealed = SEALED_COLUMNS.some(({ table }) => table === name)
    const tenant = sealed ? tenantOf({ table: name }) : 'null'
    const { rows } = await db.query<Record<string, unknown>>(
      `select t.*, ${tenant}::text as "of tenant" from ${from} t`,
    )
    for (const { 'of tenant': of, ...row } of rows)
      found.push(...inRow(name, row, { keys: keys.of(of as string | null), wanted, hashes }))
  }
  return found
}

interface Search {
  keys: RowSealer
  wanted: readonly Pattern[]
  hashes: ReadonlyMap<string, SearchKind>
}

function inRow(table: string, row: Record<string, unknown>, search: Search): PersonalDataFound[] {
  const texts = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]))
  const sealed = SEALED_COLUMNS.filter((one) => one.table === table)
  const key = (sealed[0]?.key ?? [Object.keys(row)[0] ?? '']).map((name) => texts[name]).join(' ')
  return Object.entries(row).flatMap(([column, value]): PersonalDataFound[] => {
    if (value === null) return []
    const at = { table, column, row: key }
    const seal = sealed.find((one) => one.column === column)
    if (seal && Buffer.isBuffer(value)) {
      const plain = ifOpens(() => search.keys.open(seal.context(texts), value))
      if (plain === null) return [{ ...at, how: 'unreadable', kind: 'any' }]
      return kindsIn(plain.toString('utf8'), search.wanted).map((kind) => ({ ...at, how: 'sealed', kind }))
    }
    return [value].flat().flatMap((one): PersonalDataFound[] => {
      if (!Buffer.isBuffer(one))
        return kindsIn(textOf(one), search.wanted).map((kind) => ({ ...at, how: 'clear', kind }))
      const hash = search.hashes.get(one.toString('hex'))
      const clear = kindsIn(one.toString('utf8'), search.wanted)
      return [
        ...(hash ? [{ ...at, how: 'hash' as const, kind: hash }] : []),
        ...clear.map((kind) => ({ ...at, how: 'clear' as const, kind })),
      ]
    })
  })
}

const textOf = (value: unknown): string =>
  value instanceof Date ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

interface Pattern {
  kind: SearchKind
  isIn(text: string): boolean
}

/**
 * Between two digits of a number: people write 090-1234-5678, (03) 1234 5678. Times have colons, which are
 * not among these.
 */
const BETWEEN_DIGITS = '[-\\s().‐-―−ー]{0,2}'

function patternsOf({ names = [], phones = [], emails = [], addresses = [] }: PersonTerms): Pattern[] {
  const includes = (kind: SearchKind, tidy: (text: string) => string, text: string): Pattern => {
    const part = tidy(text)
    if (part.length < 3) throw new Error(`too short to be looked for: a ${kind} of ${part.length} characters`)
    return { kind, isIn: (where) => tidy(where).includes(part) }
  }
  return [
    ...names.map((name) => includes('name', normaliseName, name)),
    ...emails.map((email) => includes('email', normaliseEmail, email)),
    ...addresses.map(({ text }) => includes('address', normalisePlace, text)),
    ...phones.map((phone): Pattern => {
      const digits = [...phoneDigits(phone)].join(BETWEEN_DIGITS)
      const pattern = new RegExp(`(?<!\\d)${digits}(?!\\d)`)
      return {
        kind: 'phone',
        isIn: (where) => pattern.test(where.normalize('NFKC').replace(/\+81[-\s]?0?/g, '0')),
      }
    }),
  ]
}

function kindsIn(text: string, wanted: readonly Pattern[]): SearchKind[] {
  // Malls' answers are kept as they came, and JSON may be written in ASCII.
  const plain = text.replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  )
  return [...new Set(wanted.filter(({ isIn }) => isIn(plain)).map(({ kind }) => kind))]
}

function hashesOf(
  keys: Pick<Sealer, 'fingerprints'>,
  { names = [], phones = [], emails = [], addresses = [] }: PersonTerms,
  tenants: readonly { id: string }[],
): Map<string, SearchKind> {
  const texts: [SearchKind, string][] = [
    ...names.map((name): [SearchKind, string] => ['name', normaliseName(name)]),
    ...names.flatMap((name) => [
      ...foldedNames(name).flatMap((text): [SearchKind, string][] => [
        ['buyer_fold', text],
        ['recipient', text],
      ]),
    ]),
    ...phones.map((phone): [SearchKind, string] => ['phone', phoneDigits(phone)]),
    ...emails.map((email): [SearchKind, string] => ['email', normaliseEmail(email)]),
    ...addresses.map(({ postalCode, text }): [SearchKind, string] => [
      'address',
      `${phoneDigits(postalCode)}:${normalisePlace(text)}`,
    ]),
  ]
  return new Map(
    tenants.flatMap(({ id }) =>
      texts.flatMap(([kind, text]) =>
        searchHashes(keys, id, kind, text).map((hash): [string, SearchKind] => [hash.toString('hex'), kind]),
      ),
    ),
  )
}

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
      // Postgres takes no value for a generated column.
      const { rows: columns } = await client.query<{ name: string; value: string }>(
        `select quote_ident(attname) as name, '(x.rec).' || quote_ident(attname) as value from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
        [name],
      )
      await client.query(
        `insert into ${name} (${columns.map((one) => one.name)}) select ${columns.map(({ value }) => value)}
         from (select r.text::${name} as rec from unnest($1::text[]) as r (text) offset 0) x`,
        [rows],
      )
    }
    for (const { name, last } of sequences) await client.query('select setval($1, $2)', [name, last])
    await client.query('commit')
  } finally {
    await client.end()
  }
}
