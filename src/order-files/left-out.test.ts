import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openLeftOut, packLeftOut } from './left-out.ts'

const states = fc.constantFrom('shipped', 'completed', 'cancelled', 'not_placed')
const orders = fc.uniqueArray(fc.record({ orderNumber: fc.string({ minLength: 1 }), state: states }), {
  selector: ({ orderNumber }) => orderNumber,
})

it('an order that files left out is found with its state, and no other', () => {
  fc.assert(
    fc.property(orders, orders, fc.string(), (one, other, stranger) => {
      const files = [packLeftOut(one), packLeftOut(other)].filter((packed) => packed !== null)
      const stateOf = openLeftOut(files)
      const all = [...one, ...other]
      for (const { orderNumber, state } of all) {
        const said = all.filter((order) => order.orderNumber === orderNumber).map((order) => order.state)
        expect(said).toContain(stateOf(orderNumber))
        if (said.length === 1) expect(stateOf(orderNumber)).toBe(state)
      }
      if (all.every(({ orderNumber }) => orderNumber !== stranger)) expect(stateOf(stranger)).toBeNull()
    }),
  )
})

it('of none there is nothing to keep', () => {
  expect(packLeftOut([])).toBeNull()
  expect(openLeftOut([])('1')).toBeNull()
})
