import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { waitingForPerson } from '../alarms.ts'
import { type Board, problemText } from '../api.ts'
import { type ShopReason, stuckBy, useBoard, useNames, useShopReasons } from '../data.ts'
import { t } from '../i18n.ts'
import { useDue } from '../list/due.ts'
import { useListSearch } from '../list/listed.ts'
import { isShipToday, onHoldDue, shipToday, withFilters } from '../list/order-query.ts'
import {
  removeView,
  type SavedView,
  searchOf,
  showsView,
  useOldViews,
  useSavedViews,
} from '../list/saved-views.ts'
import { useLive } from '../live.ts'
import { number, shortTime, span } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { MallBadge } from '../parts/mall.tsx'
import { useNow } from '../parts/now.ts'
import type { Tone } from '../parts/sign.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { type OrderStatus, statusWord } from '../words.ts'

type Shop = Board['shops'][number]

/** Left list: what is to be done, an order's way with its counts, saved views, shops with their lights. */
export function SideNav({ asPage = false }: { asPage?: boolean }) {
  const { data: board } = useBoard()
  const [location] = useLocation()
  const search = useSearch()
  const listed = useListSearch()
  const mayWork = useMayWork()
  const query = new URLSearchParams(listed ?? search)
  const shopId = query.get('shopId')
  const shop = board?.shops.find((one) => one.shopId === shopId)
  const marketplace = query.get('marketplace')
  const { mall } = useNames()
  // With one shop or mall chosen its counts are shown.
  const counts = shop ?? (board && marketplace ? sumOf(board, marketplace) : board)
  const chosen = { shopId, marketplace }
  const isDueFirst = listed !== null && isShipToday(listed)
  const isOnHoldDue = listed !== null && query.get('status') === 'on_hold' && query.has('onHoldTo')
  const isCancelled = listed !== null && query.get('cancelledAtMall') === 'true'
  const more = (name: string): boolean => counts?.bounded.includes(name) ?? false
  const status = (name: OrderStatus, count?: (typeof COUNTS)[number], icon?: IconName) => (
    <Entry
      to={withFilters('', { status: name, ...chosen })}
      here={listed !== null && query.get('status') === name && !isDueFirst && !isOnHoldDue}
      label={statusWord(name)}
      icon={icon}
      count={count && counts?.[count]}
      more={count !== undefined && more(count)}
    />
  )
  return (
    <nav className={asPage ? 'bar bar-page' : 'bar'} aria-label={t('画面', 'Screens')}>
      {(shop || marketplace) && (
        <p className="bar-narrowed">
          <span className="chip">
            {t(
              `${shop?.name ?? mall(marketplace ?? '')}の件数`,
              `Counts of ${shop?.name ?? mall(marketplace ?? '')}`,
            )}
            <Link
              className="icon-button"
              href={withFilters(listed ?? '', { shopId: null, marketplace: null })}
              aria-label={t('すべての店舗の件数にする', 'Counts of all shops')}
            >
              ×
            </Link>
          </span>
        </p>
      )}
      <div className="bar-group">
        <Entry to="/" here={location === '/'} label={t('ホーム', 'Home')} icon="home" />
        <ShipToday to={shipToday(chosen)} here={isDueFirst} everywhere={!shop && !marketplace} />
        {(counts?.cancelledAtMall ?? 0) > 0 && (
          <Entry
            to={withFilters('sort=oldest', { cancelledAtMall: 'true', ...chosen })}
            here={isCancelled}
            label={t('モール取消', 'Cancelled')}
            icon="alert"
            count={counts?.cancelledAtMall}
            tone="stop"
          />
        )}
        <Entry
          to="/desk"
          here={location === '/desk'}
          label={t('警告・失敗', 'Warnings')}
          icon="warn"
          count={board && waitingForPerson(board)}
          more={TO_MEND.some((name) => board?.bounded.includes(name))}
          tone="look"
        />
      </div>
      <div className="bar-group">
        <h2 className="bar-title">{t('受注の流れ', 'Way of orders')}</h2>
        <div className="line">
          {status('auto_imported', 'staged')}
          {status('new', 'new')}
          {status('awaiting_payment', 'awaitingPayment')}
          {status('ready_to_ship', 'readyToShip')}
          {status('shipped')}
          {status('completed')}
        </div>
        {status('on_hold', 'onHold', 'pause')}
        {(counts?.onHoldDue ?? 0) > 0 && (
          <Entry
            to={onHoldDue(chosen)}
            here={isOnHoldDue}
            label={t('期日が来た保留', 'Hold is due')}
            icon="clock"
            count={counts?.onHoldDue}
            more={more('onHoldDue')}
            tone="look"
          />
        )}
        {status('cancelled', undefined, 'cross')}
        <Entry
          to={withFilters('', chosen)}
          here={listed !== null && !query.has('status') && !query.has('changeState') && !isCancelled}
          label={t('すべての受注', 'All orders')}
          icon="list"
        />
      </div>
      <SavedViewButtons />
      {mayWork && (
        <div className="bar-group">
          <h2 className="bar-title">{t('送り状', 'Labels')}</h2>
          <Entry
            to="/csv"
            here={location === '/csv' && !CSV_ENTRIES.has(query.get('tab') ?? '')}
            label={t('送り状を出力', 'Write labels')}
            icon="label"
          />
          <Entry
            to="/csv?tab=tracking"
            here={location === '/csv' && query.get('tab') === 'tracking'}
            label={t('送り状番号を取り込む', 'Read tracking numbers')}
            icon="file"
          />
          <Entry to="/check" here={location === '/check'} label={t('検品', 'Check')} icon="check" />
        </div>
      )}
      <Shops board={board} shopId={shopId} />
    </nav>
  )
}

