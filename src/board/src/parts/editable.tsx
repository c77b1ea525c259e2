import { createContext, type FormEvent, useContext, useEffect, useRef, useState } from 'react'
import { ApiProblem, answer, api, type Order } from '../api.ts'
import { queries, refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Dialog } from './dialog.tsx'
import { drafter, keepDraft, takeDraft } from './drafts.ts'
import { FormButtons } from './form.tsx'
import { isOvertaken, patchAt, valueAt } from './merge-patch.ts'
import { Problem } from './states.tsx'
import { toast } from './toast.tsx'
import { useSend } from './use-send.ts'

interface Editing {
  order: Order
  mayEdit: boolean
}
const EditingContext = createContext<Editing | null>(null)
export const EditingProvider = EditingContext.Provider

/** The order as it was when the editor opened, and what has been typed since. */
interface Draft {
  base: Order
  typed: string
}

/** Of fields that were half-written when their order was left: there again when it is opened again. */
const drafts = new Map<string, Draft>()

interface Conflict {
  current: Order
  mine: unknown
}

/** Several colleagues may save while one save is on its way; each try costs one answer. */
const MOST_TRIES = 5

/**
 * Saves one field of an order. Only a change of the same field since `base` is a conflict: a change of
 * another field raises the version, and the save is tried again on that version.
 * @returns the order that holds another value, or null when the value is saved
 */
async function save(base: Order, latest: Order, pointer: string, value: unknown): Promise<Order | null> {
  let current = latest.version > base.version ? latest : base
  for (let tries = 1; ; tries++) {
    if (isOvertaken(base.detail, current.detail, pointer, value)) return current
    try {
      const saved = await answer(
        api.PATCH('/v1/orders/{id}', {
          params: { path: { id: base.id }, header: { 'If-Match': `"${current.version}"` } },
          body: patchAt(current.detail, pointer, value),
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

const shown = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

/** A value with the mall's beside it where staff wrote another; changed in place. */
export function Editable(props: {
  label: string
  pointer: string
  multiline?: boolean
  /** Values to choose from; one that the mall wrote otherwise stays a choice. */
  options?: readonly string[]
}) {
  const editing = useContext(EditingContext)
  const [person] = useState(drafter)
  const key = `${person} ${editing?.order.id} ${props.pointer}`
  const [draft, setDraft] = useState<Draft | null>(() => takeDraft(drafts, key) ?? null)
  const unsaved = useRef(draft)
  unsaved.current = draft
  useEffect(
    () => () => {
      if (unsaved.current !== null) keepDraft(drafts, key, unsaved.current)
    },
    [key],
  )
  const { busy, error, send, forget } = useSend()
  const [conflict, setConflict] = useState<Conflict | null>(null)
  if (!editing?.order.detail) return null
  const { order, mayEdit } = editing
  const { pointer } = props
  const value = valueAt(order.detail, pointer)
  const edit = order.edits[pointer]
  const keep = async (base: Order, mine: unknown) => {
    const current = await save(base, order, pointer, mine)
    setConflict(current && { current, mine })
    if (!current) setDraft(null)
  }
  const typedValue = (text: string) => (text.trim() === '' ? null : text)
  return (
    <div className="fact">
      <dt>{props.label}</dt>
      <dd>
        {draft === null ? (
          <>
            {/* A buyer's text may turn the direction of writing: it must not turn what stands beside it. */}
            <bdi className={props.multiline ? 'multiline' : undefined}>{shown(value)}</bdi>
            {mayEdit && (
              <button
                type="button"
                className="link-button edit-button"
                aria-label={t(`${props.label}を編集`, `Edit ${props.label}`)}
                onClick={() => setDraft({ base: order, typed: shown(value) })}
              >
                {t('編集', 'Edit')}
              </button>
            )}
            {edit && (
              <span className="mall-value">
                {t('モール', 'Mall')}: <bdi>{shown(edit.mall) || t('（空）', '(empty)')}</bdi>
              </span>
            )}
          </>
        ) : (
          <EditForm
            {...props}
            typed={draft.typed}
            busy={busy}
            error={error}
            overtakenBy={
              isOvertaken(draft.base.detail, order.detail, pointer, typedValue(draft.typed))
                ? shown(value)
                : null
            }
            onType={(typed) => setDraft({ ...draft, typed })}
            onCancel={() => {
              setDraft(null)
              forget()
            }}
            onSave={() => send(() => keep(draft.base, typedValue(draft.typed)))}
          />
        )}
      </dd>
      {conflict && (
        <ConflictDialog
          label={props.label}
          mine={shown(conflict.mine)}
          theirs={shown(valueAt(conflict.current.detail, pointer))}
          busy={busy}
          onTheirs={() => {
            queries.setQueryData(['order', order.id], conflict.current)
            setConflict(null)
            setDraft(null)
          }}
          onMine={() => send(() => keep(conflict.current, conflict.mine))}
          onClose={() => setConflict(null)}
        />
      )}
    </div>
  )
}

function EditForm(props: {
  label: string
  multiline?: boolean
  options?: readonly string[]
  typed: string
  busy: boolean
  error: unknown
  /** Value that a colleague wrote while this form was open. */
  overtakenBy: string | null
  onType: (text: string) => void
  onCancel: () => void
  onSave: () => void
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    props.onSave()
  }
  const field = {
    'aria-label': props.label,
    value: props.typed,
    // It stands where the button was that was pressed.
    autoFocus: true,
    onChange: (event: { target: { value: string } }) => props.onType(event.target.value),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === 'Escape') props.onCancel()
    },
  }
  return (
    <form className="edit-form" onSubmit={submit}>
      {props.options ? (
        <select {...field}>
          {[...new Set(['', ...props.options, props.typed])].map((option) => (
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
      {props.overtakenBy !== null && (
        <p className="support" role="status">
          {t(
            `ほかの人がこの項目を「${props.overtakenBy || '（空）'}」に変更しました。保存するときに、どちらにするか選べます。`,
            `Somebody changed this field to “${props.overtakenBy || '(empty)'}”. You choose when you save.`,
          )}
        </p>
      )}
      <FormButtons label={t('保存', 'Save')} busy={props.busy} onCancel={props.onCancel} />
      <Problem error={props.error} />
    </form>
  )
}

/** Somebody was faster: both values, and who decides is the person. */
function ConflictDialog(props: {
  label: string
  mine: string
  theirs: string
  busy: boolean
  onMine: () => void
  onTheirs: () => void
  onClose: () => void
}) {
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
        <div>
          <dt>
            {props.label}: {t('自分の入力', 'mine')}
          </dt>
          <dd>{props.mine || t('（空）', '(empty)')}</dd>
        </div>
        <div>
          <dt>
            {props.label}: {t('現在の内容', 'current')}
          </dt>
          <dd>{props.theirs || t('（空）', '(empty)')}</dd>
        </div>
      </dl>
    </Dialog>
  )
}
