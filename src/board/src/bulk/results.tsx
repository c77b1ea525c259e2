import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { answer, api } from '../api.ts'
import { t } from '../i18n.ts'
import { onLiveEvent } from '../live.ts'
import { number } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { changeResult, type Result } from './bulk.ts'

const TONES: Record<Result['state'], Tone> = { ok: 'done', waiting: 'changing', failed: 'failed' }

/** Results of an action, failures first; what still goes on at the mall is followed. */
export function Results(props: {
  results: readonly Result[]
  onMend?: ((failed: ReadonlySet<string>) => void) | undefined
}) {
  const { results, onMend } = props
  const [news, setNews] = useState<ReadonlyMap<string, Pick<Result, 'state' | 'text'>>>(new Map())
  useEffect(() => {
    const mine = new Set(results.flatMap((one) => (one.changeId ? [one.changeId] : [])))
    return onLiveEvent(({ kind, data }) => {
      if (kind !== 'change' || !mine.has(data.changeId)) return
      const { changeId } = data
      void answer(api.GET('/v1/site-changes/{id}', { params: { path: { id: changeId } } })).then(
        (change) => setNews((all) => new Map(all).set(changeId, changeResult(change))),
        () => undefined,
      )
    })
  }, [results])
  const now = results.map((one) => ({ ...one, ...(one.changeId ? news.get(one.changeId) : undefined) }))
  const count = (state: Result['state']) => now.filter((one) => one.state === state).length
  const order: Result['state'][] = ['failed', 'waiting', 'ok']
  const sorted = [...now].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  return (
    <div className="results">
      <p className="results-sum" role="status">
        <Sign tone="done">{t(`成功 ${number(count('ok'))}件`, `${count('ok')} done`)}</Sign>
        {count('waiting') > 0 && (
          <Sign tone="changing">
            {t(`処理中 ${number(count('waiting'))}件`, `${count('waiting')} under way`)}
          </Sign>
        )}
        {count('failed') > 0 && (
          <Sign tone="failed">{t(`失敗 ${number(count('failed'))}件`, `${count('failed')} failed`)}</Sign>
        )}
        {onMend && count('failed') > 0 && (
          <button
            type="button"
            className="button"
            onClick={() =>
              onMend(new Set(now.flatMap(({ orderId, state }) => (state === 'failed' ? [orderId] : []))))
            }
          >
            {t('失敗した受注を直して送り直す', 'Mend the failed ones and send again')}
          </button>
        )}
      </p>
      <div
        className="results-table"
        tabIndex={0}
        role="region"
        aria-label={t('受注ごとの結果', 'Result by order')}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{t('結果', 'Result')}</th>
              <th scope="col">{t('受注番号', 'Number')}</th>
              <th scope="col">{t('内容', 'What happened')}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST_SHOWN).map((one) => (
              <tr key={one.changeId ?? one.orderId}>
                <td>
                  <Sign tone={TONES[one.state]}>
                    {one.state === 'ok'
                      ? t('成功', 'Done')
                      : one.state === 'waiting'
                        ? t('処理中', 'Under way')
                        : t('失敗', 'Failed')}
                  </Sign>
                </td>
                <td>
                  <Link href={`/orders/${one.orderId}`}>{one.orderNumber}</Link>
                </td>
                <td>{one.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > MOST_SHOWN && (
        <p className="support">
          {t(`先頭の${MOST_SHOWN}件を表示しています。`, `The first ${MOST_SHOWN} are shown.`)}
        </p>
      )}
    </div>
  )
}

const MOST_SHOWN = 500
