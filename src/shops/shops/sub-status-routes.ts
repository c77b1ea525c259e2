import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { tenantOf } from '../../http/auth.ts'
import { clientGone } from '../../http/client-gone.ts'
import { asksOthers, LOOKS_PER_MINUTE } from '../../http/limits.ts'
import { CutLater, IdParams } from '../../http/schemas.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import type { SubStatus } from '../../marketplaces/port/session.ts'
import { fetchFromMall, type MallQuestionTools } from './ask-mall.ts'

const SubStatusAnswer = z
  .object({
    code: z.string().describe('`subStatus` of a site change (サブステータスID)'),
    label: z.string().describe('As the shop named it (名称)'),
    mallStatus: z
      .object({
        code: z.string().describe('コード'),
        name: z.string().nullable().describe('名称'),
      })
      .nullable()
      .describe('The mall status that it belongs to; null: any (注文ステータス)'),
  })
  .describe('Sub-status (サブステータス)')

export const subStatusRoutes =
  (tools: SubStatusTools): Routes =>
  (app) => {
    app.get(
      '/shops/:id/sub-statuses',
      {
        config: { ...asksOthers(LOOKS_PER_MINUTE), waits: true },
        schema: {
          tags: ['shops'],
          operationId: 'listSubStatuses',
          summary: 'Sub-statuses of a shop (サブステータスの一覧)',
          description:
            'What the site change `sub_status` takes: those the shop has set up, where the mall tells them, or the mall’s ' +
            'fixed ones. Empty for a mall that tells none: it takes the names that the shop gave, or has none.',
          params: IdParams,
          response: { 200: z.object({ subStatuses: z.array(SubStatusAnswer), nextCursor: CutLater }) },
        },
      },
      async (request, reply) => ({
        subStatuses: await readSubStatuses(tools, tenantOf(request), request.params.id, clientGone(reply)),
        nextCursor: null,
      }),
    )
  }

interface SubStatusTools extends MallQuestionTools {
  marketplaces: Marketplaces
}

/**
 * Lists values of `subStatus` for a form: the mall's, else the action's fixed ones; none without a list.
 * @throws as `fetchFromMall` does
 */
export const readSubStatuses = (
  tools: SubStatusTools,
  tenantId: string,
  shopId: string,
  signal: AbortSignal,
): Promise<SubStatus[]> =>
  fetchFromMall(tools, { tenantId, shopId }, signal, (session, limit, mall) =>
    session.subStatuses ? session.subStatuses(limit) : fixedOnes(tools.marketplaces, mall),
  )

function fixedOnes(marketplaces: Marketplaces, name: Parameters<Marketplaces['get']>[0]): SubStatus[] {
  const action = marketplaces.get(name)?.changes?.actions.find((one) => one.action === 'sub_status')
  const field = action?.fields.find((one) => one.name === 'subStatus')
  return (field?.choices ?? []).map(({ code, label }) => ({ code, label, mallStatus: null }))
}
