import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice } from '../parts/field.tsx'
import { shortTime } from '../parts/format.ts'
import { MoreButton } from '../parts/more-button.tsx'
import { Sign } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Problem, Wide } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import {
  DELIVERY_STATES,
  type Delivery,
  deliveryStateWord,
  kindWord,
  outcome,
  type Webhook,
} from './webhook-words.ts'

export const refreshWebhooks = (): void => refresh('webhooks', 'deliveries')

const PAGE = 20
const AGAIN_MS = 5_000

/** 送信記録: what went where and how it ended; what failed for good is sent again from here. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const [state, setState] = useState<Delivery['state'] | ''>('')
  const list = useInfiniteQuery({
    queryKey: ['deliveries', webhook.id, state],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/webhooks/{id}/deliveries', {
          params: {
            path: { id: webhook.id },
            query: { limit: PAGE, ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: AGAIN_MS,
  })
  const { busy, error, send } = useSend()
  const rows = list.data?.pages.flatMap(({ deliveries }) => deliveries) ?? []
  const failed = rows.filter((one) => one.state === 'failed').slice(0, PAGE)
  const again = async (ids: readonly string[]) => {
    try {
      for (const deliveryId of ids)
        await answer(
          api.POST('/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver', {
            params: { path: { id: webhook.id, deliveryId } },
          }),
        )
      toast(t(`${ids.length}件の再送を受け付けました。`, `${ids.length} will be sent again.`))
    } finally {
      refresh('deliveries')
    }
  }
  return (
    <section className="panel" aria-label={t(`${webhook.name}の送信記録`, `Deliveries of ${webhook.name}`)}>
      <h3>{t('送信記録（30日分）', 'Deliveries of 30 days')}</h3>
      <div className="row">
        <Choice
          label={t('状態', 'State')}
          value={state}
          onChange={setState}
          options={[
            ['', t('すべて', 'All')],
            ...DELIVERY_STATES.map((one) => [one, deliveryStateWord(one)] as const),
          ]}
        />
        {failed.length > 1 && (
          <button
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() => send(() => again(failed.map(({ id }) => id)))}
          >
            {t(`送信失敗の${failed.length}件を再送`, `Send ${failed.length} failed ones again`)}
          </button>
        )}
      </div>
      <Problem error={error} />
      {list.isPending ? (
        <Loading />
      ) : !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Empty>
          {state
            ? t('該当する送信はありません。別の状態を選んでください。', 'None of this state. Choose another.')
            : t('送信はまだありません。テスト送信で試せます。', 'Nothing was sent yet. Send a test.')}
        </Empty>
      ) : (
        <Wide label={t('送信記録', 'Deliveries')}>
          <table className="deliveries">
            <thead>
              <tr>
                <th scope="col">{t('日時', 'When')}</th>
                <th scope="col">{t('内容', 'What')}</th>
                <th scope="col">{t('結果', 'How it went')}</th>
                <th scope="col" className="num">
                  {t('送信回数', 'Attempts')}
                </th>
                <th scope="col">{t('操作', 'Action')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => (
                <Line key={one.id} delivery={one} busy={busy} onAgain={() => send(() => again([one.id]))} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      <MoreButton list={list} of={t('送信記録', 'Deliveries')} />
    </section>
  )
}

function Line({ delivery, busy, onAgain }: { delivery: Delivery; busy: boolean; onAgain: () => void }) {
  const { kind, state, at, attempts, nextAttemptAt } = delivery
  const { tone, text } = outcome(delivery)
  return (
    <tr>
      <td className="number">{shortTime(at)}</td>
      <th scope="row">{kindWord(kind)}</th>
      <td className="outcome">
        <Sign tone={tone}>{deliveryStateWord(state)}</Sign>
        <p>{text}</p>
        {state === 'waiting' && attempts > 0 && (
          <p className="quiet">
            {t(`次の送信 ${shortTime(nextAttemptAt)}`, `next attempt ${shortTime(nextAttemptAt)}`)}
          </p>
        )}
      </td>
      <td className="num">{attempts}</td>
      <td>
        {(state !== 'waiting' || attempts > 0) && (
          <button type="button" className="button" aria-disabled={busy} onClick={onAgain}>
            {state === 'waiting' ? t('すぐに再送', 'Send now') : t('再送', 'Send again')}
            <span className="for-reader"> {`${kindWord(kind)} ${shortTime(at)}`}</span>
          </button>
        )}
      </td>
    </tr>
  )
}
