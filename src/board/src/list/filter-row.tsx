import { Suspense, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { Refusal } from '../api.ts'
import { useBoard, useMalls, useMarkLabels } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { dayBeside, dueDay, isoDay } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { takeFocus } from '../parts/keys.ts'
import { lazyPart } from '../parts/lazy-part.tsx'
import { useMayWork } from '../session.ts'
import { changeWord, paymentWord, statusWord } from '../words.ts'
import { useMarkWords } from './marks.tsx'
import {
  CHANGE_STATES,
  filtersOf,
  isBounded,
  isShipToday,
  ORDER_STATUSES,
  SEARCH_KINDS,
  withFilters,
} from './order-query.ts'
import { namesBuyer, saveView, useSavedViews, viewQuery } from './saved-views.ts'
import { searchWord } from './search-box.tsx'

const MoreFilters = lazyPart(() => import('./more-filters.tsx'))

const PAYMENTS = ['credit_card', 'cod', 'bank_transfer', 'convenience_store', 'wallet', 'deferred', 'points']

interface Filter {
  name: string
  label: string
  /** Of what is typed or picked, the value itself is the word. */
  options?: readonly (readonly [value: string, label: string])[]
}

/** Filters that are chosen of a list, with their words. */
function useChoices(): readonly Required<Filter>[] {
  const malls = useMalls().data ?? []
  const shops = useBoard().data?.shops ?? []
  const marks = [...(useMarkLabels()?.keys() ?? [])]
  const wordOf = useMarkWords()
  return [
    {
      name: 'status',
      label: t('ステータス', 'Status'),
      options: ORDER_STATUSES.map((one) => [one, statusWord(one)] as const),
    },
    {
      name: 'marketplace',
      label: t('モール', 'Mall'),
      options: malls.map(({ name, label }) => [name, label] as const),
    },
    {
      name: 'shopId',
      label: t('店舗', 'Shop'),
      options: shops.map(({ shopId, name }) => [shopId, name] as const),
    },
    {
      name: 'mark',
      label: t('マーク', 'Mark'),
      options: marks.map((one) => [one, wordOf(one).word] as const),
    },
    {
      name: 'paymentKind',
      label: t('支払', 'Payment'),
      options: PAYMENTS.map((one) => [one, paymentWord(one)] as const),
    },
    {
      name: 'changeState',
      label: t('変更状態', 'Change'),
      options: CHANGE_STATES.filter((one) => one !== 'none').map((one) => [one, changeWord(one)] as const),
    },
    {
      name: 'tracking',
      label: t('送り状', 'Tracking'),
      options: [
        ['none', t('番号なし', 'none')],
        ['some', t('番号あり', 'some')],
      ],
    },
    {
      name: 'hold',
      label: t('モール側保留', 'Held by the mall'),
      options: [
        ['true', t('あり', 'yes')],
        ['false', t('なし', 'no')],
      ],
    },
  ]
}

/** Filters that are typed or picked in `MoreFilters`. */
const useFields = (): readonly Filter[] => [
  { name: 'from', label: t('注文日（から）', 'Ordered from') },
  { name: 'to', label: t('注文日（まで）', 'Ordered to') },
  { name: 'shipByFrom', label: t('発送期限（から）', 'Ship by from') },
  { name: 'shipByTo', label: t('発送期限（まで）', 'Ship by to') },
  { name: 'wishedFrom', label: t('お届け希望日（から）', 'Wished day from') },
  { name: 'wishedTo', label: t('お届け希望日（まで）', 'Wished day to') },
  { name: 'onHoldTo', label: t('保留の期日（まで）', 'On hold until') },
  { name: 'prefecture', label: t('都道府県', 'Prefecture') },
  { name: 'amountFrom', label: t('金額（円以上）', 'Yen at least') },
  { name: 'amountTo', label: t('金額（円以下）', 'Yen at most') },
  { name: 'deliveryMethod', label: t('配送方法', 'Delivery') },
  {
    name: 'labelled',
    label: t('送り状の出力', 'Label file'),
    options: [
      ['true', t('出力済み', 'written')],
      ['false', t('未出力', 'not yet')],
    ],
  },
]

/** Conditions that the title or the tabs of 今日出荷 say already. */
const SAID = ['shipBy', 'shipByFrom', 'shipByTo', 'hold', 'status']

/** The conditions as chips, and one button that adds another. Each choice is at once the list's. */
export function FilterRow({ search }: { search: string }) {
  const [, navigate] = useLocation()
  const [open, setOpen] = useState(false)
  const adder = useRef<HTMLButtonElement>(null)
  const params = new URLSearchParams(search)
  const set = (name: string, value: string) => navigate(withFilters(search, { [name]: value }))
  const choices = useChoices()
  const fields = useFields()
  const searched = SEARCH_KINDS.find((kind) => params.has(kind))
  const dueFirst = isShipToday(search)
  const close = () => {
    setOpen(false)
    adder.current?.focus()
  }
  const chips = [...choices, ...fields].filter(
    ({ name }) => params.has(name) && name !== 'status' && !(dueFirst && SAID.includes(name)),
  )
  return (
    <div className="filters">
      {searched && (
        <Chip
          label={searchWord(searched)}
          value={params.get(searched) ?? ''}
          drop={t('この検索をやめる', 'Drop this search')}
          onOpen={() => setOpen(true)}
          onDrop={() => set(searched, '')}
        />
      )}
      {chips.map(({ name, label, options }) => {
        const value = params.get(name) ?? ''
        return (
          <Chip
            key={name}
            label={label}
            value={options?.find(([one]) => one === value)?.[1] ?? dayOrText(name, value)}
            drop={t(`条件「${label}」を外す`, `Drop ${label}`)}
            onOpen={() => setOpen(true)}
            onDrop={() => set(name, '')}
          />
        )
      })}
      <div
        className="filter-adder"
        role="group"
        aria-label={t('絞り込み', 'Filter')}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) setOpen(false)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !open) return
          event.stopPropagation()
          close()
        }}
      >
        <button
          ref={adder}
          type="button"
          className="chip chip-add"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name="plus" />
          {t('絞り込み', 'Filter')}
        </button>
        {open && <FilterPanel search={search} choices={choices} onClose={close} />}
      </div>
      <Reset search={search} />
      <SaveView search={search} />
    </div>
  )
}

