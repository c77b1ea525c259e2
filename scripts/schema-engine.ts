import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import type { SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm'
import pg from 'pg'

export type { SchemasContainer }

/**
 * Prisma's schema engine as WebAssembly, in this process and over node-postgres: `prisma migrate` would fetch
 * a native engine from a host that is not the npm registry.
 */
export async function withSchemaEngine<T>(
  url: string,
  schema: SchemasContainer,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await load()
  const datamodels = schema.files.map((file): [string, string] => [file.path, file.content])
  const pool = new CatalogPool({ connectionString: url, max: 1 })
  const adapter = bindMigrationAwareSqlAdapterFactory(new CatalogAdapter(pool))
  try {
    const engine = await SchemaEngine.new({ datamodels }, () => undefined, adapter)
    try {
      return await work(engine)
    } finally {
      engine.free()
    }
  } finally {
    await pool.end()
  }
}

/**
 * Type number of the catalogue's "char", which adapter-pg 7.10 refuses and the engine needs; and one that it
 * passes.
 */
const CHAR = 18
const BPCHAR = 1042

/** Lets "char" columns pass as another type, and remembers by the rows which they were. */
class CatalogPool extends pg.Pool {
  readonly chars = new WeakMap<object, number[]>()

  // biome-ignore lint/suspicious/noExplicitAny: stands for every overload of pg.Pool.query
  override async query(...args: any[]): Promise<any> {
    const result = await (super.query as (...args: unknown[]) => Promise<pg.QueryArrayResult>)(...args)
    const chars = (result.fields ?? []).flatMap((field, column) =>
      field.dataTypeID === CHAR ? [column] : [],
    )
    for (const column of chars) (result.fields[column] as pg.FieldDef).dataTypeID = BPCHAR
    if (chars.length > 0) this.chars.set(result.rows, chars)
    return result
  }
}

class CatalogAdapter extends PrismaPg {
  readonly #pool: CatalogPool

  constructor(pool: CatalogPool) {
    super(pool, { schema: 'public' })
    this.#pool = pool
  }

  override async connect() {
    const connection = await super.connect()
    const queryRaw = connection.queryRaw.bind(connection)
    connection.queryRaw = async (query) => {
      const result = await queryRaw(query)
      for (const column of this.#pool.chars.get(result.rows) ?? [])
        result.columnTypes[column] = ColumnTypeEnum.Character
      return result
    }
    return connection
  }
}

/** The ES library alone does not declare it. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>
}

type Engine = typeof import('@prisma/schema-engine-wasm')
let loaded: Promise<Engine> | undefined

const load = (): Promise<Engine> => {
  loaded ??= instantiate()
  return loaded
}

/**
 * The package's own entry imports the .wasm file, which Node.js does only with a warning about an experiment.
 */
async function instantiate(): Promise<Engine> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const entry = import.meta.resolve('@prisma/schema-engine-wasm')
  const bytes = await readFile(fileURLToPath(new URL('schema_engine_bg.wasm', entry)))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  // Without it the engine takes null for an object.
  instance.exports.__wbindgen_start()
  return glue
}