/** Pages of /csv that have an entry of their own; the rest belongs to 送り状を出力. */
const CSV_ENTRIES: ReadonlySet<string> = new Set(['tracking', 'files', 'items'])

const TO_MEND = ['warning', 'failed', 'importFailed']

/** Counts of what is late and what leaves today, both in words for readers. */
function ShipToday({ to, here, everywhere }: { to: string; here: boolean; everywhere: boolean }) {
  const due = useDue()
  return (
    <Link href={to} className={here ? 'count count-here' : 'count'} aria-current={here ? 'page' : undefined}>
      <Icon name="truck" />
      <span className="count-label">{t('今日出荷', 'To ship')}</span>
      {everywhere && due && (
        <>
          {due.late > 0 && (
            <span className="badge badge-stop">
              <span className="for-reader">{t('期限切れ', 'late')} </span>
              {number(due.late)}
            </span>
          )}
          <span className="count-number">
            <span className="for-reader">{t('今日', 'today')} </span>
            {number(due.today)}
          </span>
        </>
      )}
    </Link>
  )
}

const COUNTS = [
  ...(['staged', 'new', 'awaitingPayment', 'readyToShip', 'onHold', 'onHoldDue', 'cancelledAtMall'] as const),
  ...(['changing', 'warning', 'failed', 'importFailed'] as const),
] as const

/** A mall's counts: those of its shops together. */
function sumOf(
  { shops }: Board,
  marketplace: string,
): Record<(typeof COUNTS)[number], number> & { bounded: string[] } {
  const mine = shops.filter((one) => one.marketplace === marketplace)
  const sums = COUNTS.map((name) => [name, mine.reduce((sum, one) => sum + one[name], 0)] as const)
  return {
    ...(Object.fromEntries(sums) as Record<(typeof COUNTS)[number], number>),
    bounded: mine.flatMap((one) => one.bounded),
  }
}

function Entry(props: {
  to: string
  here: boolean
  label: string
  icon?: IconName | undefined
  count?: number | undefined
  /** Colours a count that calls for somebody. */
  tone?: 'stop' | 'look'
  /** There are more than the count says. */
  more?: boolean
}) {
  const { to, here, label, icon, count, tone, more } = props
  return (
    <Link
      href={to}
      className={`count${here ? ' count-here' : ''}${count === 0 ? ' count-none' : ''}`}
      aria-current={here ? 'page' : undefined}
    >
      {icon ? <Icon name={icon} /> : <span className="station" aria-hidden="true" />}
      <span className="count-label">{label}</span>{' '}
      {count !== undefined && (
        <span className={tone && count > 0 ? `badge badge-${tone}` : 'count-number'}>
          {`${number(count)}${more ? '+' : ''}`}
        </span>
      )}
    </Link>
  )
}

function SavedViewButtons() {
  const views = useSavedViews()
  const listed = useListSearch()
  useOldViews()
  if (views.length === 0) return null
  return (
    <div className="bar-group">
      <h2 className="bar-title">{t('保存した条件', 'Saved views')}</h2>
      {views.map((view) => (
        <ViewButton key={view.id} view={view} here={listed !== null && showsView(listed, view)} />
      ))}
    </div>
  )
}

