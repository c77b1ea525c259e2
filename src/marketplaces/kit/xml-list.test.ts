import fc from 'fast-check'
import { expect, it } from 'vitest'
import { buildXml, parseXml, parseXmlList, XmlError } from './xml.ts'

/** Long enough to be read in pieces. */
const LONG = 'x'.repeat(3_000)
const entries = (count: number, more = '') =>
  Array.from({ length: count }, (_, n) => `<one><id>${n}</id><text>${LONG}</text>${more}</one>`).join('\n')
const list = (inner: string, before = '', after = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<response>${before}${inner}${after}</response>`

async function read(text: string) {
  let pieces = 0
  const document = await parseXmlList(text, 'one', async () => {
    pieces += 1
  })
  return { document, pieces }
}

it('is what one reading says, with a breath after every 64 KB', async () => {
  const text = list(entries(100), '<result><status>0</status></result><count>100</count>', '<end>1</end>')
  const { document, pieces } = await read(text)
  expect(document).toEqual(parseXml(text))
  expect(pieces).toBe(Math.ceil(100 / Math.ceil(65_536 / 3_050)))
})

it('is what one reading says, whatever the entries hold', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const entry = fc.record({ id: text, item: fc.array(fc.record({ id: text, one_: text }), { maxLength: 3 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 60, maxLength: 90 }), text, async (some, around) => {
      const one = some.map((each) => ({ ...each, text: LONG }))
      const whole = buildXml('response', { around, one, after: around })
      const { document, pieces } = await read(whole)
      expect(document).toEqual(parseXml(whole))
      expect(pieces).toBeGreaterThan(1)
    }),
    { numRuns: 20 },
  )
})

const many = entries(60)
it.each([
  ['a tag within CDATA', list(`${many}<one><text><![CDATA[</one><one><id>9</id>]]></text></one>`)],
  ['a tag within a comment', list(`${many}<!-- </one><one> -->`)],
  ['a tag within an instruction', list(`${many}<?x </one><one> ?>`)],
  ['one entry within another', list(`${many}<one><one><id>1</id></one></one>`)],
  ['entries at two places', list(`${many}<other/>${many}`)],
  ['text between entries', list(`${many}and${many}`)],
  ['entries below another element', list(`<orders>${many}</orders>`)],
  ['an entry with an attribute', list(`<one id="1"><id>1</id></one>${many}`)],
  ['an empty entry before the others', list(`<one/>${many}`)],
  ['one entry alone', list(`<one><text>${LONG.repeat(60)}</text></one>`)],
  ['entries of text alone', list(`<one>${LONG}</one>`.repeat(60))],
  ['no entry at all', list(`<count>0</count><text>${LONG.repeat(60)}</text>`)],
])('%s is read as by one reading', async (_, text) => {
  expect((await read(text)).document).toEqual(parseXml(text))
})

it.each([
  ['cut off', list(many).slice(0, -40)],
  ['an end too many', list(`${many}</one>`)],
  ['an end too few', list(`${many}<one><id>1</id>`)],
  ['a broken entry among good ones', list(`${many}<one><id>1</one>${many}`)],
  ['a broken frame', list(many, '<count>1')],
])('%s is refused as by one reading', async (_, text) => {
  await expect(read(text)).rejects.toThrow(XmlError)
  expect(() => parseXml(text)).toThrow(XmlError)
})
