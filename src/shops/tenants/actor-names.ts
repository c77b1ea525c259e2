import type { Pool } from 'pg'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import { besideReport } from '../../platform/db/tenant-scope.ts'
import { FIND_FIRST_KEY } from './statements.ts'

/** Seal context of a staff account's name; timelines open it, too. */
export const staffNameContext = (accountId: string): string => `staff:${accountId}:name`

/** Form of an id that the database accepts. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const STAFF = /^staff:([0-9a-f-]{36})$/

const KEY = /^key:([0-9a-f-]{36})$/

/** The account that an actor names, or null. */
const staffIdOf = (actor: string): string | null => STAFF.exec(actor)?.[1] ?? null

/**
 * A person's name, from the row of the tenant's account that was joined to the actor. Deleted accounts stay
 * as rows: who is not among them is one of the operator's people, whose name is no tenant's matter.
 */
export function staffName(sealer: RowSealer, actor: string, sealedName: Uint8Array | null): string | null {
  const id = staffIdOf(actor)
  if (id === null) return null
  return sealedName === null ? '運営者' : sealer.open(staffNameContext(id), sealedName).toString()
}

const ACTORS: ReadonlyMap<string, string> = new Map([
  ['mail', '注文メール'],
  ['worker', '自動処理'],
  ['operator', '運営者'],
  ['ops', '運営者（サーバーでの操作）'],
  ['mall', 'モール'],
  ['import', '取込時の自動処理'],
])

/**
 * @param keyName of the API key, when `actor` is one of the tenant's that still exists; @param person a staff
 * account's name
 */
export const actorName = (actor: string, keyName: string | null, person: string | null): string =>
  ACTORS.get(actor) ?? person ?? (keyName === null ? '削除された API キー' : `API キー「${keyName}」`)

/** Names the first key of a rotation for each of its keys: a new key continues what an old one began. */
export async function firstActorOf(
  pool: Pick<Pool, 'query'>,
  tenant: string,
  actor: string,
): Promise<string> {
  const [, key] = KEY.exec(actor) ?? []
  if (key === undefined) return actor
  const { rows } = await pool.query<{ id: string }>(FIND_FIRST_KEY({ tenant, key }))
  return `key:${rows[0]?.id ?? key}`
}

export interface NameTools {
  db: Db
  sealer: Pick<Sealer, 'of'>
}

/** The same for the actors of one answer to the tenant, whose own keys and people have names. */
export const actorNames = (
  tools: NameTools,
  tenantId: string,
  actors: readonly string[],
): Promise<(actor: string) => string> => namesWhere(tools, { tenantId }, actors)

/** To the operator: all keys, the operator's people, and tenants' people where personal data may be seen. */
export async function actorNamesForOperator(
  tools: NameTools,
  seesPersonalData: boolean,
  actors: readonly string[],
): Promise<(actor: string) => string> {
  const nameOf = await namesWhere(tools, {}, actors, seesPersonalData ? {} : { tenantId: null })
  return (actor) =>
    staffIdOf(actor) !== null && nameOf(actor) === '運営者' ? '契約店の担当者' : nameOf(actor)
}

async function namesWhere(
  { db, sealer }: NameTools,
  keysOf: { tenantId?: string },
  actors: readonly string[],
  peopleOf: { tenantId?: string | null } = keysOf,
): Promise<(actor: string) => string> {
  const ids = (kind: string) =>
    actors.flatMap((actor) => {
      const id = actor.startsWith(`${kind}:`) ? actor.slice(kind.length + 1) : ''
      return UUID.test(id) ? [id] : []
    })
  const [keys, people] = await Promise.all([
    db.apiKey.findMany({ where: { ...keysOf, id: { in: ids('key') } }, select: { id: true, name: true } }),
    besideReport('names of people are sealed', () =>
      db.staffAccount.findMany({
        where: { ...peopleOf, id: { in: ids('staff') } },
        select: { id: true, tenantId: true, sealedName: true },
      }),
    ),
  ])
  const keyNames = new Map(keys.map(({ id, name }) => [`key:${id}`, name]))
  const known = new Map(people.map((row) => [`staff:${row.id}`, row]))
  return (actor) => {
    const { tenantId = null, sealedName = null } = known.get(actor) ?? {}
    return actorName(actor, keyNames.get(actor) ?? null, staffName(sealer.of(tenantId), actor, sealedName))
  }
}
