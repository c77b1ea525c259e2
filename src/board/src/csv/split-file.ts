/**
 * Divides a carrier's file into parts that one call takes. Bytes, as the file may be CP932: none of its
 * letters holds a quotation mark, a comma or an end of line as its second byte.
 */

export interface FileRow {
  /** In the file, from 1: where the row ends. */
  line: number
  bytes: Uint8Array
}

export interface SplitFile {
  /** Titles and the names of the columns: in front of each part. */
  head: FileRow[]
  rows: FileRow[]
}

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22]
/** Lines in which the names of the columns are looked for. */
const MOST_HEAD = 6
/** A number, a date without signs, or a key of ours: a row of data has one of them. */
const DATA = /\d{6}|T[0-9A-Z]{9}/

export function splitFile(bytes: Uint8Array, most: number): SplitFile {
  const rows = rowsOf(bytes)
  // One call takes it as it is, whatever its lines look like.
  if (rows.length <= most) return { head: [], rows }
  const text = (row: FileRow) => String.fromCharCode(...row.bytes.subarray(0, 4_000))
  const isNames = (row: FileRow) => {
    const line = text(row)
    return line.includes(',') && /[^,\s"]/.test(line) && !DATA.test(line)
  }
  const behind = rows.slice(0, MOST_HEAD).findLastIndex(isNames) + 1
  return { head: rows.slice(0, behind), rows: rows.slice(behind) }
}

function rowsOf(bytes: Uint8Array): FileRow[] {
  const rows: FileRow[] = []
  let [from, line, quoted] = [0, 1, false]
  const end = (to: number) => {
    if (to > from) rows.push({ line, bytes: bytes.subarray(from, to) })
  }
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) quoted = !quoted
    if (byte !== LF && !(byte === CR && bytes[at + 1] !== LF)) continue
    if (!quoted) {
      end(bytes[at - 1] === CR ? at - 1 : at)
      from = at + 1
    }
    line += 1
  }
  end(bytes.length)
  return rows
}

/** One part as a file of its own, with the line that each of its lines has in the whole. */
export function toPart(head: readonly FileRow[], rows: readonly FileRow[]) {
  const all = [...head, ...rows]
  const bytes = new Uint8Array(all.reduce((sum, row) => sum + row.bytes.length + 2, 0))
  const lines = new Map<number, number>()
  let [at, line] = [0, 0]
  for (const row of all) {
    bytes.set(row.bytes, at)
    bytes.set([CR, LF], at + row.bytes.length)
    at += row.bytes.length + 2
    line += linesIn(row.bytes)
    lines.set(line, row.line)
  }
  return { bytes, lines }
}

function linesIn(bytes: Uint8Array): number {
  let lines = 1
  for (let at = 0; at < bytes.length; at += 1)
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) lines += 1
  return lines
}

/** Rows that one change covers, or that one fault joins: of the same order, or under the same number. */
export interface Joined {
  line: number
  orderId: string | null
  number: string
}

/**
 * Parts in which no order is divided: a second part would ship an order that the first has shipped in half,
 * and one number on two orders would be noticed by neither.
 * @param read what each row of the file is, as a first reading in the file's own order found
 */
export function partsByOrder(
  rows: readonly FileRow[],
  read: readonly Joined[],
  most: number,
): (readonly FileRow[])[] {
  const groups = groupsOf(rows, read, true)
  const parts: FileRow[][] = []
  const add = (group: readonly FileRow[], room: number) => {
    const last = parts.at(-1)
    if (last && last.length + group.length <= room) last.push(...group)
    else parts.push([...group])
  }
  for (const group of groups) {
    if (group.length <= most) {
      add(group, most)
      continue
    }
    // One number filled down a column: refused in each part, where it stands on more than one order in each.
    parts.push(...divided([...groupsOf(group, read, false)], most), [])
  }
  return parts.filter(({ length }) => length > 0)
}

function divided(orders: readonly (readonly FileRow[])[], most: number): FileRow[][] {
  const lines = orders.reduce((sum, order) => sum + order.length, 0)
  const room = Math.ceil(lines / Math.ceil(lines / most))
  const parts: (readonly FileRow[])[][] = []
  let left = 0
  for (const order of orders) {
    if (order.length > left) {
      parts.push([])
      left = room
    }
    parts.at(-1)?.push(order)
    left -= order.length
  }
  const [before, last] = parts.slice(-2)
  const moved = last?.length === 1 && before && before.length > 2 ? before.pop() : undefined
  if (moved) last?.unshift(moved)
  return parts.map((part) => part.flat())
}

/** Numbers that a carrier may have given. What a spreadsheet made of one (4E+11) joins nothing. */
const NUMBER = /^[\dA-Za-z-]{6,}$/

function groupsOf(
  rows: readonly FileRow[],
  read: readonly Joined[],
  byNumber: boolean,
): Iterable<readonly FileRow[]> {
  const groupOf = new Map<string, string>()
  const root = (name: string): string => {
    let at = name
    for (let next = groupOf.get(at); next !== undefined; next = groupOf.get(at)) at = next
    // Shortened, or a file of one order alone would be walked anew for each of its lines.
    if (name !== at) groupOf.set(name, at)
    return at
  }
  for (const { line, orderId, number } of read)
    for (const name of [orderId && `order ${orderId}`, byNumber && NUMBER.test(number) && `number ${number}`])
      if (name && root(name) !== root(`line ${line}`)) groupOf.set(root(`line ${line}`), root(name))
  return Map.groupBy(rows, ({ line }) => root(`line ${line}`)).values()
}

interface Answer<Row> {
  ready: number
  requested: number
  refused: number
  rows: Row[]
}
interface ReadRow {
  line: number
  orderId: string | null
  trackingNumber: string
}

/** Asks for one part after the other, and joins what was answered, by the lines of the whole file. */
export async function askInParts<Row extends ReadRow>(
  head: readonly FileRow[],
  parts: readonly (readonly FileRow[])[],
  ask: (part: Uint8Array<ArrayBuffer>) => Promise<Answer<Row>>,
  onProgress: (done: number, of: number) => void,
): Promise<Answer<Row>> {
  const whole: Answer<Row> = { ready: 0, requested: 0, refused: 0, rows: [] }
  for (const [index, part] of parts.entries()) {
    onProgress(index, parts.length)
    const { bytes, lines } = toPart(head, part)
    const { ready, requested, refused, rows } = await ask(bytes)
    whole.ready += ready
    whole.requested += requested
    whole.refused += refused
    for (const row of rows) whole.rows.push({ ...row, line: lines.get(row.line) ?? row.line })
  }
  whole.rows.sort((a, b) => a.line - b.line)
  return whole
}

/** Reads a long file in its own order, then once more where an order stands in several parts. */
export async function previewInParts<Row extends ReadRow>(
  { head, rows }: SplitFile,
  most: number,
  ask: (part: Uint8Array<ArrayBuffer>) => Promise<Answer<Row>>,
  onProgress: (done: number, of: number) => void,
) {
  const inOrder = Array.from({ length: Math.ceil(rows.length / most) }, (_, index) =>
    rows.slice(index * most, (index + 1) * most),
  )
  const first = await askInParts(head, inOrder, ask, onProgress)
  const read = first.rows.map(({ line, orderId, trackingNumber }) => ({
    line,
    orderId,
    number: trackingNumber,
  }))
  const parts = partsByOrder(rows, read, most)
  const same = parts.every((part, index) => part.every((row, at) => row === inOrder[index]?.[at]))
  return { parts, read: same ? first : await askInParts(head, parts, ask, onProgress) }
}
