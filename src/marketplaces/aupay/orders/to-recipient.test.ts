import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitAddress, splitName } from './to-recipient.ts'

describe('splitName', () => {
  it.each([
    ['見本 花子', '見本', '花子'],
    ['見本　花子', '見本', '花子'],
    ['見本花子', null, null],
    ['株式会社 見本', null, null],
    ['見本(株) 御中', null, null],
    ['マリア デル ソル', null, null],
  ])('%s', (name, family, given) => {
    expect(splitName(name)).toEqual([family, given])
  })

  it('has nothing for nothing', () => expect(splitName(null)).toEqual([null, null]))
})

describe('splitAddress', () => {
  it.each([
    ['東京都 見本区 見本町1-2-3 見本ビル 101', ['東京都', '見本区', '見本町1-2-3', '見本ビル 101']],
    ['東京都 見本区見本町1-2-3', ['東京都', null, '見本区見本町1-2-3', null]],
    ['東京都見本区見本町1-2-3 見本ビル', ['東京都', null, '見本区見本町1-2-3', '見本ビル']],
    ['神奈川県　見本市　見本1', ['神奈川県', '見本市', '見本1', null]],
    ['北海道 札幌市架空区 星空町1', ['北海道', '札幌市架空区', '星空町1', null]],
    ['見本区見本町1-2-3', [null, null, '見本区見本町1-2-3', null]],
    ['1 Sample Street, Taipei', [null, null, '1 Sample Street, Taipei', null]],
    ['見本区見本町1-2-3 見本ビル', [null, null, '見本区見本町1-2-3 見本ビル', null]],
    ['', [null, null, null, null]],
  ])('%s', (address, [prefecture, city, address1, address2]) => {
    expect(splitAddress(address)).toEqual({ prefecture, city, address1, address2 })
  })

  it('loses no character but blanks', () => {
    const part = fc.string({ unit: fc.constantFrom(...'東京都大阪府県見本区町1-2ビル髙﨑'), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.constantFrom(' ', '　', ''), (parts, blank) => {
        const address = parts.join(blank)
        const found = splitAddress(address)
        const together = [found.prefecture, found.city, found.address1, found.address2].join('')
        expect(together.replace(/\s/g, '')).toBe(address.replace(/\s/g, ''))
      }),
    )
  })
})
