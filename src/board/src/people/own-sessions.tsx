import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { shortTime } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'

/** Lists a person's own sessions, so that they can end unknown ones. */
export function OwnSessions() {
  const list = useQuery({
    queryKey: ['sessions'],
    queryFn: async () => (await answer(api.GET('/v1/sessions'))).sessions,
  })
  const { busy, error, send } = useSend()
  const end = async (ids: readonly string[]) => {
    try {
      for (const id of ids) await answer(api.DELETE('/v1/sessions/{id}', { params: { path: { id } } }))
      toast(t(`${ids.length}台をログアウトさせました。`, `${ids.length} signed out.`))
    } finally {
      refresh('sessions', 'staff')
    }
  }
  if (list.isPending) return <Loading />
  if (!list.data) return <Failed error={list.error} again={() => void list.refetch()} />
  const own = [...list.data].sort((a, b) => Number(b.current) - Number(a.current))
  const others = list.data.flatMap(({ id, current }) => (current ? [] : [id]))
  return (
    <>
      <ul className="plain">
        {own.map((one) => (
          <li key={one.id} className="change-card">
            <header>
              <strong>{one.userAgent}</strong>
              {one.current && <Sign tone="done">{t('この端末', 'This one')}</Sign>}
            </header>
            <p className="quiet">
              {t(
                `接続元 ${one.network}　最終利用 ${shortTime(one.seenAt)}　ログイン ${shortTime(one.createdAt)}`,
                `from ${one.network}, last used ${shortTime(one.seenAt)}, signed in ${shortTime(one.createdAt)}`,
              )}
            </p>
            {!one.current && (
              <div className="row">
                <button
                  type="button"
                  className="button"
                  aria-disabled={busy}
                  onClick={() => send(() => end([one.id]))}
                >
                  {t('ログアウトさせる', 'Sign out')}
                  <span className="for-reader"> {`${one.userAgent} ${shortTime(one.seenAt)}`}</span>
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <p>
          <TwiceButton
            label={t('ほかの端末をすべてログアウトさせる', 'Sign out all others')}
            again={t(
              `もう一度押すと${others.length}台をログアウトさせます`,
              `Press again to sign out ${others.length}`,
            )}
            busy={busy}
            act={() => send(() => end(others))}
          />
        </p>
      )}
      {others.length === 0 && (
        <p className="quiet">
          {t('ほかの端末ではログインしていません。', 'You are signed in nowhere else.')}
        </p>
      )}
      <Problem error={error} />
    </>
  )
}
