import { describe, expect, test } from 'vitest'
import { differences, patchAt, valueAt } from './merge-patch.ts'

const detail = {
  notes: { shop: null, buyer: '至急' },
  recipients: [
    { id: '1', person: { phone: '06-0000-0003', city: '大阪市' } },
    { id: '2', person: { phone: null, city: '堺市' } },
  ],
}

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
