import { describe, expect, test } from 'vitest'
import { differences, isOvertaken, patchAt, patchOf, valueAt } from './merge-patch.ts'

const detail = {
  notes: { shop: null, buyer: '至急' },
  recipients: [
    { id: '1', person: { phone: '06-0000-0003', city: '大阪市' } },
    { id: '2', person: { phone: null, city: '堺市' } },
  ],
}

describe('a patch for several places', () => {
  test('of one object and of one list holds all of them, and nothing else', () => {
    expect(
      patchOf(detail, [
        ['/notes/shop', '電話済み'],
        ['/notes/buyer', null],
        ['/recipients/0/person/phone', '06-1'],
        ['/recipients/1/person/city', '泉佐野市'],
      ]),
    ).toEqual({
      notes: { shop: '電話済み', buyer: null },
      recipients: [
        { id: '1', person: { phone: '06-1', city: '大阪市' } },
        { id: '2', person: { phone: null, city: '泉佐野市' } },
      ],
    })
    expect(detail.recipients[0]?.person.phone).toBe('06-0000-0003')
    expect(patchOf(detail, [])).toEqual({})
  })
})

describe('a patch for one place', () => {
  test('of an object holds that place alone', () => {
    expect(patchAt(detail, '/notes/shop', '電話済み')).toEqual({ notes: { shop: '電話済み' } })
  })

  test('within a list takes the whole list along, as the API replaces lists', () => {
    expect(patchAt(detail, '/recipients/1/person/phone', '072-000')).toEqual({
      recipients: [detail.recipients[0], { id: '2', person: { phone: '072-000', city: '堺市' } }],
    })
    expect(detail.recipients[1]?.person.phone).toBeNull()
  })

  test('names that a pointer escapes are found', () => {
    expect(valueAt({ 'a/b': { '~': 1 } }, '/a~1b/~0')).toBe(1)
    expect(valueAt(detail, '/recipients/5/person')).toBeUndefined()
    expect(valueAt(detail, '/constructor')).toBeUndefined()
  })
})

describe('a field is overtaken', () => {
  const withShop = (shop: string | null) => ({ ...detail, notes: { ...detail.notes, shop } })

  test('by another value at the same place alone', () => {
    expect(isOvertaken(detail, withShop('Bの文'), '/notes/shop', 'Aの文')).toBe(true)
    expect(isOvertaken(detail, withShop('Bの文'), '/notes/buyer', 'Aの文')).toBe(false)
    expect(isOvertaken(detail, patchedCity(), '/notes/shop', 'Aの文')).toBe(false)
    expect(isOvertaken(detail, patchedCity(), '/recipients/0/person/phone', '1')).toBe(false)
    expect(isOvertaken(detail, patchedCity(), '/recipients/0/person/city', '神戸市')).toBe(true)
  })

  test('not by the value that is to be saved', () => {
    expect(isOvertaken(detail, withShop('同じ文'), '/notes/shop', '同じ文')).toBe(false)
    expect(isOvertaken(withShop('x'), detail, '/notes/shop', null)).toBe(false)
  })

  test('where the pointer may mean another line now', () => {
    const [first, second] = detail.recipients
    expect(isOvertaken(detail, { ...detail, recipients: [second] }, '/recipients/0/person/phone', '1')).toBe(
      true,
    )
    expect(
      isOvertaken(detail, { ...detail, recipients: [second, first] }, '/recipients/0/person/phone', '1'),
    ).toBe(true)
    expect(isOvertaken(detail, null, '/recipients/0/person/phone', '1')).toBe(true)
  })
})

test('two versions differ leaf by leaf', () => {
  expect(differences(detail, patchedCity())).toEqual([
    { path: '/recipients/0/person/city', before: '大阪市', now: '京都市' },
  ])
  expect(differences({ a: [1] }, { a: [1, 2] })).toEqual([{ path: '/a/1', before: undefined, now: 2 }])
})

function patchedCity() {
  const copy = structuredClone(detail)
  if (copy.recipients[0]) copy.recipients[0].person.city = '京都市'
  return copy
}
