/**
 * A merge patch that changes one place of an order. Lists are replaced whole by the API, so a place within one takes the whole
 * list along.
 * @param pointer JSON pointer, `/recipients/0/person/phone`
 */
export function patchAt(detail: unknown, pointer: string, value: unknown): Record<string, unknown> {
  const [top = '', ...rest] = stepsOf(pointer)
  return { [top]: patchPart((detail as Record<string, unknown>)[top], rest, value) }
}

function patchPart(part: unknown, steps: readonly string[], value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (Array.isArray(part))
    return part.map((one, index) => (String(index) === step ? replaced(one, rest, value) : one))
  return { [step]: patchPart((part as Record<string, unknown> | null)?.[step], rest, value) }
}

/** Within a list everything beside the place must be there too. */
function replaced(part: unknown, steps: readonly string[], value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (Array.isArray(part))
    return part.map((one, index) => (String(index) === step ? replaced(one, rest, value) : one))
  return {
    ...(part as object),
    [step]: replaced((part as Record<string, unknown> | null)?.[step], rest, value),
  }
}

export function valueAt(detail: unknown, pointer: string): unknown {
  let part = detail
  for (const step of stepsOf(pointer)) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, step)) return undefined
    part = (part as Record<string, unknown>)[step]
  }
  return part
}

const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Where two versions differ, leaf by leaf. */
export function differences(
  before: unknown,
  now: unknown,
  at = '',
): { path: string; before: unknown; now: unknown }[] {
  if (Object.is(before, now)) return []
  const isPart = (value: unknown): value is object => typeof value === 'object' && value !== null
  if (!isPart(before) || !isPart(now)) return [{ path: at, before, now }]
  const names = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...names].flatMap((name) =>
    differences(
      (before as Record<string, unknown>)[name],
      (now as Record<string, unknown>)[name],
      `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    ),
  )
}
