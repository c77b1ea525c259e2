import { t } from '../i18n.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useMayWork } from '../session.ts'

/** `?`: every key of the page. */
export default function KeyList({ onClose }: { onClose: () => void }) {
  const working: [string, string][] = [
    ['F2', t('受注を取り込む', 'Pull orders')],
    ['F4', t('選択した受注のステータスを移動', 'Move ticked orders')],
    ['F6', t('選択した受注の送り状CSV', 'Labels of ticked orders')],
    ['F7', t('選択した受注の注文確認', 'Confirm ticked orders')],
    ['F9', t('選択した受注の発送完了', 'Ship ticked orders')],
  ]
  const parts: [string, [string, string][]][] = [
    [
      t('どの画面でも', 'Everywhere'),
      [
        ['/', t('検索', 'Search')],
        ['Ctrl+K', t('操作や画面を名前で選ぶ', 'Choose an action or a screen by name')],
        ['?', t('この一覧', 'This list')],
      ],
    ],
    [
      t('受注一覧', 'List of orders'),
      [
        ['↑ ↓ PageUp PageDown Home End', t('行を移動', 'Move the line')],
        ['Enter', t('詳細を開く', 'Open')],
        ['Space', t('選択', 'Tick')],
        ['Shift+↑↓', t('範囲で選択', 'Tick a range')],
        ['Ctrl+A', t('表示中をすべて選択', 'Tick all shown')],
        ['Esc', t('選択を解除', 'Untick')],
        ['N', t('待っている新着を一覧に入れる', 'Let waiting orders into the list')],
        ...(useMayWork() ? working : []),
      ],
    ],
    [
      t('受注詳細', 'An order'),
      [
        ['J PageDown', t('一覧の次の受注', 'Next order of the list')],
        ['K PageUp', t('一覧の前の受注', 'Order before')],
        ['Esc', t('一覧へ戻る', 'Back to the list')],
      ],
    ],
  ]
  return (
    <Dialog title={t('キーの一覧', 'Keys')} onClose={onClose}>
      {/* The window scrolls, so keys must reach what is in it. */}
      {parts.map(([title, keys]) => (
        <section key={title} tabIndex={0} aria-label={title}>
          <h3>{title}</h3>
          <dl className="facts">
            {keys.map(([key, what]) => (
              <div key={key} className="fact">
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
