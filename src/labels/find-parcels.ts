import type { Pool } from 'pg'
import { fullOrders, type OpenDeps, type OrderRowWithDetail } from '../orders/order-json.ts'
import {
  foldedNames,
  normaliseTracking,
  phoneDigits,
  searchHashes,
  wholeNameOf,
} from '../orders/store/search-tokens.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { AppError } from '../platform/errors.ts'
import { parseLabelKey } from './label-key.ts'
import { FIND_PARCELS, LABELS_OF_NAMES } from './statements.ts'

interface FoundOrder {
  orderId: string
  orderNumber: string
  recipientId: string | null
}

/**
 * Parcels that a scanned code may mean: orders of one bundle are one.
 * @throws AppError NOT_FOUND
 */
export async function findParcels(
  { pool, sealer }: { pool: Pool; sealer: Pick<Sealer, 'fingerprints'> },
  tenantId: string,
  code: string,
): Promise<{ orders: FoundOrder[] }[]> {
  const { rows } = await pool.query<FoundOrder & { bundleId: string | null }>(
    FIND_PARCELS({
      tenant: tenantId,
      hashes: searchHashes(sealer, tenantId, 'tracking', normaliseTracking(code)),
      key: parseLabelKey(code) ?? '',
      number: code.normalize('NFKC').trim(),
    }),
  )
  if (rows.length === 0)
    throw new AppError('NOT_FOUND', 'このコードの荷物はありません。読み取ったコードを確認してください。')
  const parcels = Map.groupBy(rows, ({ orderId, bundleId }) => bundleId ?? orderId)
  return [...parcels.values()].map((orders) => ({
    orders: orders.map(({ orderId, orderNumber, recipientId }) => ({ orderId, orderNumber, recipientId })),
  }))
}

/** As a carrier's file names a recipient. */
export interface Addressee {
  name: string
  postalCode: string
}

export interface RecipientDeps extends OpenDeps {
  pool: Pool
  clock: Clock
  sealer: Pick<Sealer, 'of' | 'fingerprints'>
}

/** A file of numbers older than that is no day's work. */
const FOUND_WITHIN_MS = 60 * 24 * 60 * 60_000

/**
 * Finds labels of クリックポスト by their recipients, of orders that have not left. Names are found by their
 * hashes, and compared with the opened orders.
 * @returns the keys of an addressee: several where two parcels go to one person
 */
export async function findKeysOf(
  deps: RecipientDeps,
  tenantId: string,
  people: readonly Addressee[],
): Promise<(one: Addressee) => readonly string[]> {
  const names = new Set(people.flatMap(({ name }) => foldedNames(name)))
  const hashes = [...names].flatMap((name) =>
    (['name', 'buyer_fold', 'recipient'] as const).flatMap((kind) =>
      searchHashes(deps.sealer, tenantId, kind, name),
    ),
  )
  const { rows } = await deps.pool.query<OrderRowWithDetail & { key: string; recipientId: string }>(
    LABELS_OF_NAMES({ tenant: tenantId, hashes, since: new Date(deps.clock.now() - FOUND_WITHIN_MS) }),
  )
  const orders = await fullOrders(deps, tenantId, rows)
  const keys = new Map<string, Set<string>>()
  for (const [at, { detail }] of orders.entries()) {
    const { key = '', recipientId } = rows[at] ?? {}
    const recipient = detail?.recipients.find(({ id }) => id === recipientId)
    if (!recipient || recipient.parcels.some(({ trackingNumber }) => trackingNumber)) continue
    const { person } = recipient
    const place = placeOf({ name: wholeNameOf(person), postalCode: person.postalCode ?? '' })
    keys.set(place, (keys.get(place) ?? new Set()).add(key))
  }
  return (one) => [...(keys.get(placeOf(one)) ?? [])]
}

const placeOf = ({ name, postalCode }: Addressee): string =>
  `${foldedNames(name)[0] ?? ''} ${phoneDigits(postalCode)}`
