import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { t } from '../i18n.ts'

export interface Column<Row> {
  id: string
  label: string
  /** At least so wide, in rem; `grow` is its share of what is left. */
  width: number
  grow?: number
  align?: 'right'
  /** By this the list can be sorted, from the lowest and from the highest on. */
  sort?: readonly [up: string, down: string] | undefined
  cell: (row: Row) => ReactNode
}

type Sorted = 'ascending' | 'descending' | undefined
const sortedBy = ({ sort: by }: Pick<Column<never>, 'sort'>, sort: string | undefined): Sorted =>
  sort === undefined || !by?.includes(sort) ? undefined : sort === by[0] ? 'ascending' : 'descending'

function SortButton(props: {
  column: Pick<Column<never>, 'label' | 'sort'>
  sort: string | undefined
  onSort: (sort: string) => void
}) {
  const { column, sort, onSort } = props
  const [up = '', down = ''] = column.sort ?? []
  const now = sortedBy(column, sort)
  return (
    <button
      type="button"
      className="grid-sort"
      tabIndex={-1}
      onClick={() => onSort(now === 'ascending' ? down : up)}
    >
      {column.label}
      <span aria-hidden="true">{now === undefined ? '' : now === 'ascending' ? '▲' : '▼'}</span>
    </button>
  )
}

interface Acts<Row> {
  click: (event: MouseEvent, index: number, row: Row) => void
  tick: (event: MouseEvent, index: number) => void
}

interface LineProps<Row> {
  id: string
  row: Row
  index: number
  start: number
  columns: readonly Column<Row>[]
  tracks: string
  name: string
  height: number
  /** It is open beside the list. */
  current: boolean
  ticked: boolean
  /** Why the row is no longer of the list; null where it is. */
  left: string | null
  looks: string
  acts: { readonly current: Acts<Row> }
}

/**
 * Drawn anew only when it shows something else: while one scrolls that is every frame for the lines that come
 * alone.
 */
