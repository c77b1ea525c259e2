import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { ApiProblem } from '../api.ts'
import { openedOn } from './opened.ts'

// Read when the client is made.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://localhost' }))

interface Settings {
  a: string
  b: string
  c: string[]
}
const FIELDS = ['a', 'b', 'c'] as const

test('only what the person changed is sent, on top of what is kept by now', async () => {
  let kept: Settings = { a: '1', b: '1', c: [] }
  const save = openedOn(kept, (field) => [field])
  kept = { ...kept, b: 'a colleague’s' }
  const send = vi.fn(async (changes: Partial<Settings>) => {
    kept = { ...kept, ...changes }
  })
  await save({ a: '2', b: '1', c: [] }, async () => kept, send)
  expect(kept).toEqual({ a: '2', b: 'a colleague’s', c: [] })
  // The form shows the old text of b, which is nobody's change.
  await save({ a: '3', b: '1', c: [] }, async () => kept, send)
  expect(kept).toEqual({ a: '3', b: 'a colleague’s', c: [] })
  await save({ a: '3', b: '1', c: [] }, async () => kept, send)
  expect(send).toHaveBeenCalledTimes(2)
})

test('a field that a colleague changed is shown at the field, and replaced when it is saved again', async () => {
  let kept: Settings = { a: '1', b: '1', c: [] }
  const save = openedOn(kept, (field) => [`項目${field}`, `settings.${field}`])
  kept = { ...kept, a: '彼の' }
  const send = async (changes: Partial<Settings>) => {
    kept = { ...kept, ...changes }
  }
  const saving = save({ a: '私の', b: '1', c: [] }, async () => kept, send)
  await expect(saving).rejects.toThrow('ほかの人が先に「項目a」を「彼の」に変更しました')
  await expect(saving).rejects.toMatchObject({ errors: [{ field: 'settings.a' }] })
  expect(kept.a).toBe('彼の')
  await save({ a: '私の', b: '1', c: [] }, async () => kept, send)
  expect(kept.a).toBe('私の')
})

test('what was not sent is changed still', async () => {
  const kept: Settings = { a: '1', b: '1', c: [] }
  const save = openedOn(kept, (field) => [field])
  const refused = save(
    { a: '2', b: '1', c: [] },
    async () => kept,
    () => Promise.reject(new Error('away')),
  )
  await expect(refused).rejects.toThrow('away')
  const send = vi.fn(async () => undefined)
  await save({ a: '2', b: '1', c: [] }, async () => kept, send)
  expect(send).toHaveBeenCalledWith({ a: '2' }, kept)
})

test('two people save at random: no text is replaced that its replacer had not been shown', async () => {
  const step = fc.record({
    who: fc.nat(1),
    field: fc.constantFrom(...FIELDS),
    value: fc.nat(4).map(String),
    save: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      let kept: Settings = { a: '0', b: '0', c: ['0'] }
      const people = [0, 1].map(() => ({
        form: { ...kept },
        seen: { ...kept },
        save: openedOn(kept, (field) => [field]),
      }))
      for (const { who, field, value, save } of steps) {
        const person = people[who]
        if (person === undefined) continue
        person.form = { ...person.form, [field]: field === 'c' ? [value] : value }
        if (!save) continue
        const before = kept
        const told = await person
          .save(
            person.form,
            async () => kept,
            async (changes) => {
              kept = { ...kept, ...changes }
            },
          )
          .then(
            () => null,
            (error: unknown) => error,
          )
        for (const name of FIELDS) {
          if (String(kept[name]) !== String(before[name]))
            expect(String(before[name]), 'replaced unseen').toBe(String(person.seen[name]))
          if (told instanceof ApiProblem && told.errors.some((one) => one.field === name))
            person.seen = { ...person.seen, [name]: before[name] }
          else if (told === null && String(kept[name]) === String(person.form[name]))
            person.seen = { ...person.seen, [name]: kept[name] }
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a field that the service gives back in another order is nobody’s change', async () => {
  const shown = { columns: { state: ['状態'], items: ['商品'] }, label: 'a' }
  const save = openedOn(shown, (field) => [field])
  const send = vi.fn(async () => undefined)
  const mine = { columns: { items: ['商品'], state: ['状態'] }, label: 'b' }
  await save(mine, async () => ({ columns: { items: ['商品'], state: ['状態', '区分'] }, label: 'a' }), send)
  expect(send).toHaveBeenCalledWith({ label: 'b' }, expect.anything())
})
