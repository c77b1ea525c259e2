import { answer, api, problemText } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { number } from '../parts/format.ts'
import { toast } from '../parts/toast.tsx'
import type { Picked } from './bulk.ts'

/** As many as the service takes. */
const MOST = 20

/** Names what a press does: joins orders into one parcel, or ends their bundle; null where neither fits. */
export function bundleStep(orders: readonly Picked[]): 'make' | 'end' | null {
  const ids = new Set(orders.map(({ bundleId }) => bundleId ?? null))
  const [id] = ids
  if (id && ids.size === 1) return 'end'
  return ids.size === 1 && orders.length > 1 && orders.length <= MOST ? 'make' : null
}

export async function makeBundle(orders: readonly Picked[]): Promise<void> {
  const { bundleId } = await answer(
    api.POST('/v1/bundles', { body: { orderIds: orders.map(({ id }) => id), dryRun: false } }),
  )
  refresh('orders', 'order')
  toast(
    t(
      `${number(orders.length)}件を同梱にしました。送り状は1枚になります。`,
      `${orders.length} orders are one parcel now, with one label.`,
    ),
    {
      label: t('元に戻す', 'Undo'),
      run: () => {
        if (bundleId) void endBundle(bundleId).catch((error: unknown) => toast(problemText(error)))
      },
    },
  )
}

export async function endBundle(id: string): Promise<void> {
  const { orders } = await answer(api.DELETE('/v1/bundles/{id}', { params: { path: { id } } }))
  refresh('orders', 'order')
  toast(
    t(
      `${number(orders.length)}件の同梱を解除しました。出力済みの送り状があれば、荷物の中身を確認してください。`,
      `${orders.length} orders are apart again. If a label was written, look at what is in its parcel.`,
    ),
  )
}
