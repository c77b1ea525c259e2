import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../random.ts'
import { createSealer, formatEncryptionKeys, parseEncryptionKeys, SealError } from './sealer.ts'

const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`
const of = (...keys: string[]) => createSealer(parseEncryptionKeys(keys.join(',')), systemRandom)
const sealerOf = (...keys: string[]) => ({ ...of(...keys), ...of(...keys).of('tenant') })
const sealer = sealerOf(key('k1', 1))

const reasonOf = (run: () => unknown): string | undefined => {
  try {
    run()
  } catch (error) {
    return error instanceof SealError ? error.reason : 'another error'
  }
}

describe('sealer', () => {
  test.each([10, 5_000, 500_000])('opens a text of %i characters, long ones deflated', (length) => {
    const text = '受注 '.repeat(length / 2).slice(0, length)
    const sealed = sealer.sealText('c', text)
    expect(sealer.open('c', sealed).toString()).toBe(text)
    if (length > 1_000) expect(sealed.length).toBeLessThan(length / 10)
  })

  test('opens what it sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 3000 }), (context, plain) => {
        expect(Buffer.compare(sealer.open(context, sealer.seal(context, plain)), plain)).toBe(0)
      }),
    )
  })

  test('JSON comes back equal, small and large', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 200 }), (value, times) => {
        const sent = JSON.parse(JSON.stringify({ value, padding: '髙橋﨑①'.repeat(times) }))
        expect(sealer.openJson('c', sealer.sealJson('c', sent))).toEqual(sent)
      }),
    )
  })

  test('a large JSON is stored smaller than it is', () => {
    const order = { lines: Array.from({ length: 500 }, (_, i) => ({ name: '商品', price: i })) }
    expect(sealer.sealJson('c', order).length).toBeLessThan(JSON.stringify(order).length / 2)
  })

  test('the same text is never sealed to the same bytes, and cannot be read in them', () => {
    const one = Buffer.from(sealer.seal('c', '山田太郎'))
    expect(one.equals(sealer.seal('c', '山田太郎'))).toBe(false)
    expect(one.includes('山田')).toBe(false)
  })

  test('does not open for another row or column', () => {
    const sealed = sealer.seal('order:1:detail', 'x')
    expect(reasonOf(() => sealer.open('order:2:detail', sealed))).toBe('not_authentic')
    expect(reasonOf(() => sealer.open('order:1:raw', sealed))).toBe('not_authentic')
  })

  test('under a key that binds tenants does not open for another tenant, nor for none', () => {
    const bound = of(`${key('k1', 1)}:tenant`)
    const sealed = bound.of('a').seal('order:1:detail', 'x')
    expect(bound.of('a').open('order:1:detail', sealed).toString()).toBe('x')
    for (const other of ['b', '', null])
      expect(reasonOf(() => bound.of(other).open('order:1:detail', sealed))).toBe('not_authentic')
    const nobodys = bound.of(null).seal('c', 'x')
    expect(reasonOf(() => bound.of('a').open('c', nobodys))).toBe('not_authentic')
  })

  test('one of before is bound to its row alone, and opens until its key leaves the list', () => {
    const sealed = of(key('k1', 1)).of('a').seal('c', 'x')
    const both = of(`${key('k2', 2)}:tenant`, key('k1', 1))
    expect(both.of('b').open('c', sealed).toString()).toBe('x')
    const anew = both.of('b').seal('c', 'x')
    expect(reasonOf(() => both.of('a').open('c', anew))).toBe('not_authentic')
    expect(
      reasonOf(() =>
        of(`${key('k2', 2)}:tenant`)
          .of('a')
          .open('c', sealed),
      ),
    ).toBe('unknown_key')
  })

  test('the word `tenant` put behind a key that did not bind, or taken from one that did, opens nothing', () => {
    const [plain, bound] = [of(key('k1', 1)), of(`${key('k1', 1)}:tenant`)]
    expect(reasonOf(() => bound.of('a').open('c', plain.of('a').seal('c', 'x')))).toBe('not_authentic')
    expect(reasonOf(() => plain.of('a').open('c', bound.of('a').seal('c', 'x')))).toBe('not_authentic')
  })

  test('any changed byte is noticed', () => {
    const sealed = sealer.seal('c', 'secret')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(
        reasonOf(() => sealer.open('c', changed)),
        `byte ${at}`,
      ).toMatch(/not_authentic|unknown_key|malformed/)
    }
  })

  test('a plain and a deflated value cannot be passed off as each other', () => {
    const sealed = sealer.seal('c', 'x')
    sealed[0] = 2
    expect(reasonOf(() => sealer.open('c', sealed))).toBe('not_authentic')
  })

  test('bytes that are too short or foreign are refused', () => {
    for (const bytes of [[], [1], [1, 200, 1], Buffer.from('clear text that was never sealed')])
      expect(reasonOf(() => sealer.open('c', Uint8Array.from(bytes)))).toBe('malformed')
  })

  test('another key under the same id does not open', () => {
    expect(reasonOf(() => sealerOf(key('k1', 9)).open('c', sealer.seal('c', 'x')))).toBe('not_authentic')
  })

  test('after a rotation old rows open, new rows use the new key, and fingerprints stay', () => {
    const rotated = sealerOf(key('k2', 2), key('k1', 1))
    expect(rotated.open('c', sealer.seal('c', 'old')).toString()).toBe('old')
    expect(sealerOf(key('k2', 2)).open('c', rotated.seal('c', 'new')).toString()).toBe('new')
    expect(reasonOf(() => sealer.open('c', rotated.seal('c', 'new')))).toBe('unknown_key')
    expect(rotated.fingerprint('mail', 'a')).toEqual(sealer.fingerprint('mail', 'a'))
  })

  test('fingerprints differ by text, purpose and key', () => {
    const prints = [
      sealer.fingerprint('mail', 'a'),
      sealer.fingerprint('mail', 'b'),
      sealer.fingerprint('login', 'a'),
      sealerOf(key('k1', 9)).fingerprint('mail', 'a'),
    ].map((print) => Buffer.from(print).toString('hex'))
    expect(new Set(prints).size).toBe(4)
  })

  test('sealed bytes own their memory', () => {
    const sealed = sealer.seal('c', 'x')
    expect(sealed.buffer.byteLength).toBe(sealed.length)
  })
})

describe('parseEncryptionKeys', () => {
  test('reads what formatEncryptionKeys wrote', () => {
    const text = `${key('a', 1)}:tenant,${key('b', 2)}`
    expect(formatEncryptionKeys(parseEncryptionKeys(text))).toBe(text)
  })

  test.each([
    ['', /no encryption key/],
    [' , ', /no encryption key/],
    ['abc', /key 1: expected id:base64/],
    [`:${'A'.repeat(43)}=`, /key 1: the id/],
    ['k1:%%%', /key 1 \("k1"\): not base64/],
    ['k1:YWJj', /key 1 \("k1"\): 3 bytes, expected 32/],
    [`${key('k1', 1)},${key('k1', 2)}`, /"k1" is there twice/],
  ])('refuses %j', (text, message) => {
    expect(() => parseEncryptionKeys(text)).toThrow(message)
  })

  test('an error never shows the key', () => {
    expect(() => parseEncryptionKeys('k1:c2VjcmV0')).toThrow(/^(?!.*c2VjcmV0)/)
  })
})
