import { answer, api, type SiteChange } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { shortTime } from '../parts/format.ts'
import { ChangeSign, Sign, type Tone } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { actionWord } from '../words.ts'

const STEPS: Record<SiteChange['steps'][number]['state'], [Tone, string, string]> = {
  waiting: ['changing', '未送信', 'not sent'],
  sent: ['changing', '送信済み・結果未確認', 'sent'],
  answered: ['changing', '受付済み', 'answered'],
  rejected: ['failed', '拒否', 'refused'],
  applied: ['done', '反映済み', 'applied'],
}

/** Ends after which the same change would end alike, or has been made: look, or make another change. */
const FINAL = new Set([
  ...['ORDER_CANCELLED_AT_MALL', 'MALL_WARNED', 'ORDER_NOT_HANDLED_HERE'],
  ...['CHANGE_PARAMETERS_INVALID', 'CHANGE_RECORD_UNREADABLE', 'BUNDLE_NOT_SHIPPED'],
])
export const mayRetry = ({ code }: Pick<SiteChange, 'code'>): boolean => code === null || !FINAL.has(code)

/** After the last of them, however many were sent. */
export const refreshChanges = (): void =>
  refresh('site-changes', 'desk-orders', 'orders', 'order', 'board', 'timeline')

export const retryChange = (id: string) =>
  answer(api.POST('/v1/site-changes/{id}/retry', { params: { path: { id } } }))
export const dismissChange = (id: string) =>
  answer(api.POST('/v1/site-changes/{id}/dismiss', { params: { path: { id } } }))

/** One change with its steps; where it did not end well, the cause, the next step and the buttons for it. */
export function SiteChangeCard({ change, underCause }: { change: SiteChange; underCause?: boolean }) {
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const act = (what: (id: string) => Promise<unknown>) => send(() => what(change.id).then(refreshChanges))
  const bad = (change.state === 'failed' || change.state === 'warning') && change.dismissedAt === null
  return (
    <article className={`change-card${bad ? ` change-${change.state}` : ''}`}>
      <header>
        <ChangeSign state={change.state} /> <strong>{actionWord(change.action)}</strong>
        <time className="quiet">{shortTime(change.finishedAt ?? change.requestedAt)}</time>
        {change.dismissedAt && <span className="quiet">{t('確認済み', 'Seen')}</span>}
      </header>
      {/* On the desk the cause stands once, above all of its orders. */}
      {!underCause && (change.message ?? change.waitingFor) && (
        <p>
          {t('原因', 'Cause')}: {change.message ?? change.waitingFor?.message}{' '}
          {change.code && <code className="quiet">{change.code}</code>}
        </p>
      )}
      {!underCause && change.nextStep && bad && (
        <p>
          <strong>{t('対処', 'Next step')}</strong>: {change.nextStep}
        </p>
      )}
      {(change.mallMessage ?? change.mallCode) && (
        <p className="quiet">
          {t('モールの返答', 'The mall said')}: {change.mallMessage}{' '}
          {change.mallCode && <code>{change.mallCode}</code>}
        </p>
      )}
      {change.steps.length > 0 && (
        <ol className="step-list">
          {change.steps.map((step) => {
            const [tone, ja, en] = STEPS[step.state]
            return (
              <li key={step.name}>
                {step.label} <Sign tone={tone}>{t(ja, en)}</Sign>{' '}
                <span className="quiet">
                  {shortTime(step.sentAt)} {step.mallMessage}
                </span>
              </li>
            )
          })}
        </ol>
      )}
      {bad && mayWork && (
        <div className="row">
          {mayRetry(change) && (
            <button type="button" className="button" aria-disabled={busy} onClick={() => act(retryChange)}>
              {t('もう一度送る', 'Send again')}
            </button>
          )}
          <button type="button" className="button" aria-disabled={busy} onClick={() => act(dismissChange)}>
            {t('確認済みにする', 'Mark as seen')}
          </button>
        </div>
      )}
      <Problem error={error} />
    </article>
  )
}
