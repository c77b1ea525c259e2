import { z } from 'zod'

/**
 * One history of the database (the epoch of src/events/history.ts) and the desk's number when the desk first
 * made a batch in it.
 */
type HistoryStart = readonly [history: string, from: number]

/** Histories that made a desk's batches, oldest first. Unlike one id, they tell where two branches part. */
export type Path = readonly HistoryStart[]

/** The last batch that a client has stored: a consumer's offset, kept by the client beside its orders. */
export interface Position {
  /** Id of the desk: another one under the same name has other batches. */
  desk: string
  /** Name of the desk, so that a client with a new API key goes on where it was. */
  name: string
  /** 0: before the first batch. */
  number: number
  path: Path
}

/**
 * A path keeps so many histories. Two paths that share no entry part at 0, so a client that comes from
 * longer ago gets all batches again.
 */
export const LONGEST_PATH = 64

/** A position is at most so long: 64 histories of 8 characters and a name of 40. */
export const LONGEST_POSITION = 3_000

const StoredPath = z
  .array(z.tuple([z.string().regex(/^[0-9a-f]{0,8}$/), z.int().min(0)]))
  .min(1)
  .max(LONGEST_PATH)
const Stored = z.tuple([z.string().regex(/^[\w-]{1,36}$/), z.string().min(1).max(80), StoredPath])

const MOST_BATCHES = 2 ** 31 - 1

/** Writes the number in front, for people who read a log or a support request. */
export function formatPosition({ desk, name, number, path }: Position): string {
  return `${number}.${Buffer.from(JSON.stringify([desk, name, path])).toString('base64url')}`
}

/** @returns null for a text that {@link formatPosition} never wrote */
export function parsePosition(text: string): Position | null {
  if (text.length > LONGEST_POSITION) return null
  const [, digits, packed] = /^(0|[1-9]\d{0,9})\.([\w-]+)$/.exec(text) ?? []
  if (digits === undefined || packed === undefined) return null
  const stored = Stored.safeParse(jsonOrNull(Buffer.from(packed, 'base64url').toString('utf8')))
  if (!stored.success || Number(digits) > MOST_BATCHES) return null
  const [desk, name, path] = stored.data
  return { desk, name, number: Number(digits), path }
}

/** Of a desk's row. @throws ZodError for anything else */
export const parsePath = (stored: unknown): Path => StoredPath.parse(stored)

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * Adds the present history to a desk's path. A history in which the desk made no batch needs no entry: it
 * parts from its neighbours at the same number. So an empty answer writes nothing.
 */
export function pathIn(history: string, { number, path }: { number: number; path: Path }): Path {
  if (path.at(-1)?.[0] === history) return path
  const withBatches = path.filter(([, from], index) => (path[index + 1]?.[1] ?? number) > from)
  return [...withBatches, [history, number] as const].slice(-LONGEST_PATH)
}

/**
 * The number up to which two paths have the same batches. An entry stands for all that led to it, so the
 * last shared one decides.
 */
export function partingOf(one: Path, other: Path): number {
  for (let index = one.length - 1; index >= 0; index--) {
    const at = other.findIndex(([history, from]) => history === one[index]?.[0] && from === one[index]?.[1])
    if (at >= 0) return Math.min(endOf(one, index), endOf(other, at))
  }
  return 0
}

const endOf = (path: Path, index: number): number => path[index + 1]?.[1] ?? MOST_BATCHES

export const historyOf = (path: Path): string | undefined => path.at(-1)?.[0]
