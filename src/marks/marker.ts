import type { Pool } from 'pg'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import { openDetail } from '../orders/store/content.ts'
import type { LookUp } from '../orders/store/look-up.ts'
import {
  normaliseAddress,
  normaliseEmail,
  normaliseName,
  phoneDigits,
  rememberFingerprints,
  type SearchKind,
  searchHashes,
  wholeNameOf,
} from '../orders/store/search-tokens.ts'
import type { MarkedOrder, OrderMarker, PreparedMarks, PreparedOrder } from '../orders/store/stage.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import type { Logger } from '../platform/logger.ts'
import { type MarkCode, marksOfOrder, RULE_PREFIX } from './of-order.ts'
import { NO_RULES, openRules, type Rules, rulesThatHold } from './rules.ts'
import {
  BUSY,
  DROP_COMBINABLE,
  FIND,
  MARK_COMBINABLE,
  READ_MARKED,
  READ_RULES,
  REPLACE_MARKS,
  RULES_CHANGED,
  TO_REWRITE,
} from './statements.ts'

export interface MarkTools {
  pool: Pool
  sealer: Sealer
  log: Logger
}

export interface Marker extends OrderMarker {
  /**
   * Takes off what has become untrue by itself, and looks again at what could not be looked up or was not
   * marked to its end. @returns how many it looked at
   */
  tend(signal: AbortSignal): Promise<number>
}

type Shop = { id: string; tenantId: string }

const FIRST = '00000000-0000-0000-0000-000000000000'

