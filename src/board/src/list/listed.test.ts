import { expect, test } from 'vitest'
import { beside, keepListed, keepOpened } from './listed.ts'

test('an order has its place in the whole list, of which some may not be loaded', () => {
  keepListed({ ids: ['a', 'b', 'c'], search: 'status=new', name: '新規受付', total: '1,204' })
  keepOpened('b')
  expect(beside('b')).toEqual({
    before: 'a',
    after: 'c',
    list: '/orders?status=new',
    name: '新規受付',
    place: '2/1,204',
  })
  // It left: the one that took its place is the next.
  keepListed({ ids: ['a', 'c'], search: 'status=new', name: '新規受付', total: '1,203' })
  expect(beside('b')).toMatchObject({ before: 'a', after: 'c', place: '' })
  expect(beside('elsewhere')).toEqual({ before: null, after: null, list: null, name: '', place: '' })
})
