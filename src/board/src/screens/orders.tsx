import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { answer, api, type OrderRow } from '../api.ts'
import type { Bulk } from '../bulk/bulk-kinds.ts'
import { useSelection } from '../bulk/use-selection.ts'
import { choose } from '../chosen.ts'
import { useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { byDeadline, dueOf, isByDeadline, MOST_BY_DEADLINE } from '../list/deadline.ts'
import { FilterRow, SortChoice } from '../list/filter-row.tsx'
import { allColumns, cardColumn, keptColumns } from '../list/order-columns.tsx'
import { filtersOf, type OrderQuery, pageQuery } from '../list/order-query.ts'
import { number, today } from '../parts/format.ts'
import { Grid } from '../parts/grid.tsx'
import { lazyPart } from '../parts/lazy-part.tsx'
import { useNarrow } from '../parts/now.ts'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useMayWork } from '../session.ts'
import { statusWord } from '../words.ts'

// Not part of the first load.
const BulkAny = lazyPart(() => import('../bulk/bulk-any.tsx'))
const SelectionBar = lazyPart(() => import('../bulk/selection-bar.tsx'))
const ColumnDialog = lazyPart(() => import('../list/column-dialog.tsx'))
const WhyNot = lazyPart(() => import('../list/why-not.tsx'))

/** Ignores ticks on rows that no longer belong to this list. */
const leave = () => undefined

/** 受注一覧: the conditions stand in the address, the rows come as one scrolls. */
export default function Orders() {
  const search = useSearch()
  const [, navigate] = useLocation()
  const query = useMemo(() => filtersOf(search), [search])
  const dueFirst = isByDeadline(search)
  const list = useOrderList(query, dueFirst)
  const { picked, select, selectAll, selectNone } = useSelection(query, list)
  const [bulk, setBulk] = useState<Bulk | null>(null)
  const [choosing, setChoosing] = useState(false)
  const [columnIds, setColumnIds] = useState(keptColumns)
  const mayWork = useMayWork()
  const narrow = useNarrow()
  const names = useNames()
  const { rows } = list
  useKeys(mayWork, picked.size, setBulk, () => {
    choose([...picked.values()])
    navigate('/csv')
  })
  const columns = useMemo(() => {
    if (narrow) return [cardColumn(names.mall)]
    const all = new Map(allColumns(names.mall, names.shop).map((column) => [column.id, column]))
    return columnIds.flatMap((id) => all.get(id) ?? [])
  }, [narrow, names, columnIds])
  const orders = [...picked.values()]
  return (
    <div className="list-screen">
      <div className="list-head">
        <h1>{dueFirst ? t('今日出荷', 'To ship') : title(query)}</h1>
        <p className="list-count" role="status">
          {list.total === null || list.old
            ? ''
            : t(
                `${number(list.total)}${list.capped ? '件以上' : '件'}`,
                `${number(list.total)}${list.capped ? ' or more' : ''}`,
              )}
        </p>
        {dueFirst && !list.old && <DueCounts rows={rows} total={list.total} />}
        {mayWork && (
          <button
            type="button"
            className="button button-main"
            onClick={() => setBulk('pull')}
            aria-keyshortcuts="F2"
          >
            {t('受注を取り込む', 'Pull orders')} <kbd>F2</kbd>
          </button>
        )}
        {!narrow && <SortChoice search={search} />}
        {!narrow && (
          <button type="button" className="button" onClick={() => setChoosing(true)}>
            {t('列', 'Columns')}
          </button>
        )}
      </div>
      <FilterRow search={search} />
      <div className="selection-place">
        {picked.size === 0 ? (
          <p className="quiet">
            {t('選択した受注の操作がここに並びます。', 'What can be done with ticked orders stands here.')}
          </p>
        ) : (
          <Suspense>
            <SelectionBar
              count={picked.size}
              total={list.total}
              mayWork={mayWork}
              onAll={selectAll}
              onNone={selectNone}
              onBulk={setBulk}
              onTake={(path) => {
                choose([...picked.values()])
                navigate(path)
              }}
            />
          </Suspense>
        )}
      </div>
      {list.error ? (
        <Failed error={list.error} again={list.again} />
      ) : list.loading ? (
        <Loading />
      ) : rows.length === 0 && query.number && !list.old ? (
        <Suspense fallback={<Loading />}>
          <WhyNot orderNumber={query.number} shopId={query.shopId} />
        </Suspense>
      ) : (
        <Grid<OrderRow>
          label={title(query)}
          rows={rows}
          columns={columns}
          rowKey={(order) => order.id}
          rowName={(order) => order.orderNumber}
          rowHeight={narrow ? 100 : 38}
          rowTone={toneOf}
          selected={new Set(picked.keys())}
          onSelect={list.old ? leave : select}
          busy={list.old}
          onOpen={(order) => navigate(`/orders/${order.id}`)}
          total={list.total ?? undefined}
          onNearEnd={list.more}
          card={narrow}
          empty={
            search === '' || search.startsWith('status=')
              ? t('受注はありません。', 'No orders.')
              : t(
                  '該当する受注はありません。別の条件を試してください。',
                  'No order fits. Try other conditions.',
                )
          }
        />
      )}
      {!narrow && <KeyHints mayWork={mayWork} />}
      <Suspense>
        {choosing && (
          <ColumnDialog chosen={columnIds} onChoose={setColumnIds} onClose={() => setChoosing(false)} />
        )}
        {bulk && (
          <BulkAny bulk={bulk} orders={orders} shopId={query.shopId ?? null} onClose={() => setBulk(null)} />
        )}
      </Suspense>
    </div>
  )
}

