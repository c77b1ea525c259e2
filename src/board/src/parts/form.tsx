import { createContext, type FormEvent, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { ApiProblem, problemText, Refusal } from '../api.ts'
import { t } from '../i18n.ts'
import { useDraft } from './drafts.ts'
import { problemsBesideFields } from './field-problems.ts'
import { isEscape } from './keys.ts'
import { useSend } from './use-send.ts'

interface FormState {
  busy: boolean
  /** Problems by the name of the field. */
  problems: ReadonlyMap<string, string>
  /** Problems that belong to no field of this form. */
  rest: readonly string[]
}
const NOTHING: FormState = { busy: false, problems: new Map(), rest: [] }
const FormContext = createContext<FormState>(NOTHING)

/** Returns the problem of the field of this name, in the form around it. */
export const useFieldProblem = (name: string | undefined): string | undefined => {
  const { problems } = useContext(FormContext)
  return name === undefined ? undefined : problems.get(name)
}

/** Whether a field whose name begins so has a problem: what hides it opens then. */
export const useHasProblem = (beginning: string): boolean =>
  [...useContext(FormContext).problems.keys()].some((name) => name.startsWith(beginning))

/**
 * The one form of the board: sends one thing at a time, and says what is wrong beside each field, all at
 * once, in the words of the field. Fields are known by `name`, which is the name that the API gives them.
 */
export function Form(props: {
  send: (form: FormData) => Promise<unknown>
  children: ReactNode
  className?: string
  /** For who hears the page. */
  label?: string
  /** The id of what is changed, where a screen has such forms: what is half-written is of that one. */
  of?: string | undefined
  onEscape?: () => void
}) {
  const { busy, error, send, forget } = useSend()
  const [typed, setTyped] = useState<ReadonlyMap<string, string>>(new Map())
  const form = useRef<HTMLFormElement>(null)
  const settleDraft = useDraft(form, props.label, props.of)
  const [state, setState] = useState(NOTHING)
  useEffect(() => {
    if (error === null || form.current === null) return setState(NOTHING)
    const { problems, rest } = problemsBesideFields(errorsOf(error), namesIn(form.current))
    setState({ busy: false, problems, rest })
    focusFirst(form.current, problems)
  }, [error])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    const faults = faultsOf(event.currentTarget)
    setTyped(faults)
    forget()
    if (faults.size > 0) return focusFirst(event.currentTarget, faults)
    const data = new FormData(event.currentTarget)
    send(async () => {
      // Before it is sent: a consent goes on to the mall's page, and nobody is asked whether to leave.
      const failed = settleDraft()
      try {
        await props.send(data)
      } catch (thrown) {
        failed()
        throw thrown
      }
    })
  }
  const problems = typed.size > 0 ? typed : state.problems
  return (
    <form
      ref={form}
      noValidate
      className={props.className ?? 'stack form-narrow'}
      aria-label={props.label}
      onSubmit={submit}
      onKeyDown={(event) => isEscape(event) && props.onEscape?.()}
    >
      <FormContext value={{ busy, problems, rest: typed.size > 0 ? [] : state.rest }}>
        {props.children}
      </FormContext>
    </form>
  )
}

/** Shows the problems of no field; empty while there are none. */
export function FormProblem() {
  const { problems, rest } = useContext(FormContext)
  if (problems.size === 0 && rest.length === 0) return null
  return (
    <div className="field-error" role="alert">
      {rest.map((message) => (
        <p key={message}>＊{message}</p>
      ))}
      {problems.size > 0 && (
        <p>
          ＊
          {t(
            `${problems.size}か所を直してください。項目の下に理由があります。`,
            `${problems.size} to mend: the reasons stand below the fields.`,
          )}
        </p>
      )}
    </div>
  )
}

