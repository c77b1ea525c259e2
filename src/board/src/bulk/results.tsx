import { useMemo } from 'react'
import { Link } from 'wouter'
import { t } from '../i18n.ts'
import { number } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { changeResult, type Result } from './bulk.ts'
import { useFollowedChanges } from './follow-changes.ts'

type State = Result['state']

const TONES: Record<State, Tone> = { ok: 'done', waiting: 'changing', warning: 'warning', failed: 'failed' }

/** The words of the list, so that a count here is found there. */
const WORDS: Record<State, readonly [ja: string, en: string]> = {
  ok: ['成功', 'Done'],
  waiting: ['処理中', 'Under way'],
  warning: ['警告あり', 'Warning'],
  failed: ['失敗', 'Failed'],
}

/** Results of an action, failures first; what still goes on at the mall is followed. */
export function Results(props: {
  results: readonly Result[]
  onMend?: ((failed: ReadonlySet<string>) => void) | undefined
  /** Ticked orders that the action was not for. */
  leftOut?: number | undefined
}) {
  const { results, onMend, leftOut = 0 } = props
  const changeIds = useMemo(() => results.map(({ changeId }) => changeId), [results])
  const changes = useFollowedChanges(changeIds)
  const now = results.map((one) => {
    const change = changes.get(one.changeId ?? '')
    return change ? { ...one, ...changeResult(change) } : one
  })
  const count = (state: State) => now.filter((one) => one.state === state).length
  const order: State[] = ['failed', 'warning', 'waiting', 'ok']
  const sorted = [...now].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  return (
    <div className="results">
      <p className="results-sum" role="status">
        {order.toReversed().map(
          (state) =>
            (state === 'ok' || count(state) > 0) && (
              <Sign key={state} tone={TONES[state]}>
                {t(`${WORDS[state][0]} ${number(count(state))}件`, `${WORDS[state][1]}: ${count(state)}`)}
              </Sign>
            ),
        )}
        {leftOut > 0 && (
          <span className="quiet">
            {t(`対象外 ${number(leftOut)}件（送っていません）`, `${leftOut} left out (nothing was sent)`)}
          </span>
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
                  <Sign tone={TONES[one.state]}>{t(...WORDS[one.state])}</Sign>
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