/** Taking away asks once more: one of all people is gone for all of them. */
function ViewButton({ view, here }: { view: SavedView; here: boolean }) {
  const [asking, setAsking] = useState(false)
  const mayWork = useMayWork()
  const { busy, send } = useSend()
  const { id, name, shared } = view
  const count = view.count === null ? undefined : view.count
  const remove = () =>
    send(() =>
      removeView(id).catch((error: unknown) => {
        setAsking(false)
        toast(problemText(error))
      }),
    )
  return (
    <span className="saved-view">
      <Entry
        icon="star"
        to={`/orders?${searchOf(view.query)}`}
        here={here}
        label={shared ? t(`${name}（全員）`, `${name} (all)`) : name}
        count={count}
        more={view.countIsCapped}
      />
      {(mayWork || !shared) && (
        <button
          type="button"
          className={asking ? 'link-button' : 'icon-button'}
          aria-disabled={busy}
          aria-label={
            asking
              ? t(`もう一度押すと条件「${name}」を削除します`, `Press again to remove the view ${name}`)
              : t(`条件「${name}」を削除`, `Remove the view ${name}`)
          }
          onClick={() => (asking ? remove() : setAsking(true))}
          onBlur={() => setAsking(false)}
        >
          {asking ? t('削除', 'Remove') : '×'}
        </button>
      )}
    </span>
  )
}

const LIGHTS: Readonly<Partial<Record<Tone, IconName>>> = {
  done: 'check',
  hold: 'pause',
  attention: 'alert',
  warning: 'warn',
}

/** A shop's or a mailbox's light: the sign says how it stands, its words are beside it. */
const Light = ({ tone }: { tone: Tone }) => (
  <span className={`light light-${tone}`}>
    <Icon name={LIGHTS[tone] ?? 'circle'} />
  </span>
)

function Shops({ board, shopId }: { board: Board | undefined; shopId: string | null }) {
  const { mall } = useNames()
  const [location] = useLocation()
  const tab = new URLSearchParams(useSearch()).get('tab')
  const mayWork = useMayWork()
  const now = useNow(30_000)
  const lights = useLights()
  return (
    <div className="bar-group bar-shops">
      <h2 className="bar-title">{t('店舗', 'Shops')}</h2>
      <Entry
        to="/shops"
        here={location.startsWith('/shops')}
        label={t('店舗・受信箱', 'Shops and mailboxes')}
        icon="shop"
      />
      {board?.shops.map((shop) => {
        const light = lights.of(shop)
        return (
          <Link
            key={shop.shopId}
            href={withFilters('', { shopId: shopId === shop.shopId ? null : shop.shopId })}
            className={`shop-line${shopId === shop.shopId ? ' count-here' : ''}`}
            title={[
              `${t('最後の取込', 'Last import')} ${shortTime(shop.importedAt) || '-'}`,
              `${t('最後の突合', 'Last comparison')} ${shortTime(shop.comparedAt) || '-'}`,
              `${t('照合済み', 'Verified until')} ${shortTime(shop.verifiedUntil) || '-'}`,
            ].join('\n')}
          >
            <MallBadge name={shop.marketplace} label={mall(shop.marketplace, shop.shopId)} />
            <span className="shop-name">{shop.name}</span>
            <span className={`shop-note light-${light.tone}`}>{light.text}</span>
            <Light tone={light.tone} />
          </Link>
        )
      })}
      {board?.mailboxes.map((mailbox) => {
        const tone = mailbox.attention
          ? 'attention'
          : mailbox.state === 'connected' || mailbox.state === 'polling'
            ? 'done'
            : 'unproven'
        return (
          <p key={mailbox.mailboxId} className="mailbox-line">
            <span className="mall">
              <Icon name="tray" />
            </span>
            <span className="shop-name">{mailbox.name}</span>
            <span className={`shop-note light-${tone}`}>
              {mailbox.attention
                ? t('要対応', 'Attention')
                : mailbox.lastMailAt
                  ? t(
                      `メール ${span(now - Date.parse(mailbox.lastMailAt))}前`,
                      `mail ${span(now - Date.parse(mailbox.lastMailAt))} ago`,
                    )
                  : ''}
            </span>
            <Light tone={tone} />
          </p>
        )
      })}
      <Entry to="/calendar" here={location === '/calendar'} label={t('突合', 'Comparison')} icon="calendar" />
      {mayWork && (
        <>
          <Entry
            to="/csv?tab=files"
            here={location === '/csv' && tab === 'files'}
            label={t('注文ファイルを取り込む', 'Order files')}
            icon="file"
          />
          <Entry
            to="/csv?tab=items"
            here={location === '/csv' && tab === 'items'}
            label={t('商品リスト・棚番', 'Items and shelves')}
            icon="list"
          />
        </>
      )}
    </div>
  )
}

