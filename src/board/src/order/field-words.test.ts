import { expect, test } from 'vitest'
import { fieldWord } from './field-words.ts'

test('a place of an order is told in the desk’s words, and a mall’s own field by the mall’s', () => {
  expect(fieldWord('/recipients/0/person/city')).toBe('送付先1 市区町村')
  expect(fieldWord('/items/11/quantity')).toBe('商品12 数量')
  expect(fieldWord('/mallFields/BuyerComments')).toBe('モール固有項目 BuyerComments')
})
