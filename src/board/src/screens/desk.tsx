import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from 'wouter'
import { answer, api, type OrderRow } from '../api.ts'
import { moveOrders } from '../bulk/bulk.ts'
import { useBoard, useNames } from '../data.ts'
import { Cause, CauseHead, forAll, groups, MOST, OnlyFirst, Part } from '../desk/cause.tsx'
import { Imports } from '../desk/failed-imports.tsx'
import { t } from '../i18n.ts'
import { readNamed, toRow } from '../list/live-list.ts'
import { ShipBy } from '../list/order-columns.tsx'
import { onHoldDue } from '../list/order-query.ts'
import {
  dismissChange,
  mayRetry,
  refreshChanges,
  retryChange,
  SiteChangeCard,
} from '../order/site-change-card.tsx'
import { nameOf, number, shortTime, today } from '../parts/format.ts'
import { MallBadge } from '../parts/mall.tsx'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useIsOwner, useMayWork } from '../session.ts'
import { ConnectionTest, Outgoing } from '../settings/connection-test.tsx'
import { actionWord } from '../words.ts'

const PARTS = ['attention', 'failed', 'warning', 'imports', 'hold'] as const
type PartName = (typeof PARTS)[number]

const LABELS: Readonly<Record<PartName, readonly [ja: string, en: string, tone: 'stop' | 'look']>> = {
  attention: ['店舗・受信箱', 'Shops and mailboxes', 'stop'],
  failed: ['失敗', 'Failed', 'stop'],
  warning: ['警告', 'Warnings', 'look'],
  imports: ['取込失敗', 'Failed imports', 'stop'],
  hold: ['期日が来た保留', 'Hold is due', 'look'],
}