/** How each shop stands by what is known now. `areKnown`: what holds its imports up was read, too. */
export function useLights() {
  const live = useLive().state === 'open'
  const now = useNow(30_000)
  const reasons = useShopReasons()
  const reasonOf = (shop: Shop) => reasons?.find(({ shopId }) => shopId === shop.shopId)
  return {
    areKnown: reasons !== undefined,
    of: (shop: Shop) => lightOf(shop, reasonOf(shop), live, now),
    isStuck: (shop: Shop) => stuckBy(shop, reasonOf(shop)) !== null,
  }
}

const HOUR_MS = 60 * 60_000

/** A comparison older than this proves nothing about now. */
const PROOF_MS = 30 * 60_000

/** ✓ only where it is proven: the mall answers, the comparison is recent, and nothing is missing. */
export function lightOf(
  shop: Shop,
  reason: ShopReason | undefined,
  live: boolean,
  now: number,
): { tone: Tone; text: string } {
  // Beyond an hour the time says more than its age.
  const ago = (time: string) => {
    const ms = now - Date.parse(time)
    return ms < HOUR_MS ? t(`${span(ms)}前`, `${span(ms)} ago`) : shortTime(time)
  }
  if (!shop.enabled) return { tone: 'hold', text: t('停止中', 'Off') }
  if (!shop.credentialsSet) return { tone: 'warning', text: t('鍵が未登録', 'Keys missing') }
  if (shop.attention) return { tone: 'attention', text: t('要対応', 'Attention') }
  const stuck = stuckBy(shop, reason)
  // A sentence would push the shop's name out of the line.
  if (stuck) return { tone: 'warning', text: stuck.short }
  if (shop.missing > 0)
    return { tone: 'warning', text: t(`未取込${shop.missing}件`, `${shop.missing} missing`) }
  if (shop.differing > 0)
    return {
      tone: 'warning',
      text: t(`モールと状態が異なる受注${shop.differing}件`, `${shop.differing} differ from the mall`),
    }
  const proven =
    shop.comparedAt !== null && now - Date.parse(shop.comparedAt) < PROOF_MS && shop.verifiedUntil !== null
  if (!live || !proven || shop.comparedAt === null)
    return { tone: 'unproven', text: shop.comparedAt ? ago(shop.comparedAt) : t('未確認', 'unproven') }
  return { tone: 'done', text: ago(shop.comparedAt) }
}

/** The few places of a phone and of a narrow window; メニュー holds the rest. */
export function Rail() {
  const [location] = useLocation()
  const board = useBoard().data
  const due = useDue()
  const mayWork = useMayWork()
  const waiting = board ? waitingForPerson(board) : 0
  const places: readonly RailPlace[] = [
    { to: '/', icon: 'home', label: t('ホーム', 'Home'), here: location === '/' },
    {
      to: shipToday(),
      icon: 'list',
      label: t('受注', 'Orders'),
      here: location.startsWith('/orders'),
      badge: due && due.late > 0 ? [due.late, 'stop', t('期限切れ', 'late')] : undefined,
    },
    ...(mayWork
      ? [
          {
            to: '/csv',
            icon: 'label',
            label: t('送り状', 'Labels'),
            here: location === '/csv',
            isWide: true,
          } as const,
        ]
      : []),
    {
      to: '/desk',
      icon: 'warn',
      label: t('要対応', 'To mend'),
      here: location === '/desk',
      badge: waiting > 0 ? [waiting, 'look', ''] : undefined,
    },
    {
      to: '/shops',
      icon: 'shop',
      label: t('店舗', 'Shops'),
      here: location.startsWith('/shops'),
      isWide: true,
    },
    { to: '/menu', icon: 'menu', label: t('メニュー', 'Menu'), here: location === '/menu' },
  ]
  return (
    <nav className="rail" aria-label={t('主な画面', 'Main screens')}>
      {places.map(({ to, icon, label, here, badge, isWide }) => (
        <Link
          key={to}
          href={to}
          className={isWide ? 'rail-place rail-wide' : 'rail-place'}
          aria-current={here ? 'page' : undefined}
        >
          <Icon name={icon} />
          {label}
          {badge && (
            <span className={`badge badge-${badge[1]}`}>
              <span className="for-reader">{badge[2]} </span>
              {number(badge[0])}
            </span>
          )}
        </Link>
      ))}
    </nav>
  )
}

interface RailPlace {
  to: string
  icon: IconName
  label: string
  here: boolean
  /** A phone's bar has no room for it. */
  isWide?: boolean
  badge?: readonly [count: number, tone: 'stop' | 'look', word: string] | undefined
}