export function createMarker(tools: MarkTools): Marker {
  const { pool, sealer, log } = tools
  const rulesOf = createRulesMemory(tools)
  let place = FIRST
  let openPlace = { shopId: FIRST, id: FIRST }

  const withRules = (shop: Shop, orders: readonly MarkedOrder[], rules: Rules | null) =>
    new Map(orders.map(({ orderId, order }) => [orderId, ownMarks(log, shop, order, rules)]))

  async function prepare(shop: Shop, orders: readonly PreparedOrder[]): Promise<PreparedMarks> {
    const { rules, version } = await rulesOf.read(shop.tenantId)
    const own = withRules(shop, orders, rules)
    const looks = looksOfAll(shop.tenantId, orders)
    for (const [orderId, marks] of amongThemselves(orders, looks)) own.get(orderId)?.push(...marks)
    return { own, lookUp: toLookUp(shop.tenantId, version, orders, looks) }
  }

  async function find(
    shop: Shop,
    orders: readonly MarkedOrder[],
    rounds = MOST_ROUNDS,
  ): Promise<ReadonlyMap<string, string[]>> {
    const { rules, version } = await rulesOf.read(shop.tenantId)
    const lookUp = toLookUp(shop.tenantId, version, orders, looksOfAll(shop.tenantId, orders))
    const { rows } = await pool.query<Found>(FIND({ tenant: shop.tenantId, ...lookUp }))
    const ofAll = rows.find(({ id }) => id === null)
    if (ofAll?.failure === RULES_CHANGED) {
      rulesOf.forget(shop.tenantId)
      if (rounds > 1) return find(shop, orders, rounds - 1)
    }
    if (ofAll) log.error({ shopId: shop.id, failure: ofAll.failure }, 'marks cannot be looked up')
    const looked = new Map(rows.map(({ id, marks }) => [id, marks]))
    return new Map(
      [...withRules(shop, orders, rules)].map(([id, own]) => {
        const marks = [...own, ...(looked.get(id) ?? []), ...(ofAll?.marks ?? [])]
        return [id, [...new Set(marks)].sort()]
      }),
    )
  }

  /** Marks the combinable ones of the orders, and those that can go into one parcel with them. */
  async function spread(
    tenantId: string,
    orders: readonly MarkedOrder[],
    combinable: ReadonlySet<string>,
  ): Promise<void> {
    const looks = orders.flatMap((order) =>
      combinable.has(order.orderId) ? addressesOf(tenantId, order) : [],
    )
    if (looks.length === 0) return
    const marking = MARK_COMBINABLE({
      tenant: tenantId,
      orders: looks.map(({ orderId }) => orderId),
      addresses: looks.map(({ hash }) => hash),
      names: looks.map(({ name }) => name),
    })
    await retryable(() => pool.query(marking)).catch((err: unknown) =>
      log.warn({ err, tenantId }, 'orders that can go together are not marked'),
    )
  }

  /** Waits for those that stage at once. An error leaves a pair that `tend` finds. */
  async function spreadAnew(shop: Shop, orders: readonly MarkedOrder[]): Promise<void> {
    try {
      await spread(shop.tenantId, orders, combinableOf(await find(shop, orders)))
    } catch (err) {
      log.warn({ err, shopId: shop.id }, 'orders that can go together are not marked')
    }
  }

  /** @returns orders that somebody changed or marked meanwhile: what was looked up for them holds no more */
  async function rewriteOnce(shop: Shop, orderIds: readonly string[]): Promise<string[]> {
    try {
      const { rows } = await pool.query<Marked>(READ_MARKED({ tenant: shop.tenantId, ids: orderIds }))
      const read = rows.flatMap((row) => {
        const order = ifOpens(() => openDetail(sealer.of(shop.tenantId), row.id, row.sealedDetail))
        return order ? [{ ...row, orderId: row.id, order, hashes: rememberFingerprints(sealer) }] : []
      })
      if (read.length === 0) return []
      const found = await find(shop, read)
      const after = (id: string) => (found.get(id) ?? []).join(',')
      const differing = read.filter(({ id, marks }) => marks.toSorted().join(',') !== after(id))
      const { rows: written } = await pool.query<{ id: string }>(
        REPLACE_MARKS({
          tenant: shop.tenantId,
          ids: differing.map(({ id }) => id),
          versions: differing.map(({ version }) => version),
          before: differing.map(({ marks }) => marks.join(',')),
          after: differing.map(({ id }) => after(id)),
        }),
      )
      const missed = new Set(differing.map(({ id }) => id))
      for (const { id } of written) missed.delete(id)
      const kept = read.filter(({ id }) => !missed.has(id))
      await spread(shop.tenantId, kept, combinableOf(found))
      return [...missed]
    } catch (err) {
      log.warn({ err, shopId: shop.id }, 'marks are not written')
      return []
    }
  }

  async function rewrite(shop: Shop, orderIds: readonly string[]): Promise<void> {
    let left = orderIds
    for (let round = 1; left.length > 0 && round <= MOST_ROUNDS; round += 1)
      left = await rewriteOnce(shop, left)
    if (left.length > 0) log.warn({ shopId: shop.id, orders: left.length }, 'marks are not written')
  }

  return {
    prepare,
    rewrite,
    async staged(shop, orders, { combinable, markFailures }) {
      const [failure] = markFailures.filter((one) => one !== RULES_CHANGED && one !== BUSY)
      if (failure !== undefined) log.error({ shopId: shop.id, failure }, 'marks cannot be looked up')
      if (markFailures.includes(RULES_CHANGED)) {
        rulesOf.forget(shop.tenantId)
        await rewrite(
          shop,
          orders.map(({ orderId }) => orderId),
        )
      } else if (markFailures.includes(BUSY)) {
        await spreadAnew(shop, orders)
      } else await spread(shop.tenantId, orders, new Set(combinable))
    },
    async tend(signal) {
      const { rows } = await pool.query<{ dropped: number; place: string | null }>(
        DROP_COMBINABLE({ after: place }),
      )
      place = rows[0]?.place ?? FIRST
      const dropped = rows[0]?.dropped ?? 0
      if (signal.aborted) return dropped
      const { rows: parts } = await pool.query<ToRewrite>(
        TO_REWRITE({ afterShop: openPlace.shopId, after: openPlace.id }),
      )
      const { found = [], place: last } = parts[0] ?? {}
      openPlace = last ?? { shopId: FIRST, id: FIRST }
      for (const { id, tenantId, shopId } of found) await rewrite({ id: shopId, tenantId }, [id])
      return dropped + found.length
    },
  }
}

