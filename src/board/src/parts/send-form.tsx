import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { ApiProblem, problemText } from '../api.ts'
import { t } from '../i18n.ts'
import { useSend } from './use-send.ts'

/** A form that sends one thing, says while it does, and shows what was wrong beside it. */
export function SendForm(props: {
  title: string
  /** On a page that has its heading already. */
  part?: boolean
  button: string
  send: (form: FormData) => Promise<unknown>
  children: ReactNode
}) {
  const { busy, error, submit } = useSend()
  const heading = useRef<HTMLHeadingElement>(null)
  const Heading = props.part ? 'h2' : 'h1'
  useEffect(() => heading.current?.focus(), [])
  const sendForm = (event: FormEvent<HTMLFormElement>) => {
    const form = new FormData(event.currentTarget)
    submit(() => props.send(form))(event)
  }
  return (
    <form onSubmit={sendForm} className="stack">
      <Heading ref={heading} tabIndex={-1}>
        {props.title}
      </Heading>
      {error !== null && (
        <div className="problem" role="alert">
          <p>{problemText(error)}</p>
          {error instanceof ApiProblem &&
            error.errors.map(({ field, message }) => (
              <p key={field}>
                {field}: {message}
              </p>
            ))}
        </div>
      )}
      {props.children}
      <button type="submit" className="button button-main" aria-disabled={busy}>
        {busy ? t('送信しています…', 'Sending…') : props.button}
      </button>
    </form>
  )
}

export const text = (form: FormData, name: string): string => String(form.get(name) ?? '')
