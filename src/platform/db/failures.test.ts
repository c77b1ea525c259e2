import { describe, expect, it } from 'vitest'
import { isConflict, isReadOnly, isTooSlow, isUnreachable, retryable } from './failures.ts'

const coded = (code: string, message = 'x', more = {}) => Object.assign(new Error(message), { code, ...more })
/** As Prisma wraps what its driver adapter gives it. */
const viaPrisma = (code: string, originalCode: string, kind = 'postgres') =>
  coded(code, 'invocation failed', {
    meta: { driverAdapterError: Object.assign(new Error('adapter'), { cause: { originalCode, kind } }) },
  })

describe('an unreachable database', () => {
  it.each([
    '57P01',
    '57P02',
    '57P03',
    '57P05',
    '53300',
    '53100',
    '08006',
    '08P01',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EPIPE',
    'EHOSTUNREACH',
    'P1001',
    'P1002',
    'P1008',
    'P1017',
    'P2024',
    'P2028',
    'P2037',
  ])('is known by %s', (code) => {
    expect(isUnreachable(coded(code))).toBe(true)
    expect(isUnreachable(new Error('a step failed', { cause: coded(code) }))).toBe(true)
  })

  it('is known inside of Prisma’s own error', () => {
    expect(isUnreachable(viaPrisma('P2039', '57P01'))).toBe(true)
    expect(isUnreachable(viaPrisma('P2010', '', 'DatabaseNotReachable'))).toBe(true)
    expect(isUnreachable(viaPrisma('P2010', '22003'))).toBe(false)
  })

  it('is known by the sentences of the driver, and by each address that was tried', () => {
    for (const sentence of [
      'Connection terminated unexpectedly',
      'Connection terminated due to connection timeout',
      'timeout exceeded when trying to connect',
      'Query read timeout',
      'Client has encountered a connection error and is not queryable',
    ])
      expect(isUnreachable(new Error(sentence))).toBe(true)
    expect(isUnreachable(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]))).toBe(true)
    expect(isUnreachable(coded('ENOENT', 'x', { syscall: 'connect' }))).toBe(true)
  })

  it('is not what is wrong rather than away', () => {
    for (const code of ['28P01', '3D000', '42P01', '23505', '22003', '40P01', '57014', 'P2002', 'ENOENT'])
      expect(isUnreachable(coded(code))).toBe(false)
    for (const nothing of [null, undefined, 'text', new Error('migration 1 was changed')])
      expect(isUnreachable(nothing)).toBe(false)
    const circle = new Error('x')
    circle.cause = circle
    expect(isUnreachable(circle)).toBe(false)
  })
})

it('a server that only reads, a conflict and a statement that took too long are each their own', () => {
  expect(isReadOnly(coded('25006'))).toBe(true)
  expect(isReadOnly(viaPrisma('P2010', '25006'))).toBe(true)
  expect(isUnreachable(coded('25006'))).toBe(false)
  for (const conflict of [coded('40P01'), coded('40001'), coded('P2034'), viaPrisma('P2010', '40P01')])
    expect([isConflict(conflict), isUnreachable(conflict)]).toEqual([true, false])
  expect(isConflict(coded('23505'))).toBe(false)
  expect([isTooSlow(coded('57014')), isTooSlow(coded('57P01'))]).toEqual([true, false])
})

describe('retryable', () => {
  function bench(failures: Error[]) {
    const pauses: number[] = []
    let tried = 0
    const work = async () => {
      const failure = failures[tried++]
      if (failure) throw failure
      return 'done'
    }
    const options = { tries: 3, sleep: async (ms: number) => void pauses.push(ms), jitter: () => 0.5 }
    return { run: () => retryable(work, options), pauses, tried: () => tried }
  }

  it('repeats what was given up for another’s sake, each time a little later', async () => {
    const { run, pauses, tried } = bench([coded('40P01'), coded('40001')])
    expect(await run()).toBe('done')
    expect([tried(), pauses]).toEqual([3, [10, 20]])
  })

  it('gives up after its tries', async () => {
    const { run, tried } = bench([coded('40P01'), coded('40P01'), coded('40P01'), coded('40P01')])
    await expect(run()).rejects.toMatchObject({ code: '40P01' })
    expect(tried()).toBe(3)
  })

  it('repeats nothing whose end is not known, and nothing that is wrong', async () => {
    for (const failure of [coded('57P01'), coded('ECONNRESET'), coded('23505')]) {
      const { run, tried } = bench([failure])
      await expect(run()).rejects.toBe(failure)
      expect(tried()).toBe(1)
    }
  })
})
