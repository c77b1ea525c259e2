import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isOlder } from './age.ts'
import { createLeftOut, type LeftOutState, openLeftOut } from './left-out.ts'

interface Said {
  orderNumber: string
  state: LeftOutState
  row: Date | null
}

const plain = (orderNumber: string) => orderNumber.replace(/^0+(?=\d+$)/, '')
const time = fc.integer({ min: 1, max: 9 }).map((day) => new Date(Date.UTC(2026, 0, day)))
const numbers = fc.oneof(fc.constantFrom('1', '2', 'A1'), fc.string({ minLength: 1 }))
const files = (row: fc.Arbitrary<Date | null>) =>
  fc.uniqueArray(
    fc.record({
      heldAt: time,
      orders: fc.uniqueArray(
        fc.record<Said>({
          orderNumber: numbers,
          state: fc.constantFrom('shipped', 'completed', 'cancelled', 'not_placed', 'unread'),
          row,
        }),
        { selector: ({ orderNumber }) => plain(orderNumber) },
      ),
    }),
    { selector: ({ heldAt }) => heldAt.getTime(), maxLength: 5 },
  )

const breathe = async () => undefined
const packed = (orders: readonly Said[]) => {
  const leftOut = createLeftOut()
  for (const order of orders) leftOut.add(order)
  return leftOut.packed()
}
const open = (all: readonly { heldAt: Date; orders: readonly Said[] }[], pause = breathe) =>
  openLeftOut(
    all
      .toSorted((one, other) => other.heldAt.getTime() - one.heldAt.getTime())
      .flatMap(({ heldAt, orders }) => {
        const leftOut = packed(orders)
        return leftOut === null ? [] : [{ heldAt, leftOut }]
      }),
    pause,
  )

// A row of which the time cannot be read, or that of a person's file, stands among those that have one.
it.each([
  ['rows', time],
  ['files', fc.constant(null)],
  ['rows or files', fc.option(time)],
])('what newer content said of an order is found with its state, by its %s', async (_by, row) => {
  await fc.assert(
    fc.asyncProperty(files(row), numbers, time, row, async (all, orderNumber, file, own) => {
      const since = await open(all)
      const ages = { file, row: own }
      const newer = all
        .flatMap(({ heldAt, orders }) =>
          orders
            .filter((one) => plain(one.orderNumber) === plain(orderNumber))
            .map((one) => ({ file: heldAt, ...one })),
        )
        .filter((one) => isOlder(ages, one))
      // Between two rows their times decide, else those of their files.
      const byRow = newer.filter((one) => own !== null && one.row !== null)
      const [newestRow] = byRow.toSorted((one, other) => (isOlder(one, other) ? 1 : -1))
      const [newest] = [
        ...newer.filter((one) => !byRow.includes(one)),
        ...(newestRow ? [newestRow] : []),
      ].toSorted((one, other) => other.file.getTime() - one.file.getTime())
      expect(since(orderNumber, ages)).toBe(newest?.state ?? null)
    }),
  )
})

it('a number is found where a spreadsheet took its zeros, and no other one', async () => {
  const file = new Date(Date.UTC(2026, 0, 2))
  const older = { file: new Date(Date.UTC(2026, 0, 1)), row: null }
  const since = await open([{ heldAt: file, orders: [{ orderNumber: '0012', state: 'shipped', row: null }] }])
  expect([since('12', older), since('00012', older), since('0012', older)]).toEqual([
    'shipped',
    'shipped',
    'shipped',
  ])
  expect([since('120', older), since('A0012', older), since('0012', { ...older, file })]).toEqual([
    null,
    null,
    null,
  ])
})

it('many are opened in parts', async () => {
  const orders = Array.from({ length: 50_000 }, (_, index): Said => {
    return { orderNumber: `A-${index}`, state: 'shipped', row: null }
  })
  let turns = 0
  await open([{ heldAt: new Date(0), orders }], async () => {
    turns += 1
  })
  expect(turns).toBeGreaterThan(40)
})

it('of none there is nothing to keep', async () => {
  expect(packed([])).toBeNull()
  expect((await open([]))('1', { file: new Date(0), row: null })).toBeNull()
})

it('beyond the bound nobody knows, but for a row that a file within it had as it is', async () => {
  const day = (at: number) => new Date(Date.UTC(2026, 0, at))
  const since = await openLeftOut(
    [
      { heldAt: day(8), leftOut: packed([{ orderNumber: '1', state: 'unread', row: day(2) }]) },
      { heldAt: day(5), leftOut: null },
    ],
    breathe,
  )
  expect(since('1', { file: day(9), row: day(2) })).toBeNull()
  expect(since('1', { file: day(9), row: day(3) })).toBe('unknown')
  expect(since('2', { file: day(9), row: day(2) })).toBe('unknown')
  expect(since('2', { file: day(9), row: day(6) })).toBeNull()
})
