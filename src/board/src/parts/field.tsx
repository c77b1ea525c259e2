import { type InputHTMLAttributes, type ReactNode, useId } from 'react'
import { t } from '../i18n.ts'

/** Label above, support text, field, error below, joined for a screen reader. */
export function Field(
  props: {
    label: string
    support?: ReactNode
    error?: string | undefined
    required?: boolean
  } & Omit<InputHTMLAttributes<HTMLInputElement>, 'id'>,
) {
  const { label, support, error, required, className, ...input } = props
  const id = useId()
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
      <input
        {...input}
        id={id}
        required={required}
        aria-invalid={error ? true : undefined}
        aria-describedby={[error && `${id}-e`, support && `${id}-s`].filter(Boolean).join(' ') || undefined}
      />
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
}) {
  const id = useId()
  const choose = (value: string) => {
    const chosen = props.options.find(([one]) => one === value)
    if (chosen) props.onChange(chosen[0])
  }
  return (
    <span className="choice">
      <label htmlFor={id} className={props.hideLabel ? 'for-reader' : undefined}>
        {props.label}
      </label>
      <select id={id} value={props.value} onChange={(event) => choose(event.target.value)}>
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </span>
  )
}
