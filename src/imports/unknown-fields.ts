import type { Pool } from 'pg'
import { z } from 'zod'
import { operator } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { operation } from '../http/operation.ts'
import { CutLater, Time } from '../http/schemas.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { MARKETPLACES, type MarketplaceName, type NormalisedOrder } from '../marketplaces/port/order.ts'
import type { UnknownField } from '../marketplaces/port/session.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { MOST_KEPT, SAVE_UNKNOWN_FIELDS } from './statements.ts'

/**
 * 未知の項目: what malls send and their documents do not name. Collected in memory and written each minute: the
 * same field comes with every order from the day on which a mall adds it.
 */
export interface UnknownBook {
  /** Never throws: nothing of it may keep an order away. */
  note(marketplace: MarketplaceName, order: NormalisedOrder): void
  /** @returns how many rows were written */
  save(): Promise<number>
}

interface Noted extends UnknownField {
  marketplace: MarketplaceName
  count: number
  first: number
  last: number
}

export function createUnknownBook(deps: {
  pool: Pool
  clock: Clock
  log: Logger
  marketplaces: Marketplaces
  metrics: Pick<Metrics, 'unknownFields'>
}): UnknownBook {
  const { pool, clock, log, marketplaces, metrics } = deps
  let noted = new Map<string, Noted>()
  let names = new Map<MarketplaceName, number>()

  function add(marketplace: MarketplaceName, unknown: UnknownField): void {
    metrics.unknownFields.inc({ marketplace, kind: unknown.code === null ? 'field' : 'code' })
    const key = JSON.stringify([marketplace, unknown.field, unknown.code])
    const now = clock.now()
    const known = noted.get(key)
    const many = names.get(marketplace) ?? 0
    if (known) Object.assign(known, { count: known.count + 1, last: now })
    else if (many < MOST_KEPT) {
      noted.set(key, { ...unknown, marketplace, count: 1, first: now, last: now })
      names.set(marketplace, many + 1)
    }
  }

  return {
    note(marketplace, order) {
      try {
        for (const unknown of marketplaces.get(marketplace)?.unknowns(order) ?? []) add(marketplace, unknown)
      } catch (err) {
        log.error({ err, marketplace }, 'an order cannot be looked through for unknown fields')
      }
    },
    async save() {
      if (noted.size === 0) return 0
      const rows = [...noted.values()]
      noted = new Map()
      names = new Map()
      await pool.query(
        SAVE_UNKNOWN_FIELDS({
          fields: rows.map(({ marketplace, field, code, shape, count, first, last }) => ({
            marketplace,
            field,
            code: code ?? '',
            shape,
            count,
            first: new Date(first),
            last: new Date(last),
          })),
        }),
      )
      return rows.length
    },
  }
}

const Unknown = z
  .object({
    marketplace: z.enum(MARKETPLACES).describe('Mall (モール)'),
    field: z.string().describe('Where in the order, by the mall’s names (項目)'),
    code: z
      .string()
      .nullable()
      .describe('The code that no table has; null: the field itself is unknown (コード)'),
    shape: z
      .string()
      .describe('What a value looks like, without any of it: digits(8), text(20), date (値の形)'),
    count: z.int().describe('Orders read with it (件数)'),
    firstSeenAt: Time.describe('最初の検出日時'),
    lastSeenAt: Time.describe('最後の検出日時'),
  })
  .meta({ id: 'UnknownField', description: 'What a mall sends and nobody here knows (未知の項目)' })

/** Relative to /v1/admin. */
export const unknownFieldRoutes =
  ({ db }: { db: Db }): Routes =>
  (app) => {
    operation(app, {
      id: 'listUnknownFields',
      at: 'GET /v1/admin/unknown-fields',
      since: '1.0.0',
      tag: 'operator',
      who: operator('report'),
      cost: 'light',
      summary: 'Unknown fields and codes (未知の項目・コード)',
      description:
        'What the malls send beyond their documents, seen last first. Such orders are imported, and the field is kept in `mallFields` ' +
        '(受注は取り込まれ、項目も保存されています).',
      answers: { 200: z.object({ unknownFields: z.array(Unknown), nextCursor: CutLater }) },
      run: async () => {
        const rows = await db.unknownField.findMany({
          orderBy: [{ lastSeenAt: 'desc' }, { marketplace: 'asc' }, { field: 'asc' }, { code: 'asc' }],
        })
        const unknownFields = rows.map(({ code, firstSeenAt, lastSeenAt, ...row }) => ({
          ...row,
          code: code === '' ? null : code,
          firstSeenAt: firstSeenAt.toISOString(),
          lastSeenAt: lastSeenAt.toISOString(),
        }))
        return { unknownFields, nextCursor: null }
      },
    })
  }
