import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { switchAlarms, useAlarmsOn, waitingForPerson } from '../alarms.ts'
import { type Board, problemText } from '../api.ts'
import { type ShopReason, stuckBy, useBoard, useNames, useShopReasons } from '../data.ts'
import { t } from '../i18n.ts'
import { useListSearch } from '../list/listed.ts'
import { isByDeadline, onHoldDue, shipToday, withFilters } from '../list/order-query.ts'
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
import { useNow } from '../parts/now.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { type OrderStatus, statusWord } from '../words.ts'

type Shop = Board['shops'][number]

/** Counts of orders by state, always in sight. Each is a filter of the list. */
export function StatusBar() {
  const { data: board } = useBoard()
  const [location] = useLocation()
  const search = useSearch()
  const listed = useListSearch()
  const query = new URLSearchParams(listed ?? search)
  const shopId = query.get('shopId')
  const shop = board?.shops.find((one) => one.shopId === shopId)
  const part = location === '/desk' ? query.get('part') : null
  const marketplace = query.get('marketplace')
  const { mall } = useNames()
  // With one shop or mall chosen its counts are shown.
  const counts = shop ?? (board && marketplace ? sumOf(board, marketplace) : board)
  const chosen = { shopId, marketplace }
  const isDueFirst = listed !== null && isByDeadline(listed)
  const isOnHoldDue = listed !== null && query.get('status') === 'on_hold' && query.has('onHoldTo')
  const isCancelled = listed !== null && query.get('cancelledAtMall') === 'true'
  const more = (name: string): boolean => counts?.bounded.includes(name) ?? false
  const status = (name: OrderStatus, count: (typeof COUNTS)[number], tone?: Tone) => (
    <Count
      to={withFilters('', { status: name, ...chosen })}
      here={listed !== null && query.get('status') === name && !isDueFirst && !isOnHoldDue}
      label={statusWord(name)}
      count={counts?.[count]}
      more={more(count)}
      tone={tone}
    />
  )
  return (
    <nav className="bar" aria-label={t('ステータス', 'Status')}>
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
        {status('auto_imported', 'staged', 'staged')}
        {status('new', 'new')}
        {status('awaiting_payment', 'awaitingPayment')}
        {status('ready_to_ship', 'readyToShip')}
        {status('on_hold', 'onHold', 'hold')}
        {(counts?.onHoldDue ?? 0) > 0 && (
          <Count
            to={onHoldDue(chosen)}
            here={isOnHoldDue}
            label={t('期日が来た保留', 'Hold is due')}
            count={counts?.onHoldDue}
            more={more('onHoldDue')}
            tone="attention"
          />
        )}
        {(counts?.cancelledAtMall ?? 0) > 0 && (
          <Count
            to={withFilters('sort=oldest', { cancelledAtMall: 'true', ...chosen })}
            here={isCancelled}
            label={t('モール取消', 'Cancelled')}
            count={counts?.cancelledAtMall}
            tone="cancelled"
          />
        )}
        <Count to={shipToday(chosen)} here={isDueFirst} label={t('今日出荷', 'To ship')} count={undefined} />
        {(['shipped', 'completed', 'cancelled'] as const).map((name) => (
          <Count
            key={name}
            to={withFilters('', { status: name, ...chosen })}
            here={listed !== null && query.get('status') === name}
            label={statusWord(name)}
            count={undefined}
          />
        ))}
        <Count
          to={withFilters('', chosen)}
          here={listed !== null && !query.has('status') && !query.has('changeState') && !isCancelled}
          label={t('すべての受注', 'All orders')}
          count={undefined}
        />
      </div>
      <div className="bar-group">
        <Count
          to={withFilters('', { changeState: 'changing', ...chosen })}
          here={query.get('changeState') === 'changing'}
          label={t('サイト変更中', 'Changing')}
          count={counts?.changing}
          more={more('changing')}
          tone="changing"
        />
        <Count
          to="/desk?part=warning"
          here={part === 'warning'}
          label={t('警告あり', 'Warnings')}
          count={counts?.warning}
          more={more('warning')}
          tone="warning"
        />
        <Count
          to="/desk?part=failed"
          here={part === 'failed'}
          label={t('失敗', 'Failed')}
          count={counts?.failed}
          more={more('failed')}
          tone="failed"
        />
        <Count
          to="/desk?part=imports"
          here={part === 'imports'}
          label={t('取込失敗', 'Import failed')}
          count={counts?.importFailed}
          more={more('importFailed')}
          tone="failed"
        />
        <Count
          to="/desk?part=attention"
          here={part === 'attention'}
          label={t('要対応', 'Attention')}
          count={board?.attention}
          tone="attention"
        />
      </div>
      <SavedViewButtons />
      <Shops board={board} shopId={shopId} />
      <Alarm board={board} />
    </nav>
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

function Count(props: {
  to: string
  here: boolean
  label: string
  count: number | undefined
  tone?: Tone | undefined
  /** There are more than the count says. */
  more?: boolean
}) {
  const { to, here, label, count, tone, more } = props
  const loud =
    count !== undefined && count > 0 && (tone === 'failed' || tone === 'warning' || tone === 'attention')
  return (
    <Link
      href={to}
      className={`count${here ? ' count-here' : ''}${count === 0 ? ' count-none' : ''}`}
      aria-current={here ? 'page' : undefined}
    >
      <span className="count-label">{loud && tone ? <Sign tone={tone}>{label}</Sign> : label}</span>
      {count !== undefined && <span className="count-number">{`${number(count)}${more ? '+' : ''}`}</span>}
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
      <Count
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

function Shops({ board, shopId }: { board: Board | undefined; shopId: string | null }) {
  const { mall } = useNames()
  const live = useLive().state === 'open'
  const now = useNow(30_000)
  const reasons = useShopReasons()
  if (!board) return null
  return (
    <div className="bar-group bar-shops">
      <h2 className="bar-title">{t('店舗', 'Shops')}</h2>
      {board.shops.map((shop) => {
        const reason = reasons?.find(({ shopId }) => shopId === shop.shopId)
        const light = lightOf(shop, reason, live, now)
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
            <span className="shop-name">
              <Sign tone={light.tone}>
                {shop.name}
                <span className="for-reader"> {mall(shop.marketplace)}</span>
              </Sign>
            </span>
            <span className="shop-note">{light.text}</span>
          </Link>
        )
      })}
      {board.mailboxes.map((mailbox) => (
        <p key={mailbox.mailboxId} className="mailbox-line">
          <Sign
            tone={
              mailbox.attention
                ? 'attention'
                : mailbox.state === 'connected' || mailbox.state === 'polling'
                  ? 'done'
                  : 'unproven'
            }
          >
            {mailbox.name}
          </Sign>
          <span className="shop-note">
            {mailbox.attention
              ? t('要対応', 'Attention')
              : mailbox.lastMailAt
                ? t(
                    `メール ${span(now - Date.parse(mailbox.lastMailAt))}前`,
                    `mail ${span(now - Date.parse(mailbox.lastMailAt))} ago`,
                  )
                : ''}
          </span>
        </p>
      ))}
    </div>
  )
}

/** A comparison older than this proves nothing about now. */
const PROOF_MS = 30 * 60_000

/** ✓ only where it is proven: the mall answers, the comparison is recent, and nothing is missing. */
export function lightOf(
  shop: Shop,
  reason: ShopReason | undefined,
  live: boolean,
  now: number,
): { tone: Tone; text: string } {
  const ago = (time: string) => t(`${span(now - Date.parse(time))}前`, `${span(now - Date.parse(time))} ago`)
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

function Alarm({ board }: { board: Board | undefined }) {
  const on = useAlarmsOn()
  return (
    <div className="bar-group bar-foot">
      <button type="button" className="link-button" aria-pressed={on} onClick={() => void switchAlarms()}>
        {on ? t('音と通知: オン', 'Sound and notices: on') : t('音と通知: オフ', 'Sound and notices: off')}
      </button>
      <output className="for-reader" aria-live="polite">
        {board
          ? t(
              `要対応と失敗は${waitingForPerson(board)}件です`,
              `${waitingForPerson(board)} wait for a person`,
            )
          : ''}
      </output>
    </div>
  )
}
