/**
 * Converts HTML to the text that a reader sees, with link targets in angle brackets behind their links, since
 * an order number may be in the target alone. One linear pass over any input: unclosed, nested a thousand
 * times or cut.
 */
export function htmlToText(html: string): string {
  const out: string[] = []
  let link: string | null = null
  let preformatted = false
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) break
    out.push(textOf(html.slice(at, open), preformatted))
    if (html.startsWith('<!--', open)) {
      at = endOf(html, html.indexOf('-->', open + 4), 3)
      continue
    }
    TAG.lastIndex = open
    const tag = TAG.exec(html)
    if (!tag) {
      out.push('<')
      at = open + 1
      continue
    }
    const end = html.indexOf('>', TAG.lastIndex)
    if (end < 0) break
    at = end + 1
    const name = (tag[2] ?? '').toLowerCase()
    const closing = tag[1] === '/'
    if (name === 'pre') preformatted = !closing
    const ending = closing ? undefined : HIDDEN.get(name)
    if (ending) at = skipHidden(html, ending, at)
    else if (name === 'a') {
      if (link) out.push(` <${link}>`)
      link = closing ? null : readLink(html.slice(TAG.lastIndex, end))
    } else if (CELLS.has(name)) out.push(' ')
    else if (!INLINE.has(name)) out.push('\n')
  }
  if (html.indexOf('<', at) < 0) out.push(textOf(html.slice(at), preformatted))
  if (link) out.push(` <${link}>`)
  return tidy(out.join(''))
}

/** Treats a line end in the source as a blank, except in <pre>. */
function textOf(source: string, preformatted: boolean): string {
  return decodeEntities(preformatted ? source : source.replaceAll('\n', ' '))
}

const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9:]{0,30})/y
/** Elements whose content is not shown, each with what ends it. */
const HIDDEN: ReadonlyMap<string, RegExp> = new Map([
  ['style', /<\/style/gi],
  ['script', /<\/script/gi],
  ['title', /<\/title/gi],
])
const CELLS = new Set(['td', 'th'])
const INLINE = new Set(
  'b strong i em u s span font small big wbr img sub sup code tt mark abbr ins del label strike o:p'.split(
    ' ',
  ),
)

function endOf(html: string, index: number, length: number): number {
  return index < 0 ? html.length : index + length
}

function skipHidden(html: string, ending: RegExp, from: number): number {
  ending.lastIndex = from
  return endOf(html, ending.exec(html)?.index ?? -1, 0)
}

function readLink(attributes: string): string | null {
  const match = /\bhref\s{0,9}=\s{0,9}(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^\s"'>]{1,2000}))/i.exec(
    attributes,
  )
  const target = match?.[1] ?? match?.[2] ?? match?.[3]
  if (!target) return null
  const url = decodeEntities(target)
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    shy: '',
    zwnj: '',
    zwj: '',
    yen: '¥',
    times: '×',
    middot: '·',
    ndash: '–',
    mdash: '—',
    hyphen: '‐',
    dash: '‐',
  }),
)

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/g,
    (whole, decimal, hex, name) => {
      if (name) return NAMED.get(name) ?? whole
      const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
    },
  )
}

function tidy(text: string): string {
  return text
    .replace(/[ \t\r\u00A0]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, (run) => (run.indexOf('\n') === run.lastIndexOf('\n') ? '\n' : '\n\n'))
    .trim()
}
