import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AuditEntry, Prisma } from '../../generated/prisma/client.ts'
import { OWNERS, operators, type Side } from '../../http/access.ts'
import { answered } from '../../http/answers.ts'
import type { App, Routes } from '../../http/app-types.ts'
import { operatorOf, tenantOf } from '../../http/auth.ts'
import { operation } from '../../http/operation.ts'
import { decodeCursor, pageOf } from '../../http/paging.ts'
import { AskedTime, CursorTime, Id, iso, NextCursor, pageQuery, Time } from '../../http/schemas.ts'
import type { Clock } from '../../platform/clock.ts'
import { csvLines, guardFormula, UTF8_BOM } from '../../platform/csv.ts'
import type { Db } from '../../platform/db/database.ts'
import type { HeavyReads } from '../../platform/db/heavy-reads.ts'
import { besideReport } from '../../platform/db/tenant-scope.ts'
import { mapBreathing } from '../../platform/event-loop.ts'
import type { NewId } from '../../platform/ids.ts'
import { factsOf, given } from '../../platform/narrow.ts'
import { actorNames, actorNamesForOperator, type NameTools } from './actor-names.ts'
import { audit, noteOf } from './audit.ts'

const Entry = z
  .object({
    id: Id,
    tenantId: Id.nullable().describe('Tenant concerned (契約店)'),
    at: Time.describe('When (日時)'),
    actor: z.string().describe('`operator`, `key:<api key id>` or `staff:<account id>` (操作者)'),
    actorName: z.string().describe('The same for people, by name (操作者名)'),
    source: z.string().nullable().describe('Address that it came from (接続元)'),
    action: z.string().describe('For example `shop.updated`, `order.viewed` (操作)'),
    target: z.string().describe('Id of what was changed or seen (対象)'),
    orderIds: z.array(Id).describe('Orders whose personal data was in the answer (個人情報を表示した受注)'),
    data: z.record(z.string(), z.unknown()).describe('What changed, without secrets (内容)'),
  })
  .meta({ id: 'AuditEntry', description: 'Who saw or changed what (監査記録)' })

const Position = z.tuple([CursorTime, z.uuid()])

const filters = {
  actor: z.string().max(100).optional().describe('Only this actor, for example `staff:<id>` (操作者)'),
  action: z.string().max(100).optional().describe('Only this action, for example `shop.updated` (操作)'),
  target: z.string().max(100).optional().describe('Only changes of this id (対象)'),
  orderId: Id.optional().describe('Only who saw or changed this order (受注)'),
  from: AskedTime.optional().describe('From this time on (開始日時)'),
  to: AskedTime.optional().describe('Until this time, without it (終了日時)'),
}

export interface AuditTools extends NameTools {
  clock: Clock
  newId: NewId
  heavyReads: HeavyReads
}

type Given = z.infer<z.ZodObject<typeof filters>> & { tenantId?: string | undefined }

const filterOf = ({ from, to, orderId, tenantId, actor, action, target }: Given): AuditFilter => ({
  ...given({ tenantId, actor, action, target }),
  ...(orderId === undefined ? {} : { OR: [{ target: orderId }, { orderIds: { has: orderId } }] }),
  ...(from === undefined && to === undefined
    ? {}
    : { at: { ...(from ? { gte: new Date(from) } : {}), ...(to ? { lt: new Date(to) } : {}) } }),
})

/** Of every tenant and of the operator's own people. */
export const auditRoutes =
  (tools: AuditTools): Routes =>
  (app) => {
    const more = { tenantId: Id.optional().describe('Only this tenant (契約店)') }
    routes(app, tools, {
      side: operators('report'),
      name: 'Audit',
      more,
      limitTo: () => ({}),
      namesFor: ({ auth }) => {
        const seesPersonalData = auth.kind === 'operator' && auth.role === 'operator'
        return (actors) => actorNamesForOperator(tools, seesPersonalData, actors)
      },
    })
  }

/** A tenant's own, for its owners: what its people and programs saw and changed, and the operator did. */
export const ownAuditRoutes =
  (tools: AuditTools): Routes =>
  (app) =>
    routes(app, tools, {
      side: OWNERS,
      name: 'OwnAudit',
      more: {},
      limitTo: (request) => ({ tenantId: tenantOf(request) }),
      namesFor: (request) => (actors) => actorNames(tools, tenantOf(request), actors),
    })

interface View {
  side: Side
  name: string
  more: { tenantId?: z.ZodOptional<typeof Id> }
  limitTo: (request: FastifyRequest) => { tenantId?: string }
  namesFor: (request: FastifyRequest) => NamesOf
}

