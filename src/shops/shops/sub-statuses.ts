import type { Marketplaces } from '../../marketplaces/index.ts'
import type { SubStatus } from '../../marketplaces/port/session.ts'
import { askMall, type MallQuestionTools } from './ask-mall.ts'

export interface SubStatusTools extends MallQuestionTools {
  marketplaces: Marketplaces
}

/**
 * Lists values of `subStatus` for a form: the mall's, else the action's fixed ones; none without a list.
 * @throws as `askMall` does
 */
export const readSubStatuses = (
  tools: SubStatusTools,
  tenantId: string,
  shopId: string,
  signal: AbortSignal,
): Promise<SubStatus[]> =>
  askMall(tools, { tenantId, shopId }, signal, (session, limit, mall) =>
    session.subStatuses ? session.subStatuses(limit) : fixedOnes(tools.marketplaces, mall),
  )

function fixedOnes(marketplaces: Marketplaces, name: Parameters<Marketplaces['get']>[0]): SubStatus[] {
  const action = marketplaces.get(name)?.changes?.actions.find((one) => one.action === 'sub_status')
  const field = action?.fields.find((one) => one.name === 'subStatus')
  return (field?.choices ?? []).map(({ code, label }) => ({ code, label, mallStatus: null }))
}
