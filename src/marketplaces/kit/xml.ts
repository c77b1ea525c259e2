import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { createBreathing } from '../../platform/event-loop.ts'

/**
 * The malls' XML in both directions. All values are text: a postal code keeps its zero, and only the mapping
 * converts numbers. Namespaces and attributes are dropped, because Yahoo!'s `Error` comes with and without
 * its xmlns.
 */

export type XmlValue = string | XmlElement | XmlValue[]
export interface XmlElement {
  [name: string]: XmlValue
}

/** The document's root name and its content. */
export interface XmlDocument {
  name: string
  content: XmlElement
}

export class XmlError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'XmlError'
  }
}

/**
 * Parses one whole document.
 * @throws XmlError when it is not well-formed, has no single root, is deeper or has more tags than any mall's
 * answer, or has a DOCTYPE (no mall sends one, and entities serve only attackers)
 */
export function parseXml(text: string): XmlDocument {
  // NUL is invalid in XML and in Postgres text.
  const source = text.replaceAll('\0', '')
  refuseMuchMarkup(source)
  const verdict = XMLValidator.validate(source)
  if (verdict !== true) throw new XmlError(`${verdict.err.code} in line ${verdict.err.line}`)
  const roots = Object.entries(parsed(source)).filter(([name]) => name !== '#text')
  const [root] = roots
  if (!root || roots.length > 1) throw new XmlError('not exactly one root element')
  const content: unknown = root[1]
  if (Array.isArray(content)) throw new XmlError('not exactly one root element')
  return { name: root[0], content: typeof content === 'string' ? {} : (content as XmlElement) }
}

/**
 * Most tags and references: a page of 500 orders with many lines has 200,000. 16 MiB of nothing but tags,
 * four million, blocked the event loop for 20 s and more.
 */
const MOST_MARKUP = 600_000
/** Malls' answers have hardly any attributes, but texts with addresses. 2.4 million took 3.4 s. */
const MOST_EQUALS = 200_000
/** The largest documented answer has some 300 names, opened and closed; 290,000 took 2.5 s. */
const MOST_NAMES = 5_000
const LONGEST_TAG = 16 * 1024

/** @throws XmlError for what would hold the event loop up */
function refuseMuchMarkup(source: string): void {
  const more = (what: string) => new XmlError(`more ${what} than an answer has`)
  if (countOf('<', source, MOST_MARKUP) + countOf('&', source, MOST_MARKUP) > MOST_MARKUP)
    throw more('tags and references')
  if (countOf('=', source, MOST_EQUALS) > MOST_EQUALS) throw more('attributes')
  const names = new Set<string>()
  for (let at = source.indexOf('<'); at >= 0; ) {
    const text = TEXTS.find(([begin]) => source.startsWith(begin, at))
    const end = source.indexOf(text?.[1] ?? '>', at)
    if (!text) {
      if ((end === -1 ? source.length : end) - at > LONGEST_TAG) throw more('attributes in a tag')
      names.add(NAME.exec(source.slice(at, at + 101))?.[0] ?? '')
      if (names.size > MOST_NAMES) throw more('names')
    }
    at = end === -1 ? -1 : source.indexOf('<', end)
  }
}

/** Sections in which a bracket is text. */
const TEXTS = [
  ['<![CDATA[', ']]>'],
  ['<!--', '-->'],
] as const
const NAME = /^<\/?[^\s/>]*/

/** Counts up to one more than `most`. */
function countOf(mark: string, source: string, most: number): number {
  let count = 0
  for (let at = source.indexOf(mark); at >= 0 && count <= most; at = source.indexOf(mark, at + 1)) count += 1
  return count
}

function parsed(source: string): XmlElement {
  try {
    return newParser().parse(source) as XmlElement
  } catch (error) {
    throw error instanceof XmlError ? error : new XmlError('unreadable', error)
  }
}

/** Deeper than any documented answer (ResultSet, Result, OrderInfo, Item, ItemOption, Index). */
const DEEPEST = 20

// A parser keeps state from a document that it left half-way, so each document gets its own.
function newParser() {
  return new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: true,
    maxNestedTags: DEEPEST,
    // Tag paths are unused, and building them took a fifth of the time.
    jPath: false,
    processEntities: { enabled: true },
    entityDecoder: {
      setExternalEntities: () => {},
      addInputEntities: () => {
        throw new XmlError('DOCTYPE refused')
      },
      reset: () => {},
      decode: decodeEntities,
      setXmlVersion: () => {},
    },
  })
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Decodes the five names of XML and numeric references; any other reference stays verbatim. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name) return NAMED[name] ?? whole
    return characterOf(hex ? Number.parseInt(hex, 16) : Number(decimal)) ?? whole
  })
}

function characterOf(code: number): string | null {
  if (code === 0) return ''
  const surrogate = code >= 0xd800 && code <= 0xdfff
  return code > 0x10ffff || surrogate ? null : String.fromCodePoint(code)
}

/** Element at a path, a list's first where there are several; undefined when absent. */
export function at(element: XmlElement, ...path: string[]): XmlValue | undefined {
  let value: XmlValue | undefined = element
  for (const name of path) {
    const [first] = asList(value)
    value = isElement(first) && Object.hasOwn(first, name) ? first[name] : undefined
  }
  return value
}

/** Text at a path, trimmed; undefined when absent or not text. */
export function textAt(element: XmlElement, ...path: string[]): string | undefined {
  const [first] = asList(at(element, ...path))
  return typeof first === 'string' ? first.trim() : undefined
}

/** Child elements at a path. One, several or an empty one (`<OrderInfo />`) all become a list. */
export function elementsAt(element: XmlElement, ...path: string[]): XmlElement[] {
  return asList(at(element, ...path)).filter(isElement)
}

export const isElement = (value: XmlValue | undefined): value is XmlElement =>
  typeof value === 'object' && !Array.isArray(value)

export function asList(value: XmlValue | undefined): XmlValue[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** Content of a request: nested names, with lists for repeated ones. Undefined values are omitted. */
export interface XmlTree {
  [name: string]: string | number | boolean | XmlTree | readonly XmlTree[] | undefined
}

/** Builds one document with a prolog. Escapes text and drops control characters that XML cannot carry. */
export function buildXml(root: string, tree: XmlTree): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${buildElement(root, tree)}`
}

function buildElement(name: string, value: XmlTree[string]): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map((entry) => buildElement(name, entry)).join('')
  if (typeof value !== 'object') return `<${name}>${escapeXml(String(value))}</${name}>`
  const children = Object.entries(value).map(([child, content]) => buildElement(child, content))
  return `<${name}>${children.join('')}</${name}>`
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Characters that need escaping or dropping. Most texts have none and skip the scan by character. */
const TO_BE_LOOKED_AT = /[&<>"'\p{Cc}\p{Cs}\ufffe\uffff]/u

export function escapeXml(text: string): string {
  if (!TO_BE_LOOKED_AT.test(text)) return text
  return [...text]
    .filter(isXmlCharacter)
    .map((character) => ESCAPES[character] ?? character)
    .join('')
}

function isXmlCharacter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
}

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

/**
 * Returns the text around the list, and the list in pieces of whole entries. Null when a tag might be no tag
 * (in CDATA or a comment), when entries are nested, and when there is text between two of them.
 */
function cut(text: string, entry: string) {
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
