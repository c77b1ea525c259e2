import { describe, expect, test } from 'vitest'
import { ownItemCode as onTheBoard } from '../../board/src/print/item-code.ts'
import { ownItemCode } from './item-code.ts'

describe('the code under which a shop knows an item', () => {
  test.each([
    ['楽天 without variants', ['shirt', null, 'normal-inventory', null], 'shirt'],
    [
      '楽天 without variants, with a code of another system',
      ['shirt', null, 'normal-inventory', '49012'],
      'shirt',
    ],
    ['楽天 with a variant', ['shirt-01', null, 'shirt-01-m', '4900000000011'], 'shirt-01-m'],
    ['楽天 with a numbered variant', ['shirt-01', null, '10000001', '-m'], 'shirt-01-m'],
    ['楽天 with a number alone', ['shirt-01', null, '10000001', null], 'shirt-01-10000001'],
    ['Yahoo! sub-code that holds it', ['lamp-01', null, 'lamp-01-bl', null], 'lamp-01-bl'],
    ['Yahoo! without', ['lamp-01', null, '', null], 'lamp-01'],
    ['au PAY branch', ['sample-tee', '500000001', '-wt', null], 'sample-tee-wt'],
    ['Amazon', ['TNG-AI-02', 'B0EXAMPLE1', 'TNG-AI-02', null], 'TNG-AI-02'],
    ['no code of the shop', [null, '500000001', '-wt', null], '500000001-wt'],
    ['only a variant', [null, null, 'M-1', null], 'M-1'],
    ['nothing', [null, null, 'normal-inventory', null], ''],
  ] as const)('%s', (_, [itemCode, mallItemId, sku, merchantSku], code) => {
    const item = { itemCode, mallItemId, sku, merchantSku }
    expect(ownItemCode(item)).toBe(code)
    expect(onTheBoard(item)).toBe(code)
  })
})
