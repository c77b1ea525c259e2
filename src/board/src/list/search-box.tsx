import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { t } from '../i18n.ts'
import { Icon } from '../parts/icon.tsx'
import { SEARCH_KINDS } from './order-query.ts'

type Kind = (typeof SEARCH_KINDS)[number]

const words: Record<Kind, readonly [string, string]> = {
  q: ['すべて', 'Everything'],
  number: ['受注番号', 'Number'],
  numberEnd: ['受注番号の末尾', 'End of number'],
  name: ['注文者・送付先', 'Buyer or recipient'],
  buyer: ['注文者名', 'Buyer'],
  phone: ['電話番号', 'Phone'],
  item: ['商品名・コード', 'Item'],
  note: ['店舗メモ', 'Memo'],
  email: ['メール', 'Mail'],
}
export const searchWord = (kind: Kind): string => t(...words[kind])

/** Conditions that an order's state decides. */
const OF_ITS_STATE = [
  ...(['status', 'changeState', 'tracking', 'toShip', 'hold'] as const),
  ...(['cancelledAtMall', 'labelled', 'sort'] as const),
]

/** 検索: `/` leads here from everywhere. */
export function SearchBox() {
  const search = useSearch()
  const [location, navigate] = useLocation()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<Kind>('q')
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  // A shared address fills the box too.
  useEffect(() => {
    const params = new URLSearchParams(search)
    const kind = SEARCH_KINDS.find((one) => params.has(one))
    setTyped(kind ? (params.get(kind) ?? '') : '')
    setChosen(kind ?? 'q')
  }, [search])
  useEffect(() => {
    const toBox = (event: KeyboardEvent) => {
      const inField =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role=dialog]')
      if (event.key !== '/' || inField || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    document.addEventListener('keydown', toBox)
    return () => document.removeEventListener('keydown', toBox)
  }, [])
  const find = (kind: Kind) => {
    const params = new URLSearchParams(location === '/orders' ? search : '')
    for (const one of SEARCH_KINDS) params.delete(one)
    // Drops what an order's state decides, 今日出荷 too: a person who looks for one order does not know it.
    if (typed.trim() !== '') {
      params.set(kind, typed.trim())
      for (const one of OF_ITS_STATE) params.delete(one)
    }
    navigate(`/orders?${params}`)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    find(chosen)
  }
  return (
    <form className="search" onSubmit={submit} role="search">
      <Icon name="search" />
      <label className="for-reader" htmlFor={id}>
        {t('検索する文字', 'Search for')}
      </label>
      <input
        id={id}
        ref={input}
        type="search"
        value={typed}
        placeholder={t('受注番号・氏名・電話・商品・メモを探す', 'Number, name, phone, item, memo')}
        onChange={(event) => setTyped(event.target.value)}
      />
      <kbd>/</kbd>
      {typed.trim() !== '' && (
        <div className="search-kinds" role="group" aria-label={t('検索の対象', 'Search in')}>
          {SEARCH_KINDS.map((one) => (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={one === chosen}
              onClick={() => find(one)}
            >
              {searchWord(one)}
            </button>
          ))}
        </div>
      )}
    </form>
  )
}