/** Shows how many of the orders that were read must leave when. */
function DueCounts({ rows, total }: { rows: readonly OrderRow[]; total: number | null }) {
  const due = dueOf(rows, today())
  return (
    <p role="status" className="due-counts">
      {due.late > 0 && <Sign tone="failed">{t(`期限切れ ${number(due.late)}件`, `${due.late} late`)}</Sign>}{' '}
      <strong>{t(`今日まで ${number(due.today)}件`, `${due.today} today`)}</strong>{' '}
      <span className="quiet">
        {t(
          `明日以降 ${number(due.later)}件 期限なし ${number(due.none)}件`,
          `${due.later} later, ${due.none} without a deadline`,
        )}
        {total !== null &&
          total > MOST_BY_DEADLINE &&
          t(
            `（古い注文から${number(MOST_BY_DEADLINE)}件まで）`,
            ` (of the oldest ${MOST_BY_DEADLINE} orders)`,
          )}
      </span>
    </p>
  )
}

function useOrderList(query: OrderQuery, dueFirst: boolean) {
  const list = useInfiniteQuery({
    queryKey: ['orders', query],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/orders', {
          params: { query: pageQuery(query, pageParam) },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const rows = useMemo(() => {
    // An order that moved between two pages would stand in both.
    const seen = new Map<string, OrderRow>()
    for (const page of data?.pages ?? [])
      for (const order of page.orders)
        seen.set(order.id, { detail: null, detailMissing: null, ...order } as OrderRow)
    return dueFirst ? byDeadline([...seen.values()]) : [...seen.values()]
  }, [data, dueFirst])
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  // The first to leave may be on the last page.
  useEffect(() => {
    if (dueFirst && rows.length < MOST_BY_DEADLINE) more()
  }, [dueFirst, rows.length, more])
  return {
    rows,
    total: data?.pages[0]?.total ?? null,
    capped: data?.pages[0]?.totalIsCapped ?? false,
    loading: list.isPending,
    /** The rows are another list's, until this one's come. */
    old: list.isPlaceholderData,
    complete: data !== undefined && !hasNextPage,
    // Rows that were read stay in sight while the service is away; the head says how old they are.
    error: data ? null : list.error,
    again: () => void list.refetch(),
    more,
  }
}

function title(query: OrderQuery): string {
  if (query.status) return statusWord(query.status)
  if (query.changeState) return t('サイト変更', 'Site changes')
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

/** F1, F3, F5, F11 and F12 stay the browser's. */
function useKeys(mayWork: boolean, count: number, open: (bulk: Bulk) => void, csv: () => void): void {
  useEffect(() => {
    const keys: Readonly<Record<string, Bulk>> = { F2: 'pull', F4: 'move', F7: 'confirm', F9: 'ship' }
    const press = (event: KeyboardEvent) => {
      if (event.key === 'F6' && mayWork && count > 0) {
        event.preventDefault()
        csv()
        return
      }
      const bulk = keys[event.key]
      if (!bulk || !mayWork || document.querySelector('[role=dialog], [role=alertdialog]')) return
      if (bulk !== 'pull' && count === 0) return
      event.preventDefault()
      open(bulk)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [mayWork, count, open, csv])
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
