import type { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { IdParams } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { CsvError, readCsv } from '../platform/csv.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { compare, type OwnOrder, readTheirs } from './compare.ts'
import { fileName, reportText } from './page.ts'
import { endRehearsal, findRehearsal, type RehearsalTools, startRehearsal } from './rehearsals.ts'
import { type ReportDeps, readReport } from './report.ts'
import { ComparisonAnswer, ComparisonRequest, RehearsalAnswer } from './schemas.ts'

const MOST_ROWS = 50_000
const LONGEST_LINE = 100_000
/** Numbers looked up at once. */
const AT_ONCE = 5_000
/** Orders of the file's time that are compared with it. */
const MOST_OWN = 50_000

/** リハーサル: a shop with its real mall, to which nothing is sent. */
export const rehearsalRoutes =
  (deps: ReportDeps & RehearsalTools): Routes =>
  (app) => {
    operation(app, {
      id: 'startRehearsal',
      at: 'POST /v1/shops/:id/rehearsal',
      tag: 'shops',
      since: '1.1.0',
      who: tenant('owner', 'by path'),
      cost: 'heavy',
      audit: ['shop.rehearsal_begun'],
      summary: 'Begin a rehearsal with the real mall (リハーサルの開始)',
      description:
        'From now on mails are read and orders imported as ever, and nothing is sent to the mall: site changes (サイト変更) that are ' +
        'asked for end at once with the code `REHEARSAL`, and the report shows what would have been sent. Refused with 409 while ' +
        'site changes are under way. Where a rehearsal is on, it goes on.',
      params: IdParams,
      repeat: 'safe',
      answers: { 200: RehearsalAnswer },
      run: async (request) => {
        await startRehearsal(deps, callerOf(request), request.params.id)
        return readReport(deps, tenantOf(request), request.params.id)
      },
    })

    operation(app, {
      id: 'getRehearsal',
      at: 'GET /v1/shops/:id/rehearsal',
      tag: 'shops',
      since: '1.1.0',
      who: tenant('read_only', 'by path'),
      cost: 'heavy',
      summary: 'Report of a rehearsal (リハーサルの報告)',
      description:
        'Of the one that is on, else of the last one: what was asked of the mall and what came, mails, orders, fields and codes ' +
        'that its documents do not name, quotas that were met, site changes that were not sent, and a verdict. Nothing personal.',
      params: IdParams,
      answers: { 200: RehearsalAnswer },
      run: (request) => readReport(deps, tenantOf(request), request.params.id),
    })

    operation(app, {
      id: 'getRehearsalFile',
      at: 'GET /v1/shops/:id/rehearsal/file',
      tag: 'shops',
      since: '1.1.0',
      who: tenant('read_only', 'by path'),
      cost: 'heavy',
      summary: 'The same as a file (リハーサル報告のファイル)',
      description: 'Markdown, Japanese.',
      params: IdParams,
      run: async (request, reply) => {
        const report = await readReport(deps, tenantOf(request), request.params.id)
        reply.header('content-type', 'text/markdown; charset=utf-8')
        reply.header('content-disposition', `attachment; filename="${fileName(report)}"`)
        reply.header('cache-control', 'no-store')
        return reply.send(reportText(report))
      },
    })

    operation(app, {
      id: 'compareRehearsal',
      at: 'POST /v1/shops/:id/rehearsal/comparison',
      tag: 'shops',
      since: '1.1.0',
      who: tenant('owner', 'by path'),
      cost: 'heavy',
      audit: [],
      summary: 'Compare with the CSV of the system in use (今のシステムとの比較)',
      description:
        'Columns are found by their headings (受注番号・注文番号, 請求金額・合計金額, 注文日). Orders that are missing on either side and ' +
        'amounts that differ; kept with the report in place of an earlier comparison. The file itself is not kept.',
      params: IdParams,
      body: json(
        ComparisonRequest.meta({
          examples: [
            {
              file: Buffer.from('受注番号,合計金額\r\n123456-20260401-0000000001,4980\r\n').toString(
                'base64',
              ),
            },
          ],
        }),
        '8 MiB',
      ),
      repeat: 'safe',
      answers: { 200: ComparisonAnswer },
      run: async (request) => {
        const tenantId = tenantOf(request)
        const shopId = request.params.id
        const { shop, rehearsal } = await findRehearsal(deps, tenantId, shopId)
        const file = readFile(request.body)
        const names = file.orders.map(({ number }) => number)
        const own = await readOwn(deps, { tenantId, shopId, shopCode: shop.code }, names)
        const since = japaneseDay(rehearsal.startedAt.getTime())
        const comparison = compare(file.orders, own, { shopCode: shop.code, since })
        const comparedAt = new Date(deps.clock.now())
        await deps.db.rehearsal.updateMany({
          where: { id: rehearsal.id, tenantId },
          data: { comparison: { ...comparison }, comparedAt },
        })
        return { columns: file.columns, skipped: file.skipped, comparison }
      },
    })

    operation(app, {
      id: 'endRehearsal',
      at: 'POST /v1/shops/:id/rehearsal/end',
      tag: 'shops',
      since: '1.1.0',
      who: tenant('owner', 'by path'),
      cost: 'heavy',
      audit: ['shop.rehearsal_ended'],
      summary: 'End the rehearsal (リハーサルの終了)',
      description:
        'From now on site changes are sent. Those that were asked for in the rehearsal are not, and cannot be tried again.',
      params: IdParams,
      repeat: 'each time',
      answers: { 200: RehearsalAnswer },
      run: async (request) => {
        await endRehearsal(deps, callerOf(request), request.params.id)
        return readReport(deps, tenantOf(request), request.params.id)
      },
    })
  }

function readFile({ file, only }: z.infer<typeof ComparisonRequest>) {
  try {
    const rows = readCsv(Buffer.from(file, 'base64'), { rows: MOST_ROWS, line: LONGEST_LINE })
    const read = readTheirs(rows, only ?? null)
    if (read) return read
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw invalid([{ field: 'file', message: error.message, code: 'unreadable' }])
  }
  const message =
    '受注番号（注文番号）の列が見つかりません。1行目が見出しのCSVを選び、店舗を絞り込むときは見出しの名前を確認してください。'
  throw invalid([{ field: 'file', message, code: 'no_number_column' }])
}

/** Orders of the file by any of their names, and those between the first and the last of them. */
async function readOwn(
  { db }: Pick<ReportDeps, 'db'>,
  { tenantId, shopId, shopCode }: { tenantId: string; shopId: string; shopCode: string },
  names: readonly string[],
): Promise<OwnOrder[]> {
  const select = { orderNumber: true, orderedAt: true, billedAmount: true, totalAmount: true } as const
  const where = { shopId, tenantId }
  const found = new Map<string, OwnOrder>()
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const asked = names.slice(at, at + AT_ONCE).flatMap((name) => [name, `${shopCode}-${name}`])
    const rows = await db.order.findMany({ where: { ...where, orderNumber: { in: asked } }, select })
    for (const row of rows) found.set(row.orderNumber, row)
  }
  const times = [...found.values()].map(({ orderedAt }) => orderedAt.getTime())
  if (times.length === 0) return []
  const orderedAt = {
    gte: new Date(times.reduce((a, b) => Math.min(a, b))),
    lte: new Date(times.reduce((a, b) => Math.max(a, b))),
  }
  const between = await db.order.findMany({ where: { ...where, orderedAt }, select, take: MOST_OWN })
  for (const row of between) found.set(row.orderNumber, row)
  return [...found.values()]
}
