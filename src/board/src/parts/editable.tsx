import {
  createContext,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useContext,
  useEffect,
  useState,
} from 'react'
import { ApiProblem, answer, api, type Order } from '../api.ts'
import { queries, refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Dialog } from './dialog.tsx'
import { createDrafts, drafter, keepDraft, takeDraft } from './drafts.ts'
import { FormButtons } from './form.tsx'
import { Icon } from './icon.tsx'
import { isEscape } from './keys.ts'
import { isOvertaken, patchOf, valueAt } from './merge-patch.ts'
import { Problem } from './states.tsx'
import { toast } from './toast.tsx'
import { useSend } from './use-send.ts'

interface Editing {
  order: Order
  mayEdit: boolean
}
const EditingContext = createContext<Editing | null>(null)
export const EditingProvider = EditingContext.Provider

type Typed = ReadonlyMap<string, string>
/** Labels of a card's fields by their places. */
type Labels = ReadonlyMap<string, string>

/** The order as it was when the card's form opened, and what has been typed since, by place. */
interface Draft {
  base: Order
  typed: Typed
}

/** Of cards that were half-written when their order was left: there again when it is opened again. */
const drafts = createDrafts<Draft>()

/** Cards that are on the page now: what was closed comes back into its own, however often that was left. */
const cards = new Map<string, (closed: Draft) => void>()

/** What was typed into a card again, over what was closed before. */
const joined = (closed: Draft, newer: Draft | null | undefined): Draft => ({
  ...closed,
  typed: new Map([...closed.typed, ...(newer?.typed ?? [])]),
})

function bringBack(key: string, closed: Draft): void {
  const open = cards.get(key)
  if (open) {
    open(closed)
    return
  }
  keepDraft(drafts, key, joined(closed, takeDraft(drafts, key)))
  const { orderNumber } = closed.base
  toast(
    t(
      `受注${orderNumber}の概要を開くと、書きかけの内容が戻ります。`,
      `It is there again when you open ${orderNumber}.`,
    ),
  )
}

/** Typed values of the card around a field; null while the card is only shown. */
const DraftContext = createContext<{
  draft: Draft
  type: (pointer: string, text: string) => void
  /** The first field takes the focus: it stands where the pencil was pressed. */
  first: { taken: boolean }
} | null>(null)

/** True within a card that is being edited, where each field has its own place. */
export const useIsEditing = (): boolean => useContext(DraftContext) !== null

/** Fields of the form that colleagues changed since it was opened. */
interface Conflict {
  current: Order
  pointers: readonly string[]
}

/** Several colleagues may save while one save is on its way; each try costs one answer. */
const MOST_TRIES = 5

const toValue = (text: string) => (text.trim() === '' ? null : text)
const shown = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

/** The fields that the person changed: the others are not sent, so a colleague's change of them stays. */
const changed = ({ base, typed }: Draft): [pointer: string, value: unknown][] =>
  [...typed]
    .filter(([pointer, text]) => text !== shown(valueAt(base.detail, pointer)))
    .map(([pointer, text]) => [pointer, toValue(text)])

const newerOf = (one: Order, other: Order): Order => (other.version > one.version ? other : one)

/** What of these changes would replace a colleague's of the same field; null: nothing. */
function conflictWith(base: Order, current: Order, changes: [string, unknown][]): Conflict | null {
  const pointers = changes
    .filter(([pointer, value]) => isOvertaken(base.detail, current.detail, pointer, value))
    .map(([pointer]) => pointer)
  return pointers.length > 0 ? { current, pointers } : null
}

/**
 * Saves what was changed in one card. Only a change of the same field since `base` is a conflict: a change of
 * another one raises the version, and the save is tried again on that version.
 * @returns the order whose fields colleagues changed meanwhile, or null when all is saved
 */
async function save(base: Order, latest: Order, changes: [string, unknown][]): Promise<Order | null> {
  let current = newerOf(base, latest)
  for (let tries = 1; ; tries++) {
    if (conflictWith(base, current, changes)) return current
    try {
      const saved = await answer(
        api.PATCH('/v1/orders/{id}', {
          params: { path: { id: base.id }, header: { 'If-Match': `"${current.version}"` } },
          body: patchOf(current.detail, changes),
        }),
      )
      queries.setQueryData(['order', base.id], saved)
      refresh('orders', 'timeline', 'versions')
      toast(t('保存しました。', 'Saved.'))
      return null
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || thrown.status !== 412 || tries === MOST_TRIES) throw thrown
      current = thrown.body.current as Order
    }
  }
}

