import { useState } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { t } from '../i18n.ts'
import { number } from '../parts/format.ts'
import { useNarrow } from '../parts/now.ts'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { actionWord } from '../words.ts'
import { type Bulk, SIMPLE_ACTIONS } from './bulk-kinds.ts'
import { leftTheList } from './use-selection.ts'

const STEPS = ['move', 'labels', 'ship'] as const
type Step = (typeof STEPS)[number]

/** Shows how many rows are ticked, and the actions for them. */
export default function SelectionBar(props: {
  count: number
  /** Ticked ones that left the list, and the selection with it. */
  left: number
  total: number | null
  mayWork: boolean
  /** The next step of these orders, whose button is the main one. */
  main: Step | null
  onAll: (progress: (done: number) => void) => Promise<void>
  onNone: () => void
  onBulk: (bulk: Bulk) => void
  /** The orders can go as one parcel, or do and can be apart again. */
  bundle: 'make' | 'end' | null
  onBundle: () => Promise<void>
  /** The ticked orders on a screen of their own. */
  onTake: (path: string) => void
}) {
  const { count, total } = props
  const narrow = useNarrow()
  const { busy: reading, error, send } = useSend()
  const [read, setRead] = useState(0)
  const steps: Record<Step, { label: string; key: string; run: () => void }> = {
    move: { label: t('ステータス移動', 'Move'), key: 'F4', run: () => props.onBulk('move') },
    labels: { label: t('送り状CSV', 'Labels'), key: 'F6', run: () => props.onTake('/csv') },
    ship: { label: t('発送完了', 'Ship'), key: 'F9', run: () => props.onBulk('ship') },
  }
  const stepButton = (step: Step) => (
    <button
      type="button"
      className={`button${props.main === step ? ' button-main' : ''}`}
      onClick={steps[step].run}
      aria-keyshortcuts={steps[step].key}
    >
      {steps[step].label} <kbd>{steps[step].key}</kbd>
    </button>
  )
  const bundling = props.bundle === 'make' ? t('同梱にする', 'One parcel') : t('同梱を解除', 'Apart again')
  const print = (
    <Choices
      label={t('印刷', 'Print')}
      entries={[
        ['notes', t('納品書', 'Delivery notes')],
        ['picking', t('ピッキングリスト', 'Picking list')],
        ['orders', t('出荷指示書', 'Packing orders')],
      ]}
      onChoose={(kind) => props.onTake(`/print?kind=${kind}`)}
    />
  )
  const next = props.main ?? 'ship'
  const all = () => {
    setRead(0)
    return props.onAll(setRead)
  }
  return (
    <div className="selection" role="region" aria-label={t('選択中の受注', 'Ticked orders')}>
      <p role="status">
        {reading && read > 0
          ? t(`${number(read)}件を読み込みました…`, `${number(read)} read…`)
          : t(`${number(count)}件の受注が選択されています。`, `${number(count)} orders are ticked.`)}
        {props.left > 0 && <> {leftTheList(props.left)}</>}
      </p>
      {total !== null && total > count && !reading && (
        <button type="button" className="link-button" onClick={() => send(all)}>
          {t(`一覧の${number(total)}件すべてを選択`, `Tick all ${number(total)} of the list`)}
        </button>
      )}
      <button type="button" className="link-button" onClick={props.onNone}>
        {t('選択を解除', 'Untick')}
      </button>
      <Problem error={error} />
      <div className="selection-buttons">
        {!props.mayWork ? (
          print
        ) : narrow ? (
          <>
            {print}
            <Choices
              label={t('その他', 'More')}
              entries={[
                ...STEPS.flatMap((step) => (step === next ? [] : [[step, steps[step].label] as const])),
                ...SIMPLE_ACTIONS.map(
                  (action) => [action, `${t('サイト変更', 'Site change')}: ${actionWord(action)}`] as const,
                ),
                ['reimport', t('再取込', 'Re-import')],
                ...(props.bundle ? [['bundle', bundling] as const] : []),
              ]}
              onChoose={(chosen) => {
                if (chosen === 'bundle') send(props.onBundle)
                else if (chosen === 'labels') steps.labels.run()
                else props.onBulk(chosen)
              }}
            />
            {stepButton(next)}
          </>
        ) : (
          <>
            {stepButton('move')}
            <Choices
              label={t('サイト変更', 'Site change')}
              entries={SIMPLE_ACTIONS.map((action) => [action, actionWord(action)] as const)}
              onChoose={props.onBulk}
            />
            <button type="button" className="button" onClick={() => props.onBulk('reimport')}>
              {t('再取込', 'Re-import')}
            </button>
            {props.bundle && (
              <button type="button" className="button" onClick={() => send(props.onBundle)}>
                {bundling}
              </button>
            )}
            {stepButton('labels')}
            {print}
            {stepButton('ship')}
          </>
        )}
      </div>
    </div>
  )
}

/** A button that opens a few choices. */
function Choices<Id extends string>(props: {
  label: string
  entries: readonly (readonly [id: Id, label: string])[]
  onChoose: (id: Id) => void
}) {
  return (
    <MenuTrigger>
      <Button className="button">{props.label} ▾</Button>
      <Popover className="popover">
        <Menu
          className="menu-list"
          aria-label={props.label}
          onAction={(key) => {
            const chosen = props.entries.find(([id]) => id === key)
            if (chosen) props.onChoose(chosen[0])
          }}
        >
          {props.entries.map(([id, label]) => (
            <MenuItem key={id} id={id} className="menu-entry">
              {label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
