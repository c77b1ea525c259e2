import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation, useParams } from 'wouter'
import { answer, api } from '../api.ts'
import { queries } from '../data.ts'
import { t } from '../i18n.ts'
import { fieldWord } from '../order/field-words.ts'
import { patchAt } from '../parts/merge-patch.ts'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem, Wide } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'

/** 再取込の差分: what the mall says now beside what stands here, field by field, and each is chosen. */

const readReimport = (id: string) => answer(api.GET('/v1/reimports/{id}', { params: { path: { id } } }))
type Line = NonNullable<Awaited<ReturnType<typeof readReimport>>['orders'][number]['differences']>[number]

/** Asks the mall for this order without taking anything over, and opens what differs. */
export default function Difference() {
  const { id = '' } = useParams<{ id: string }>()
  const asked = useQuery({
    queryKey: ['difference', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => answer(api.POST('/v1/orders/reimport', { body: { orderIds: [id], apply: 'none' } })),
  })
  const reimportId = asked.data?.reimportId
  const read = useQuery({
    queryKey: ['reimport', reimportId],
    enabled: reimportId !== undefined,
    queryFn: () => readReimport(reimportId ?? ''),
    refetchInterval: (query) =>
      query.state.data?.orders[0]?.state === 'waiting' || !query.state.data ? 1_000 : false,
  })
  const order = read.data?.orders[0]
  return (
    <div className="desk">
      <p>
        <Link href={`/orders/${id}`}>{t('受注に戻る', 'Back to the order')}</Link>
      </p>
      <h1>{t('再取込の差分', 'Differences from the mall')}</h1>
      {asked.error ? (
        <Failed error={asked.error} again={() => void asked.refetch()} />
      ) : read.error ? (
        <Failed error={read.error} again={() => void read.refetch()} />
      ) : !order || order.state === 'waiting' ? (
        <>
          <Loading />
          <p role="status">{t('モールに問い合わせています。', 'Asking the mall.')}</p>
        </>
      ) : order.state === 'failed' ? (
        <p>
          <Sign tone="failed">{order.message ?? order.outcome}</Sign>
        </p>
      ) : (order.differences ?? []).length === 0 ? (
        <p>
          <Sign tone="done">{t('モールの内容と同じです。', 'It is the same at the mall.')}</Sign>
        </p>
      ) : (
        <Choices orderId={id} lines={order.differences ?? []} />
      )}
    </div>
  )
}

/** Only the mall can say these: they are taken over by themselves. */
const OF_THE_MALL = new Set(
  'marketplace shopCode orderNumber updatedAt mallStatus mallSubStatus mallState mallStatuses cancelReason holds flags warnings'.split(
    ' ',
  ),
)
const ofMall = (path: string): boolean => OF_THE_MALL.has(path.split('/')[1] ?? '')

const shown = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

function Choices({ orderId, lines }: { orderId: string; lines: readonly Line[] }) {
  const mayWork = useMayWork()
  const [, navigate] = useLocation()
  // Suggests the mall's value where only the mall changed. Edits here are work: they stay until given up.
  const [sides, setSides] = useState<ReadonlyMap<string, 'mall' | 'here'>>(
    () => new Map(lines.map((line) => [line.path, line.kind === 'mall' ? 'mall' : 'here'])),
  )
  const { busy, error, send } = useSend()
  const take = async () => {
    const params = { path: { id: orderId } }
    let order = await answer(api.GET('/v1/orders/{id}', { params }))
    for (const line of lines) {
      if (sides.get(line.path) !== 'mall' || ofMall(line.path)) continue
      const body = patchAt(order.detail, line.path, line.mallNow)
      const header = { 'If-Match': `"${order.version}"` }
      order = await answer(api.PATCH('/v1/orders/{id}', { params: { ...params, header }, body }))
    }
    void queries.invalidateQueries()
    toast(t('選んだ内容を反映しました。', 'Your choice was taken over.'))
    navigate(`/orders/${orderId}`)
  }
  return (
    <>
      <Wide label={t('再取込の差分', 'Differences from the mall')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('項目', 'Field')}</th>
              <th scope="col">{t('前回のモール', 'The mall before')}</th>
              <th scope="col">{t('今のモール', 'The mall now')}</th>
              <th scope="col">{t('こちら', 'Here')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.path}>
                <th scope="row">
                  <span title={line.path}>{fieldWord(line.path)}</span>
                </th>
                <td className="quiet">{shown(line.mallBefore)}</td>
                {ofMall(line.path) && (
                  <td colSpan={2}>
                    {shown(line.mallNow)}{' '}
                    <span className="quiet">{t('（モールの値に従います）', '(follows the mall)')}</span>
                  </td>
                )}
                {(ofMall(line.path) ? [] : (['mall', 'here'] as const)).map((side) => (
                  <td key={side}>
                    <label className="tick">
                      <input
                        type="radio"
                        name={line.path}
                        checked={sides.get(line.path) === side}
                        onChange={() => setSides(new Map(sides).set(line.path, side))}
                      />
                      {shown(side === 'mall' ? line.mallNow : line.here) || t('（なし）', '(none)')}
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <Problem error={error} />
      {mayWork && (
        <p>
          <button
            type="button"
            className="button button-main"
            aria-disabled={busy}
            onClick={() => send(take)}
          >
            {t('選んだ内容を反映する', 'Take over what was chosen')}
          </button>
        </p>
      )}
    </>
  )
}
