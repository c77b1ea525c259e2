import { Suspense, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { Refusal } from '../api.ts'
import { useBoard, useMalls, useMarkLabels } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { lazyPart } from '../parts/lazy-part.tsx'
import { useNarrow, useShort } from '../parts/now.ts'
import { useMayWork } from '../session.ts'
import { changeWord, paymentWord, statusWord } from '../words.ts'
import { useMarkWords } from './marks.tsx'
import {
  CHANGE_STATES,
  filtersOf,
  isBounded,
  MORE_FILTERS,
  ORDER_STATUSES,
  SEARCH_KINDS,
  withFilters,
} from './order-query.ts'
import { namesBuyer, saveView, useSavedViews, viewQuery } from './saved-views.ts'
import { searchWord } from './search-box.tsx'

const MoreFilters = lazyPart(() => import('./more-filters.tsx'))

const PAYMENTS = ['credit_card', 'cod', 'bank_transfer', 'convenience_store', 'wallet', 'deferred', 'points']

/** Conditions that combine. Each choice is at once the list's. */
export function FilterRow({ search }: { search: string }) {
  const [, navigate] = useLocation()
  const folds = [useNarrow(), useShort()].includes(true)
  const [open, setOpen] = useState(false)
  const [wantsMore, setMore] = useState(false)
  const malls = useMalls().data ?? []
  const shops = useBoard().data?.shops ?? []
  const marks = [...(useMarkLabels()?.keys() ?? [])]
  const wordOf = useMarkWords()
  const params = new URLSearchParams(search)
  const set = (name: string, value: string) => navigate(withFilters(search, { [name]: value }))
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]) => (
    <Choice
      label={label}
      value={params.get(name) ?? ''}
      onChange={(value) => set(name, value)}
      options={[['', t('すべて', 'all')], ...options]}
    />
  )
  const more = wantsMore || [...MORE_FILTERS, 'from', 'to'].some((name) => params.has(name))
  const active = [...params.keys()].filter((name) => name !== 'sort').length
  const searched = SEARCH_KINDS.find((kind) => params.has(kind))
  if (folds && !open)
    return (
      <div className="filters">
        <button type="button" className="button" aria-expanded={false} onClick={() => setOpen(true)}>
          {t(`条件 ${active}件`, `Conditions: ${active}`)}
        </button>
        <Reset search={search} />
      </div>
    )
  return (
    <fieldset className="filters">
      <legend className="for-reader">{t('絞り込みの条件', 'Conditions')}</legend>
      {searched && (
        <span className="chip">
          {searchWord(searched)}: {params.get(searched)}
          <button
            type="button"
            className="icon-button"
            aria-label={t('この検索をやめる', 'Drop this search')}
            onClick={() => set(searched, '')}
          >
            ×
          </button>
        </span>
      )}
      {choice(
        'status',
        t('ステータス', 'Status'),
        ORDER_STATUSES.map((one) => [one, statusWord(one)] as const),
      )}
      {choice(
        'marketplace',
        t('モール', 'Mall'),
        malls.map(({ name, label }) => [name, label] as const),
      )}
      {choice(
        'shopId',
        t('店舗', 'Shop'),
        shops.map(({ shopId, name }) => [shopId, name] as const),
      )}
      {choice(
        'changeState',
        t('変更状態', 'Change'),
        CHANGE_STATES.filter((one) => one !== 'none').map((one) => [one, changeWord(one)] as const),
      )}
      {choice(
        'mark',
        t('マーク', 'Mark'),
        marks.map((one) => [one, wordOf(one).word] as const),
      )}
      {choice(
        'paymentKind',
        t('支払', 'Payment'),
        PAYMENTS.map((one) => [one, paymentWord(one)] as const),
      )}
      {choice('tracking', t('送り状', 'Tracking'), [
        ['none', t('番号なし', 'none')],
        ['some', t('番号あり', 'some')],
      ])}
      {choice('hold', t('モール側保留', 'Held by the mall'), [
        ['true', t('あり', 'yes')],
        ['false', t('なし', 'no')],
      ])}
      {params.has('cancelledAtMall') &&
        choice('cancelledAtMall', t('モール取消', 'Cancelled at the mall'), [
          ['true', t('あり', 'yes')],
          ['false', t('なし', 'no')],
        ])}
      {folds && <SortChoice search={search} />}
      {more ? (
        <Suspense>
          <MoreFilters search={search} />
        </Suspense>
      ) : (
        <button type="button" className="link-button" aria-expanded={false} onClick={() => setMore(true)}>
          {t('ほかの条件', 'More conditions')}
        </button>
      )}
      <Reset search={search} />
      <SaveView search={search} />
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
