import { useEffect, useRef } from 'react'
import { t } from '../i18n.ts'
import { CopyButton } from './copy-button.tsx'

/** A key, a secret or a link that is shown once: copied, and gone with the press that says so. */
export function ShownOnce(props: { title: string; text: string; secret: string; onKept: () => void }) {
  const { title, text, secret, onKept } = props
  const button = useRef<HTMLButtonElement>(null)
  const shown = useRef<HTMLElement>(null)
  // Moves the focus here for people who work by keys: the form that led here is gone.
  useEffect(() => button.current?.focus(), [])
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
        <CopyButton main ref={button} text={secret} from={shown} />
        <button type="button" className="button" onClick={onKept}>
          {t('控えたので閉じる', 'I have kept it: close')}
        </button>
      </div>
    </section>
  )
}