function routes(app: App, tools: AuditTools, { side, name, more, limitTo, namesFor }: View): void {
  operation(app, {
    id: `list${name}`,
    at: `GET ${side.under}/audit`,
    since: '1.0.0',
    tag: side.tag,
    who: side.reads,
    cost: 'heavy',
    summary: 'Who saw and changed what (監査記録)',
    description:
      'Newest first, kept for twelve months. Secrets are never in it, only that they were changed.',
    query: z.strictObject({ ...more, ...filters, ...pageQuery() }),
    answers: { 200: z.object({ audit: z.array(Entry), nextCursor: NextCursor }) },
    run: async (request) => {
      const { cursor, limit, ...filter } = request.query as Given & { cursor?: string; limit: number }
      const where: Prisma.AuditEntryWhereInput = { ...filterOf(filter), ...limitTo(request) }
      const from = cursor === undefined ? {} : before(decodeCursor(cursor, Position))
      const rows = await auditRows(tools.db, { AND: [where, from] }, 'desc', limit + 1)
      const page = pageOf(rows, limit, (row) => [iso(row.at), row.id])
      return { audit: await auditLines(page.rows, namesFor(request)), nextCursor: page.nextCursor }
    },
  })

  operation(app, {
    id: `export${name}`,
    at: `GET ${side.under}/audit/export`,
    since: '1.0.0',
    tag: side.tag,
    who: side.reads,
    cost: 'pieces',
    audit: ['audit.exported'],
    summary: 'The audit as a file (監査記録の出力)',
    description: 'Oldest first. `jsonl`: one entry a line. `csv`: UTF-8 with a mark, as Excel reads it.',
    produces: ['application/jsonl', 'text/csv'],
    query: z.strictObject({
      ...more,
      ...filters,
      format: z.enum(['jsonl', 'csv']).default('jsonl').describe('形式'),
    }),
    run: async (request, reply) => {
      const { format, ...filter } = request.query as Given & { format: 'jsonl' | 'csv' }
      const whose = limitTo(request)
      if (whose.tenantId !== undefined) await tools.heavyReads.beginExport(whose.tenantId, answered(reply))
      const by = { ...operatorOf(request), tenantId: whose.tenantId ?? null }
      await besideReport('who took it away is kept', () =>
        audit(tools.db, tools, noteOf(by, 'audit.exported', '', { format })),
      )
      const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8'
      return reply
        .type(type)
        .header('content-disposition', `attachment; filename="audit.${format}"`)
        .send(
          exportAudit(
            { ...tools, namesOf: namesFor(request) },
            { ...filterOf(filter), ...whose },
            format,
            whose.tenantId,
          ),
        )
    },
  })
}

const before = ([at, id]: [string, string]) => ({
  OR: [{ at: { lt: new Date(at) } }, { at: new Date(at), id: { lt: id } }],
})

type AuditFilter = Prisma.AuditEntryWhereInput

type AuditLine = z.infer<typeof Entry>

/** Columns that the operator's reports may read of an entry. */
const LISTED = {
  id: true,
  tenantId: true,
  at: true,
  actor: true,
  action: true,
  target: true,
  orderIds: true,
} as const

/** Found by what a report may read; where from and what changed is looked up for the entries found alone. */
async function auditRows(
  db: Db,
  where: AuditFilter,
  order: Prisma.SortOrder,
  take: number,
): Promise<AuditEntry[]> {
  const found = await db.auditEntry.findMany({
    where,
    take,
    select: LISTED,
    orderBy: [{ at: order }, { id: order }],
  })
  const rest = await besideReport('addresses and texts of the entries found', () =>
    db.auditEntry.findMany({
      where: { id: { in: found.map(({ id }) => id) } },
      select: { id: true, source: true, data: true },
    }),
  )
  const restOf = new Map(rest.map((row) => [row.id, row]))
  return found.flatMap((row) => {
    const more = restOf.get(row.id)
    return more ? [{ ...row, ...more }] : []
  })
}

/** The names of some actors, as whoever asks may see them. */
type NamesOf = (actors: readonly string[]) => Promise<(actor: string) => string>

async function auditLines(rows: readonly AuditEntry[], namesOf: NamesOf): Promise<AuditLine[]> {
  const nameOf = await namesOf([...new Set(rows.map(({ actor }) => actor))])
  return rows.map((row) => auditLine(row, nameOf(row.actor)))
}

const auditLine = (row: AuditEntry, actorName: string): AuditLine => ({
  id: row.id,
  tenantId: row.tenantId,
  at: iso(row.at),
  actor: row.actor,
  actorName,
  source: row.source,
  action: row.action,
  target: row.target,
  orderIds: row.orderIds,
  data: factsOf(row.data),
})

const PAGE = 1_000
const HEAD = [
  'id',
  'tenantId',
  'at',
  'actor',
  'source',
  'action',
  'target',
  'orderIds',
  'data',
  'actorName',
] as const

/** In pages, so that a year of it never stands in memory; what comes in meanwhile is not in it. */
export function exportAudit(
  { db, namesOf, heavyReads }: { db: Db; namesOf: NamesOf; heavyReads: Pick<HeavyReads, 'run'> },
  filter: AuditFilter,
  format: 'jsonl' | 'csv',
  /** Whose own audit it is; absent: the operator's. */
  tenantId: string | undefined,
): Readable {
  async function* lines() {
    if (format === 'csv') yield UTF8_BOM + csvLines([HEAD])
    let after: { at: Date; id: string } | null = null
    for (;;) {
      const next: Prisma.AuditEntryWhereInput = after
        ? { OR: [{ at: { gt: after.at } }, { at: after.at, id: { gt: after.id } }] }
        : {}
      const read = async () => {
        const rows = await auditRows(db, { AND: [filter, next] }, 'asc', PAGE)
        const entries = await auditLines(rows, namesOf)
        return { rows, texts: await mapBreathing(entries, format === 'csv' ? csvLine : jsonLine) }
      }
      const page =
        tenantId === undefined ? read() : heavyReads.run(tenantId, read, { patient: true, rests: true })
      const { rows, texts } = await page
      yield texts.join('')
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) return
      after = last
    }
  }
  return Readable.from(lines())
}

const jsonLine = (line: AuditLine): string => `${JSON.stringify(line)}\n`
const csvLine = (line: AuditLine): string => csvLines([cellsOf(line)], 'all')

const cellsOf = (line: AuditLine): string[] =>
  HEAD.map((name) => {
    const value = line[name]
    return value === null ? '' : guardFormula(typeof value === 'string' ? value : JSON.stringify(value))
  })
