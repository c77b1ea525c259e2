import { type RefObject, useEffect, useRef } from 'react'
import { t } from '../i18n.ts'
import { known } from '../session.ts'
import { writeInto } from './keys.ts'
import { toast } from './toast.tsx'

/**
 * What was typed into forms of screens that were left by the menu or by Back, in the page's memory alone: a
 * reload forgets it, and passwords and files are never kept.
 */
const drafts = new Map<string, ReadonlyMap<string, string | boolean>>()

/** A person leaves few forms half-written; the oldest go first. */
const MOST = 20

export function keepDraft<T>(all: Map<string, T>, key: string, draft: T): void {
  takeDraft(all, key)
  all.set(key, draft)
  held++
  const [oldest] = all.keys()
  if (all.size > MOST && oldest !== undefined) takeDraft(all, oldest)
}

export function takeDraft<T>(all: Map<string, T>, key: string): T | undefined {
  const draft = all.get(key)
  if (all.delete(key)) held--
  return draft
}

let held = 0
/** True while something half-written waits for its screen, which a reload of the page would lose. */
export const hasDrafts = (): boolean => held > 0

/** Whoever signs in on the same page meets nothing of the person before. */
export const drafter = (): string => known.get().session?.account?.id ?? ''

const here = (): string => location.pathname + location.search

type Typed = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
const isTyped = (one: unknown): one is Typed =>
  one instanceof HTMLTextAreaElement ||
  one instanceof HTMLSelectElement ||
  (one instanceof HTMLInputElement && !['password', 'file', 'hidden', 'radio'].includes(one.type))

const isTick = (field: Typed): field is HTMLInputElement => field.type === 'checkbox'

/**
 * Keeps a form that is half-written when its screen is left, and fills it again when the screen is back.
 * A form that was sent or closed on its screen is done with.
 * @returns to be called once it was sent
 */
export function useDraft(form: RefObject<HTMLFormElement | null>, label: string | undefined): () => void {
  const sent = useRef(false)
  useEffect(() => {
    const element = form.current
    if (element === null) return undefined
    const fields = () => [...element.elements].filter(isTyped)
    const address = here()
    const key = `${drafter()} ${address} ${
      label ??
      fields()
        .map(({ name }) => name)
        .join()
    }`
    const touched = new Set<string>()
    const touch = ({ target }: Event) => {
      sent.current = false
      if (isTyped(target) && target.name !== '') touched.add(target.name)
    }
    const kept = takeDraft(drafts, key)
    element.addEventListener('input', touch)
    if (kept) restore(fields(), kept)
    return () => {
      element.removeEventListener('input', touch)
      if (here() === address || sent.current || touched.size === 0) return
      const typed = fields().filter(({ name }) => touched.has(name))
      keepDraft(drafts, key, new Map(typed.map((one) => [one.name, isTick(one) ? one.checked : one.value])))
    }
  }, [form, label])
  return () => {
    sent.current = true
  }
}

function restore(fields: readonly Typed[], kept: ReadonlyMap<string, string | boolean>): void {
  let count = 0
  for (const field of fields) {
    const value = kept.get(field.name)
    if (value === undefined || value === (isTick(field) ? field.checked : field.value)) continue
    if (isTick(field)) field.click()
    else writeInto(field, String(value))
    if (field instanceof HTMLSelectElement) field.dispatchEvent(new Event('change', { bubbles: true }))
    for (let at = field.closest('details'); at; at = at.parentElement?.closest('details') ?? null)
      at.open = true
    count++
  }
  if (count > 0) toast(t('書きかけの内容を戻しました。', 'What was half-written is back.'))
}