const Line = memo(<Row,>(props: LineProps<Row>) => {
  const { row, index, acts } = props
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows
    <div
      id={props.id}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={props.ticked}
      aria-current={props.current ? 'true' : undefined}
      className={props.looks}
      style={{
        gridTemplateColumns: props.tracks,
        height: props.height,
        transform: `translateY(${props.start}px)`,
      }}
      onClick={(event) => acts.current.click(event, index, row)}
    >
      <div role="gridcell" tabIndex={-1} className="grid-cell grid-tick">
        {props.left === null ? (
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={t(`${props.name}を選択`, `Tick ${props.name}`)}
            checked={props.ticked}
            onClick={(event) => acts.current.tick(event, index)}
            onChange={() => undefined}
          />
        ) : (
          <span className="left-why">{props.left}</span>
        )}
      </div>
      {props.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          tabIndex={-1}
          className={`grid-cell${column.align === 'right' ? ' grid-right' : ''} cell-${column.id}`}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}) as <Row>(props: LineProps<Row>) => ReactNode

/**
 * A table of any length of which only what is seen is drawn. One thing holds the focus, the table; ↑↓ move
 * the line, Space ticks it, Shift takes all between, Enter opens.
 */
export function Grid<Row>(props: {
  label: string
  /** Another value is another list. */
  list?: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  rowName: (row: Row) => string
  rowHeight: number
  rowTone?: (row: Row) => string
  /** Rows that are shown only so that none moves: they are neither ticked nor opened. */
  gone: ReadonlySet<string>
  leftWord: (key: string) => string
  /** A hand moves over the rows, or a key through them. */
  onMove: () => void
  /** The mouse is no longer over them. */
  onLeave: () => void
  selected: ReadonlySet<string>
  onSelect: (keys: ReadonlySet<string>) => void
  onOpen: (row: Row) => void
  /** The row that was opened last: whoever comes back goes on there. */
  begin?: string | null
  /** The row that is open beside the list. */
  opened?: string | null
  /** After Ctrl+A. */
  onAll?: (count: number) => void
  /** Count of all rows, when it is known; more come when the end comes near. */
  total?: number | undefined
  onNearEnd?: () => void
  /** Places of the rows that are drawn. */
  onSight?: (first: number, last: number) => void
  empty: ReactNode
  card?: boolean
  sort?: string | undefined
  /** Absent: the head's words are no buttons. */
  onSort?: ((sort: string) => void) | undefined
  /** These rows are about to be others. */
  busy?: boolean
}) {
  const { rows, columns, rowKey, gone, selected, onSelect, onNearEnd, onSight } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<{ index: number; key: string | null }>({ index: 0, key: null })
  const anchor = useRef(0)
  const pointed = useRef<readonly [x: number, y: number]>([-1, -1])
  // Another function has all rows measured anew.
  const getItemKey = useCallback(
    (index: number) => {
      const row = rows[index]
      return row === undefined ? index : rowKey(row)
    },
    [rows, rowKey],
  )
  const keyAt = (index: number): string | null => {
    const row = rows[index]
    return row === undefined ? null : rowKey(row)
  }
  // The cursor goes with its row, so that Space ticks what it was moved to; where that left, it stays.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key of a row is its own
  const at = useMemo(() => {
    const here = Math.min(cursor.index, Math.max(0, rows.length - 1))
    if (cursor.key === null || keyAt(here) === cursor.key) return here
    const moved = rows.findIndex((row) => rowKey(row) === cursor.key)
    return moved < 0 ? here : moved
  }, [cursor, rows])
  const setActive = (index: number): void => setCursor({ index, key: keyAt(index) })
  useEffect(() => {
    if (cursor.key === null || rows.length === 0) return
    if (cursor.index !== at || keyAt(at) !== cursor.key) setActive(at)
  })
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => props.rowHeight,
    overscan: 12,
    getItemKey,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 30) onNearEnd?.()
  }, [last, rows.length, onNearEnd])
  const first = items[0]?.index ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows in the same places are seen anew
  useEffect(() => onSight?.(first, last), [first, last, rows, onSight])
  // The day's work is here: whoever comes by keys, by a link at the left or from an order beside the list
  // goes on in the list, unless something else has the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list or order is the reason
  useEffect(() => {
    const focused = document.activeElement
    if (focused === document.body || focused?.closest('.bar a, .rail a, .due-tab'))
      scroller.current?.focus({ preventScroll: true })
  }, [props.list, props.opened])
  // Another row height: what was measured before no longer holds.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is the reason
  useEffect(() => virtual.measure(), [props.rowHeight])
  const wanted = props.opened ?? props.begin ?? null
  const begun = useRef<string | null>(null)
  useEffect(() => {
    if (wanted === begun.current || rows.length === 0) return
    begun.current = wanted
    const index = rows.findIndex((row) => rowKey(row) === wanted)
    if (index < 0) return
    setCursor({ index, key: wanted })
    virtual.scrollToIndex(index)
  }, [rows, rowKey, wanted, virtual])
  const toEnd = useRef(false)
  // End is the end of the list, not of what is loaded: it goes on as rows come, until the person does
  // anything else.
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows are the reason
  useEffect(() => {
    if (!toEnd.current || rows.length === 0) return
    setActive(rows.length - 1)
    virtual.scrollToIndex(rows.length - 1)
    // An order that comes later moves nobody.
    if (props.total !== undefined && rows.length >= props.total) toEnd.current = false
  }, [rows.length])
  const range = (from: number, to: number): string[] => {
    const [first, end] = from < to ? [from, to] : [to, from]
    return rows
      .slice(first, end + 1)
      .map(rowKey)
      .filter((key) => !gone.has(key))
  }
  const toggle = (index: number, through: boolean): void => {
    const key = keyAt(index)
    if (key === null || (gone.has(key) && !through)) return
    const next = new Set(selected)
    if (through) for (const one of range(anchor.current, index)) next.add(one)
    else if (!next.delete(key)) next.add(key)
    anchor.current = through ? anchor.current : index
    onSelect(next)
  }
  const moveTo = (index: number, extend: boolean): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index))
    setActive(next)
    virtual.scrollToIndex(next)
    if (!extend) return
    onSelect(new Set([...selected, ...range(anchor.current, next)]))
  }
  const open = (row: Row): void => {
    if (!gone.has(rowKey(row))) props.onOpen(row)
  }
  const stay = (): void => {
    toEnd.current = false
  }
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / props.rowHeight) - 2)
  const keys = new Map<string, (event: KeyboardEvent) => void>([
    ['ArrowDown', (event) => moveTo(at + 1, event.shiftKey)],
    ['ArrowUp', (event) => moveTo(at - 1, event.shiftKey)],
    ['PageDown', (event) => moveTo(at + page, event.shiftKey)],
    ['PageUp', (event) => moveTo(at - page, event.shiftKey)],
    ['Home', () => moveTo(0, false)],
    ['End', () => moveTo(rows.length - 1, false)],
    [' ', (event) => toggle(at, event.shiftKey)],
    ['Enter', () => rows[at] !== undefined && open(rows[at])],
  ])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    toEnd.current = event.key === 'End'
    const act = keys.get(event.key)
    if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      const all = range(0, rows.length - 1)
      onSelect(new Set(all))
      props.onAll?.(all.length)
    } else if (act && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      props.onMove()
      if (!event.shiftKey && event.key !== ' ') anchor.current = at
      act(event)
    }
  }
  const click = (event: MouseEvent, index: number, row: Row): void => {
    setActive(index)
    // A cell that was clicked would have the focus, and no key would reach the list.
    scroller.current?.focus({ preventScroll: true })
    if (event.target instanceof Element && event.target.closest('a, button, input')) return
    if (event.shiftKey) toggle(index, true)
    else if (event.ctrlKey || event.metaKey) toggle(index, false)
    else open(row)
  }
  // The lines keep the ref, so that another selection draws no line anew but those that it changes.
  const acts = useRef<Acts<Row>>({ click, tick: () => undefined })
  acts.current = {
    click,
    tick: (event, index) => {
      setActive(index)
      toggle(index, event.shiftKey)
    },
  }
  const tracks = ['2.5rem', ...columns.map(({ width, grow }) => `minmax(${width}rem, ${grow ?? 0}fr)`)].join(
    ' ',
  )
  // One width for head and lines, so that their tracks agree.
  const tableWidth = `${columns.reduce((sum, column) => sum + column.width, 3.5)}rem`
  const allTicked =
    rows.length > gone.size && rows.every((row) => selected.has(rowKey(row)) || gone.has(rowKey(row)))
  return (
    <div
      ref={scroller}
      className={`grid${props.card ? ' grid-card' : ''}`}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={(props.total ?? rows.length) + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-busy={props.busy ?? false}
      aria-activedescendant={rows.length > 0 ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onPointerDown={stay}
      onWheel={() => {
        stay()
        props.onMove()
      }}
    >
      <div role="rowgroup" className="grid-head" style={{ minWidth: tableWidth }}>
        <div
          role="row"
          className="grid-row"
          style={{ gridTemplateColumns: tracks }}
          aria-rowindex={1}
          tabIndex={-1}
        >
          <div role="columnheader" className="grid-cell grid-tick" tabIndex={-1}>
            <input
              type="checkbox"
              aria-label={t('表示中の受注をすべて選択', 'Tick all shown')}
              tabIndex={-1}
              checked={allTicked}
              onChange={() => onSelect(new Set(allTicked ? [] : range(0, rows.length - 1)))}
            />
          </div>
          {columns.map((column) => (
            <div
              key={column.id}
              role="columnheader"
              tabIndex={-1}
              className={`grid-cell${column.align === 'right' ? ' grid-right' : ''}`}
              aria-sort={sortedBy(column, props.sort)}
            >
              {column.sort && props.onSort ? (
                <SortButton column={column} sort={props.sort} onSort={props.onSort} />
              ) : (
                column.label
              )}
            </div>
          ))}
        </div>
      </div>
      {rows.length === 0 ? (
        <div role="rowgroup">
          <div role="row" tabIndex={-1}>
            <div role="gridcell" tabIndex={-1} className="grid-empty">
              {props.empty}
            </div>
          </div>
        </div>
      ) : (
        <div
          role="rowgroup"
          className="grid-body"
          style={{ height: virtual.getTotalSize(), minWidth: tableWidth }}
          onPointerDown={props.onMove}
          onPointerMove={({ clientX, clientY }) => {
            const [x, y] = pointed.current
            pointed.current = [clientX, clientY]
            // Rows that are drawn anew under a mouse that rests tell of a move, too.
            if (clientX !== x || clientY !== y) props.onMove()
          }}
          onPointerLeave={({ pointerType }) => pointerType !== 'touch' && props.onLeave()}
        >
          {items.map(({ index, start, key }) => {
            const row = rows[index]
            if (row === undefined) return null
            return (
              <Line
                key={key}
                id={`${id}-${index}`}
                row={row}
                index={index}
                start={start}
                columns={columns}
                tracks={tracks}
                acts={acts}
                name={props.rowName(row)}
                height={props.rowHeight}
                current={rowKey(row) === props.opened}
                ticked={selected.has(rowKey(row))}
                left={gone.has(rowKey(row)) ? props.leftWord(rowKey(row)) : null}
                looks={`grid-row grid-line${index === at ? ' grid-active' : ''} ${gone.has(rowKey(row)) ? 'line-gone' : (props.rowTone?.(row) ?? '')}`}
              />
            )
          })}
        </div>
      )}
    </div>
  )
}
