import { useEffect, useEffectEvent, useState } from 'react'
import { answer, api } from '../api.ts'
import { refresh, useMalls } from '../data.ts'
import { t } from '../i18n.ts'
import { Sign } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'

export const refreshShops = (): void => refresh('shops', 'mailboxes', 'board', 'credentials')

/** Shows the addresses that a mall must have registered: without one, calls fail as with a wrong key. */
export function Outgoing({ marketplace }: { marketplace: string }) {
  const outgoing = useMalls().data?.find(({ name }) => name === marketplace)?.outgoing
  if (!outgoing) return null
  const { registeredIn, addresses } = outgoing
  return (
    <p>
      {t(`${registeredIn}に登録する送信元IPアドレス: `, `Address to register (${registeredIn}): `)}
      {addresses.length > 0 ? (
        addresses.map((one) => (
          <span key={one}>
            <code>{one}</code>{' '}
          </span>
        ))
      ) : (
        <strong>{t('このサーバーの運営者に確認してください。', 'Ask the operator of this server.')}</strong>
      )}
    </p>
  )
}

/** Logs in at the mall or mail server, and says in its words what was found. */
export function ConnectionTest(props: {
  path: 'shops' | 'mailboxes'
  id: string
  main?: boolean
  /** Tries by itself each time that this number rises: what was saved is proven by the same press. */
  auto?: number
}) {
  const { path, id } = props
  const { busy, error, send } = useSend()
  const [found, setFound] = useState<{
    ok: boolean
    conclusive?: boolean
    messages: readonly string[]
  } | null>(null)
  const run = async () => {
    setFound(null)
    const params = { params: { path: { id } } }
    setFound(
      path === 'shops'
        ? await answer(api.POST('/v1/shops/{id}/test', params))
        : await answer(api.POST('/v1/mailboxes/{id}/test', params)),
    )
    refreshShops()
  }
  const { auto = 0 } = props
  const begin = useEffectEvent(() => send(run))
  useEffect(() => {
    if (auto > 0) begin()
  }, [auto])
  return (
    <div className="stack">
      <p>
        <button
          type="button"
          className={`button${props.main ? ' button-main' : ''}`}
          aria-disabled={busy}
          onClick={() => send(run)}
        >
          {t('接続テスト', 'Test')}
        </button>{' '}
        <span role="status">{busy && t('問い合わせています…', 'Asking…')}</span>
      </p>
      {found && (
        <div role="status">
          {found.ok ? (
            <Sign tone="done">{t('接続できました', 'It works')}</Sign>
          ) : found.conclusive === false ? (
            <Sign tone="warning">
              {t(
                '確かめられませんでした。鍵はこのままで、少し待ってもう一度テストしてください',
                'Could not be tried: leave the keys, and test again in a while',
              )}
            </Sign>
          ) : (
            <Sign tone="failed">{t('接続できません', 'It does not work')}</Sign>
          )}
          {found.messages.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )}
      <Problem error={error} />
    </div>
  )
}