/** Does it, or leaves without. */
export const FormButtons = (props: {
  label: string
  busy: boolean
  quiet?: boolean
  onCancel?: (() => void) | undefined
}) => (
  <>
    <button type="submit" className={`button${props.quiet ? '' : ' button-main'}`} aria-disabled={props.busy}>
      {props.busy ? t('送信しています…', 'Sending…') : props.label}
    </button>
    {props.onCancel && (
      <button type="button" className="button" onClick={props.onCancel}>
        {t('やめる', 'Cancel')}
      </button>
    )}
  </>
)

/** The end of a form: what went wrong, what it does, and the way out that does nothing. */
export function FormEnd(props: { label: string; onCancel?: () => void; quiet?: boolean }) {
  const { busy } = useContext(FormContext)
  return (
    <>
      <FormProblem />
      <div className="row">
        <FormButtons {...props} busy={busy} />
      </div>
    </>
  )
}

/** Sorts an error's problems by field. That the session was over is said by the sign-in above. */
function errorsOf(error: unknown): ApiProblem['errors'] {
  if (error instanceof ApiProblem && error.code === 'UNAUTHENTICATED') return []
  if (error instanceof ApiProblem && error.errors.length > 0) return error.errors
  const field = error instanceof Refusal ? (error.field ?? '') : ''
  return [{ field, message: problemText(error) }]
}

type Typed = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const fieldsIn = (form: HTMLFormElement): Typed[] =>
  [...form.elements].filter(
    (one): one is Typed =>
      one instanceof HTMLInputElement ||
      one instanceof HTMLSelectElement ||
      one instanceof HTMLTextAreaElement,
  )

const namesIn = (form: HTMLFormElement): ReadonlySet<string> =>
  new Set([
    ...fieldsIn(form).map(({ name }) => name),
    ...[...form.querySelectorAll<HTMLElement>('fieldset[name]')].map((one) => one.getAttribute('name') ?? ''),
  ])

/** By the browser's own check, in our words: its own come one at a time, in its language, over the field. */
function faultsOf(form: HTMLFormElement): ReadonlyMap<string, string> {
  const faults = new Map<string, string>()
  for (const field of fieldsIn(form))
    if (field.willValidate && !field.validity.valid && !faults.has(field.name))
      faults.set(field.name, faultText(field))
  return faults
}

const NO_LIMITS = { min: '', max: '', minLength: 0 }

function faultText(field: Typed): string {
  const label = field.dataset.label ?? t('この項目', 'This field')
  const { validity, type } = field
  const { min, max, minLength } = field instanceof HTMLInputElement ? field : NO_LIMITS
  if (type === 'number') {
    const range = t(
      min !== '' && max !== '' ? `${min}〜${max}の数字` : '数字',
      min !== '' && max !== '' ? `a number from ${min} to ${max}` : 'a number',
    )
    return t(`${label}は${range}で入力してください。`, `${label}: ${range}.`)
  }
  if (validity.valueMissing)
    return field instanceof HTMLSelectElement || type === 'date'
      ? t(`${label}を選んでください。`, `Choose: ${label}.`)
      : t(`${label}を入力してください。`, `Enter: ${label}.`)
  if (validity.typeMismatch && type === 'email')
    return t(
      'メールアドレスを name@example.jp の形で入力してください。',
      'Enter a mail address such as name@example.jp.',
    )
  if (validity.typeMismatch && type === 'url')
    return t('https:// で始まるURLを入力してください。', 'Enter a URL that begins with https://.')
  if (validity.tooShort)
    return t(
      `${label}は${minLength}文字以上で入力してください。`,
      `${label}: at least ${minLength} characters.`,
    )
  if (validity.rangeUnderflow || validity.rangeOverflow)
    return t(`${label}に選べない日付です。`, `${label}: that day cannot be chosen.`)
  return field.title || t(`${label}の形を確認してください。`, `Check: ${label}.`)
}

function focusFirst(form: HTMLFormElement, problems: ReadonlyMap<string, string>): void {
  fieldsIn(form)
    .find(({ name }) => problems.has(name))
    ?.focus()
}
