import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { Link, useLocation, useParams, useSearch } from 'wouter'
import { answer, api, type OrderRow } from '../api.ts'
import { pickAll, takeRefused } from '../bulk/bulk.ts'
import type { Bulk } from '../bulk/bulk-kinds.ts'
import { bundleStep, endBundle, makeBundle } from '../bulk/bundle.ts'
import { useSelection } from '../bulk/use-selection.ts'
import { choose } from '../chosen.ts'
import { queries, useBoard, useMarkLabels, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { TO_LEAVE, useDueTabs } from '../list/due.ts'
import { FilterRow, SortChoice } from '../list/filter-row.tsx'
import { createHand, useHeldRows } from '../list/held-rows.ts'
import { keepListed, openedFrom, useListSearch } from '../list/listed.ts'
import { createList, type ListPage, listKey } from '../list/live-list.ts'
import { ListMarks, usualMarks } from '../list/marks.tsx'
import { allColumns, cardColumn, defaultColumns, keptColumns } from '../list/order-columns.tsx'
import {
  exportOf,
  filtersOf,
  isBounded,
  isShipToday,
  mayBeNumber,
  type OrderQuery,
  withFilters,
} from '../list/order-query.ts'
import { useOutside } from '../list/outside.ts'
import { onLiveEvent } from '../live.ts'
import { DownloadLink } from '../parts/download-link.tsx'
import { dayBeside, number, today } from '../parts/format.ts'
import { Grid } from '../parts/grid.tsx'
import { Icon } from '../parts/icon.tsx'
import { holdKeys, useKeys, windows } from '../parts/keys.ts'
import { lazyPart } from '../parts/lazy-part.tsx'
import { useNarrow, useRowHeight, useShort, useWidthRem } from '../parts/now.ts'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { statusWord } from '../words.ts'

// Not part of the first load.
const BulkAny = lazyPart(() => import('../bulk/bulk-any.tsx'))
const SelectionBar = lazyPart(() => import('../bulk/selection-bar.tsx'))
const ColumnDialog = lazyPart(() => import('../list/column-dialog.tsx'))
const WhyNot = lazyPart(() => import('../list/why-not.tsx'))
const OrderScreen = lazyPart(() => import('./order.tsx'))

const idOf = (order: OrderRow): string => order.id

/** The place of 新着 is there before anything waits; where the head has no room, it lies over the rows. */
const AT_HEAD = { marginRight: 'auto' }
const NO_NEWS = { ...AT_HEAD, visibility: 'hidden' } as const
const OVER_ROWS = { gridArea: '4 / 1 / auto / -1', placeSelf: 'start center', zIndex: 3 }
const BESIDE_NEWS = { marginRight: 0 }

/** Ignores ticks on rows that no longer belong to this list. */
const leave = () => undefined

/** 受注一覧 or 受注詳細; a large screen shows an order beside the list that it was opened from. */
export default function Orders() {
  const { id } = useParams<{ id?: string }>()
  const search = useListSearch()
  if (search === null) return <OrderScreen />
  return (
    <div className="list-and-order">
      <OrderList search={search} opened={id ?? null} />
      {id !== undefined && (
        // It scrolls, so keys must reach it.
        <section className="order-pane" tabIndex={0} aria-label={t('受注詳細', 'Order')}>
          <Suspense fallback={<Loading />}>
            <OrderScreen />
          </Suspense>
        </section>
      )}
    </div>
  )
}

/** The conditions stand in the address, the rows come as one scrolls. */
function OrderList({ search, opened }: { search: string; opened: string | null }) {
  const [, navigate] = useLocation()
  const ownSearch = useSearch()
  const query = useMemo(() => filtersOf(search), [search])
  const dueFirst = isShipToday(search)
  const name = dueFirst ? t('今日出荷', 'To ship') : title(query)
  const list = useOrderList(query)
  const outside = useOutside(query, list)
  const { picked, left, select, selectAll, selectNone } = useSelection(query, list, outside, search)
  const [bulk, setBulk] = useState<Bulk | null>(null)
  const [choosing, setChoosing] = useState(false)
  const [chosenIds, setColumnIds] = useState(keptColumns)
  const [width, measured] = useWidthRem()
  // A list of 保留 is looked through for why and until when, a list across statuses for the status: beside the
  // number, as the last columns may be beyond the screen.
  const asked = query.status === 'on_hold' ? 'onHold' : query.status === undefined ? 'status' : undefined
  const added = asked && !chosenIds?.includes(asked) ? asked : undefined
  const columnIds = useMemo(() => chosenIds ?? defaultColumns(width, added), [chosenIds, width, added])
  const mayWork = useMayWork()
  const narrow = useNarrow()
  const short = useShort()
  const rowHeight = useRowHeight()
  const names = useNames()
  const { watch, see } = list
  useEffect(() => watch(picked), [watch, picked])
  const [hand] = useState(createHand)
  // A pull is for no row of this list. Of the others, one that is opened in the order beside it is no `bulk`.
  const isOver = windows.use() > 0
  const acts = bulk !== 'pull' && (bulk !== null || isOver)
  const { rows, gone, waiting, apply, leftWord } = useHeldRows(
    list,
    outside,
    query,
    hand.use() || picked.size > 0 || acts,
  )
  const waits = waiting > 0 || gone.size > 0
  // The list counts its own rows, not those that wait or have left.
  const onSight = useCallback(
    (first: number, last: number) => {
      if (rows === list.rows) return see(first, last)
      const drawn = new Set(rows.slice(first, last + 1).map(idOf))
      const isDrawn = (order: OrderRow) => drawn.has(order.id)
      see(Math.max(0, list.rows.findIndex(isDrawn)), Math.max(0, list.rows.findLastIndex(isDrawn)))
    },
    [rows, list.rows, see],
  )
  const ticked = (act: () => void) => (mayWork && picked.size > 0 ? act : undefined)
  const openByKey = (next: Bulk) => () => {
    holdKeys()
    setBulk(next)
  }
  // F1, F3, F5, F11 and F12 stay the browser's.
  useKeys({
    F2: mayWork ? openByKey('pull') : undefined,
    F4: ticked(openByKey('move')),
    F7: ticked(openByKey('confirm')),
    F9: ticked(openByKey('ship')),
    F6: ticked(() => {
      choose([...picked.values()], search)
      navigate('/csv')
    }),
    n: waits ? apply : undefined,
    N: waits ? apply : undefined,
    Escape: picked.size > 0 ? selectNone : undefined,
  })
  useEffect(() => {
    if (!list.old)
      keepListed({
        ids: rows.flatMap(({ id }) => (gone.has(id) ? [] : [id])),
        search,
        name,
        total: `${number(list.total ?? rows.length)}${list.capped ? '+' : ''}`,
      })
  }, [rows, gone, list.old, list.total, list.capped, search, name])
  const columns = useMemo(() => {
    if (narrow) return [cardColumn(names.mall)]
    const all = new Map(allColumns(names.mall, names.shop).map((column) => [column.id, column]))
    const bounded = isBounded(query)
    const ids = added ? columnIds.toSpliced(columnIds.indexOf('number') + 1, 0, added) : columnIds
    return ids.flatMap((id) => {
      const column = all.get(id)
      if (!column) return []
      return bounded || id === 'orderedAt' ? [column] : [{ ...column, sort: undefined }]
    })
  }, [narrow, names, columnIds, added, query])
  const labels = useMarkLabels()
  const marks = useMemo(() => ({ usual: usualMarks(rows.slice(0, 200)), labels }), [rows, labels])
  const orders = [...picked.values()]
  const closeBulk = () => {
    setBulk(null)
    // What one did oneself is seen at once.
    hand.leave()
    const ids = takeRefused()
    if (ids.length === 0) return
    select(new Set(ids), rows)
    toast(
      t(
        `失敗した${number(ids.length)}件を選択しています。もう一度操作すると、入力した内容から直せます。`,
        `The ${number(ids.length)} that failed are ticked: what was typed is there to be mended.`,
      ),
    )
  }
  const tight = narrow || short
  const news = (waits || !tight) && (
    <button
      type="button"
      className="chip"
      style={tight ? OVER_ROWS : waits ? AT_HEAD : NO_NEWS}
      onClick={({ currentTarget }) => {
        // The press takes the button away, and the focus with it.
        currentTarget.closest('.list-screen')?.querySelector<HTMLElement>('[role=grid]')?.focus()
        apply()
      }}
      aria-keyshortcuts="N"
    >
      {[
        (waiting > 0 || !waits) && t(`新着 ${number(waiting)}件`, `${number(waiting)} new`),
        gone.size > 0 && t(`外れた ${number(gone.size)}件`, `${number(gone.size)} left`),
      ]
        .filter(Boolean)
        .join(t('・', ', '))}{' '}
      <kbd>N</kbd>
    </button>
  )
  const missing = query.number ?? (query.q !== undefined && mayBeNumber(query.q) ? query.q : undefined)
  return (
    <div className="list-screen" ref={measured}>
      <div className="list-head">
        <h1>{name}</h1>
        <p className="list-count" role="status" style={tight ? undefined : BESIDE_NEWS}>
          {list.total === null || list.old
            ? ''
            : t(
                `${number(list.total)}${list.capped ? '件以上' : '件'}`,
                `${number(list.total)}${list.capped ? ' or more' : ''}`,
              )}
        </p>
        {!tight && news}
        {mayWork && <NextStep quiet={picked.size > 0} short={short} onPull={() => setBulk('pull')} />}
      </div>
      {dueFirst && <DueTabs search={search} query={query} />}
      <div className="list-conditions">
        <FilterRow search={search} />
        <div className="list-looks">
          {!short && <SortChoice search={search} />}
          {!narrow && (
            <>
              <button
                type="button"
                className="icon-button"
                aria-label={t('列', 'Columns')}
                title={t('列', 'Columns')}
                onClick={() => setChoosing(true)}
              >
                <Icon name="columns" />
              </button>
              {mayWork && (
                <DownloadLink
                  className="icon-button"
                  href={exportOf(query)}
                  aria-label={t('CSV（この一覧を出力）', 'CSV of this list')}
                  title={t('CSV（この一覧を出力）', 'CSV of this list')}
                >
                  <Icon name="file" />
                </DownloadLink>
              )}
            </>
          )}
        </div>
      </div>
      {tight && news}
      {list.error ? (
        <Failed error={list.error} again={list.again} />
      ) : list.loading ? (
        <Loading />
      ) : rows.length === 0 && missing !== undefined && !list.old ? (
        <Suspense fallback={<Loading />}>
          <WhyNot orderNumber={missing} shopId={query.shopId} />
        </Suspense>
      ) : (
        <ListMarks value={marks}>
          <Grid<OrderRow>
            label={title(query)}
            list={search}
            rows={rows}
            columns={columns}
            rowKey={idOf}
            rowName={(order) => order.orderNumber}
            rowHeight={narrow ? 116 : rowHeight}
            rowTone={toneOf}
            gone={gone}
            leftWord={leftWord}
            onMove={hand.move}
            onLeave={hand.leave}
            selected={new Set(picked.keys())}
            onSelect={list.old ? leave : (ids) => select(ids, rows)}
            busy={list.old}
            begin={openedFrom(search)}
            opened={opened}
            onOpen={({ id }) => {
              // From one order beside the list to another the tab stays; Back closes what was opened first.
              const tab = opened === null || ownSearch === '' ? '' : `?${ownSearch}`
              navigate(`/orders/${id}${tab}`, { replace: opened !== null })
            }}
            onAll={(count) => {
              const more = list.total !== null && list.total > count
              toast(
                t(
                  `表示中の${number(count)}件を選択しました。${more ? `一覧には${number(list.total ?? 0)}件${list.capped ? '以上' : ''}あります。` : ''}`,
                  `${number(count)} shown orders are ticked.${more ? ` The list has ${number(list.total ?? 0)}.` : ''}`,
                ),
              )
            }}
            total={list.total === null ? undefined : list.total - waiting + gone.size}
            onNearEnd={list.more}
            onSight={onSight}
            card={narrow}
            sort={query.sort}
            onSort={narrow ? undefined : (sort) => navigate(withFilters(search, { sort }))}
            empty={
              dueFirst ? (
                <NothingToShip search={search} query={query} />
              ) : search === '' || search.startsWith('status=') ? (
                t('受注はありません。', 'No orders.')
              ) : (
                <>
                  {t(
                    '該当する受注はありません。別の条件を試してください。',
                    'No order fits. Try other conditions.',
                  )}{' '}
                  <Link href={query.status ? `/orders?status=${query.status}` : '/orders'}>
                    {t('条件を外す', 'Without conditions')}
                  </Link>
                </>
              )
            }
          />
        </ListMarks>
      )}
      <div className="selection-place">
        {picked.size === 0 ? (
          !narrow && !short && <KeyHints mayWork={mayWork} />
        ) : (
          <Suspense>
            <SelectionBar
              count={picked.size}
              left={left}
              total={list.total}
              mayWork={mayWork}
              main={mainOf(query, orders)}
              onAll={selectAll}
              onNone={selectNone}
              onBulk={setBulk}
              bundle={bundleStep(orders)}
              onBundle={async () => {
                const [first] = orders
                if (bundleStep(orders) === 'make') await makeBundle(orders)
                else if (first?.bundleId) await endBundle(first.bundleId)
                selectNone()
              }}
              onTake={(path) => {
                choose([...picked.values()], search)
                navigate(path)
              }}
            />
          </Suspense>
        )}
      </div>
      <Suspense>
        {choosing && (
          <ColumnDialog chosen={columnIds} onChoose={setColumnIds} onClose={() => setChoosing(false)} />
        )}
        {bulk && <BulkAny bulk={bulk} orders={orders} shopId={query.shopId ?? null} onClose={closeBulk} />}
      </Suspense>
    </div>
  )
}

/** The one main button, which follows the work: 取込, then 送り状, then 発送. F2 stays beside it. */
function NextStep({ quiet, short, onPull }: { quiet: boolean; short: boolean; onPull: () => void }) {
  const [, navigate] = useLocation()
  const board = useBoard().data
  const { busy, error, send } = useSend()
  const pulled = board !== undefined && board.staged === 0
  const left = useQuery({
    queryKey: ['next-step', board?.readyToShip],
    enabled: pulled,
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: 60_000,
    queryFn: async () => {
      const count = async (labelled: 'true' | 'false') => {
        const query = { ...TO_LEAVE, labelled, limit: 1, total: 'true' } as const
        return (await answer(api.GET('/v1/orders', { params: { query } }))).total ?? 0
      }
      return { labels: await count('false'), ship: await count('true') }
    },
  }).data
  const step = !pulled || !left ? 'pull' : left.labels > 0 ? 'labels' : left.ship > 0 ? 'ship' : 'pull'
  const main = `button${quiet ? '' : ' button-main'}`
  const toLabels = async () => {
    choose(await pickAll({ ...TO_LEAVE, labelled: 'false', sort: 'shipBy' }, () => undefined))
    navigate('/csv')
  }
  return (
    <>
      {step === 'labels' && (
        <button type="button" className={main} aria-disabled={busy} onClick={() => send(toLabels)}>
          {short
            ? t('送り状を出力', 'Labels')
            : t(`送り状を出力する（${number(left?.labels ?? 0)}件）`, `Write ${left?.labels} labels`)}
        </button>
      )}
      {step === 'ship' && (
        <button type="button" className={main} onClick={() => navigate('/csv?tab=tracking')}>
          {short
            ? t('番号で発送', 'Ship')
            : t(`送り状番号を入れて発送する（${number(left?.ship ?? 0)}件）`, `Ship ${left?.ship}`)}
        </button>
      )}
      <Problem error={error} />
      {/* On little height F2 does it. */}
      {(step === 'pull' || !short) && (
        <button
          type="button"
          className={step === 'pull' ? main : 'button'}
          onClick={onPull}
          aria-keyshortcuts="F2"
        >
          {t('受注を取り込む', 'Pull orders')} <kbd>F2</kbd>
        </button>
      )}
    </>
  )
}

/** Today first, so that what can wait does not stand before it; the counts keep their places. */
function DueTabs({ search, query }: { search: string; query: OrderQuery }) {
  const due = useDueTabs(query)
  const [day, next, last] = [today(), dayBeside(today(), 1), dayBeside(today(), -1)]
  type Days = readonly [from: string | null, to: string | null, shipBy?: 'none']
  const tabs: [label: string, days: Days, count?: number, tone?: string][] = [
    [t('今日まで', 'By today'), [null, day], due?.byToday],
    [t('期限切れ', 'Late'), [null, last], due?.late, due?.late ? 'stop' : undefined],
    [t('今日', 'Today'), [day, day], due?.today, due?.today ? 'look' : undefined],
    [t('明日', 'Tomorrow'), [next, next], due?.tomorrow],
    [t('それ以降', 'Later'), [dayBeside(day, 2), null], due ? due.later - due.tomorrow : undefined],
    [t('期限なし', 'No deadline'), [null, null, 'none'], due?.none],
    [t('すべて', 'All'), [null, null], due?.all],
  ]
  return (
    <nav className="due-tabs" aria-label={t('発送期限', 'Ship by')}>
      {tabs.map(([label, [from, to, shipBy = null], count, tone = 'rest']) => (
        <Link
          key={label}
          className="due-tab"
          href={withFilters(search, { shipBy, shipByFrom: from, shipByTo: to })}
          aria-current={
            (query.shipBy ?? null) === shipBy &&
            (query.shipByFrom ?? null) === from &&
            (query.shipByTo ?? null) === to
              ? 'page'
              : undefined
          }
        >
          {label} <span className={`badge badge-${tone}`}>{count === undefined ? '…' : number(count)}</span>
        </Link>
      ))}
    </nav>
  )
}

/** Says what comes into 今日出荷, and where the orders are that do not stand in it yet. */
function NothingToShip({ search, query }: { search: string; query: OrderQuery }) {
  const board = useBoard().data
  const before = [
    ['auto_imported', board?.staged ?? 0],
    ['new', board?.new ?? 0],
    ['awaiting_payment', board?.awaitingPayment ?? 0],
  ] as const
  const due = useDueTabs(query)
  const next = due?.later ?? 0
  return (
    <>
      <p>
        {t(
          '今日出荷する受注はありません。「出荷待ち」の受注のうち、まだ発送していない送付先があり、モール側保留でないものが、発送期限の早い順にここに並びます。',
          'Nothing to ship. Orders that are ready to ship, with a recipient who has no parcel yet and not held by the mall, come here by their deadline.',
        )}
      </p>
      {query.shipByTo !== undefined && due !== null && due.all > 0 && (
        <p>
          <Link href={withFilters(search, { shipBy: null, shipByFrom: null, shipByTo: null })}>
            {t(
              `期限が先の受注${number(next)}件と期限のない受注${number(due.none)}件を見る`,
              'See what leaves later',
            )}
          </Link>
        </p>
      )}
      {before
        .filter(([, count]) => count > 0)
        .map(([status, count]) => (
          <p key={status}>
            <Link href={`/orders?status=${status}`}>
              {t(
                `「${statusWord(status)}」に${number(count)}件あります。出荷できる受注は「出荷待ち」へ移してください。`,
                `${number(count)} in “${statusWord(status)}”: move what can be shipped to “${statusWord('ready_to_ship')}”.`,
              )}
            </Link>
          </p>
        ))}
    </>
  )
}

function useOrderList(query: OrderQuery) {
  const pages = useMemo(() => createList(queries, query), [query])
  const list = useInfiniteQuery({
    queryKey: listKey(query),
    queryFn: ({ pageParam }): Promise<ListPage> => pages.read(pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    // Kept current by events.
    refetchOnWindowFocus: false,
  })
  useEffect(() => {
    const end = pages.follow()
    const unhear = onLiveEvent(({ kind, data }) => {
      if (kind === 'change') pages.touch(data.orderId)
      if (kind !== 'order') return
      const { orderId, status, changeState, mallState } = data
      pages.touch(orderId, { status, changeState, mallState })
    })
    return () => {
      unhear()
      end()
    }
  }, [pages])
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const rows = useMemo(() => {
    // An order that moved between two pages would stand in both.
    const seen = new Map<string, OrderRow>()
    for (const page of data?.pages ?? [])
      for (const order of page.orders) if (!page.stale || !seen.has(order.id)) seen.set(order.id, order)
    return [...seen.values()]
  }, [data])
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const [first] = data?.pages ?? []
  return {
    rows,
    total: first?.total ?? null,
    capped: first?.totalIsCapped ?? false,
    due: first?.due ?? null,
    loading: list.isPending,
    /** The rows are another list's, until this one's come. */
    old: list.isPlaceholderData,
    complete: data !== undefined && !hasNextPage,
    // Rows that were read stay in sight while the service is away; the head says how old they are.
    error: data ? null : list.error,
    again: () => void list.refetch(),
    more,
    see: pages.see,
    watch: pages.watch,
  }
}

/** The next act of the ticked orders of a list; orders cancelled at the mall have their own. */
function mainOf(
  { status: listed, labelled }: OrderQuery,
  ticked: readonly Pick<OrderRow, 'status' | 'mallState'>[],
) {
  const [first, ...more] = ticked
  if (ticked.some(({ mallState }) => mallState === 'cancelled'))
    return ticked.every(({ mallState }) => mallState === 'cancelled') ? 'move' : null
  const status = listed ?? (more.every((one) => one.status === first?.status) ? first?.status : undefined)
  if (status === 'ready_to_ship') return labelled === 'true' ? 'ship' : 'labels'
  return status === 'new' || status === 'awaiting_payment' ? 'move' : null
}

function title(query: OrderQuery): string {
  if (query.status) return statusWord(query.status)
  if (query.changeState) return t('サイト変更', 'Site changes')
  if (query.cancelledAtMall === 'true') return t('モール取消', 'Cancelled at the mall')
  return t('すべての受注', 'All orders')
}

function toneOf(order: OrderRow): string {
  const tones = [
    order.mallState === 'cancelled' && 'line-cancelled',
    order.changeState === 'failed'
      ? 'line-failed'
      : (order.changeState === 'warning' || order.flags.includes('changed_at_mall')) && 'line-warning',
  ]
  return tones.filter(Boolean).join(' ')
}

function KeyHints({ mayWork }: { mayWork: boolean }) {
  const working: [string, string][] = [
    ['F2', t('取込', 'pull')],
    ['F4', t('移動', 'move')],
    ['F7', t('注文確認', 'confirm')],
    ['F9', t('発送', 'ship')],
    ['F6', t('送り状', 'labels')],
  ]
  const hints: [string, string][] = [
    ...(mayWork ? working : []),
    ['↑↓', t('行', 'line')],
    ['Space', t('選択', 'tick')],
    ['Shift', t('範囲', 'range')],
    ['Enter', t('詳細', 'open')],
    ['Esc', t('選択解除', 'untick')],
    ['/', t('検索', 'search')],
    ['Ctrl+K', t('操作', 'actions')],
    ['?', t('キー', 'keys')],
  ]
  return (
    <footer className="key-hints">
      {hints.map(([key, what]) => (
        <span key={key}>
          <kbd>{key}</kbd> {what}
        </span>
      ))}
    </footer>
  )
}
