import { createBreathing } from '../../platform/event-loop.ts'
import { asList, parseXml, type XmlDocument, XmlError, type XmlValue } from './xml.ts'

/** Shorter answers are read at one stretch of a few milliseconds. */
const LONG = 128 * 1024
/** Read at one stretch: some ten milliseconds. */
const PIECE = 64 * 1024

/**
 * Parses a long list like parseXml, but some entries at a time: a page of 500 orders in one piece blocked the
 * event loop for half a second. Text that has not the plain form of a list, or fails on the way, goes to
 * parseXml, whose result counts.
 * @param entry name of the repeated element, a child of the root
 * @throws XmlError as parseXml
 */
export async function parseXmlList(
  text: string,
  entry: string,
  breathe: () => Promise<void> = createBreathing(),
): Promise<XmlDocument> {
  const list = text.length < LONG ? null : cut(text, entry)
  if (list === null) return parseXml(text)
  try {
    const document = parseXml(`${list.before}<${entry}/>${list.after}`)
    if (document.content[entry] !== '') return parseXml(text)
    const entries: XmlValue[] = []
    for (const piece of list.pieces) {
      entries.push(...asList(parseXml(`<list>${piece}</list>`).content[entry]))
      await breathe()
    }
    const [only] = entries
    const value = only !== undefined && entries.length === 1 ? only : entries
    return { ...document, content: { ...document.content, [entry]: value } }
  } catch (error) {
    if (error instanceof XmlError) return parseXml(text)
    throw error
  }
}

interface Cut {
  before: string
  after: string
  pieces: string[]
}

/**
 * Returns the text around the list, and the list in pieces of whole entries. Null when a tag might be no tag
 * (in CDATA or a comment), when entries are nested, and when there is text between two of them.
 */
function cut(text: string, entry: string): Cut | null {
  const [open, close] = [`<${entry}>`, `</${entry}>`]
  if (text.includes('<!') || text.includes('<?', 1)) return null
  const first = text.indexOf(open)
  const last = text.lastIndexOf(close)
  if (first === -1 || last < first) return null
  const pieces: string[] = []
  let begun = first
  for (let at = first; ; ) {
    const end = text.indexOf(close, at) + close.length
    const next = text.indexOf(open, at + open.length)
    if (next !== -1 && next < end) return null
    const isLast = end === last + close.length
    if (isLast !== (next === -1)) return null
    if (isLast || end - begun >= PIECE) {
      pieces.push(text.slice(begun, end))
      begun = next
    }
    if (isLast) break
    if (text.slice(end, next).trim() !== '') return null
    at = next
  }
  return { before: text.slice(0, first), after: text.slice(last + close.length), pieces }
}
