import { expect, test } from 'vitest'
import { TooLate, withinTime } from './within-time.ts'

const never = new AbortController().signal

test('what is done in time is handed on, results and errors alike', async () => {
  expect(await withinTime(1_000, never, async () => 'done')).toBe('done')
  await expect(withinTime(1_000, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('what does not listen to its signal is left behind', async () => {
  await expect(withinTime(5, never, () => new Promise(() => undefined))).rejects.toBeInstanceOf(TooLate)
})

test('what listens to its signal and says so in its own words was too late all the same', async () => {
  const work = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted'))),
    )
  await expect(withinTime(5, never, work)).rejects.toBeInstanceOf(TooLate)
})

test('a caller who goes away ends it', async () => {
  const gone = new AbortController()
  const result = withinTime(10_000, gone.signal, () => new Promise(() => undefined))
  gone.abort(new Error('the client left'))
  await expect(result).rejects.toThrow('the client left')
})
