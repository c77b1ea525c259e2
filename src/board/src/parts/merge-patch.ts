import { factsOf } from '../api.ts'

/**
 * A merge patch that changes one place of an order. Lists are replaced whole by the API, so a place within
 * one takes the whole list along.
 * @param pointer JSON pointer, `/recipients/0/person/phone`
 */
export function patchAt(detail: unknown, pointer: string, value: unknown): Record<string, unknown> {
  const [top = '', ...rest] = stepsOf(pointer)
  return { [top]: patchPart(factsOf(detail)[top], rest, value) }
}

function patchPart(part: unknown, steps: readonly string[], value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (Array.isArray(part))
    return part.map((one, index) => (String(index) === step ? replaced(one, rest, value) : one))
  return { [step]: patchPart(factsOf(part)[step], rest, value) }
}

/**
 * One merge patch of several places. Each is made on top of those before it: two places of one list are in
 * the same whole list.
 */
export function patchOf(
  detail: unknown,
  changes: readonly (readonly [pointer: string, value: unknown])[],
): Record<string, unknown> {
  let now = factsOf(detail)
  let patch: Record<string, unknown> = {}
  for (const [pointer, value] of changes) {
    const one = patchAt(now, pointer, value)
    now = merged(now, one)
    patch = merged(patch, one)
  }
  return patch
}

/** Objects are joined; lists and values replace what was there. */
function merged(into: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const all = { ...into }
  for (const [name, value] of Object.entries(patch))
    all[name] =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? merged(factsOf(Object.hasOwn(into, name) ? into[name] : undefined), factsOf(value))
        : value
  return all
}

/** Within a list everything beside the place must be there too. */
function replaced(part: unknown, steps: readonly string[], value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (Array.isArray(part))
    return part.map((one, index) => (String(index) === step ? replaced(one, rest, value) : one))
  return {
    ...factsOf(part),
    [step]: replaced(factsOf(part)[step], rest, value),
  }
}

export function valueAt(detail: unknown, pointer: string): unknown {
  let part = detail
  for (const step of stepsOf(pointer)) part = fieldOf(part, step)
  return part
}

const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

/**
 * True when somebody wrote another value at one place since `base`. A pointer counts a list's lines: once
 * their number or the line's id changed, it may mean another line, which counts as overtaken.
 */
export function isOvertaken(base: unknown, current: unknown, pointer: string, mine: unknown): boolean {
  let was = base
  let is = current
  for (const step of stepsOf(pointer)) {
    const inList = Array.isArray(was)
    if (lengthOf(was) !== lengthOf(is)) return true
    was = fieldOf(was, step)
    is = fieldOf(is, step)
    if (inList && fieldOf(was, 'id') !== fieldOf(is, 'id')) return true
  }
  return (was ?? null) !== (is ?? null) && (is ?? null) !== (mine ?? null)
}

const lengthOf = (part: unknown): number | null => (Array.isArray(part) ? part.length : null)

function fieldOf(part: unknown, step: string): unknown {
  const facts = factsOf(part)
  return Object.hasOwn(facts, step) ? facts[step] : undefined
}

/** Lists where two versions differ, leaf by leaf. */
export function differences(
  before: unknown,
  now: unknown,
  at = '',
): { path: string; before: unknown; now: unknown }[] {
  if (Object.is(before, now)) return []
  const isPart = (value: unknown) => typeof value === 'object' && value !== null
  if (!isPart(before) || !isPart(now)) return [{ path: at, before, now }]
  const [was, is] = [factsOf(before), factsOf(now)]
  const names = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...names].flatMap((name) =>
    differences(was[name], is[name], `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}
