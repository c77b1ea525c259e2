import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiProblem, problemText } from '../api.ts'
import { t } from '../i18n.ts'
import { Sign } from './sign.tsx'

export const Loading = () => (
  <p className="loading" role="status">
    {t('読み込んでいます', 'Loading')}
  </p>
)

export const Empty = ({ children }: { children: ReactNode }) => <p className="empty">{children}</p>

/** Shows a failed read, and a way to try again. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <div className="problem" role="alert">
      <Sign tone="failed">{t('読み込めませんでした', 'Could not be read')}</Sign>
      <p>{problemText(error)}</p>
      {again && (
        <button type="button" className="button" onClick={again}>
          {t('再読み込み', 'Try again')}
        </button>
      )}
    </div>
  )
}

/** Shows an answer once it is there. After a failed answer, an earlier one says nothing about now. */
export function Answered<T>(props: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const { query, children } = props
  if (query.isPending) return <Loading />
  if (query.error) return <Failed error={query.error} again={() => void query.refetch()} />
  return children(query.data)
}

/** The error of the last attempt, beside its values. An ended session is said by the sign-in above. */
export const Problem = ({ error }: { error: unknown }) =>
  error === null || (error instanceof ApiProblem && error.code === 'UNAUTHENTICATED') ? null : (
    <p className="field-error" role="alert">
      ＊{problemText(error)}
    </p>
  )

/** A table that may be wider than the screen: it scrolls by itself, so keys must reach it. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="scroll-x" aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}
