import type { Pool } from 'pg'
import { z } from 'zod'
import type { Auth } from '../../http/app-types.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import { besideReport } from '../../platform/db/tenant-scope.ts'
import { MANAGES } from './doors.ts'
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
export const actorNames = async (
  tools: NameTools,
  tenantId: string,
  actors: readonly string[],
): Promise<(actor: string) => string> => (await readActors(tools, { tenantId }, actors)).nameOf

/** To the operator: all keys, the operator's people, and tenants' people where personal data may be seen. */
export async function actorNamesForOperator(
  tools: NameTools,
  seesPersonalData: boolean,
  actors: readonly string[],
): Promise<(actor: string) => string> {
  return (await readActorsForOperator(tools, seesPersonalData, actors)).nameOf
}

async function readActorsForOperator(
  tools: NameTools,
  seesPersonalData: boolean,
  actors: readonly string[],
): Promise<KnownActors> {
  const known = await readActors(tools, {}, actors, seesPersonalData ? {} : { tenantId: null })
  const nameOf = (actor: string) =>
    staffIdOf(actor) !== null && known.nameOf(actor) === '運営者' ? '契約店の担当者' : known.nameOf(actor)
  return { ...known, nameOf }
}

interface KnownActors {
  nameOf: (actor: string) => string
  /** Null: whether they still have access is not this caller's to see. */
  hasAccess: (actor: string, now: Date) => boolean | null
}

/** Who made a key, a webhook or an invitation: all that was given to others. */
export const MadeBy = z
  .object({
    actor: z
      .string()
      .describe('operator, ops, key:<API key id> or staff:<account id>, as in the audit (操作者)'),
    name: z.string().describe('As the audit shows it (名前)'),
    hasAccess: z
      .boolean()
      .nullable()
      .describe(
        'false: the person was deleted, disabled or is no owner any more, or the key has ended; null: not shown here (現在も管理権限がある)',
      ),
  })
  .meta({ id: 'MadeBy', description: 'Who made something that lets others in (作成者)' })

/** Names the makers of one answer: to a tenant its own, to the operator all. */
export async function readMakers(
  tools: NameTools & { clock: Clock },
  auth: Auth,
  rows: readonly { createdBy: string | null }[],
): Promise<(actor: string | null) => z.infer<typeof MadeBy> | null> {
  const actors = [...new Set(rows.flatMap(({ createdBy }) => createdBy ?? []))]
  const { nameOf, hasAccess } =
    auth.kind === 'client'
      ? await readActors(tools, { tenantId: auth.tenantId }, actors)
      : await readActorsForOperator(tools, auth.role === 'operator', actors)
  const now = dateNow(tools.clock)
  return (actor) => (actor === null ? null : { actor, name: nameOf(actor), hasAccess: hasAccess(actor, now) })
}

async function readActors(
  { db, sealer }: NameTools,
  keysOf: { tenantId?: string },
  actors: readonly string[],
  peopleOf: { tenantId?: string | null } = keysOf,
): Promise<KnownActors> {
  const ids = (kind: string) =>
    actors.flatMap((actor) => {
      const id = actor.startsWith(`${kind}:`) ? actor.slice(kind.length + 1) : ''
      return UUID.test(id) ? [id] : []
    })
  const [keys, people] = await Promise.all([
    db.apiKey.findMany({
      where: { ...keysOf, id: { in: ids('key') } },
      select: { id: true, name: true, role: true, revokedAt: true, expiresAt: true },
    }),
    besideReport('names of people are sealed', () =>
      db.staffAccount.findMany({
        where: { ...peopleOf, id: { in: ids('staff') } },
        select: { id: true, tenantId: true, sealedName: true, role: true, state: true },
      }),
    ),
  ])
  const keyOf = new Map(keys.map((row) => [`key:${row.id}`, row]))
  const personOf = new Map(people.map((row) => [`staff:${row.id}`, row]))
  return {
    nameOf: (actor) => {
      const { tenantId = null, sealedName = null } = personOf.get(actor) ?? {}
      return actorName(
        actor,
        keyOf.get(actor)?.name ?? null,
        staffName(sealer.of(tenantId), actor, sealedName),
      )
    },
    hasAccess: (actor, now) => {
      const [key, person] = [keyOf.get(actor), personOf.get(actor)]
      if (person) return person.state === 'active' && MANAGES.has(person.role)
      if (key)
        return MANAGES.has(key.role) && key.revokedAt === null && !(key.expiresAt && key.expiresAt <= now)
      return ACTORS.has(actor) ? true : null
    },
  }
}
