import { type ButtonHTMLAttributes, type ReactNode, useId } from 'react'

/**
 * A button that is not always possible: then it is grey, and the reason stands beside it while it has the
 * focus or the pointer, and for readers always.
 * @param props.blocked why it is impossible now, and what to do first; null: it is possible
 */
export function ActButton(
  props: ButtonHTMLAttributes<HTMLButtonElement> & {
    blocked: string | null
    busy?: boolean
    children: ReactNode
  },
) {
  const { blocked, busy = false, type = 'button', className = 'button', onClick, ...rest } = props
  const id = useId()
  return (
    <span className="act">
      <button
        {...rest}
        type={type}
        className={className}
        aria-disabled={busy || blocked !== null}
        aria-describedby={blocked === null ? undefined : id}
        onClick={(event) => {
          // A submit button would send its form.
          if (blocked !== null) event.preventDefault()
          else onClick?.(event)
        }}
      />
      {blocked !== null && (
        <span id={id} className="act-reason">
          {blocked}
        </span>
      )}
    </span>
  )
}
