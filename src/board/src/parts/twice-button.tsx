import { useState } from 'react'

/** Asks once more in the same place; whoever goes elsewhere has not pressed. */
export function TwiceButton(props: {
  label: string
  /** Text of the second press. */
  again: string
  /** Of what, for who hears the button alone. */
  of?: string
  busy: boolean
  act: () => void
}) {
  const { label, again, of, busy, act } = props
  const [asking, setAsking] = useState(false)
  const press = () => {
    setAsking(!asking)
    if (asking) act()
  }
  return (
    <>
      <button
        type="button"
        className={`button${asking ? ' button-danger' : ''}`}
        aria-disabled={busy}
        onClick={press}
        onBlur={() => setAsking(false)}
      >
        {asking ? again : label}
        {of && <span className="for-reader"> {of}</span>}
      </button>
      <span className="for-reader" role="status">
        {asking && again}
      </span>
    </>
  )
}
