import type { z } from 'zod'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { actorNames } from '../../shops/tenants/actor-names.ts'
import { orderNotFound } from '../read.ts'
import { openDetail } from '../store/detail.ts'
import { openEdits } from '../store/edits.ts'
import type { OrderVersionAnswer, OrderVersionList } from './schemas.ts'

interface VersionDeps {
  db: Db
  sealer: Sealer
}

interface VersionRow {
  number: number
  endedBy: string
  actor: string
  endedAt: Date
}

const toVersion = (nameOf: (actor: string) => string, { number, endedBy, actor, endedAt }: VersionRow) => ({
  number,
  endedBy,
  actor,
  actorName: nameOf(actor),
  endedAt: endedAt.toISOString(),
})

/** Lists an order's versions, newest first. @throws AppError NOT_FOUND, also for another tenant's order */
export async function readVersions(
  deps: VersionDeps,
  tenantId: string,
  orderId: string,
): Promise<z.infer<typeof OrderVersionList>> {
  const order = await deps.db.order.findFirst({
    where: { id: orderId, tenantId },
    select: {
      versions: {
        select: { number: true, endedBy: true, actor: true, endedAt: true },
        orderBy: { number: 'desc' },
      },
    },
  })
  if (order === null) throw orderNotFound()
  const actors = order.versions.map(({ actor }) => actor)
  const nameOf = await actorNames(deps, tenantId, actors)
  return { versions: order.versions.map((row) => toVersion(nameOf, row)), nextCursor: null }
}

/** @throws AppError NOT_FOUND */
export async function readVersion(
  { db, sealer }: VersionDeps,
  tenantId: string,
  orderId: string,
  number: number,
): Promise<z.infer<typeof OrderVersionAnswer>> {
  const row = await db.orderVersion.findFirst({ where: { orderId, number, order: { tenantId } } })
  if (!row) throw new AppError('NOT_FOUND', 'この版は残っていません。版の一覧を確認してください。')
  return {
    ...toVersion(await actorNames({ db, sealer }, tenantId, [row.actor]), row),
    detail: openDetail(sealer.of(tenantId), orderId, row.sealedDetail),
    edits: openEdits(sealer.of(tenantId), orderId, row.sealedEdits),
  }
}