/** A card of an order, whose one pencil makes all of its fields one form. */
export function EditableCard(props: {
  title: string
  /** At the head, beside the title. */
  beside?: ReactNode
  /** For the words of a conflict. */
  labels: Labels
  className?: string
  heading?: 'h2' | 'h3'
  children: ReactNode
}) {
  const { title, labels, heading: Heading = 'h2' } = props
  const editing = useContext(EditingContext)
  const [person] = useState(drafter)
  const key = `${person} ${editing?.order.id} ${[...labels.keys()].join()}`
  const [draft, setDraft] = useState<Draft | null>(() => drafts.get(key) ?? null)
  // Kept while the card is open, too: text that came back is asked about at a reload.
  useEffect(() => {
    if (draft !== null && changed(draft).length > 0) keepDraft(drafts, key, draft)
    else drafts.delete(key)
  }, [draft, key])
  useEffect(() => {
    const open = (closed: Draft) => setDraft((now) => joined(closed, now))
    cards.set(key, open)
    return () => {
      if (cards.get(key) === open) cards.delete(key)
    }
  }, [key])
  const { busy, error, send, forget } = useSend()
  /** The version that a save met. */
  const [met, setMet] = useState<Order | null>(null)
  const [first, setFirst] = useState({ taken: true })
  if (!editing?.order.detail) return null
  const { order, mayEdit } = editing
  const close = () => {
    setDraft(null)
    setMet(null)
    forget()
  }
  // By the newest version that the page knows: a colleague may save once more while one chooses.
  const conflict = draft && met && conflictWith(draft.base, newerOf(met, order), changed(draft))
  const keep = (base: Order) => async () => {
    if (draft === null) return
    const changes = changed(draft)
    if (changes.length === 0) return close()
    const found = await save(base, order, changes)
    if (found) setMet(found)
    else close()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (draft) send(keep(draft.base))
  }
  const leave = (event: KeyboardEvent) => {
    if (!isEscape(event)) return
    close()
    if (draft === null || changed(draft).length === 0) return
    // One key in haste is no farewell to what took minutes to write.
    toast(t('書きかけの内容を閉じました。', 'What was half-written was closed.'), {
      label: t('元に戻す', 'Undo'),
      run: () => bringBack(key, draft),
    })
  }
  const head = (
    <div className="card-head">
      <Heading>{title}</Heading> {props.beside}
      {mayEdit && draft === null && (
        <button
          type="button"
          className="icon-button card-pencil"
          aria-label={t(`${title}を編集`, `Edit ${title}`)}
          title={t(`${title}を編集`, `Edit ${title}`)}
          onClick={() => {
            setFirst({ taken: false })
            setDraft({ base: order, typed: new Map() })
          }}
        >
          <Icon name="pencil" />
        </button>
      )}
    </div>
  )
  return (
    <section className={props.className ?? 'panel'} aria-label={title}>
      {head}
      {draft === null ? (
        props.children
      ) : (
        <form className="edit-card" aria-label={title} onSubmit={submit} onKeyDown={leave}>
          <DraftContext
            value={{
              draft,
              first,
              type: (pointer, text) => setDraft({ ...draft, typed: new Map(draft.typed).set(pointer, text) }),
            }}
          >
            {props.children}
          </DraftContext>
          <div className="row">
            <FormButtons label={t('保存', 'Save')} busy={busy} onCancel={close} />
          </div>
          <Overtaken draft={draft} order={order} labels={labels} />
          <Problem error={error} />
        </form>
      )}
      {conflict && draft && (
        <ConflictDialog
          conflict={conflict}
          draft={draft}
          labels={labels}
          busy={busy}
          onTheirs={() => {
            queries.setQueryData(['order', order.id], conflict.current)
            const typed = new Map(draft.typed)
            for (const pointer of conflict.pointers) typed.delete(pointer)
            const rest = { base: conflict.current, typed }
            setMet(null)
            if (changed(rest).length === 0) close()
            else setDraft(rest)
          }}
          onMine={() => send(keep(conflict.current))}
          onClose={() => setMet(null)}
        />
      )}
    </section>
  )
}

