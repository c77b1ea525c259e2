import { type KeyboardEvent, useId, useState } from 'react'
import { useLocation } from 'wouter'
import { t } from '../i18n.ts'
import { ORDER_STATUSES, shipToday, TO_SHIP } from '../list/order-query.ts'
import { Dialog } from '../parts/dialog.tsx'
import { screensOf } from '../screens/index.ts'
import { useMayWork, useSession } from '../session.ts'
import { statusWord } from '../words.ts'

interface Entry {
  label: string
  key?: string
  run: () => void
}

/** Hands a key to the screen behind, once this window is gone. */
const press = (key: string) => () =>
  void setTimeout(() => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })))

/** Ctrl+K: whatever can be done or opened from here, found by a part of its name. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [location, navigate] = useLocation()
  const role = useSession()?.account?.role ?? 'read_only'
  const mayWork = useMayWork()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const go = (path: string) => () => navigate(path)
  const work: Entry[] =
    mayWork && location === '/orders'
      ? [
          { label: t('受注を取り込む', 'Pull orders'), key: 'F2', run: press('F2') },
          { label: t('選択した受注: ステータス移動', 'Ticked orders: move'), key: 'F4', run: press('F4') },
          { label: t('選択した受注: 送り状CSV', 'Ticked orders: labels'), key: 'F6', run: press('F6') },
          { label: t('選択した受注: 注文確認', 'Ticked orders: confirm'), key: 'F7', run: press('F7') },
          { label: t('選択した受注: 発送完了', 'Ticked orders: ship'), key: 'F9', run: press('F9') },
        ]
      : []
  const all: Entry[] = [
    ...work,
    { label: t('ホーム', 'Home'), run: go('/') },
    { label: t('今日出荷', 'To ship'), run: go(shipToday()) },
    { label: t('出荷する受注（すべての期限）', 'To ship, whenever'), run: go(`/orders?${TO_SHIP}`) },
    ...ORDER_STATUSES.map((status) => ({
      label: t(`受注: ${statusWord(status)}`, `Orders: ${statusWord(status)}`),
      run: go(`/orders?status=${status}`),
    })),
    { label: t('すべての受注', 'All orders'), run: go('/orders') },
    ...screensOf(role).flatMap(({ path, name }) => (name ? [{ label: t(...name), run: go(path) }] : [])),
    { label: t('キーの一覧', 'Keys'), key: '?', run: press('?') },
  ]
  const wanted = typed.normalize('NFKC').trim().toLowerCase()
  const search: Entry = {
    label: t(`「${typed.trim()}」を検索`, `Search for “${typed.trim()}”`),
    run: go(`/orders?${new URLSearchParams({ q: typed.trim() })}`),
  }
  const entries = [
    ...all.filter(({ label }) => label.toLowerCase().includes(wanted)),
    ...(wanted === '' ? [] : [search]),
  ]
  const chosen = Math.min(at, entries.length - 1)
  const act = (entry: Entry | undefined) => {
    if (entry === undefined) return
    onClose()
    entry.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) setAt((chosen + step + entries.length) % entries.length)
    // The Enter that ends a conversion to kanji chooses nothing.
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) act(entries[chosen])
    else return
    event.preventDefault()
  }
  return (
    <Dialog title={t('操作を選ぶ', 'Choose what to do')} onClose={onClose}>
      <input
        autoFocus
        type="search"
        role="combobox"
        aria-label={t('操作や画面の名前', 'Name of an action or a screen')}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={`${id}-${chosen}`}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div role="listbox" id={id} className="palette" aria-label={t('操作', 'Actions')}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys for all of them
          <div
            key={entry.label}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={`menu-entry${index === chosen ? ' palette-chosen' : ''}`}
            onClick={() => act(entry)}
          >
            {entry.label} {entry.key && <kbd>{entry.key}</kbd>}
          </div>
        ))}
      </div>
    </Dialog>
  )
}
