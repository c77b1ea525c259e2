import { useState } from 'react'
import { ApiProblem } from '../api.ts'
import { t } from '../i18n.ts'

type Save<T> = (mine: T, read: () => Promise<T>, send: Send<T>) => Promise<void>
type Send<T> = (changes: Partial<T>, now: T) => Promise<unknown>

/**
 * Keeps what a form was opened on. It sends only the fields that the person changed, so a colleague's change
 * of another field stays; a field that a colleague changed meanwhile is shown before it is replaced.
 * @param label words of a field, and its name in the form where that is another
 */
export const useOpened = <T extends object>(
  shown: T,
  label: (field: keyof T & string) => readonly [words: string, name?: string],
): Save<T> => useState(() => openedOn(shown, label))[0]

export function openedOn<T extends object>(
  shown: T,
  label: (field: keyof T & string) => readonly [words: string, name?: string],
): Save<T> {
  // Value of each field as the person has seen it.
  let seen: T = shown
  return async (mine, read, send) => {
    const fields = Object.keys(mine) as (keyof T & string)[]
    const changed = fields.filter((field) => !same(mine[field], seen[field]))
    if (changed.length === 0) return
    const now = await read()
    const overtaken = changed.filter(
      (field) => !same(now[field], seen[field]) && !same(now[field], mine[field]),
    )
    if (overtaken.length > 0) {
      seen = { ...seen, ...picked(now, overtaken) }
      throw overtakenBy(overtaken.map((field) => ({ label: label(field), field, value: now[field] })))
    }
    const changes = picked(mine, changed)
    await send(changes, now)
    seen = { ...seen, ...changes }
  }
}

const same = (one: unknown, other: unknown): boolean => sorted(one) === sorted(other)

/** The service may give the fields of an object in another order than it was given them. */
const sorted = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )

const picked = <T extends object>(from: T, fields: readonly (keyof T)[]): Partial<T> =>
  Object.fromEntries(fields.map((field) => [field, from[field]])) as Partial<T>

function overtakenBy(
  all: readonly { field: string; label: readonly [words: string, name?: string]; value: unknown }[],
): ApiProblem {
  const errors = all.map(({ field, label: [words, name = field], value }) => ({
    field: name,
    message: t(
      `ほかの人が先に「${words}」を${valueText(value)}に変更しました。自分の入力で置き換えるときは、もう一度保存してください。`,
      `Somebody else changed “${words}” to ${valueText(value)}. Save again to replace it by yours.`,
    ),
  }))
  return new ApiProblem(409, {
    code: 'CHANGED_MEANWHILE',
    detail: errors.map(({ message }) => message).join(' '),
    errors,
  })
}

/** Lists of ids say nothing to a person. */
function valueText(value: unknown): string {
  const texts = (Array.isArray(value) ? value : [value]).map((one) =>
    typeof one === 'boolean' ? (one ? t('オン', 'on') : t('オフ', 'off')) : one,
  )
  const isPlain = texts.every((one) => typeof one === 'number' || (typeof one === 'string' && !isId(one)))
  if (value === null || value === undefined || value === '' || texts.length === 0)
    return t('「（空）」', '“(empty)”')
  return isPlain ? t(`「${texts.join('、')}」`, `“${texts.join(', ')}”`) : t('別の内容', 'something else')
}

const isId = (text: string): boolean => /^[\da-f]{8}-[\da-f]{4}-/.test(text)
