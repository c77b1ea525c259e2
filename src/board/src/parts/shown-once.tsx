import { useEffect, useRef, useState } from 'react'
import { t } from '../i18n.ts'

/** A key, a secret or a link that the service shows this one time: to be copied, and gone with the press that says so. */
export function ShownOnce(props: { title: string; text: string; secret: string; onKept: () => void }) {
  const { title, text, secret, onKept } = props
  const button = useRef<HTMLButtonElement>(null)
  const shown = useRef<HTMLElement>(null)
  const [said, setSaid] = useState('')
  // Whoever works by keys goes on here: the form that it came from is gone.
  useEffect(() => button.current?.focus(), [])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret)
      setSaid(t('コピーしました。', 'Copied.'))
    } catch {
      // Without TLS a browser lends nobody its clipboard.
      if (shown.current) getSelection()?.selectAllChildren(shown.current)
      setSaid(t('選択しました。Ctrl+Cでコピーしてください。', 'It is selected: copy it with Ctrl+C.'))
    }
  }
  return (
    <section className="note shown-once" aria-label={title}>
      <p>
        <strong>{title}</strong>
      </p>
      <p>{t(`${text}閉じると二度と表示されません。`, `${text} Once closed it is never shown again.`)}</p>
      <code ref={shown} className="secret">
        {secret}
      </code>
      <div className="row">
        <button ref={button} type="button" className="button button-main" onClick={() => void copy()}>
          {t('コピー', 'Copy')}
        </button>
        <button type="button" className="button" onClick={onKept}>
          {t('控えたので閉じる', 'I have kept it: close')}
        </button>
        <span role="status">{said}</span>
      </div>
    </section>
  )
}
