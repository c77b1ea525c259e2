import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildXml, elementsAt, parseXml, textAt, XmlError } from './xml.ts'

const read = (xml: string) => parseXml(xml).content

describe('parseXml', () => {
  it('keeps everything as text: leading zeros, long digits, signs', () => {
    expect(read('<r><a>0600001</a><b>12345678901234567890</b><c>-300</c><d>1e3</d><e>true</e></r>')).toEqual({
      a: '0600001',
      b: '12345678901234567890',
      c: '-300',
      d: '1e3',
      e: 'true',
    })
  })

  it('reads CDATA as it is and text with its entities', () => {
    const content = read(
      '<r><a><![CDATA[髙﨑① & <b> &amp; <!DOCTYPE x>]]></a><b>A &amp; B &lt;&#x9ad9;&#39641;&gt; &nbsp;</b></r>',
    )
    expect(content).toEqual({ a: '髙﨑① & <b> &amp; <!DOCTYPE x>', b: 'A & B <髙髙> &nbsp;' })
  })

  it('drops namespaces, attributes, comments, prologs and byte order', () => {
    expect(
      parseXml(
        "<?xml version='1.0' encoding='UTF-8' ?>\n<!-- x --><y:Error xmlns:y='urn:yahoo:api' a='1'><y:Code>px-04102</y:Code></y:Error>\n",
      ),
    ).toEqual({
      name: 'Error',
      content: { Code: 'px-04102' },
    })
  })

  it('makes one element, several, an empty one and none a list', () => {
    const content = read('<r><one><x>1</x></one><two><x>1</x></two><two/><empty></empty></r>')
    expect(elementsAt(content, 'one')).toEqual([{ x: '1' }])
    expect(elementsAt(content, 'two')).toEqual([{ x: '1' }])
    expect(elementsAt(content, 'empty')).toEqual([])
    expect(elementsAt(content, 'none')).toEqual([])
    expect(textAt(content, 'two', 'x')).toBe('1')
    expect(textAt(content, 'one', 'x', 'deeper')).toBeUndefined()
  })

  const bomb =
    '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]><r>&c;</r>'
  it.each([
    ['an entity bomb', bomb],
    ['a DOCTYPE without entities', '<!DOCTYPE r><r/>'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'],
    ['a cut answer', '<r><a>1</a>'],
    ['a cut element', '<r><a>1</a></'],
    ['crossed elements', '<r><a><b></a></b></r>'],
    ['two roots', '<r/><r/>'],
    ['nothing', ''],
    ['JSON', '{"error":"x"}'],
    ['depth', `${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`],
    ['a name of an object prototype', '<r><__proto__><x>1</x></__proto__></r>'],
  ])('refuses %s', (_, xml) => {
    expect(() => parseXml(xml)).toThrow(XmlError)
  })

  it.each([
    ['elements side by side', '<a/>'],
    ['references that stand for nothing', '&amp;&#0;&#xd800;&bomb;'],
    ['CDATA without an end', '<![CDATA['],
    ['attributes', '<a b="c" d=\'e\'/>'],
    ['comments', '<!-- -- -->'],
  ])('refuses 16 MiB of %s, as much as is taken of a mall, before it is parsed', (_, part) => {
    const xml = `<r>${part.repeat(Math.floor((16 * 1024 * 1024) / part.length))}</r>`
    expect(() => parseXml(xml)).toThrow('more tags and references than an answer has')
  })

  it.each([
    ['an answer’s worth of attributes', `<a>${'<b c="" d=""/>'.repeat(200_000)}</a>`],
    ['one tag of a million attributes', `<a${' b'.repeat(1_000_000)}/>`],
    ['a tag that is all name', `<${'a'.repeat(1_000_000)}/>`],
    [
      'names that no two tags share',
      `<r>${Array.from({ length: 200_000 }, (_, n) => `<a${n}/>`).join('')}</r>`,
    ],
  ])('refuses %s before it is parsed', (_, xml) => {
    expect(() => parseXml(xml)).toThrow(/^more (attributes|names)/)
  })

  it('takes a text in CDATA with a bracket and nothing like a tag', () => {
    const text = `1 < 2 ${'あ'.repeat(100_000)}`
    expect(textAt(parseXml(`<r><a><![CDATA[${text}]]></a></r>`).content, 'a')).toBe(text)
  })

  it('takes a long text, and a page of 500 orders of a hundred fields each', () => {
    const text = 'あ'.repeat(4 * 1024 * 1024)
    expect(textAt(parseXml(`<r><a>${text}</a></r>`).content, 'a')).toHaveLength(text.length)
    const order = `<o>${'<f>1</f>'.repeat(100)}</o>`
    expect(elementsAt(parseXml(`<r>${order.repeat(500)}</r>`).content, 'o')).toHaveLength(500)
  })

  it('is done with hostile input in time', () => {
    const started = performance.now()
    for (const part of ['<![CDATA[', '<a b="', '<!--', '&amp', '<a>', ']]>']) {
      try {
        parseXml(`<r>${part.repeat(100_000)}</r>`)
      } catch (error) {
        expect(error).toBeInstanceOf(XmlError)
      }
    }
    expect(performance.now() - started).toBeLessThan(8_000)
  })
})

describe('buildXml', () => {
  it('nests, repeats and leaves out', () => {
    expect(
      buildXml('Req', {
        Target: { OrderId: 'a-1', IsPointFix: true },
        Item: [{ LineId: 1 }, { LineId: 2 }],
        No: undefined,
      }),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Req><Target><OrderId>a-1</OrderId><IsPointFix>true</IsPointFix></Target><Item><LineId>1</LineId></Item><Item><LineId>2</LineId></Item></Req>',
    )
  })

  it('carries any text there and back, but for blanks at its ends and what XML cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = [...text].filter((character) => !isForbidden(character.codePointAt(0) ?? 0)).join('')
        const back = textAt(read(buildXml('Req', { Field: text })), 'Field')
        expect(back).toBe(clean.replace(/\r\n?/g, '\n').trim())
      }),
    )
  })
})

/** XML 1.0, production 2. */
const isForbidden = (code: number) =>
  (code < 0x20 && ![0x9, 0xa, 0xd].includes(code)) ||
  (code >= 0xd800 && code <= 0xdfff) ||
  code === 0xfffe ||
  code === 0xffff
