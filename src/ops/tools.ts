import { databaseFailure } from '../app/start-failure.ts'
import type { Config, Environment } from '../config/load.ts'
import { readConfig } from '../config/read.ts'
import type { UnknownName } from '../config/unknown-names.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { type EncryptionKeys, parseEncryptionKeys } from '../platform/crypto/sealer.ts'
import { loadOrCreateEncryptionKeys } from '../platform/data-dir.ts'
import { type Database, openDatabase } from '../platform/db/database.ts'
import { startEmbeddedPostgres } from '../platform/db/embedded/start.ts'
import { createNewId, type NewId } from '../platform/ids.ts'
import type { Random } from '../platform/random.ts'
import { type AuditNote, audit, noteOf } from '../shops/tenants/audit.ts'

/** Outside dependencies of a command. */
export interface OpsWorld {
  env: Environment
  random: Random
  print(line: string): void
  signal: AbortSignal
  /** Replaces this machine's clock. */
  clock?: Clock
}

/** Tools of the commands, each opened at first use. */
export interface Ops {
  env: Environment
  config(): Config
  /** Lists variables that are no setting but look as if meant as one. */
  unknownNames(): readonly UnknownName[]
  databaseUrl(): Promise<string>
  database(): Promise<Pick<Database, 'db' | 'pool' | 'isFull'>>
  keys(): Promise<EncryptionKeys>
  random: Random
  clock: Clock
  newId: NewId
  print(line: string): void
  signal: AbortSignal
  close(): Promise<void>
}

/** The command was not understood; the message says why. */
export class Usage extends Error {}

const quiet = { info: () => undefined, warn: () => undefined }

export function openOps(world: OpsWorld): Ops {
  const ends: (() => Promise<void>)[] = []
  const clock = world.clock ?? systemClock
  const read = once(() => readConfig(world.env))
  const config = () => read().config
  const databaseUrl = once(async () => {
    const { databaseMigrateUrl, databaseUrl, dataDir } = config()
    const url = databaseMigrateUrl ?? databaseUrl
    if (url !== null) return url
    const embedded = await startEmbeddedPostgres({ dataDir, log: quiet })
    ends.push(() => embedded.stop())
    return embedded.url
  })
  return {
    ...world,
    clock,
    config,
    databaseUrl,
    unknownNames: () => read().unknown,
    newId: createNewId(clock, world.random),
    database: once(async () => {
      const url = await databaseUrl()
      const opened = await openDatabase({ url, log: quiet, maxConnections: 5 }).catch((error: unknown) => {
        throw databaseFailure(error, url)
      })
      ends.push(() => opened.close())
      return opened
    }),
    keys: once(async () => {
      const { encryptionKeys, dataDir } = config()
      return encryptionKeys
        ? parseEncryptionKeys(encryptionKeys)
        : await loadOrCreateEncryptionKeys(dataDir, world.random)
    }),
    async close() {
      for (const end of ends.toReversed()) await end()
    },
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/**
 * Actor of manual actions outside the service, which are audited too. The login of the machine is not used:
 * it proves nothing.
 */
export const OPS_ACTOR = 'ops'

export async function auditOps(
  ops: Ops,
  action: AuditNote['action'],
  target: string,
  data: AuditNote['data'] = {},
): Promise<void> {
  const { db } = await ops.database()
  await audit(db, ops, noteOf({ tenantId: null, actor: OPS_ACTOR }, action, target, data))
}

/** Columns of equal width, Japanese counted as two. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  )
}

const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (/[\u1100-\uffdc]/.test(letter) ? 2 : 1), 0)
