import { type ReactNode, useEffect, useRef } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { t } from '../i18n.ts'
import { windows } from './keys.ts'

/**
 * A window over the page. Esc closes it, and Back, as it stands over no other screen; while something is
 * being sent it stays.
 */
export function Dialog(props: {
  title: string
  onClose: () => void
  children: ReactNode
  buttons?: ReactNode
  busy?: boolean
  wide?: boolean
  role?: 'dialog' | 'alertdialog'
}) {
  const newest = useRef(props)
  newest.current = props
  useEffect(() => {
    const leave = () => {
      if (!newest.current.busy) newest.current.onClose()
    }
    addEventListener('popstate', leave)
    windows.set(windows.get() + 1)
    return () => {
      removeEventListener('popstate', leave)
      windows.set(windows.get() - 1)
    }
  }, [])
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isKeyboardDismissDisabled={props.busy ?? false}
      onOpenChange={(open) => {
        if (!open && !props.busy) props.onClose()
      }}
    >
      <Modal className={`modal${props.wide ? ' modal-wide' : ''}`}>
        <AriaDialog className="dialog" role={props.role ?? 'dialog'}>
          <header className="dialog-head">
            <Heading slot="title" className="dialog-title">
              {props.title}
            </Heading>
            <button
              type="button"
              className="icon-button"
              aria-label={t('閉じる', 'Close')}
              disabled={props.busy}
              onClick={props.onClose}
            >
              ×
            </button>
          </header>
          <div className="dialog-body">{props.children}</div>
          {props.buttons && <footer className="dialog-foot">{props.buttons}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
