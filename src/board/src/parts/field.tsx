import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react'
import { t } from '../i18n.ts'
import { useFieldProblem } from './form.tsx'
import { fieldDay } from './format.ts'

interface FieldProps {
  label: string
  support?: ReactNode
  required?: boolean
}

/** Label, support text, field and error, joined for a screen reader. A form names what is wrong. */
export function Field(props: FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, 'id'>) {
  const { label, support, className, ...input } = props
  return (
    <Framed {...props}>
      {(own) =>
        input.type === 'date' && typeof input.value === 'string' ? (
          <span className="date-field">
            <input {...input} {...own} />
            <DateWords day={input.value} />
          </span>
        ) : (
          <input {...input} {...own} />
        )
      }
    </Framed>
  )
}

/** Lies over a date that nobody types into: a browser shows it in its own language, without the weekday. */
const DateWords = ({ day }: { day: string }) => (
  <span className="date-words" aria-hidden="true">
    {day === '' ? t('年/月/日', 'year/month/day') : fieldDay(day)}
  </span>
)

/** The same over several lines: a key file, a mail. */
export function TextArea(props: FieldProps & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id'>) {
  const { label, support, className, ...input } = props
  return <Framed {...props}>{(own) => <textarea rows={6} {...input} {...own} />}</Framed>
}

function Framed(
  props: FieldProps & { name?: string | undefined; className?: string | undefined } & {
    children: (own: Record<string, unknown>) => ReactNode
  },
) {
  const { label, support, required, name, className, children } = props
  const id = useId()
  const error = useFieldProblem(name)
  return (
    <div className={`field ${className ?? ''}`}>
      <label htmlFor={id}>
        {label}
        {required && <span className="required">{t('※必須', 'required')}</span>}
      </label>
      {support && (
        <p id={`${id}-s`} className="support">
          {support}
        </p>
      )}
      {children({
        id,
        'data-label': label,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': [error && `${id}-e`, support && `${id}-s`].filter(Boolean).join(' ') || undefined,
      })}
      {error && (
        <p id={`${id}-e`} className="field-error">
          ＊{error}
        </p>
      )}
    </div>
  )
}

export function Choice<Value extends string>(props: {
  label: string
  value: Value | ''
  onChange: (value: Value) => void
  options: readonly (readonly [value: Value, label: string])[]
  hideLabel?: boolean
  /** In a form: for what the service says about it. */
  name?: string
}) {
  const id = useId()
  const error = useFieldProblem(props.name)
  const choose = (value: string) => {
    const chosen = props.options.find(([one]) => one === value)
    if (chosen) props.onChange(chosen[0])
  }
  return (
    <span className="choice">
      <label htmlFor={id} className={props.hideLabel ? 'for-reader' : undefined}>
        {props.label}
      </label>
      <select
        id={id}
        name={props.name}
        value={props.value}
        data-label={props.label}
        aria-describedby={error ? `${id}-e` : undefined}
        onChange={(event) => choose(event.target.value)}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {error && (
        <span id={`${id}-e`} className="field-error">
          ＊{error}
        </span>
      )}
    </span>
  )
}
