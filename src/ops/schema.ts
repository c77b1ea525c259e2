import packageJson from '../../package.json' with { type: 'json' }
import { applyMigrations, readSchemaState } from '../platform/db/migrate.ts'
import { readQuiet, resume } from '../platform/db/quiet.ts'
import type { Ops } from './tools.ts'

export async function version(ops: Ops): Promise<number> {
  ops.print(`release   ${packageJson.version}`)
  ops.print(`revision  ${ops.config().revision ?? 'unknown'}`)
  ops.print(`node      ${process.version}`)
  const { latest, missing, unknown } = await readSchemaState(await ops.databaseUrl())
  ops.print(`schema    ${latest ?? 'empty'}`)
  if (missing.length > 0)
    ops.print(`          ${missing.length} migrations of this release are missing: npm run ops -- migrate`)
  if (unknown.length > 0) ops.print(`          ${unknown.length} are of a newer release: ${unknown.at(-1)}`)
  return missing.length > 0 ? 1 : 0
}

export async function migrate(ops: Ops): Promise<number> {
  const log = {
    info: (facts: unknown) => ops.print(`applied ${nameIn(facts)}`),
    warn: (_facts: unknown, message?: string) => ops.print(message ?? 'warning'),
  }
  const applied = await applyMigrations(await ops.databaseUrl(), log)
  ops.print(applied.length === 0 ? 'the schema is up to date' : `${applied.length} migrations applied`)
  return 0
}

export async function resumeWork(ops: Ops): Promise<number> {
  const { pool } = await ops.database()
  const quiet = await readQuiet(pool, new Date(ops.clock.now()))
  await resume(pool)
  ops.print(
    quiet
      ? `quiet since ${quiet.since.toISOString()} (${quiet.reason}); it works again: restart its processes`
      : 'it was not quiet',
  )
  return 0
}

const nameIn = (facts: unknown): string =>
  typeof facts === 'object' && facts !== null && 'migration' in facts ? String(facts.migration) : ''