/** A value with the mall's beside it where staff wrote another; a field while its card is edited. */
export function Editable(props: {
  label: string
  pointer: string
  multiline?: boolean
  /** Values to choose from; one that the mall wrote otherwise stays a choice. */
  options?: readonly string[]
  /** How it is read, where that is another form than it is typed in. */
  show?: (value: string) => string
}) {
  const { show = String } = props
  const editing = useContext(EditingContext)
  const card = useContext(DraftContext)
  if (!editing?.order.detail) return null
  const { order } = editing
  const { pointer, label } = props
  const value = valueAt(order.detail, pointer)
  const edit = order.edits[pointer]
  if (card === null && shown(value) === '' && !edit) return null
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd>
        {card === null ? (
          <>
            {/* A buyer's text may turn the direction of writing: it must not turn what stands beside it. */}
            <bdi className={props.multiline ? 'multiline' : undefined}>{show(shown(value))}</bdi>
            {edit && (
              <span className="mall-value">
                {t('モール', 'Mall')}: <bdi>{show(shown(edit.mall)) || t('（空）', '(empty)')}</bdi>
              </span>
            )}
          </>
        ) : (
          <EditField {...props} card={card} value={value} />
        )}
      </dd>
    </div>
  )
}

type Card = NonNullable<React.ContextType<typeof DraftContext>>

function EditField(props: {
  label: string
  pointer: string
  multiline?: boolean
  options?: readonly string[]
  card: Card
  value: unknown
}) {
  const { card, pointer, options } = props
  const { draft } = card
  // A field that nobody typed into here follows what colleagues save.
  const typed = draft.typed.get(pointer) ?? shown(props.value)
  const [isFirst] = useState(() => {
    if (card.first.taken) return false
    card.first.taken = true
    return true
  })
  const field = {
    'aria-label': props.label,
    value: typed,
    autoFocus: isFirst,
    onChange: (event: { target: { value: string } }) => card.type(pointer, event.target.value),
  }
  return (
    <>
      {options ? (
        <select {...field}>
          {[...new Set(['', ...options, typed])].map((option) => (
            <option key={option} value={option}>
              {option || t('指定なし', 'None')}
            </option>
          ))}
        </select>
      ) : props.multiline ? (
        <textarea rows={3} {...field} />
      ) : (
        <input {...field} />
      )}
    </>
  )
}

/**
 * What colleagues changed under the hand. It stands below 保存: above it, the button would move away from a
 * press that has just begun.
 */
function Overtaken({ draft, order, labels }: { draft: Draft; order: Order; labels: Labels }) {
  const overtaken = [...draft.typed].filter(([pointer, text]) =>
    isOvertaken(draft.base.detail, order.detail, pointer, toValue(text)),
  )
  return overtaken.map(([pointer]) => {
    const now = shown(valueAt(order.detail, pointer))
    return (
      <p key={pointer} className="support" role="status">
        {labels.get(pointer)}:{' '}
        {t(
          `ほかの人がこの項目を「${now || '（空）'}」に変更しました。保存するときに、どちらにするか選べます。`,
          `Somebody changed this field to “${now || '(empty)'}”. You choose when you save.`,
        )}
      </p>
    )
  })
}

/** Somebody was faster: both values of each such field, and who decides is the person. */
function ConflictDialog(props: {
  conflict: Conflict
  draft: Draft
  labels: Labels
  busy: boolean
  onMine: () => void
  onTheirs: () => void
  onClose: () => void
}) {
  const { conflict, draft, labels } = props
  const empty = t('（空）', '(empty)')
  return (
    <Dialog
      title={t('ほかの人が先に更新しました', 'Somebody was faster')}
      role="alertdialog"
      busy={props.busy}
      onClose={props.onClose}
      buttons={
        <>
          <button type="button" className="button" onClick={props.onTheirs}>
            {t('現在の内容にする', 'Take the current one')}
          </button>
          <button type="button" className="button button-main" onClick={props.onMine}>
            {t('自分の入力で保存', 'Save mine')}
          </button>
        </>
      }
    >
      <p>{t('どちらの内容にするか選んでください。', 'Choose which one holds.')}</p>
      <dl className="conflict">
        {conflict.pointers.map((pointer) => (
          <div key={pointer} className="conflict-pair">
            <dt>
              {labels.get(pointer)}: {t('自分の入力', 'mine')}
            </dt>
            <dd>{draft.typed.get(pointer) || empty}</dd>
            <dt>
              {labels.get(pointer)}: {t('現在の内容', 'current')}
            </dt>
            <dd>{shown(valueAt(conflict.current.detail, pointer)) || empty}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
