import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import type { Db } from '../platform/db/database.ts'
import { orderNotFound } from './read.ts'
import type { Timeline } from './schemas.ts'

/** What happened to an order, oldest first. @throws AppError NOT_FOUND, also for another tenant's order */
export async function readTimeline(
  db: Db,
  tenantId: string,
  orderId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof Timeline>> {
  const place =
    page.cursor === undefined ? null : decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.uuid()]))
  const order = await db.order.findFirst({
    where: { id: orderId, tenantId },
    select: {
      events: {
        where: place === null ? {} : after(...place),
        omit: { orderId: true },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
        take: page.limit + 1,
      },
    },
  })
  if (order === null) throw orderNotFound()
  const { rows, nextCursor } = pageOf(order.events, page.limit, (row) => [row.at.toISOString(), row.id])
  return {
    events: rows.map(({ at, data, ...event }) => ({
      ...event,
      at: at.toISOString(),
      data: Facts.parse(data),
    })),
    nextCursor,
  }
}

const Facts = z.record(z.string(), z.unknown())

const after = (at: string, id: string) => ({ OR: [{ at: { gt: at } }, { at, id: { gt: id } }] })