/** Times of the address are days here. */
const dayOrText = (name: string, value: string): string =>
  name === 'to'
    ? dueDay(dayBeside(isoDay(Date.parse(value)), -1))
    : /(?:From|To|from)$/.test(name) && value.includes('-')
      ? dueDay(value)
      : value

function Chip(props: { label: string; value: string; drop: string; onOpen: () => void; onDrop: () => void }) {
  return (
    <span className="chip">
      <button type="button" className="chip-words" onClick={props.onOpen}>
        {props.label}: <bdi>{props.value}</bdi>
      </button>
      <button type="button" className="icon-button" aria-label={props.drop} onClick={props.onDrop}>
        <Icon name="cross" />
      </button>
    </span>
  )
}

/** All conditions, found by a part of their name; it lies over the list and moves nothing. */
function FilterPanel(props: { search: string; choices: readonly Required<Filter>[]; onClose: () => void }) {
  const { search, choices } = props
  const [, navigate] = useLocation()
  const [typed, setTyped] = useState('')
  const params = new URLSearchParams(search)
  const isWanted = (label: string) => label.includes(typed.trim())
  return (
    <fieldset className="filter-panel">
      <legend className="for-reader">{t('絞り込みの条件', 'Conditions')}</legend>
      <div className="filter-find">
        <input
          ref={takeFocus}
          type="search"
          aria-label={t('条件を探す', 'Find a condition')}
          placeholder={t('条件を探す', 'Find a condition')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <button
          type="button"
          className="icon-button"
          aria-label={t('絞り込みを閉じる', 'Close')}
          onClick={props.onClose}
        >
          <Icon name="cross" />
        </button>
      </div>
      {choices
        .filter(({ label }) => isWanted(label))
        .map(({ name, label, options }) => (
          <Choice
            key={name}
            label={label}
            value={params.get(name) ?? ''}
            onChange={(value) => navigate(withFilters(search, { [name]: value }))}
            options={[['', t('すべて', 'all')], ...options]}
          />
        ))}
      <Suspense>
        <MoreFilters search={search} isWanted={isWanted} />
      </Suspense>
    </fieldset>
  )
}

const BOUNDED_SORTS = () =>
  [
    ['shipBy', t('発送期限の早い順', 'earliest deadline first')],
    ['-shipBy', t('発送期限の遅い順', 'latest deadline first')],
    ['wishedOn', t('希望日の早い順', 'earliest wish first')],
    ['-wishedOn', t('希望日の遅い順', 'latest wish first')],
    ['-amount', t('金額の高い順', 'highest amount first')],
    ['amount', t('金額の低い順', 'lowest amount first')],
    ['number', t('受注番号順', 'by number')],
    ['-number', t('受注番号の逆順', 'by number, from the end')],
    ['marketplace', t('モール順', 'by mall')],
    ['-marketplace', t('モールの逆順', 'by mall, from the end')],
    ['item', t('商品名順', 'by item')],
    ['-item', t('商品名の逆順', 'by item, from the end')],
    ['-quantity', t('点数の多い順', 'most pieces first')],
    ['quantity', t('点数の少ない順', 'fewest pieces first')],
    ['paymentKind', t('支払方法順', 'by payment')],
    ['-paymentKind', t('支払方法の逆順', 'by payment, from the end')],
    ['deliveryMethod', t('配送方法順', 'by delivery method')],
    ['-deliveryMethod', t('配送方法の逆順', 'by delivery method, from the end')],
  ] as const

/** Beside the title where there is room: it narrows nothing. */
export function SortChoice({ search }: { search: string }) {
  const [, navigate] = useLocation()
  const query = filtersOf(search)
  return (
    <Choice
      label={t('並び順', 'Order')}
      hideLabel
      value={query.sort ?? 'newest'}
      onChange={(value) => navigate(withFilters(search, { sort: value }))}
      options={[
        ['newest', t('新しい順', 'newest first')],
        ['oldest', t('古い順', 'oldest first')],
        ...(isBounded(query) ? BOUNDED_SORTS() : []),
      ]}
    />
  )
}

function Reset({ search }: { search: string }) {
  const [, navigate] = useLocation()
  const status = new URLSearchParams(search).get('status')
  const reset = status ? `/orders?status=${status}` : '/orders'
  if (`/orders?${search}` === reset || search === '') return null
  return (
    <button type="button" className="link-button" onClick={() => navigate(reset)}>
      {t('リセット', 'Reset')}
    </button>
  )
}

function SaveView({ search }: { search: string }) {
  const [naming, setNaming] = useState(false)
  const mayShare = useMayWork()
  const close = () => setNaming(false)
  const views = useSavedViews()
  const replaced = useRef('')
  const save = async (form: FormData) => {
    const [name, shared] = [String(form.get('name') ?? '').trim(), form.get('shared') !== null]
    const isThere = views.some((view) => view.name === name && view.shared === shared)
    if (isThere && replaced.current !== `${name}${shared}`) {
      replaced.current = `${name}${shared}`
      throw new Refusal(
        t(
          `「${name}」という条件がもうあります。置き換えるときは、もう一度保存してください。`,
          `There is a view “${name}”. Save again to replace it.`,
        ),
        'name',
      )
    }
    await saveView(name, viewQuery(search), shared)
    setNaming(false)
  }
  if (!naming)
    return (
      <button type="button" className="link-button" onClick={() => setNaming(true)}>
        {t('条件を保存', 'Save as a view')}
      </button>
    )
  return (
    <Form className="save-view" send={save} onEscape={close} label={t('条件の保存', 'Save as a view')}>
      <Field label={t('条件の名前', 'Name of the view')} name="name" maxLength={40} required autoFocus />
      {mayShare && (
        <label className="tick">
          <input type="checkbox" name="shared" /> {t('全員で使う', 'For everybody')}
        </label>
      )}
      <FormEnd label={t('保存', 'Save')} onCancel={close} />
      {namesBuyer(search) && (
        <p className="support">
          {t(
            '氏名・電話番号・メールの条件は保存されません。',
            'Names, phones and mail addresses are not kept.',
          )}
        </p>
      )}
    </Form>
  )
}