const combinableOf = (found: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> =>
  new Set([...found].flatMap(([id, marks]) => (marks.includes('combinable') ? [id] : [])))

/** An order, or a tenant's rules, that are changed again and again are looked at by whoever changes them. */
const MOST_ROUNDS = 5

/** A row of `torikomi_look_up_marks`; without an order it holds for all of them. */
interface Found {
  id: string | null
  marks: string[]
  failure: string | null
}

interface KnownRules {
  /** Null: they cannot be read. */
  rules: Rules | null
  /** Their version; null: the tenant has none. */
  version: string | null
  bytes: number
}

const MOST_TENANTS = 1_000
const MOST_BYTES = 8 * 1024 * 1024

/** Keeps tenants' rules in memory. Each look-up compares versions with the database's: no event needed. */
function createRulesMemory({ pool, sealer, log }: MarkTools) {
  const known = new Map<string, KnownRules>()
  let bytes = 0

  function forget(tenantId: string): void {
    bytes -= known.get(tenantId)?.bytes ?? 0
    known.delete(tenantId)
  }

  async function fetch(tenantId: string): Promise<KnownRules> {
    let version: string | null = null
    try {
      const { rows } = await pool.query<{ sealedRules: Buffer; version: string }>(
        READ_RULES({ tenant: tenantId }),
      )
      const [row] = rows
      version = row?.version ?? null
      const rules = openRules(sealer, tenantId, row?.sealedRules ?? null)
      return { rules, version, bytes: row?.sealedRules.length ?? 0 }
    } catch (err) {
      log.error({ err, tenantId }, 'rules for marks cannot be read')
      return { rules: null, version, bytes: 0 }
    }
  }

  return {
    forget,
    async read(tenantId: string): Promise<KnownRules> {
      const own = known.get(tenantId)
      if (own) return own
      const read = await fetch(tenantId)
      if (read.rules === null) return read
      for (const [first] of known) {
        if (known.size < MOST_TENANTS && bytes + read.bytes <= MOST_BYTES) break
        forget(first)
      }
      forget(tenantId)
      known.set(tenantId, read)
      bytes += read.bytes
      return read
    },
  }
}

interface ToRewrite {
  found: { id: string; tenantId: string; shopId: string }[]
  /** Beginning of the next part; null: at the first open order again. */
  place: { shopId: string; id: string } | null
}

interface Marked {
  id: string
  version: number
  marks: string[]
  sealedDetail: Buffer
}

function ownMarks(log: Logger, shop: Shop, order: NormalisedOrder, rules: Rules | null): string[] {
  const { rules: own, islands } = rules ?? NO_RULES
  try {
    return [
      ...marksOfOrder(order, islands),
      ...(rules === null ? (['unchecked'] satisfies MarkCode[]) : []),
      ...rulesThatHold(own, { shopId: shop.id, order }).map(({ code }) => `${RULE_PREFIX}${code}`),
    ]
  } catch (err) {
    log.error({ err, shopId: shop.id, orderNumber: order.orderNumber }, 'marks of an order cannot be made')
    return ['unchecked' satisfies MarkCode]
  }
}

/** Finds others of the same buyer, or for the same parcel: a hash with the buyer's name beside it. */
interface Look {
  kind: 'email' | 'phone' | 'address'
  hash: Buffer
  /** Null where the mall gives no name: then the mail address alone must do. */
  name: Buffer | null
}

/**
 * Same buyer: same name with the same mail address or phone; each alone is shared, by a family or by
 * namesakes. Same parcel: same buyer and whole address of a recipient.
 */
function looksOf(tenantId: string, { order, hashes: of }: MarkedOrder): Look[] {
  // Hash with every key, so that rotation does not hide a buyer's earlier orders: the hashes of one key go
  // together.
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

type Looks<O extends MarkedOrder> = ReadonlyMap<O, readonly Look[]>

const looksOfAll = <O extends MarkedOrder>(tenantId: string, orders: readonly O[]): Looks<O> =>
  new Map(orders.map((order) => [order, looksOf(tenantId, order)]))

/** By what the orders that can go into one parcel with it are found; nothing of one that is over. */
const addressesOf = (
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

/** @param rules version of the tenant's rules that the own marks were made with */
function toLookUp(
  tenantId: string,
  rules: string | null,
  orders: readonly MarkedOrder[],
  looks: Looks<MarkedOrder>,
): LookUp {
  const asked = [...looks].flatMap(([{ orderId, order }, own]) =>
    own.map((look) => ({ ...look, orderId, orderedAt: new Date(order.orderedAt) })),
  )
  const tokens = orders.flatMap((order) =>
    tokensOf(tenantId, order).map((token) => ({ ...token, orderId: order.orderId })),
  )
  return {
    rules,
    lookedOrders: asked.map(({ orderId }) => orderId),
    lookedTimes: asked.map(({ orderedAt }) => orderedAt),
    lookedKinds: asked.map(({ kind }) => kind),
    lookedHashes: asked.map(({ hash }) => hash),
    lookedNames: asked.map(({ name }) => name),
    personOrders: tokens.map(({ orderId }) => orderId),
    personKinds: tokens.map(({ kind }) => kind),
    personHashes: tokens.map(({ hash }) => hash),
  }
}

const keyOf = (kind: string, hash: Uint8Array): string => `${kind}:${Buffer.from(hash).toString('hex')}`

/** Compares the orders of one batch, not stored yet, by their tokens, as the look-up does stored ones. */
function amongThemselves(
  orders: readonly PreparedOrder[],
  looks: Looks<PreparedOrder>,
): ReadonlyMap<string, ReadonlySet<MarkCode>> {
  const found = new Map(orders.map(({ orderId }) => [orderId, new Set<MarkCode>()]))
  if (orders.length < 2) return found
  const byToken = new Map<string, Set<PreparedOrder>>()
  for (const order of orders)
    for (const { kind, hash } of order.search) {
      const key = keyOf(kind, hash)
      byToken.set(key, (byToken.get(key) ?? new Set()).add(order))
    }
  for (const [one, its] of looks) {
    const own = found.get(one.orderId)
    for (const { kind, hash, name } of its) {
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
