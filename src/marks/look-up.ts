import type { MarkedOrder, PreparedOrder } from '../orders/store/prepare.ts'
import {
  normaliseAddress,
  normaliseEmail,
  normaliseName,
  phoneDigits,
  type SearchKind,
  searchHashes,
  wholeNameOf,
} from '../orders/store/search-tokens.ts'
import type { MarkCode } from './catalogue.ts'

/** By what others of the same buyer, or for the same parcel, are found: a hash, and the buyer's name beside it. */
interface Look {
  kind: 'email' | 'phone' | 'address'
  hash: Buffer
  /** Null where the mall gives no name: then the mail address alone must do. */
  name: Buffer | null
}

/**
 * Same buyer: same name with the same mail address or phone; each alone is shared, by a family or by namesakes. Same parcel: same
 * buyer and whole address of a recipient.
 */
function looksOf(tenantId: string, { order, hashes: of }: MarkedOrder): Look[] {
  // Of each key, so that a change of keys separates nobody from an earlier order: the hashes of one key go together.
  const hashes = (kind: SearchKind, text: string) => searchHashes(of, tenantId, kind, text)
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
  // A finished order goes into no parcel.
  if (order.mallState !== 'open') return looks
  const places = order.recipients
    .filter(({ addressPending, pickup }) => !addressPending && pickup === null)
    .map(({ person }) => normaliseAddress(person))
  for (const place of new Set(places)) add('address', place)
  return looks
}

/** By what the orders that can go into one parcel with it are found; nothing of one that is over. */
export const addressesOf = (
  tenantId: string,
  marked: MarkedOrder,
): { orderId: string; hash: Buffer; name: Buffer }[] =>
  looksOf(tenantId, marked).flatMap(({ kind, hash, name }) =>
    kind === 'address' && name !== null ? [{ orderId: marked.orderId, hash, name }] : [],
  )

/** Tokens for the list of blocked buyers: of the buyer and of each recipient. */
function tokensOf(tenantId: string, { order, hashes }: MarkedOrder) {
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
    .flatMap(([kind, text]) => searchHashes(hashes, tenantId, kind, text).map((hash) => ({ kind, hash })))
}

/** Arguments of `torikomi_look_up_marks` behind the tenant and the version of its rules, of up to a hundred orders. */
export function toLookUp(tenantId: string, orders: readonly MarkedOrder[]): readonly unknown[] {
  const asked = orders.flatMap((order) =>
    looksOf(tenantId, order).map((look) => ({
      ...look,
      orderId: order.orderId,
      orderedAt: new Date(order.order.orderedAt),
    })),
  )
  const tokens = orders.flatMap((order) =>
    tokensOf(tenantId, order).map((token) => ({ ...token, orderId: order.orderId })),
  )
  return [
    asked.map(({ orderId }) => orderId),
    asked.map(({ orderedAt }) => orderedAt),
    asked.map(({ kind }) => kind),
    asked.map(({ hash }) => hash),
    asked.map(({ name }) => name),
    tokens.map(({ orderId }) => orderId),
    tokens.map(({ kind }) => kind),
    tokens.map(({ hash }) => hash),
  ]
}

const keyOf = (kind: string, hash: Uint8Array): string => `${kind}:${Buffer.from(hash).toString('hex')}`

/** Compares the orders of one batch, none of which is stored yet, by their tokens, as the look-up finds stored ones. */
export function amongThemselves(
  tenantId: string,
  orders: readonly PreparedOrder[],
): ReadonlyMap<string, ReadonlySet<MarkCode>> {
  const found = new Map(orders.map(({ orderId }) => [orderId, new Set<MarkCode>()]))
  if (orders.length < 2) return found
  const byToken = new Map<string, Set<PreparedOrder>>()
  for (const order of orders)
    for (const { kind, hash } of order.search) {
      const key = keyOf(kind, hash)
      byToken.set(key, (byToken.get(key) ?? new Set()).add(order))
    }
  for (const one of orders) {
    const own = found.get(one.orderId)
    for (const { kind, hash, name } of looksOf(tenantId, one)) {
      const named = name === null ? null : byToken.get(keyOf('name', name))
      for (const other of byToken.get(keyOf(kind, hash)) ?? []) {
        if (other === one || (named !== null && !named?.has(other))) continue
        if (kind === 'address') {
          if (other.order.mallState === 'open') own?.add('combinable')
        } else if (Date.parse(other.order.orderedAt) < Date.parse(one.order.orderedAt)) {
          own?.add('repeat_buyer')
          if (other.order.mallState === 'cancelled') own?.add('repeat_canceller')
        }
      }
    }
  }
  return found
}
