import { useQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Tab,
  TabList,
  TabPanel,
  Tabs,
} from 'react-aria-components'
import { Link, useLocation, useParams, useSearch } from 'wouter'
import { ApiProblem, answer, api, type Order, type SiteChange } from '../api.ts'
import { type Bulk, ORDER_ACTIONS, SIMPLE_ACTIONS } from '../bulk/bulk-kinds.ts'
import { choose } from '../chosen.ts'
import { mallOf, useMalls, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { beside, keepOpened } from '../list/listed.ts'
import { MarksWithWords } from '../list/marks.tsx'
import { LeftInPart, OnHold, OrderState, ShipBy, Wish } from '../list/order-columns.tsx'
import { Items } from '../order/order-contents.tsx'
import { History, useTimeline, Versions } from '../order/order-history.tsx'
import { Overview } from '../order/order-overview.tsx'
import { SiteChangeCard } from '../order/site-change-card.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { EditingProvider } from '../parts/editable.tsx'
import { Choice } from '../parts/field.tsx'
import { nameOf, number, shortTime, yen } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { useKeys } from '../parts/keys.ts'
import { lazyPart } from '../parts/lazy-part.tsx'
import { MallBadge } from '../parts/mall.tsx'
import { ChangeSign, Sign, StatusSign } from '../parts/sign.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useNamedSubject } from '../parts/subject.ts'
import { useMayWork } from '../session.ts'
import { actionWord, holdWord, isCancelled, paymentWord, statusWord } from '../words.ts'

/** 受注詳細: everything of one order, each on its tab; the tab stands in the address. */
export default function OrderScreen() {
  const { id = '' } = useParams<{ id: string }>()
  const order = useQuery({
    queryKey: ['order', id],
    queryFn: () => answer(api.GET('/v1/orders/{id}', { params: { path: { id } } })),
  })
  const changes = useQuery({
    queryKey: ['site-changes', { orderId: id }],
    queryFn: async () =>
      (await answer(api.GET('/v1/site-changes', { params: { query: { orderId: id, limit: 100 } } })))
        .siteChanges,
  })
  const search = useSearch()
  const [, navigate] = useLocation()
  const mayWork = useMayWork()
  const { before, after, list } = beside(id)
  const goTo = (other: string | null) => () => {
    if (other === null) return
    // The tab stays: whoever looks through the recipients goes on with those.
    navigate(`/orders/${other}${search === '' ? '' : `?${search}`}`, { replace: true })
  }
  const back = order.data ? `/orders?status=${order.data.status}` : '/orders'
  const leave = () => navigate(list ?? back)
  useEffect(() => keepOpened(id), [id])
  useKeys({ j: goTo(after), PageDown: goTo(after), k: goTo(before), PageUp: goTo(before), Escape: leave })
  if (order.isPending) return <Loading />
  if (!order.data)
    return order.error instanceof ApiProblem && [404, 422].includes(order.error.status) ? (
      <Empty>{t('この受注は見つかりません。', 'There is no such order.')}</Empty>
    ) : (
      <Failed error={order.error} again={() => void order.refetch()} />
    )
  const one = order.data
  const tabs: [id: string, label: string, panel: () => ReactNode][] = [
    ['order', t('概要', 'Order'), () => <Overview order={one} />],
    ['items', t('商品・金額', 'Items and money'), () => <Items order={one} />],
    [
      'changes',
      `${t('サイト変更', 'Site changes')}${changes.data?.length ? ` ${changes.data.length}` : ''}`,
      () =>
        changes.data?.length ? (
          <div className="card-list">
            {changes.data.map((change) => (
              <SiteChangeCard key={change.id} change={change} />
            ))}
          </div>
        ) : (
          <Empty>{t('サイト変更はありません。', 'No site changes.')}</Empty>
        ),
    ],
    ['history', t('履歴', 'History'), () => <History order={one} />],
    ['versions', t('版', 'Versions'), () => <Versions order={one} />],
  ]
  const wanted = new URLSearchParams(search).get('tab')
  const tab = tabs.some(([name]) => name === wanted) ? (wanted ?? 'order') : 'order'
  return (
    <div className="order-screen">
      <OrderHead order={one} change={changes.data?.[0]} />
      {changes.data
        ?.filter(
          (change) =>
            (change.state === 'failed' || change.state === 'warning') && change.dismissedAt === null,
        )
        .slice(0, 1)
        .map((change) => tab !== 'changes' && <SiteChangeCard key={change.id} change={change} />)}
      {/* By order: what is typed for one is never shown at another. */}
      <EditingProvider key={one.id} value={{ order: one, mayEdit: mayWork && one.detail !== null }}>
        <Tabs
          className="tabs"
          selectedKey={tab}
          onSelectionChange={(key) => navigate(`/orders/${id}?tab=${String(key)}`, { replace: true })}
        >
          <TabList className="tab-list" aria-label={t('受注の内容', 'Contents of the order')}>
            {tabs.map(([name, label]) => (
              <Tab key={name} id={name} className="tab">
                {label}
              </Tab>
            ))}
          </TabList>
          {tabs.map(([name, , panel]) => (
            <TabPanel key={name} id={name} className="tab-panel">
              {name === tab ? panel() : null}
            </TabPanel>
          ))}
        </Tabs>
      </EditingProvider>
    </div>
  )
}

const BulkAny = lazyPart(() => import('../bulk/bulk-any.tsx'))

function OrderHead({ order, change }: { order: Order; change: SiteChange | undefined }) {
  const { mall, shop } = useNames()
  const page = useMallPage(order)
  const { before, after, list, name, place } = beside(order.id)
  const mayWork = useMayWork()
  const heading = useRef<HTMLHeadingElement>(null)
  const [action, setAction] = useState<{ bulk: Bulk; given?: SiteChange['parameters'] } | null>(null)
  const actions = useActions(order)
  const [, navigate] = useLocation()
  const cancelled = isCancelled(order)
  useNamedSubject(order.orderNumber)
  const next = nextOf(order, change)
  const take = (path: string) => {
    choose([order])
    navigate(path)
  }
  const other = (key: string) => {
    if (key === 'ship' || key === 'move' || key === 'reimport') setAction({ bulk: key })
    else if (key === 'difference') navigate(`/orders/${order.id}/difference`)
  }
  return (
    <header className="order-head">
      <div className="order-bar">
        <p className="order-way">
          <Link href={list ?? `/orders?status=${order.status}`}>
            <Icon name="left" />
            {list === null ? statusWord(order.status) : name}
          </Link>{' '}
          <Beside id={before} label={t('前の受注', 'Before')} keyName="K" />{' '}
          {place && <span className="quiet">{place}</span>}{' '}
          <Beside id={after} label={t('次の受注', 'Next')} keyName="J" />
        </p>
        <div className="row order-buttons">
          <button type="button" className="button" onClick={() => take('/print?kind=notes')}>
            <Icon name="printer" />
            {t('納品書', 'Delivery note')}
          </button>
          {mayWork && (
            <>
              <button type="button" className="button" onClick={() => take('/csv')}>
                <Icon name="label" />
                {t('送り状', 'Label')}
              </button>
              <Choice
                label={t('サイト変更', 'Site change')}
                value=""
                hideLabel
                onChange={(chosen) => chosen !== '' && setAction({ bulk: chosen })}
                options={[
                  ['', t('サイト変更…', 'Site change…')] as const,
                  ...actions.map((one) => [one, actionWord(one)] as const),
                ]}
              />
              <MenuTrigger>
                <Button className="button">
                  {t('その他', 'More')} <Icon name="down" />
                </Button>
                <Popover className="popover">
                  <Menu
                    className="menu-list"
                    aria-label={t('その他', 'More')}
                    onAction={(key) => other(String(key))}
                  >
                    {next?.act !== 'move' && (
                      <MenuItem id="move" className="menu-entry">
                        {t('ステータス移動', 'Move')}
                      </MenuItem>
                    )}
                    {next?.act !== 'ship' && !cancelled && (
                      <MenuItem id="ship" className="menu-entry">
                        {t('発送完了を送る', 'Ship')}
                      </MenuItem>
                    )}
                    <MenuItem id="reimport" className="menu-entry">
                      {t('再取込', 'Re-import')}
                    </MenuItem>
                    <MenuItem id="difference" className="menu-entry">
                      {t('モールとの差分', 'Differences')}
                    </MenuItem>
                  </Menu>
                </Popover>
              </MenuTrigger>
            </>
          )}
          {page && (
            <a className="button" href={page} target="_blank" rel="noreferrer noopener">
              {t(
                `${mall(order.marketplace, order.shopId)}の画面`,
                `At ${mall(order.marketplace, order.shopId)}`,
              )}{' '}
              ↗
            </a>
          )}
          {mayWork && next && (
            <button
              type="button"
              className="button button-main"
              onClick={() => setAction({ bulk: next.act, given: next.given })}
            >
              {next.act === 'ship' && <Icon name="truck" />}
              {next.label}
            </button>
          )}
        </div>
      </div>
      {cancelled && (
        <p className="banner-cancelled" role="status">
          <Sign tone="cancelled">{t('キャンセル', 'Cancelled')}</Sign>{' '}
          {t(
            'この受注はキャンセルされています。発送しないでください。',
            'This order was cancelled: do not ship it.',
          )}{' '}
          {order.detail?.cancelReason?.text}
        </p>
      )}
      {!cancelled && order.cancelUnderWay && (
        <p className="banner-cancelled" role="status">
          {t(
            'キャンセル手続き中です。サイト変更が終わるまで発送しないでください。',
            'Being cancelled: do not ship it until that has ended.',
          )}
        </p>
      )}
      <div className="order-title">
        <MallBadge large name={order.marketplace} label={mall(order.marketplace, order.shopId)} />
        <h1 ref={heading}>{order.orderNumber}</h1>
        <CopyButton
          key={order.id}
          of={t('受注番号を', 'Order number: ')}
          text={order.orderNumber}
          from={heading}
          small
        />
        <span className="status-pill">
          <StatusSign status={order.status} shipping={order.shipping} />
        </span>
        {order.mallState === 'cancelled' && <OrderState order={order} />}
        {order.holds.length > 0 && <Sign tone="hold">{order.holds.map(holdWord).join('、')}</Sign>}
        <MarksWithWords order={order} />
      </div>
      {order.status === 'on_hold' && (
        <p>
          <Sign tone="hold">{statusWord('on_hold')}</Sign> <OnHold order={order} />
        </p>
      )}
      <dl className="order-state">
        <HeadFact label={t('発送期限', 'Ship by')}>
          <ShipBy order={order} />
        </HeadFact>
        <HeadFact label={t('お届け希望', 'Wish')}>
          <Wish order={order} none={<span className="quiet">{t('なし', 'none')}</span>} />
        </HeadFact>
        <HeadFact label={t('送り状番号', 'Tracking')}>
          <Tracking order={order} />
        </HeadFact>
        <HeadFact label={t('ステータス変更状態', 'Site change')}>
          <LastChange order={order} change={change} />
        </HeadFact>
        <HeadFact label={t('請求金額', 'Billed')}>
          {yen(order.billedAmount)} <span className="quiet">{paymentWord(order.paymentKind)}</span>
        </HeadFact>
        <HeadFact label={t('店舗', 'Shop')}>{shop(order.shopId)}</HeadFact>
      </dl>
      <Way order={order} />
      <p className="quiet order-facts">
        <span>
          {t('最終確認', 'last asked')} {shortTime(order.refreshedAt)}
        </span>
        <span>
          {t('版', 'version')} {order.version}
        </span>
      </p>
      <Suspense>
        {action && <BulkAny {...action} orders={[order]} shopId={null} onClose={() => setAction(null)} />}
      </Suspense>
    </header>
  )
}

/** The one act that an order waits for, in the words of what it does; null where nobody has to act. */
function nextOf(
  order: Order,
  change: SiteChange | undefined,
): { act: Bulk; label: string; given?: SiteChange['parameters'] } | null {
  if (order.status === 'cancelled') return null
  if (order.mallState === 'cancelled')
    return order.status === 'completed'
      ? null
      : { act: 'move', label: t('キャンセルへ移す', 'Move to Cancelled') }
  if (order.cancelUnderWay) return null
  if (change?.state === 'failed' && change.dismissedAt === null)
    return {
      act: change.action,
      label: t('直して送り直す', 'Mend and send again'),
      given: change.parameters,
    }
  const left = order.shipping?.state === 'part' ? order.shipping.total - order.shipping.shipped : 0
  if (order.status === 'auto_imported') return { act: 'pull', label: t('取り込む', 'Pull') }
  if (order.status === 'new') return { act: 'move', label: t('出荷待ちへ移す', 'Move to Ready to ship') }
  if (order.status !== 'ready_to_ship') return null
  return {
    act: 'ship',
    label:
      left > 0
        ? t(`残りの${number(left)}か所を発送する`, `Ship the other ${number(left)}`)
        : t('発送完了を送る', 'Ship'),
  }
}

const HeadFact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

const STATIONS: readonly Order['status'][] = [
  ...(['auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'shipped', 'completed'] as const),
]

/** The order's place on the line of the left list, and since when; beside it, as 保留 is, there is none. */
function Way({ order }: { order: Order }) {
  const events = useTimeline(order.id).data
  const at = STATIONS.indexOf(order.status)
  if (at < 0) return null
  const since = (status: Order['status'], index: number) =>
    index === 0
      ? order.stagedAt
      : (events?.findLast(({ data }) => data.to === status)?.at ?? (status === 'new' ? order.pulledAt : null))
  return (
    <ol className="way" aria-label={t('受注の流れ', 'Way of the order')}>
      {STATIONS.map((status, index) => (
        <li
          key={status}
          className={index < at ? 'way-done' : index === at ? 'way-here' : undefined}
          aria-current={index === at ? 'step' : undefined}
        >
          {statusWord(status)}
          {index <= at && <span className="quiet"> {shortTime(since(status, index))}</span>}
        </li>
      ))}
    </ol>
  )
}

/** ステータス変更状態: how the last site change stands, and why where it did not end well. */
function LastChange({ order, change }: { order: Order; change: SiteChange | undefined }) {
  if (order.changeState === 'none') return <span className="quiet">{t('変更なし', 'none')}</span>
  if (change === undefined) return <ChangeSign state={order.changeState} />
  const reason = change.state === 'succeeded' ? null : (change.message ?? change.waitingFor?.message)
  return (
    <>
      <ChangeSign state={order.changeState} /> {actionWord(change.action)}{' '}
      <time className="quiet">{shortTime(change.finishedAt ?? change.requestedAt)}</time> {reason}{' '}
      {reason && change.code && <code className="quiet">{change.code}</code>}
    </>
  )
}

/** The numbers of all parcels, with the recipients whose parcel has not left. */
function Tracking({ order }: { order: Order }) {
  const recipients = order.detail?.recipients ?? []
  const parcels = recipients.flatMap((recipient) =>
    recipient.parcels.map((parcel) => ({ ...parcel, to: nameOf(recipient.person) })),
  )
  const numbered = parcels.filter(({ trackingNumber }) => trackingNumber)
  return (
    <>
      <LeftInPart order={order} />
      {numbered.length === 0 && <span className="quiet">{t('なし', 'none')}</span>}
      {numbered.map(({ trackingNumber, carrierName, to }) => (
        <span key={`${to} ${trackingNumber}`} className="tracking-number">
          {carrierName} <span className="number">{trackingNumber}</span>
          {recipients.length > 1 && (
            <span className="quiet">
              {' '}
              <bdi>{to}</bdi>
            </span>
          )}
        </span>
      ))}
    </>
  )
}

function Beside({ id, label, keyName }: { id: string | null; label: string; keyName: string }) {
  const search = useSearch()
  if (id === null) return null
  return (
    <Link href={`/orders/${id}${search === '' ? '' : `?${search}`}`} replace aria-keyshortcuts={keyName}>
      {label} <kbd>{keyName}</kbd>
    </Link>
  )
}

/** The site changes that the order's mall has. What is entered beside the order needs its contents. */
function useActions(order: Order) {
  const malls = useMalls().data
  const taken = mallOf(malls, order)?.actions.map(({ action }) => action)
  const ours = order.detail ? [...SIMPLE_ACTIONS, ...ORDER_ACTIONS] : SIMPLE_ACTIONS
  return taken ? ours.filter((action) => taken.includes(action)) : ours
}

/** The mall's own page of the order, by the pattern that the mall's facts give. */
function useMallPage(order: Order): string | null {
  const pattern = useMalls().data?.find((mall) => mall.name === order.marketplace)?.orderPage
  if (!pattern) return null
  const url = pattern
    .replace('{orderNumber}', encodeURIComponent(order.orderNumber))
    .replace('{shopCode}', encodeURIComponent(order.detail?.shopCode ?? ''))
  return url.startsWith('https://') ? url : null
}
