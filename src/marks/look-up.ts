import type { MarkedOrder } from '../orders/store/prepare.ts'
import {
  normaliseAddress,
  normaliseEmail,
  normaliseName,
  phoneDigits,
  type SearchKind,
  searchHashes,
  wholeNameOf,
} from '../orders/store/search-tokens.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { statement } from '../platform/db/statement-names.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { FIND } from './sql.ts'

type Fingerprint = Pick<Sealer, 'fingerprints'>

/** By what others of the same buyer, or for the same parcel, are found: a hash, and the buyer's name beside it. */
interface Look {
  kind: 'email' | 'phone' | 'address'
  hash: Buffer
  /** Null where the mall gives no name: then the mail address alone must do. */
  name: Buffer | null
}

export interface LookedUp {
  repeat: boolean
  cancelled: boolean
  /** Another open order could go into one parcel with it. */
  combinable: boolean
  blocked: boolean
}

/**
 * Same buyer: same name with the same mail address or phone; each alone is shared, by a family or by namesakes. Same parcel: same
 * buyer and whole address of a recipient.
 */
function looksOf(sealer: Fingerprint, tenantId: string, { order }: MarkedOrder): Look[] {
  // Of each key, so that a change of keys separates nobody from an earlier order: the hashes of one key go together.
  const hashes = (kind: SearchKind, text: string) => searchHashes(sealer, tenantId, kind, text)
  const whole = wholeNameOf(order.buyer)
  const names = whole === '' ? [] : hashes('name', whole)
  const email = normaliseEmail(order.buyer.email)
  const phone = phoneDigits(order.buyer.phone)
  const looks: Look[] = []
  const add = (kind: Look['kind'], text: string) => {
    if (text === '') return
    for (const [index, hash] of hashes(kind, text).entries())
      looks.push({ kind, hash, name: names[index] ?? null })
  }
  add('email', email)
  if (whole === '') return looks
  add('phone', phone)
  const places = order.recipients
    .filter(({ addressPending, pickup }) => !addressPending && pickup === null)
    .map(({ person }) => normaliseAddress(person))
  for (const place of new Set(places)) add('address', place)
  return looks
}

/** By what the orders that can go into one parcel with it are found; nothing of one that is over. */
export const addressesOf = (
  sealer: Fingerprint,
  tenantId: string,
  marked: MarkedOrder,
): { orderId: string; hash: Buffer; name: Buffer }[] =>
  marked.order.mallState !== 'open'
    ? []
    : looksOf(sealer, tenantId, marked).flatMap(({ kind, hash, name }) =>
        kind === 'address' && name !== null ? [{ orderId: marked.orderId, hash, name }] : [],
      )

/** What the list of blocked buyers is asked for: of the buyer and of each recipient. */
function tokensOf(sealer: Fingerprint, tenantId: string, { order }: MarkedOrder) {
  const people = [order.buyer, ...order.recipients.map(({ person }) => person)]
  const texts: [SearchKind, string][] = people.flatMap((person): [SearchKind, string][] => [
    ['name', wholeNameOf(person)],
    ['name', normaliseName(`${person.familyNameKana ?? ''}${person.givenNameKana ?? ''}`)],
    ['phone', phoneDigits(person.phone)],
    ['phone', phoneDigits(person.emergencyPhone)],
    ['email', normaliseEmail(person.email)],
    ['address', normaliseAddress(person)],
  ])
  return texts
    .filter(([, text]) => text !== '')
    .flatMap(([kind, text]) => searchHashes(sealer, tenantId, kind, text).map((hash) => ({ kind, hash })))
}

const FIND_PREPARED = statement(FIND)

interface OthersRow {
  place: number
  repeat: boolean
  cancelled: boolean
  combinable: boolean
}
interface Row {
  sealedRules: Buffer | null
  others: OthersRow[]
  blocked: number[]
}

/** One round trip for up to a hundred orders; those of one batch are compared with each other too, of which none is stored yet. */
export async function lookUp(
  queries: Queries,
  sealer: Fingerprint,
  tenantId: string,
  orders: readonly MarkedOrder[],
): Promise<{ sealedRules: Buffer | null; found: LookedUp[] }> {
  const looks = orders.map((order) => looksOf(sealer, tenantId, order))
  const asked = orders.flatMap((order, place) => (looks[place] ?? []).map((look) => ({ order, place, look })))
  const tokens = orders.flatMap((order, place) =>
    tokensOf(sealer, tenantId, order).map((token) => ({ place, ...token })),
  )
  const values = [
    tenantId,
    asked.map(({ place }) => place),
    asked.map(({ order }) => order.orderId),
    asked.map(({ order }) => new Date(order.order.orderedAt)),
    asked.map(({ look }) => look.kind),
    asked.map(({ look }) => look.hash),
    asked.map(({ look }) => look.name),
    tokens.map(({ place }) => place),
    tokens.map(({ kind }) => kind),
    tokens.map(({ hash }) => hash),
  ]
  const { rows } = await queries.query<Row>({ ...FIND_PREPARED, values })
  const [row] = rows
  const blocked = new Set(row?.blocked)
  const others = new Map(row?.others.map((other) => [other.place, other]))
  const found = orders.map((_, place) => {
    const { repeat = false, cancelled = false, combinable = false } = others.get(place) ?? {}
    return { repeat, cancelled, combinable, blocked: blocked.has(place) }
  })
  amongThemselves(orders, looks, found)
  return { sealedRules: row?.sealedRules ?? null, found }
}

const isCancelled = ({ order }: MarkedOrder): boolean => order.mallState === 'cancelled'

function amongThemselves(
  orders: readonly MarkedOrder[],
  looks: readonly Look[][],
  found: readonly LookedUp[],
): void {
  const byLook = new Map<string, number[]>()
  for (const [place, own] of looks.entries())
    for (const { kind, hash, name } of own) {
      const key = `${kind}:${hash.toString('hex')}:${name?.toString('hex')}`
      byLook.set(key, [...(byLook.get(key) ?? []), place])
    }
  for (const [key, places] of byLook) {
    for (const place of places) {
      const [own, one] = [found[place], orders[place]]
      if (!own || !one) continue
      const rest = places.flatMap((other) => (other === place ? [] : (orders[other] ?? [])))
      if (key.startsWith('address:')) {
        own.combinable ||= rest.some(({ order }) => order.mallState === 'open')
        continue
      }
      const earlier = rest.filter(
        ({ order }) => Date.parse(order.orderedAt) < Date.parse(one.order.orderedAt),
      )
      own.repeat ||= earlier.length > 0
      own.cancelled ||= earlier.some(isCancelled)
    }
  }
}
