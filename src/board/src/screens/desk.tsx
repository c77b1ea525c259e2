import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useSearch } from 'wouter'
import { answer, api, type SiteChange } from '../api.ts'
import { useBoard, useNames } from '../data.ts'
import { Cause, forAll, groups, MOST, Part } from '../desk/cause.tsx'
import { Imports } from '../desk/failed-imports.tsx'
import { t } from '../i18n.ts'
import { dismissChange, refreshChanges, retryChange, SiteChangeCard } from '../order/site-change-card.tsx'
import { shortTime } from '../parts/format.ts'
import type { Tone } from '../parts/sign.tsx'
import { Failed, Loading } from '../parts/states.tsx'

/** 警告・失敗デスク: what did not go well, by its cause, with what to do; parts without anything are not there. */
export default function Desk() {
  const board = useBoard().data
  const part = new URLSearchParams(useSearch()).get('part')
  useEffect(() => {
    if (part) document.getElementById(part)?.scrollIntoView()
  }, [part])
  return (
    <div className="desk">
      <h1>{t('警告・失敗', 'Warnings and failures')}</h1>
      <Attention />
      <Changes state="failed" tone="failed" title={t('失敗したサイト変更', 'Failed site changes')} />
      <Changes
        state="warning"
        tone="warning"
        title={t('警告ありのサイト変更', 'Site changes with a warning')}
      />
      <Imports />
      {board && board.attention + board.failed + board.warning + board.importFailed === 0 && (
        <p className="quiet" role="status">
          {t('対応が必要なものはありません。', 'Nothing needs you.')}
        </p>
      )}
    </div>
  )
}

/** Shops and mailboxes that stand still until somebody does something. */
function Attention() {
  const board = useBoard().data
  const { mall } = useNames()
  const lines = [
    ...(board?.shops ?? []).map((shop) => ({
      id: shop.shopId,
      name: `${mall(shop.marketplace)} ${shop.name}`,
      attention: shop.attention,
      notices: shop.notices,
    })),
    ...(board?.mailboxes ?? []).map((box) => ({
      id: box.mailboxId,
      name: box.name,
      attention: box.attention,
      notices: box.notices,
    })),
  ]
  const standing = lines.filter((line) => line.attention !== null)
  const noticed = lines.filter((line) => line.attention === null && line.notices.length > 0)
  if (standing.length + noticed.length === 0) return null
  return (
    <Part
      id="attention"
      tone="attention"
      title={t('要対応の店舗・受信箱', 'Shops and mailboxes that stand still')}
      count={standing.length}
    >
      <ul className="plain">
        {standing.map(({ id, name, attention }) => (
          <li key={id} className="change-card change-failed">
            <strong>{name}</strong> <time className="quiet">{shortTime(attention?.since)}</time>
            <p>
              {attention?.message} <code className="quiet">{attention?.code}</code>
            </p>
          </li>
        ))}
        {noticed.map(({ id, name, notices }) => (
          <li key={id} className="change-card">
            <strong>{name}</strong>
            {notices.map((notice) => (
              <p key={notice.code}>
                {notice.message} <code className="quiet">{notice.code}</code>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Changes({ state, tone, title }: { state: 'failed' | 'warning'; tone: Tone; title: string }) {
  const list = useQuery({
    queryKey: ['site-changes', { state, dismissed: false }],
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/site-changes', { params: { query: { state, dismissed: 'false', limit: MOST } } }),
        )
      ).siteChanges,
  })
  const all = list.data ?? []
  if (list.data?.length === 0) return null
  return (
    <Part id={state} tone={tone} title={title} count={all.length}>
      {list.isPending ? (
        <Loading />
      ) : list.error && !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        groups(all, (change) => change.code ?? change.message ?? '').map(([code, changes]) => (
          <Cause
            key={code}
            message={changes[0]?.message ?? code}
            nextStep={changes[0]?.nextStep ?? null}
            code={code}
            count={changes.length}
            actions={[
              [t('もう一度送る', 'Send again'), () => forAll(changes, retryChange, refreshChanges)],
              [t('確認済みにする', 'Mark as seen'), () => forAll(changes, dismissChange, refreshChanges)],
            ]}
          >
            {changes.map((change: SiteChange) => (
              <SiteChangeCard key={change.id} change={change} withOrder />
            ))}
          </Cause>
        ))
      )}
    </Part>
  )
}
