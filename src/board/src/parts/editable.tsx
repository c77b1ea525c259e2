import { createContext, type FormEvent, useContext, useState } from 'react'
import { ApiProblem, answer, api, type Order } from '../api.ts'
import { queries, refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Dialog } from './dialog.tsx'
import { FormButtons } from './form-buttons.tsx'
import { patchAt, valueAt } from './merge-patch.ts'
import { Problem } from './states.tsx'
import { toast } from './toast.tsx'
import { useSend } from './use-send.ts'

interface Editing {
  order: Order
  mayEdit: boolean
}
const EditingContext = createContext<Editing | null>(null)
export const EditingProvider = EditingContext.Provider

interface Conflict {
  current: Order
  mine: unknown
}

/** Saves one place of an order as it was read; somebody who was faster is not overwritten. */
async function save(order: Order, pointer: string, value: unknown): Promise<void> {
  const saved = await answer(
    api.PATCH('/v1/orders/{id}', {
      params: { path: { id: order.id }, header: { 'If-Match': `"${order.version}"` } },
      body: patchAt(order.detail, pointer, value),
    }),
  )
  queries.setQueryData(['order', order.id], saved)
  refresh('orders', 'timeline', 'versions')
  toast(t('保存しました。', 'Saved.'))
}

const shown = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

/** A value with the mall's beside it where staff wrote another; changed in place. */
export function Editable(props: { label: string; pointer: string; multiline?: boolean }) {
  const editing = useContext(EditingContext)
  const [typed, setTyped] = useState<string | null>(null)
  const { busy, error, send, forget } = useSend()
  const [conflict, setConflict] = useState<Conflict | null>(null)
  if (!editing?.order.detail) return null
  const { order, mayEdit } = editing
  const value = valueAt(order.detail, props.pointer)
  const edit = order.edits[props.pointer]
  const wanted = typed === null || typed.trim() === '' ? null : typed
  const keep = async (base: Order, mine: unknown) => {
    try {
      await save(base, props.pointer, mine)
      setTyped(null)
      setConflict(null)
    } catch (thrown) {
      const current =
        thrown instanceof ApiProblem && thrown.status === 412 ? (thrown.body.current as Order) : null
      if (!current) throw thrown
      setConflict({ current, mine })
    }
  }
  return (
    <div className="fact">
      <dt>{props.label}</dt>
      <dd>
        {typed === null ? (
          <>
            {/* What a buyer typed may turn the direction of writing: it must not turn what stands beside it. */}
            <bdi className={props.multiline ? 'multiline' : undefined}>{shown(value)}</bdi>
            {mayEdit && (
              <button
                type="button"
                className="link-button edit-button"
                aria-label={t(`${props.label}を編集`, `Edit ${props.label}`)}
                onClick={() => setTyped(shown(value))}
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
            typed={typed}
            busy={busy}
            error={error}
            onType={setTyped}
            onCancel={() => {
              setTyped(null)
              forget()
            }}
            onSave={() => send(() => keep(order, wanted))}
          />
        )}
      </dd>
      {conflict && (
        <ConflictDialog
          label={props.label}
          mine={shown(conflict.mine)}
          theirs={shown(valueAt(conflict.current.detail, props.pointer))}
          busy={busy}
          onTheirs={() => {
            queries.setQueryData(['order', order.id], conflict.current)
            setConflict(null)
            setTyped(null)
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
  typed: string
  busy: boolean
  error: unknown
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
      {props.multiline ? <textarea rows={3} {...field} /> : <input {...field} />}
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
