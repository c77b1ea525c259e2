import { Readable } from 'node:stream'
import type { AuditEntry, Prisma } from '../../generated/prisma/client.ts'
import { iso } from '../../http/schemas.ts'
import { csvLines, guardFormula, UTF8_BOM } from '../../platform/csv.ts'
import type { Db } from '../../platform/db/database.ts'
import type { HeavyReads } from '../../platform/db/heavy-reads.ts'
import { besideReport } from '../../platform/db/tenant-scope.ts'
import { mapBreathing } from '../../platform/event-loop.ts'
import { factsOf } from '../../platform/narrow.ts'

export type AuditFilter = Prisma.AuditEntryWhereInput

export interface AuditLine {
  id: string
  tenantId: string | null
  at: string
  actor: string
  actorName: string
  source: string | null
  action: string
  target: string
  orderIds: string[]
  data: Record<string, unknown>
}

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
export async function auditRows(
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
export type NamesOf = (actors: readonly string[]) => Promise<(actor: string) => string>

export async function auditLines(rows: readonly AuditEntry[], namesOf: NamesOf): Promise<AuditLine[]> {
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
  { db, namesOf, heavyReads }: { db: Db; namesOf: NamesOf; heavyReads: HeavyReads },
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
      const page = tenantId === undefined ? read() : heavyReads.run(tenantId, read, { patient: true })
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
