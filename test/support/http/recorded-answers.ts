import { readFile, writeFile } from 'node:fs/promises'

type Recorded = Record<string, unknown>

/**
 * Writes recorded answers, but keeps each old one whose shape is still that of the new one: a record that
 * draws new ids and times each time hides what changed among thousands of lines.
 */
export async function recordAnswers(file: URL, seen: Recorded): Promise<void> {
  const old: Recorded = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  const kept = Object.entries(seen)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, answer]) => [name, isSameShape(old[name], answer) ? old[name] : answer])
  await writeFile(file, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`)
}

/**
 * Compares names and types. A value that may be null, and a list that may be empty, fit the other form of
 * themselves; what a mall said beyond its known fields is each order's own.
 */
export function isSameShape(old: unknown, answer: unknown): boolean {
  if (Array.isArray(old) && Array.isArray(answer))
    return answer.length === 0 || old.length === 0 || isSameShape(old[0], answer[0])
  if (isRecord(old) && isRecord(answer)) {
    const names = Object.keys(answer)
    return (
      names.join() === Object.keys(old).join() &&
      names.every((name) => name === 'mallFields' || isSameShape(old[name], answer[name]))
    )
  }
  if (typeof old === 'string' && typeof answer === 'string' && old.includes('\n'))
    return namesIn(old) === namesIn(answer)
  return typeof old === typeof answer || (old !== undefined && (old === null || answer === null))
}

/** Where texts are cut, a line of the one is whole and of the other not. */
const READ_OF_TEXT = 400

/**
 * The shape of a text of lines: names of its fields and events, or where it has none (CSV) its first line.
 */
function namesIn(text: string): string {
  const names = [...text.slice(0, READ_OF_TEXT).matchAll(/"(\w+)":|^event: (\w+)/gm)].map(([name]) => name)
  return [...new Set(names)].join() || (text.split('\n')[0] ?? '')
}

const SCHEMA_LISTS: ReadonlySet<string> = new Set(['enum', 'required'])

/**
 * Two of each list, and nothing that opens a door. Lists of a JSON Schema stay whole: a default that is not
 * among the values it names makes the document invalid.
 */
export function shortened(part: unknown, name = ''): unknown {
  if (Array.isArray(part))
    return (SCHEMA_LISTS.has(name) ? part : part.slice(0, 2)).map((one) => shortened(one))
  if (isRecord(part)) {
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, shortened(value, key)]))
  }
  if (typeof part !== 'string') return part
  if (name === 'key') return 'trk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'
  if (name === 'secret') return 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='
  return part.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:3000').replace(/([?&]state=)[^&]+/, '$1…')
}

const isRecord = (part: unknown): part is Record<string, unknown> =>
  typeof part === 'object' && part !== null && !Array.isArray(part)
