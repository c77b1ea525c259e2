import { type RefObject, useEffect, useRef } from 'react'
import { t } from '../i18n.ts'
import { known } from '../session.ts'
import { writeInto } from './keys.ts'
import { closeToasts, toast } from './toast.tsx'

/** Drafts of one kind by their keys, in the page's memory alone: a reload forgets them. */
export type Drafts<T> = Map<string, T>

const kinds: Drafts<unknown>[] = []

export function createDrafts<T>(): Drafts<T> {
  const drafts: Drafts<T> = new Map()
  kinds.push(drafts)
  return drafts
}

/** Of forms of screens that were left by the menu or by Back; passwords and files are never kept. */
const drafts = createDrafts<ReadonlyMap<string, string | boolean>>()

/** A person leaves few forms half-written; the oldest go first. */
const MOST = 20

export function keepDraft<T>(all: Drafts<T>, key: string, draft: T): void {
  all.delete(key)
  all.set(key, draft)
  const [oldest] = all.keys()
  if (all.size > MOST && oldest !== undefined) all.delete(oldest)
}

export function takeDraft<T>(all: Drafts<T>, key: string): T | undefined {
  const draft = all.get(key)
  all.delete(key)
  return draft
}

const hasDrafts = (): boolean => kinds.some(({ size }) => size > 0)

/** Fields that a person typed into and that are still on the page. A search is no work that could be lost. */
const typedInto = new Set<HTMLInputElement | HTMLTextAreaElement>()

const unsaved = (): Typed[] => [...typedInto].filter((field) => field.isConnected && field.value !== '')

/** True when loading the page anew would lose typed text, or what was ticked. */
export const hasUnsavedText = (): boolean => hasDrafts() || unsaved().length > 0

/**
 * Notes from now on where a person types. A reload, or another address, is asked about while text would be
 * lost by it: that of a form or a window, or what waits for its screen. Conditions of a list stand in the
 * address, and nobody misses a sign-in.
 */
export function watchTyping(): void {
  addEventListener(
    'input',
    ({ target }) => {
      for (const field of typedInto) if (!field.isConnected) typedInto.delete(field)
      if (target instanceof HTMLTextAreaElement) typedInto.add(target)
      if (target instanceof HTMLInputElement && target.type !== 'search') typedInto.add(target)
    },
    true,
  )
  addEventListener('beforeunload', (event) => {
    if (hasDrafts() || unsaved().some(isWork)) event.preventDefault()
  })
}

const isWork = (field: Typed): boolean =>
  !['checkbox', 'radio', 'file'].includes(field.type) &&
  field.closest('form, table, [role=dialog]') !== null &&
  field.closest('.sign-in') === null

/** Forgets all that was typed so far: nobody is asked about it any more. */
export function forgetTyping(): void {
  for (const one of kinds) one.clear()
  typedInto.clear()
}

let whose: string | undefined

/** Forgets what the person before typed and could undo on this page. Called once their screens are gone. */
export function beginTyping(person: string): void {
  if (whose !== undefined && whose !== person) {
    forgetTyping()
    closeToasts()
  }
  whose = person
}

/** @returns takes it back: the form was not taken */
function settle(form: HTMLFormElement): () => void {
  const own = [...typedInto].filter((field) => form.contains(field))
  for (const field of own) typedInto.delete(field)
  return () => {
    for (const field of own) typedInto.add(field)
  }
}

/** The person whose drafts are kept, as the beginning of their keys. */
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
 * @returns to be called when it is sent, and gives what is to be called when that failed
 */
export function useDraft(
  form: RefObject<HTMLFormElement | null>,
  label: string | undefined,
  of = '',
): () => () => void {
  const sent = useRef(false)
  useEffect(() => {
    const element = form.current
    if (element === null) return undefined
    const fields = () => [...element.elements].filter(isTyped)
    const address = here()
    const key = `${drafter()} ${address} ${of} ${
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
  }, [form, label, of])
  return () => {
    sent.current = true
    const unsettle = form.current === null ? () => undefined : settle(form.current)
    return () => {
      sent.current = false
      unsettle()
    }
  }
}

const tellRestored = (): void => toast(t('書きかけの内容を戻しました。', 'What was half-written is back.'))

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
  if (count > 0) tellRestored()
}
