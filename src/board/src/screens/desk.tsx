import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link, useSearch } from 'wouter'
import { answer, api } from '../api.ts'
import { useBoard, useNames } from '../data.ts'
import { Cause, forAll, groups, MOST, Part } from '../desk/cause.tsx'
import { Imports } from '../desk/failed-imports.tsx'
import { t } from '../i18n.ts'
import { readNamed, toRow } from '../list/live-list.ts'
import { onHoldDue } from '../list/order-query.ts'
import {
  dismissChange,
  mayRetry,
  refreshChanges,
  retryChange,
  SiteChangeCard,
} from '../order/site-change-card.tsx'
import { nameOf, number, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useMayWork } from '../session.ts'
import { ConnectionTest, Outgoing } from '../settings/connection-test.tsx'

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
      {board && board.onHoldDue > 0 && (
        <p>
          <Sign tone="attention">
            <Link href={onHoldDue()}>
              {t(
                `期日が来た保留が${number(board.onHoldDue)}件あります。`,
                `${number(board.onHoldDue)} orders on hold are due.`,
              )}
            </Link>
          </Sign>
        </p>
      )}
      {board &&
        board.attention + board.failed + board.warning + board.importFailed + board.onHoldDue === 0 && (
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
  const mayWork = useMayWork()
  const lines = [
    ...(board?.shops ?? []).map((shop) => ({
      path: 'shops' as const,
      id: shop.shopId,
      name: `${mall(shop.marketplace)} ${shop.name}`,
      marketplace: shop.marketplace,
      attention: shop.attention,
      notices: shop.notices,
    })),
    ...(board?.mailboxes ?? []).map((box) => ({
      path: 'mailboxes' as const,
      id: box.mailboxId,
      name: box.name,
      marketplace: null,
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
        {standing.map(({ path, id, name, marketplace, attention }) => (
          <li key={id} className="change-card change-failed">
            <strong>{name}</strong> <time className="quiet">{shortTime(attention?.since)}</time>
            <p>
              {attention?.message} <code className="quiet">{attention?.code}</code>
            </p>
            {marketplace && <Outgoing marketplace={marketplace} />}
            {mayWork && <ConnectionTest path={path} id={id} />}
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

type Unseen = 'failed' | 'warning'

const useUnseen = (state: Unseen) =>
  useQuery({
    queryKey: ['site-changes', { state, dismissed: false }],
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/site-changes', { params: { query: { state, dismissed: 'false', limit: MOST } } }),
        )
      ).siteChanges,
  })

/** The orders of the cards, by id: who ordered, and under which state the order counts. */
const useOrders = (ids: readonly string[]) =>
  useQuery({
    queryKey: ['desk-orders', ids],
    enabled: ids.length > 0,
    queryFn: async () => new Map((await readNamed({}, ids, 'true')).map((order) => [order.id, toRow(order)])),
  }).data

/** One card an order, under its worst change: an order counts once, here as at the left. */
function Changes({ state, tone, title }: { state: Unseen; tone: Tone; title: string }) {
  const { mall } = useNames()
  const board = useBoard().data
  const list = useUnseen(state)
  const warned = useUnseen('warning').data
  const ids = [...new Set(list.data?.map(({ orderId }) => orderId))]
  const orders = useOrders(ids)
  if (list.data?.length === 0) return null
  const cards = ids
    .map((id) => ({
      id,
      order: orders?.get(id),
      changes: [...(list.data ?? []), ...(state === 'failed' ? (warned ?? []) : [])].filter(
        ({ orderId }) => orderId === id,
      ),
    }))
    // An order with a failed change is among the failed alone; a change that is being sent again waits for no
    // person.
    .filter(({ order }) => orders === undefined || order === undefined || order.changeState === state)
  if (list.data && cards.length === 0) return null
  return (
    <Part
      id={state}
      tone={tone}
      title={title}
      count={ids.length < MOST ? cards.length : Math.max(cards.length, board?.[state] ?? 0)}
    >
      {list.isPending ? (
        <Loading />
      ) : list.error && !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        groups(cards, ({ changes: [worst] }) => worst?.code ?? worst?.message ?? '').map(([code, mine]) => {
          const changes = mine.flatMap((card) => card.changes)
          const again = changes.filter(mayRetry)
          const [worst] = changes
          return (
            <Cause
              key={code}
              message={worst?.message ?? code}
              nextStep={worst?.nextStep ?? null}
              code={code}
              count={mine.length}
              actions={[
                ...(again.length > 0
                  ? ([
                      [t('もう一度送る', 'Send again'), () => forAll(again, retryChange, refreshChanges)],
                    ] as const)
                  : []),
                [t('確認済みにする', 'Mark as seen'), () => forAll(changes, dismissChange, refreshChanges)],
              ]}
            >
              {mine.map(({ id, order, changes: [first, ...others] }) => (
                <div key={id} className="order-card">
                  <p>
                    <Link href={`/orders/${id}`}>{first?.orderNumber}</Link>{' '}
                    {order && (
                      <>
                        <span className="quiet">{mall(order.marketplace)}</span>{' '}
                        <bdi>{nameOf(order.detail?.buyer)}</bdi>
                      </>
                    )}
                  </p>
                  {first && <SiteChangeCard change={first} underCause />}
                  {others.map((change) => (
                    <SiteChangeCard
                      key={change.id}
                      change={change}
                      underCause={change.code === first?.code}
                    />
                  ))}
                </div>
              ))}
            </Cause>
          )
        })
      )}
    </Part>
  )
}
