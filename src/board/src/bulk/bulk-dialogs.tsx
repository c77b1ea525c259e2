import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { answer, api, type Board, problemText } from '../api.ts'
import { byMall, deskName, refresh, useBoard, useDesks, useMalls, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { ORDER_STATUSES } from '../list/order-query.ts'
import { Dialog } from '../parts/dialog.tsx'
import { createDrafts } from '../parts/drafts.ts'
import { Choice, Field, TextArea } from '../parts/field.tsx'
import { number, shortTime } from '../parts/format.ts'
import { takeFocus } from '../parts/keys.ts'
import { toast } from '../parts/toast.tsx'
import { actionWord, type ChangeAction, type OrderStatus, statusWord } from '../words.ts'
import {
  acceptOrders,
  keepRefused,
  moveOrders,
  type OnHold,
  type Picked,
  type PullTarget,
  type Result,
  reimport,
  requestChanges,
  type WantedChange,
} from './bulk.ts'
import type { SimpleAction } from './bulk-kinds.ts'
import { nothingLeft, useFitting } from './left-out.tsx'
import {
  type ActionField,
  actionOf,
  beyond,
  entered,
  type Given,
  limitOf,
  type Mall,
  MallField,
  typedAs,
} from './mall-field.tsx'
import { Results } from './results.tsx'
import { useWindowDraft, type WindowDraft } from './window-draft.ts'

type Run = (progress: (text: string) => void) => Promise<readonly Result[]>

/** Pressed although something is still to be entered. */
const NOT_ENTERED = Symbol('not entered')

/** Says what will happen, does it with its progress in sight, then shows the table of results. */
export function BulkDialog(props: {
  title: string
  button: string
  /** Null while something is still to be entered; then `missing` says what. */
  run: Run | null
  missing?: string | undefined
  /** Shown at the first press; the second press sends. */
  warning?: ReactNode
  /** Leaves only the refused orders in the form, to be mended and sent again. */
  onMend?: (orderIds: ReadonlySet<string>) => void
  /** True when it opens with what was typed before: it says so, and no Enter in haste sends that. */
  restored?: boolean
  /** Called when typed text is given up, or none of it was refused. */
  onForget?: () => void
  /** Ticked orders that the action is not for: the results say how many. */
  leftOut?: number
  danger?: boolean
  /** Focuses something in the window when it opens, else the main button unless that is dangerous. */
  focused?: boolean
  wide?: boolean
  onClose: () => void
  children: ReactNode
}) {
  const [busy, setBusy] = useState<string | null>(null)
  const [results, setResults] = useState<readonly Result[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [warned, setWarned] = useState(false)
  const close = () => {
    // Those that became a change at the mall stand under 失敗.
    keepRefused(
      (results ?? []).flatMap((one) => (one.state === 'failed' && !one.changeId ? [one.orderId] : [])),
    )
    props.onClose()
  }
  const giveUp = () => {
    props.onForget?.()
    props.onClose()
  }
  const start = async () => {
    if (props.run === null) return setError(NOT_ENTERED)
    setError(null)
    if (props.warning && !warned) return setWarned(true)
    setWarned(false)
    setBusy(t('送信しています…', 'Sending…'))
    try {
      const all = await props.run(setBusy)
      if (all.every(({ state }) => state !== 'failed')) props.onForget?.()
      setResults(all)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(null)
      refresh('orders', 'order', 'site-changes', 'board')
    }
  }
  // Clears the complaint once the missing values are entered, without another press.
  const complaint = (): string | null => {
    if (error === NOT_ENTERED) return props.run === null ? (props.missing ?? null) : null
    return error === null ? null : problemText(error)
  }
  return (
    <Dialog
      title={props.title}
      onClose={close}
      busy={busy !== null}
      wide={props.wide || results !== null}
      buttons={
        results === null ? (
          <>
            <button type="button" className="button" onClick={giveUp} disabled={busy !== null}>
              {t('やめる', 'Cancel')}
            </button>
            <button
              type="button"
              className={`button ${props.danger ? 'button-danger' : 'button-main'}`}
              ref={props.danger || props.focused || props.restored ? undefined : takeFocus}
              aria-disabled={busy !== null}
              onClick={() => busy === null && void start()}
            >
              {busy ?? (warned && props.warning ? t('このまま送信する', 'Send all the same') : props.button)}
            </button>
          </>
        ) : (
          <button type="button" className="button button-main" ref={takeFocus} onClick={close}>
            {t('閉じる', 'Close')}
          </button>
        )
      }
    >
      {props.restored && results === null && (
        <p className="note restored" role="status" tabIndex={-1} ref={takeFocus}>
          {t(
            '書きかけの内容を戻しました。確かめてから送信してください。',
            'What was half-written is back: look at it before you send it.',
          )}
        </p>
      )}
      {results === null ? (
        props.children
      ) : (
        <Results
          results={results}
          leftOut={props.leftOut}
          onMend={
            props.onMend &&
            ((failed) => {
              props.onMend?.(failed)
              setResults(null)
            })
          }
        />
      )}
      {warned && props.warning && results === null && (
        <div className="problem" role="alert">
          {props.warning}
        </div>
      )}
      {complaint() !== null && results === null && (
        <p className="field-error" role="alert">
          ＊{complaint()}
        </p>
      )}
      <p className="for-reader" role="status">
        {busy}
      </p>
    </Dialog>
  )
}

const count = (done: number, of: number): string => t(`${number(done)} / ${number(of)}件`, `${done} of ${of}`)

/** 受注取込 for all shops, a mall or one shop. */
export function PullDialog({ shopId, onClose }: { shopId: string | null; onClose: () => void }) {
  const board = useBoard().data
  const { mall } = useNames()
  const [target, setTarget] = useState(shopId ? `shop:${shopId}` : 'all')
  const shops = board?.shops ?? []
  const malls = [...new Set(shops.map((shop) => shop.marketplace))]
  const staged = (some: readonly Pick<Board, 'staged' | 'bounded'>[]): string => {
    const more = some.some(({ bounded }) => bounded.includes('staged')) ? '+' : ''
    return `${number(some.reduce((total, one) => total + one.staged, 0))}${more}${t('件', '')}`
  }
  const options: [string, string][] = [
    ['all', `${t('すべての店舗', 'All shops')} ${staged(shops)}`],
    ...malls.map((name): [string, string] => [
      `mall:${name}`,
      `${mall(name)} ${staged(shops.filter(({ marketplace }) => marketplace === name))}`,
    ]),
    ...shops.map((shop): [string, string] => [`shop:${shop.shopId}`, `${shop.name} ${staged([shop])}`]),
  ]
  const wanted = (): PullTarget => {
    if (target.startsWith('shop:')) return { shopId: target.slice(5) }
    const marketplace = malls.find((name) => target === `mall:${name}`)
    return marketplace ? { marketplace } : {}
  }
  return (
    <BulkDialog
      title={t('受注取込', 'Pull orders')}
      button={t('取り込む', 'Pull')}
      onClose={onClose}
      run={(progress) =>
        acceptOrders(wanted(), (done, left) =>
          progress(
            t(`${number(done)}件を取り込みました。残り${number(left)}件`, `${done} pulled, ${left} left`),
          ),
        )
      }
    >
      <Choice label={t('対象', 'Which')} value={target} onChange={setTarget} options={options} />
      <p>
        {t(
          '自動受注取込の受注を、古い順に新規受付へ移します。モールには何も送信しません。',
          'Moves auto-imported orders to New, oldest first. Nothing is sent to the malls.',
        )}
      </p>
      <Desks />
    </BulkDialog>
  )
}

/** Says which programs of the shop take orders over, so that nobody thinks that this button feeds them. */
function Desks() {
  const desks = useDesks().data
  if (desks === undefined) return null
  if (desks.length === 0)
    return (
      <p>{t('受注を取り込むデスクトップソフトはありません。', 'No desktop client takes orders over.')}</p>
    )
  return (
    <>
      <p>
        {t(
          'デスクトップソフトには、ここで移した受注も、次の受注取込で届きます。',
          'Desktop clients still get what is moved here, by their next pull.',
        )}
      </p>
      <ul>
        {desks.map((one) => (
          <li key={one.desk}>
            {deskName(one)}
            {t(`（最終 ${shortTime(one.lastAskedAt)}）`, ` (last asked ${shortTime(one.lastAskedAt)})`)}
          </li>
        ))}
      </ul>
    </>
  )
}

interface Hold {
  reason: string
  until: string
}
const holds = createDrafts<WindowDraft<Hold | null>>()

export function MoveDialog({ orders, onClose }: { orders: readonly Picked[]; onClose: () => void }) {
  const [chosen, setTo] = useState<OrderStatus | null>(null)
  const usual: OrderStatus =
    orders.length > 0 && orders.every(({ mallState }) => mallState === 'cancelled')
      ? 'cancelled'
      : 'ready_to_ship'
  const had = commonOnHold(orders)
  // Untyped, it follows what a colleague writes meanwhile.
  const live: Hold = { reason: had.onHoldReason, until: had.onHoldDate }
  const { typed, type, forget, restored } = useWindowDraft<Hold | null>(holds, 'move', orders, null)
  const { reason, until } = typed ?? live
  const setHold = (next: Hold) => {
    type(next)
    // Back at what the orders have, it is no draft.
    if (next.reason === live.reason && next.until === live.until) forget()
  }
  const to = chosen ?? (restored ? 'on_hold' : usual)
  // Unsaid, orders that are on hold already keep theirs.
  const isSaid = [reason, until, had.onHoldReason, had.onHoldDate].some((text) => text !== '')
  const onHold: OnHold =
    to === 'on_hold' && isSaid
      ? { onHoldReason: reason.trim(), ...(until === '' ? {} : { onHoldDate: until }) }
      : {}
  const { fitting, panel, leftOut } = useFitting(orders, to === 'cancelled' ? 'memo' : 'move')
  const moved = useRef<Picked[]>([])
  const close = () => {
    onClose()
    offerUndo(moved.current, to)
  }
  return (
    <BulkDialog
      title={t(`${number(fitting.length)}件のステータスを移動`, `Move ${fitting.length} to a status`)}
      button={t(`${number(fitting.length)}件を移動`, `Move ${fitting.length}`)}
      leftOut={leftOut}
      onClose={close}
      restored={restored}
      onForget={forget}
      missing={nothingLeft()}
      run={
        fitting.length === 0
          ? null
          : async (progress) => {
              const results = await moveOrders(fitting, to, (done, of) => progress(count(done, of)), onHold)
              const done = new Set(results.flatMap(({ orderId, state }) => (state === 'ok' ? [orderId] : [])))
              moved.current = fitting.filter((order) => done.has(order.id) && order.status !== to)
              return results
            }
      }
    >
      <Choice
        label={t('移動先', 'To')}
        value={to}
        onChange={setTo}
        options={ORDER_STATUSES.filter((one) => one !== 'auto_imported').map(
          (one) => [one, statusWord(one)] as const,
        )}
      />
      {to === 'on_hold' && (
        <>
          <TextArea
            label={t('保留の理由', 'Why')}
            support={t(
              '同僚に伝わる言葉で200字まで。省略できます。',
              'Up to 200 letters, for colleagues. May be left out.',
            )}
            rows={2}
            maxLength={200}
            value={reason}
            onChange={({ target }) => setHold({ reason: target.value, until })}
          />
          <Field
            type="date"
            label={t('保留の期日', 'Until')}
            support={t(
              'この日になると、左の列の「期日が来た保留」に出ます。省略できます。',
              'On this day it stands under “Hold is due” at the left. May be left out.',
            )}
            value={until}
            onChange={({ target }) => setHold({ reason, until: target.value })}
          />
        </>
      )}
      {panel}
      <p>
        {t(
          'この画面のステータスだけが変わります。モールには何も送信しません。',
          'Only the status here changes. Nothing is sent to the malls.',
        )}
      </p>
    </BulkDialog>
  )
}

/** The reason and the date that all of them have. */
function commonOnHold([first, ...others]: readonly Picked[]): { onHoldReason: string; onHoldDate: string } {
  const same = (one: 'onHoldReason' | 'onHoldDate') =>
    others.every((order) => order[one] === first?.[one]) ? (first?.[one] ?? '') : ''
  return { onHoldReason: same('onHoldReason'), onHoldDate: same('onHoldDate') }
}

/** Each order goes back to where it was. 自動受注取込 is left by 受注取込 alone, so nothing is moved back into it. */
function offerUndo(moved: readonly Picked[], to: OrderStatus): void {
  const back = moved.filter((order) => order.status !== 'auto_imported')
  if (back.length === 0) return
  const undo = async () => {
    const results: Result[] = []
    for (const status of new Set(back.map((order) => order.status)))
      results.push(
        ...(await moveOrders(
          back.filter((order) => order.status === status),
          status,
          () => undefined,
          status === 'on_hold' ? { restoreOnHold: true } : {},
        )),
      )
    refresh('orders', 'order', 'board')
    const failed = results.filter(({ state }) => state === 'failed').length
    toast(
      failed === 0
        ? t(`${number(back.length)}件を元に戻しました。`, `${back.length} moved back.`)
        : t(`${number(failed)}件は元に戻せませんでした。`, `${failed} could not be moved back.`),
    )
  }
  toast(
    t(
      `${number(back.length)}件を${statusWord(to)}に移動しました。`,
      `${back.length} moved to ${statusWord(to)}.`,
    ),
    {
      label: t('元に戻す', 'Undo'),
      run: () => void undo().catch((error: unknown) => toast(problemText(error))),
    },
  )
}

const APPLY = ['mall-wins', 'keep-edits', 'all', 'none'] as const
const applyWord = (mode: (typeof APPLY)[number]): string =>
  ({
    'mall-wins': t('モールの変更を優先し、ほかの編集は残す', 'The mall’s changes win, other edits stay'),
    'keep-edits': t('こちらの編集を優先する', 'Our edits win'),
    all: t('モールの内容にすべて置き換える', 'Replace everything by the mall’s'),
    none: t('差分を確認するだけ', 'Only show the differences'),
  })[mode]

export function ReimportDialog({ orders, onClose }: { orders: readonly Picked[]; onClose: () => void }) {
  const [apply, setApply] = useState<(typeof APPLY)[number]>('mall-wins')
  return (
    <BulkDialog
      title={t(`${number(orders.length)}件を再取込`, `Re-import ${orders.length}`)}
      button={t(`${number(orders.length)}件を再取込`, `Re-import ${orders.length}`)}
      onClose={onClose}
      run={async (progress) =>
        (await reimport(orders, apply, (done, of) => progress(count(done, of)))).results
      }
    >
      <Choice
        label={t('反映方法', 'How')}
        value={apply}
        onChange={setApply}
        options={APPLY.map((mode) => [mode, applyWord(mode)] as const)}
      />
      <p>
        {t(
          'モールに問い合わせて読み直します。以前の内容は「版」に残ります。',
          'The mall is asked again. What was before stays among the versions.',
        )}
      </p>
    </BulkDialog>
  )
}

/** Shows each mall's own name for the action, and when the mall accepts it. */
export function MallSummary({ orders, action }: { orders: readonly Picked[]; action: ChangeAction }) {
  const malls = useMalls().data
  return (
    <ul className="mall-summary">
      {byMall(malls, orders).map(({ key, mall, orders: own }) => {
        const taken = mall?.actions.find((one) => one.action === action)
        return (
          <li key={key}>
            <strong>{mall?.label ?? key}</strong> {number(own.length)}
            {t('件', '')}:{' '}
            {taken
              ? t(`「${taken.label}」を送信します。`, `“${taken.label}” is sent. `) + taken.preconditions
              : t(
                  'このモールにはこの操作がありません。受け付けられません。',
                  'This mall has no such action; it will be refused.',
                )}
          </li>
        )
      })}
    </ul>
  )
}

/** A field of an action for the malls that share it: choices are a mall's own, a text is common. */
interface SharedField {
  key: string
  field: ActionField
  /** The malls that have it; a change of another mall goes without. */
  malls: readonly Mall[]
}

/** Lists the fields that the malls of these orders have for an action. */
function sharedFields(malls: readonly Mall[], action: ChangeAction): SharedField[] {
  const each = malls.flatMap((mall) =>
    (actionOf(mall, action)?.fields ?? []).map((field) => ({
      mall,
      field,
      key: field.choices ? `${mall.label} ${field.name}` : field.name,
    })),
  )
  return [...Map.groupBy(each, ({ key }) => key)].flatMap(([key, same]) => {
    const [first] = same
    if (!first) return []
    const { field, mall } = first
    const label = malls.length > 1 && field.choices ? `${mall.label} ${field.label}` : field.label
    const required = same.some((one) => one.field.required)
    return [{ key, field: { ...field, label, required }, malls: same.map((one) => one.mall) }]
  })
}

type Values = Readonly<Record<string, string>>
const NO_VALUES: Values = {}
const typedValues = createDrafts<WindowDraft<Values>>()

/** Changes at the mall that say the same of each order: the fields are the malls' own. */
export function ChangeDialog(props: {
  orders: readonly Picked[]
  action: SimpleAction
  given?: Given | undefined
  onClose: () => void
}) {
  const { action, given = {} } = props
  const { fitting: orders, panel, leftOut } = useFitting(props.orders, action)
  const draft = useWindowDraft<Values>(typedValues, action, props.orders, NO_VALUES)
  const { typed: values, type: setValues } = draft
  const textIn = ({ key, field }: Pick<SharedField, 'key' | 'field'>): string =>
    values[key] ?? typedAs(given[field.name])
  const groups = byMall(useMalls().data, orders)
  const malls = groups.flatMap(({ mall }) => mall ?? [])
  const subStatuses = useSubStatuses(action, orders)
  const fields = sharedFields(malls, action).map((one) =>
    one.field.name === 'subStatus' && subStatuses.length > 0
      ? { ...one, field: { ...one.field, choices: subStatuses } }
      : one,
  )
  const problem = fields.flatMap(({ key, field, malls: own }) => {
    const value = textIn({ key, field })
    // An empty memo is a wish: it clears what stands there.
    if (field.required && value === '' && field.name !== 'memo')
      return field.choices
        ? [t(`${field.label}を選んでください。`, `Choose: ${field.label}.`)]
        : [t(`${field.label}を入力してください。`, `Enter: ${field.label}.`)]
    return own.flatMap((mall) => beyond(limitOf(actionOf(mall, action), field.name), value) ?? [])
  })[0]
  const changes = (): WantedChange[] =>
    orders.map((order) => ({
      orderId: order.id,
      action,
      ...Object.fromEntries(
        fields
          .filter(({ malls: own }) =>
            groups.some(({ mall, orders: its }) => mall && own.includes(mall) && its.includes(order)),
          )
          .filter((one) => one.field.name === 'memo' || textIn(one) !== '')
          .map((one) => [one.field.name, entered(one.field, textIn(one))]),
      ),
    }))
  const byId = new Map(orders.map((order) => [order.id, order]))
  return (
    <BulkDialog
      title={t(
        `${number(orders.length)}件の${actionWord(action)}を送る`,
        `${actionWord(action)}: ${orders.length}`,
      )}
      button={t(`${number(orders.length)}件を送信`, `Send ${orders.length}`)}
      leftOut={leftOut}
      danger={action === 'cancel'}
      // Enter is pressed in haste: only what harms nothing is sent by it at once.
      focused={action !== 'confirm'}
      onClose={props.onClose}
      restored={draft.restored}
      onForget={draft.forget}
      run={
        problem !== undefined || orders.length === 0
          ? null
          : (progress) => requestChanges(byId, changes(), (done, of) => progress(count(done, of)))
      }
      missing={problem ?? nothingLeft()}
    >
      <MallSummary orders={orders} action={action} />
      {panel}
      {fields.map(({ key, field, malls: own }) => (
        <MallField
          key={key}
          field={field}
          limit={own.length === 1 ? limitOf(actionOf(own[0], action), field.name) : undefined}
          value={textIn({ key, field })}
          onChange={(value) => setValues({ ...values, [key]: value })}
        />
      ))}
    </BulkDialog>
  )
}

/** Sub-statuses that the one shop of these orders has set up; none where the mall tells none. */
function useSubStatuses(action: SimpleAction, orders: readonly Picked[]) {
  const [id = '', ...others] = new Set(orders.map((order) => order.shopId))
  const asked = useQuery({
    queryKey: ['sub-statuses', id],
    queryFn: async () =>
      (await answer(api.GET('/v1/shops/{id}/sub-statuses', { params: { path: { id } } }))).subStatuses,
    enabled: action === 'sub_status' && id !== '' && others.length === 0,
    retry: false,
  })
  return asked.data ?? []
}