/** 警告・失敗デスク: what did not go well, by its cause, with what to do; the worst first, each kind on its tab. */
export default function Desk() {
  const board = useBoard().data
  const wanted = new URLSearchParams(useSearch()).get('part')
  const part = PARTS.find((one) => one === wanted) ?? null
  const counts = board && {
    attention: board.attention,
    failed: board.failed,
    warning: board.warning,
    imports: board.importFailed,
    hold: board.onHoldDue,
  }
  const all = counts && PARTS.reduce((sum, one) => sum + counts[one], 0)
  const more = (one: PartName) => {
    const name = {
      attention: '',
      failed: 'failed',
      warning: 'warning',
      imports: 'importFailed',
      hold: 'onHoldDue',
    }
    return board?.bounded.includes(name[one]) ? '+' : ''
  }
  const shows = (one: PartName) => part === null || part === one
  // One act on the page is the main one: of the first cause.
  const first = counts && PARTS.find((one) => shows(one) && counts[one] > 0)
  const tab = (to: PartName | null, label: string, count: number | undefined, tone: string) => (
    <Link
      key={label}
      className="due-tab"
      href={to === null ? '/desk' : `/desk?part=${to}`}
      replace
      aria-current={part === to ? 'page' : undefined}
    >
      {label}{' '}
      <span className={`badge badge-${count ? tone : 'rest'}`}>
        {count === undefined ? '…' : `${number(count)}${to === null ? '' : more(to)}`}
      </span>
    </Link>
  )
  return (
    <div className="desk">
      <h1>{t('警告・失敗', 'Warnings and failures')}</h1>
      <nav className="due-tabs desk-tabs" aria-label={t('種類', 'Kinds')}>
        {tab(null, t('すべて', 'All'), all, 'rest')}
        {PARTS.map((one) => {
          const [ja, en, tone] = LABELS[one]
          return tab(one, t(ja, en), counts?.[one], tone)
        })}
      </nav>
      {shows('attention') && <Attention main={first === 'attention'} />}
      {shows('failed') && <Changes state="failed" main={first === 'failed'} />}
      {shows('warning') && <Changes state="warning" main={first === 'warning'} />}
      {shows('imports') && <Imports main={first === 'imports'} />}
      {shows('hold') && board && board.onHoldDue > 0 && (
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
      {counts && PARTS.every((one) => !shows(one) || counts[one] === 0) && (
        <p className="quiet" role="status">
          {t('対応が必要なものはありません。', 'Nothing needs you.')}
        </p>
      )}
    </div>
  )
}

/** Shops and mailboxes that stand still until somebody does something. */
function Attention({ main }: { main: boolean }) {
  const board = useBoard().data
  const { mall } = useNames()
  const mayWork = useMayWork()
  const owner = useIsOwner()
  const lines = [
    ...(board?.shops ?? []).map((shop) => ({
      path: 'shops' as const,
      id: shop.shopId,
      name: `${mall(shop.marketplace, shop.shopId)} ${shop.name}`,
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
    <Part id="attention" title={t('要対応の店舗・受信箱', 'Shops and mailboxes that stand still')}>
      {standing.map(({ path, id, name, marketplace, attention }, index) => (
        <article key={id} className="cause change-failed" aria-label={name}>
          <CauseHead
            tone="failed"
            icon={path === 'shops' ? 'key' : 'tray'}
            title={`${name}: ${attention?.message ?? ''}`}
            code={attention?.code ?? ''}
          >
            {t(`${shortTime(attention?.since)}から`, `since ${shortTime(attention?.since)}`)}{' '}
            {path === 'shops'
              ? isOfFile(attention)
                ? t('取り込めていない注文があります', 'Some orders have not come in')
                : t('この店舗の注文が止まっています', 'Its orders stand still')
              : t('この受信箱のメールを読めていません', 'Its mails are not read')}
          </CauseHead>
          {marketplace && <Outgoing marketplace={marketplace} />}
          <div className="row">
            {owner && (
              <Link
                className={main && index === 0 ? 'button button-main' : 'button button-tonal'}
                href={isOfFile(attention) ? '/csv?tab=files' : path === 'shops' ? `/shops/${id}` : '/shops'}
              >
                {isOfFile(attention)
                  ? t('注文ファイルを見る', 'See the order files')
                  : path === 'shops'
                    ? t('鍵を入力する', 'Enter the keys')
                    : t('受信箱を直す', 'Mend the mailbox')}
              </Link>
            )}
            {mayWork && !isOfFile(attention) && <ConnectionTest path={path} id={id} />}
          </div>
        </article>
      ))}
      {noticed.map(({ id, name, notices }) => (
        <article key={id} className="cause" aria-label={name}>
          {notices.map((notice) => (
            <CauseHead
              key={notice.code}
              tone="warning"
              icon="warn"
              title={`${name}: ${notice.message}`}
              code={notice.code}
            />
          ))}
        </article>
      ))}
    </Part>
  )
}

const isOfFile = (attention: { code: string } | null): boolean => attention?.code === 'ORDER_FILE_FAILED'

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
    // One that is done with leaves; the causes stay where they are.
    placeholderData: keepPreviousData,
    queryFn: async () => new Map((await readNamed({}, ids, 'true')).map((order) => [order.id, toRow(order)])),
  })

/** One line an order, under its worst change: an order counts once, here as at the left. */
function Changes({ state, main }: { state: Unseen; main: boolean }) {
  const { mall } = useNames()
  const list = useUnseen(state)
  const warned = useUnseen('warning').data
  const ids = [...new Set(list.data?.map(({ orderId }) => orderId))]
  const read = useOrders(ids)
  const orders = read.data
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
  const title =
    state === 'failed'
      ? t('失敗したサイト変更', 'Failed site changes')
      : t('警告ありのサイト変更', 'Site changes with a warning')
  return (
    <Part id={state} title={title}>
      {list.isPending || (ids.length > 0 && read.isPending) ? (
        <Loading />
      ) : list.error && !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        groups(
          cards,
          ({ changes: [worst] }) => `${worst?.action} ${worst?.code ?? worst?.message}`,
          ({ order }) => isDue(order),
        ).map(([key, mine], index) => {
          const changes = mine.flatMap((card) => card.changes)
          const again = changes.filter(mayRetry)
          const [worst] = changes
          const due = mine.filter(({ order }) => isDue(order)).length
          const malls = [
            ...new Set(mine.flatMap(({ order }) => (order ? mall(order.marketplace, order.shopId) : []))),
          ]
          const gone = mine.flatMap(({ order }) => (order?.mallState === 'cancelled' ? [order] : []))
          return (
            <Cause
              key={key}
              tone={state}
              main={main && index === 0}
              title={[worst && actionWord(worst.action), worst?.message ?? worst?.code]
                .filter(Boolean)
                .join(': ')}
              nextStep={worst?.nextStep ?? null}
              code={worst?.code ?? ''}
              count={mine.length}
              note={[due > 0 ? t(`うち今日までが${number(due)}件`, `${due} due by today`) : '', ...malls]
                .filter(Boolean)
                .join('・')}
              actions={[
                ...(gone.length > 0
                  ? ([[t('キャンセルへ移す', 'Move to Cancelled'), () => toCancelled(gone)]] as const)
                  : []),
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
                  <p className="cause-line">
                    {order && (
                      <MallBadge name={order.marketplace} label={mall(order.marketplace, order.shopId)} />
                    )}{' '}
                    <Link href={`/orders/${id}`}>{first?.orderNumber}</Link>{' '}
                    {order && (
                      <>
                        <ShipBy order={order} /> <bdi>{nameOf(order.detail?.buyer)}</bdi>
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
      <OnlyFirst count={list.data?.length ?? 0} />
    </Part>
  )
}

const isDue = (order: OrderRow | undefined): boolean => {
  const by = order?.detail?.delivery.shipBy?.slice(0, 10)
  return order?.mallState === 'open' && by !== undefined && by <= today()
}

/** Orders that their mall has cancelled do not ship. */
async function toCancelled(orders: readonly OrderRow[]) {
  const results = await moveOrders(orders, 'cancelled', () => undefined)
  refreshChanges()
  return {
    ok: results.filter(({ state }) => state === 'ok').length,
    failed: results.filter(({ state }) => state === 'failed').map(({ text }) => text),
  }
}
