import { describe, expect, test } from 'vitest'
import { sqlMutants } from '../../mutation/sql-mutants.ts'

const of = (kind: string, text: string) =>
  sqlMutants(text)
    .filter((one) => one.kind === kind)
    .map((one) => one.text)

describe('faults in statements', () => {
  test('each condition is dropped alone, also within parentheses and behind between', () => {
    expect(
      of('condition dropped', 'select 1 from a where x = 1 and (y or z) and t between 1 and 2 order by x'),
    ).toEqual([
      'select 1 from a where ((x = 1) or true) and (y or z) and t between 1 and 2 order by x',
      'select 1 from a where x = 1 and (((y or z)) or true) and t between 1 and 2 order by x',
      'select 1 from a where x = 1 and (y or ((z) and false)) and t between 1 and 2 order by x',
      'select 1 from a where x = 1 and (y or z) and ((t between 1 and 2) or true) order by x',
    ])
  })

  test('what a join is on is a condition, what a conflict is on is none', () => {
    expect(of('condition dropped', 'select 1 from a join b on a.x = b.x')).toEqual([
      'select 1 from a join b on ((a.x = b.x) or true)',
    ])
    expect(of('condition dropped', 'insert into a values (1) on conflict do nothing')).toEqual([])
  })

  test('comparisons are turned, assignments and casts are none', () => {
    expect(
      of('comparison turned', "update a set x = 1 where y <= $1::int and z is null and w = '='"),
    ).toEqual([
      "update a set x = 1 where y < $1::int and z is null and w = '='",
      "update a set x = 1 where y <= $1::int and z is not null and w = '='",
      "update a set x = 1 where y <= $1::int and z is null and w <> '='",
    ])
    expect(of('comparison turned', 'select 1 where not exists (select from a)')).toEqual([
      'select 1 where exists (select from a)',
    ])
  })

  test('locks are left out: the whole, the skipping alone, and advisory ones', () => {
    expect(of('lock left out', 'select 1 from a limit 5 for update of a skip locked')).toEqual([
      'select 1 from a limit 5 ',
      'select 1 from a limit 5 for update of a',
    ])
    expect(of('lock left out', 'select pg_advisory_xact_lock(hashtextextended($1, 0)) is not null')).toEqual([
      "select ''::text is not null",
    ])
  })
})
