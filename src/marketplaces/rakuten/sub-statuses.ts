import { malformed } from '../kit/http-failures.ts'
import type { SubStatus } from '../port/session.ts'
import type { RakutenClient } from './client.ts'
import { PROGRESS } from './codes.ts'
import { RAKUTEN } from './facts.ts'
import { refused } from './failures.ts'
import { WireSubStatuses } from './orders/wire.ts'

/** getSubStatusList: statuses that the shop defined in RMS, each for one 注文ステータス. */
export async function subStatuses(client: RakutenClient, signal: AbortSignal): Promise<SubStatus[]> {
  const { frame, text } = await client.order('getSubStatusList', undefined, signal)
  const error = frame.MessageModelList.find(({ messageType }) => messageType === 'ERROR')
  if (error) throw refused(error.messageCode, error.message, text)
  const parsed = WireSubStatuses.safeParse(frame)
  if (!parsed.success) throw malformed(RAKUTEN, 'サブステータスの一覧', text)
  return parsed.data.StatusModelList.flatMap(({ orderProgress, SubStatusModelList }) =>
    (SubStatusModelList ?? [])
      .toSorted((a, b) => (a.orderby ?? 0) - (b.orderby ?? 0))
      .map(({ subStatusId, subStatusName }) => ({
        code: String(subStatusId),
        label: subStatusName ?? '',
        mallStatus: { code: String(orderProgress), name: PROGRESS[orderProgress]?.name ?? null },
      })),
  )
}
