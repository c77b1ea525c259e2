import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { ChangeRequest } from '../site-changes/schemas.ts'
import { AskedTime } from './schemas.ts'
import { checked, validatorCompiler, withoutNulls } from './validation.ts'

const Inner = z.strictObject({ name: z.string().optional(), note: z.string().nullable().optional() })

describe('a null for a field that knows none counts as left out', () => {
  test('wherever it stands', () => {
    const Body = z.strictObject({
      limit: z.int().optional(),
      mode: z.enum(['a', 'b']).default('a'),
      inner: Inner.optional(),
      list: z.array(Inner),
      either: z.union([z.strictObject({ x: z.int() }), Inner]),
      free: z.record(z.string(), z.unknown()),
    })
    const sent = {
      limit: null,
      mode: null,
      inner: { name: null, note: null },
      list: [{ name: null }, { name: 'n' }],
      either: { name: null },
      free: { kept: null },
    }
    expect(withoutNulls(Body, sent)).toEqual({
      inner: { note: null },
      list: [{}, { name: 'n' }],
      either: {},
      free: { kept: null },
    })
  })

  test('and where a field must be there it is refused as before', () => {
    const Body = z.strictObject({ id: z.string() })
    expect(withoutNulls(Body, { id: null, odd: null })).toEqual({ id: null, odd: null })
  })

  test('of a site change, whose null for a wished date means “none”', () => {
    const orderId = '0190a7c0-0000-7000-8000-000000000001'
    const sent = {
      changes: [
        {
          orderId,
          action: 'change_content',
          shippingFee: null,
          codFee: null,
          buyerNote: '玄関前',
          recipients: [{ recipientId: null, wishDate: null, phone: '06-1' }],
        },
      ],
    }
    expect(withoutNulls(ChangeRequest, sent)).toEqual({
      changes: [
        {
          orderId,
          action: 'change_content',
          buyerNote: '玄関前',
          recipients: [{ wishDate: null, phone: '06-1' }],
        },
      ],
    })
  })

  test('prototype names are fields like any other', () => {
    const sent = JSON.parse('{"__proto__": null, "constructor": null, "name": "n"}')
    expect(JSON.stringify(withoutNulls(Inner, sent))).toBe(JSON.stringify(sent))
  })
})

it('an unknown action is refused with the names of those there are', () => {
  const orderId = '0199c0de-0000-7000-8000-000000000003'
  const result = checked(ChangeRequest, { changes: [{ orderId, action: 'shipp' }] }, 'body')
  expect(result.ok ? [] : result.fields).toMatchObject([
    {
      field: 'changes[0].action',
      message: expect.stringMatching(/^confirm、ship、.*change_content のいずれか/),
    },
  ])
})

test('of a body that is wrong everywhere no more is looked at than is answered', () => {
  const schema = z.strictObject({ texts: z.array(z.array(z.string())) })
  const check = validatorCompiler({ schema, httpPart: 'body', method: 'POST', url: '/' })
  let looked = 0
  const texts = new Proxy(Array<string>(100_000).fill('\ud800'), {
    get(target, name) {
      looked += 1
      return Reflect.get(target, name)
    },
  })
  const { error } = check({ texts: [texts] }) as unknown as { error: { fields: { field: string }[] } }
  expect(error.fields).toHaveLength(50)
  expect(error.fields.at(-1)?.field).toBe('texts[0][49]')
  expect(looked).toBeLessThan(1_000)
})

test('a list that is too long and names that nobody knows are named without a look at each member', () => {
  let looked = 0
  const Id = z.string().refine(() => ++looked < 0)
  const schema = z.strictObject({
    ids: z.array(Id).min(1).max(10).optional(),
    rows: z
      .array(z.strictObject({ ids: z.array(Id).max(10).nullable(), name: z.string() }))
      .max(5)
      .default([]),
  })
  const check = validatorCompiler({ schema, httpPart: 'body', method: 'POST', url: '/' })
  const errorsOf = (data: unknown) => (check(data) as unknown as { error: { fields: object[] } }).error.fields
  const many = Array.from({ length: 11 }, (_, n) => `${n}`)
  expect(errorsOf({ ids: many, rows: [{ ids: many, name: 1 }] })).toEqual([
    { field: 'ids', message: '10 件以下にしてください。', code: 'too_big' },
    { field: 'rows[0].ids', message: '10 件以下にしてください。', code: 'too_big' },
  ])
  const unknown = Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`u${n}`, ['x']]))
  const named = errorsOf({ rows: [{ ids: null, ...unknown }], ids: ['x'] })
  expect(named).toHaveLength(50)
  expect(named[0]).toEqual({
    field: 'rows[0].u0',
    message: 'この項目はありません。項目名を確認してください。',
    code: 'unknown_field',
  })
  expect(looked).toBe(0)
  expect(errorsOf({ ids: ['x'], rows: [{ ids: null, name: 1, u: 1 }] })).toHaveLength(3)
  expect(looked).toBe(1)
})

test('a time that is asked for without an offset is Japan’s, as generated clients of C# send it', () => {
  expect(AskedTime.parse('2026-01-15T09:00:00')).toBe('2026-01-15T09:00:00+09:00')
  expect(AskedTime.parse('2026-01-15T09:00:00.5')).toBe('2026-01-15T09:00:00.5+09:00')
  for (const whole of ['2026-01-15T00:00:00Z', '2026-01-15T09:00:00-05:00'])
    expect(AskedTime.parse(whole)).toBe(whole)
  for (const wrong of ['2026-01-15', '2026-01-15T25:00:00', '9999-12-31T23:59:59+99:99'])
    expect(AskedTime.safeParse(wrong).success, wrong).toBe(false)
})
