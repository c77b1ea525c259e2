import { type ReactNode, useState } from 'react'
import { ApiProblem, problemText } from '../api.ts'
import { t } from '../i18n.ts'
import { number } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'

/** As many as the desk shows of a kind. */
export const MOST = 200

/** A part of the desk; its tab says how many there are. */
export function Part(props: { id: string; title: string; children: ReactNode }) {
  return (
    <section id={props.id} className="desk-part" aria-label={props.title}>
      {props.children}
    </section>
  )
}

/** A cause in a sentence, with its sign; below it how many, whose, and the code last. */
export function CauseHead(props: {
  tone: 'failed' | 'warning'
  icon: IconName
  title: string
  code: string
  children?: ReactNode
}) {
  const { tone, icon, title, code, children } = props
  return (
    <header className="cause-head">
      <span className={`cause-sign sign-${tone}`}>
        <Icon name={icon} />
      </span>
      <div>
        <h2>{title}</h2>
        <p className="quiet">
          {children} <code>{code}</code>
        </p>
      </div>
    </header>
  )
}

/** Says that there are more than these. */
export const OnlyFirst = ({ count }: { count: number }) =>
  count < MOST ? null : (
    <p className="support">
      {t(
        `先頭の${number(MOST)}件までを表示しています。対処すると、続きが表示されます。`,
        `The first ${MOST} are shown; the rest comes as these are dealt with.`,
      )}
    </p>
  )

/** By cause; the one that keeps most from leaving today first, then the one of the most. */
export function groups<T>(
  all: readonly T[],
  cause: (one: T) => string,
  isUrgent: (one: T) => boolean = () => false,
): [string, T[]][] {
  const urgent = (some: readonly T[]) => some.filter(isUrgent).length
  return [...Map.groupBy(all, cause)].sort(([, a], [, b]) => urgent(b) - urgent(a) || b.length - a.length)
}

interface Done {
  ok: number
  failed: string[]
}

/** A few at a time; what does not work out is named and keeps nothing else back. */
export async function forAll(
  all: readonly { id: string }[],
  act: (id: string) => Promise<unknown>,
  after: () => void,
): Promise<Done> {
  const done: Done = { ok: 0, failed: [] }
  const waiting = [...all]
  const take = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        await act(one.id)
        done.ok++
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) throw error
        done.failed.push(problemText(error))
      }
    }
  }
  await Promise.all([take(), take(), take(), take()]).finally(after)
  return done
}

/** A cause with its remedy, and what can be done for all that have it; the orders below. */
export function Cause(props: {
  tone: 'failed' | 'warning'
  /** Its first act is the page's main one. */
  main: boolean
  title: string
  nextStep: string | null
  code: string
  count: number
  note?: string
  actions: readonly (readonly [label: string, act: () => Promise<Done>])[]
  children: ReactNode
}) {
  const { tone, count } = props
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const [done, setDone] = useState<Done | null>(null)
  const looks = (index: number) =>
    index > 0 ? 'button' : props.main ? 'button button-main' : 'button button-tonal'
  return (
    <article className="cause" aria-label={props.title}>
      <CauseHead
        tone={tone}
        icon={tone === 'failed' ? 'cross' : 'warn'}
        title={props.title}
        code={props.code}
      >
        <strong>{t(`${number(count)}件`, String(count))}</strong> {props.note}
      </CauseHead>
      {props.nextStep && (
        <p className="cause-remedy">
          <strong>{t('対処', 'Next step')}</strong> {props.nextStep}
        </p>
      )}
      {mayWork && (
        <div className="row">
          {props.actions.map(([label, act], index) => (
            <button
              key={label}
              type="button"
              className={looks(index)}
              aria-disabled={busy}
              onClick={() => send(() => act().then(setDone))}
            >
              {t(`${label}（${number(count)}件すべて）`, `${label} (all ${count})`)}
            </button>
          ))}
          <span role="status">
            {busy && t('処理しています…', 'Working…')}
            {done &&
              t(
                `成功${done.ok}件 失敗${done.failed.length}件 ${done.failed[0] ?? ''}`,
                `${done.ok} done, ${done.failed.length} failed ${done.failed[0] ?? ''}`,
              )}
          </span>
        </div>
      )}
      <Problem error={error} />
      <details open={count <= 3}>
        <summary>{t(`${number(count)}件を見る`, `See ${count}`)}</summary>
        <div className="card-list">{props.children}</div>
      </details>
    </article>
  )
}
