import { type ReactNode, useState } from 'react'
import { ApiProblem, problemText } from '../api.ts'
import { t } from '../i18n.ts'
import { number } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'

/** As many as the desk shows of a kind. */
export const MOST = 200

/** A part of the desk, with how many there are. */
export function Part(props: { id: string; title: string; tone: Tone; count: number; children: ReactNode }) {
  return (
    <section id={props.id} className="desk-part">
      <h2>
        {props.count > 0 ? <Sign tone={props.tone}>{props.title}</Sign> : props.title}{' '}
        <span className="quiet">{t(`${number(props.count)}件`, String(props.count))}</span>
      </h2>
      {props.children}
    </section>
  )
}

export function groups<T>(all: readonly T[], cause: (one: T) => string): [string, T[]][] {
  const found = new Map<string, T[]>()
  for (const one of all) found.set(cause(one), [...(found.get(cause(one)) ?? []), one])
  return [...found].sort(([, a], [, b]) => b.length - a.length)
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

/** A cause with its next step, and what can be done for all that have it. */
export function Cause(props: {
  message: string
  nextStep: string | null
  code: string
  count: number
  actions: readonly (readonly [label: string, act: () => Promise<Done>])[]
  children: ReactNode
}) {
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const [done, setDone] = useState<Done | null>(null)
  return (
    <article className="cause">
      <header>
        <p className="cause-text">
          {props.message} <code className="quiet">{props.code}</code>
        </p>
        {props.nextStep && (
          <p>
            <strong>{t('対処', 'Next step')}</strong>: {props.nextStep}
          </p>
        )}
      </header>
      {mayWork && (
        <div className="row">
          {props.actions.map(([label, act]) => (
            <button
              key={label}
              type="button"
              className="button"
              aria-disabled={busy}
              onClick={() => send(() => act().then(setDone))}
            >
              {t(`${label}（${number(props.count)}件すべて）`, `${label} (all ${props.count})`)}
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
      <details open={props.count <= 3}>
        <summary>{t(`${number(props.count)}件を見る`, `See ${props.count}`)}</summary>
        <div className="card-list">{props.children}</div>
      </details>
    </article>
  )
}
