import { type Ref, type RefObject, useState } from 'react'
import { t } from '../i18n.ts'

/** Copies a text that the page shows. */
export function CopyButton(props: {
  text: string
  /** Said before コピー to who hears the button alone: 「受注番号を」. */
  of?: string
  from: RefObject<HTMLElement | null>
  main?: boolean
  small?: boolean
  ref?: Ref<HTMLButtonElement>
}) {
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.text)
      setSaid(t('コピーしました。', 'Copied.'))
    } catch {
      // Without TLS a browser lends nobody its clipboard.
      if (props.from.current) getSelection()?.selectAllChildren(props.from.current)
      setSaid(t('選択しました。Ctrl+Cでコピーしてください。', 'It is selected: copy it with Ctrl+C.'))
    }
  }
  return (
    <>
      <button
        ref={props.ref}
        type="button"
        className={props.small ? 'link-button' : `button${props.main ? ' button-main' : ''}`}
        onClick={() => void copy()}
      >
        {props.of && <span className="for-reader">{props.of}</span>}
        {t('コピー', 'Copy')}
      </button>
      <span role="status">{said}</span>
    </>
  )
}
