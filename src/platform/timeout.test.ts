import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { abortAfter, settlesWithin, TimedOut, withTimeout } from './timeout.ts'

const never = new AbortController().signal

test('what is done in time is handed on, results and errors alike', async () => {
  expect(await abortAfter(1_000, never, async () => 'done')).toBe('done')
  await expect(abortAfter(1_000, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('what does not listen to its signal is left behind', async () => {
  await expect(abortAfter(5, never, () => new Promise(() => undefined))).rejects.toBeInstanceOf(TimedOut)
})

test('what listens to its signal and says so in its own words was too late all the same', async () => {
  const work = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted'))),
    )
  await expect(abortAfter(5, never, work)).rejects.toBeInstanceOf(TimedOut)
})

test('a caller who goes away ends it', async () => {
  const gone = new AbortController()
  const result = abortAfter(10_000, gone.signal, () => new Promise(() => undefined))
  gone.abort(new Error('the client left'))
  await expect(result).rejects.toThrow('the client left')
})

test('nothing listens to a signal any more once the work is over', async () => {
  const signals: AbortSignal[] = [never]
  const left = () => signals.map((signal) => getEventListeners(signal, 'abort').length)
  const work = async (signal: AbortSignal) => signals.push(signal)
  await abortAfter(10_000, never, work)
  await abortAfter(10_000, never, (signal) => work(signal).then(() => Promise.reject(new Error('no')))).catch(
    () => undefined,
  )
  expect(left()).toEqual([0, 0, 0])
})

test('a promise that is waited for is handed on or left behind', async () => {
  expect(await withTimeout(1_000, Promise.resolve('done'))).toBe('done')
  await expect(withTimeout(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(withTimeout(5, new Promise(() => undefined))).rejects.toMatchObject({ code: 'ETIMEOUT' })
})

test('whether something settles is told of a good and a bad end alike', async () => {
  expect(await settlesWithin(1_000, Promise.resolve())).toBe(true)
  expect(await settlesWithin(1_000, Promise.reject(new Error('no')))).toBe(true)
  expect(await settlesWithin(5, new Promise(() => undefined))).toBe(false)
})
