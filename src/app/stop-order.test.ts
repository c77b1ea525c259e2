import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createStopList, STOP_ORDER } from './stop-order.ts'

const log = pino({ level: 'silent' })

test('readiness, listener, HTTP, workers, Redis, malls, traces, database, embedded Postgres, logs: whatever the order they were added in', async () => {
  const list = createStopList(log)
  const stopped: string[] = []
  for (const name of STOP_ORDER.toReversed()) {
    list.add(name, async () => {
      await Promise.resolve()
      stopped.push(name)
    })
  }
  await list.run()
  expect(stopped).toEqual([
    'readiness',
    'listener',
    'http',
    'workers',
    'redis',
    'mall connections',
    'traces',
    'clock',
    'database',
    'embedded postgres',
    'logs',
  ])
})

test('a phase begins only when the one before has ended', async () => {
  const list = createStopList(log)
  const http = Promise.withResolvers<void>()
  let databaseStopped = false
  list.add('database', async () => {
    databaseStopped = true
  })
  list.add('http', () => http.promise)
  const run = list.run()
  await new Promise((resolve) => setImmediate(resolve))
  expect(databaseStopped).toBe(false)
  http.resolve()
  await run
  expect(databaseStopped).toBe(true)
})

test('a phase that hangs or fails does not keep the next from stopping', async () => {
  const list = createStopList(log, { listener: 20 })
  let databaseStopped = false
  list.add('listener', () => new Promise(() => {}))
  list.add('http', () => Promise.reject(new Error('no')))
  list.add('workers', () => {
    throw new Error('at once')
  })
  list.add('database', async () => {
    databaseStopped = true
  })
  await expect(list.run()).resolves.toEqual([
    { name: 'listener', outcome: 'late' },
    { name: 'http', outcome: 'failed' },
    { name: 'workers', outcome: 'failed' },
    { name: 'database', outcome: 'stopped' },
  ])
  expect(databaseStopped).toBe(true)
})

test('a step is told its limit, and all is stopped once', async () => {
  const list = createStopList(log, { workers: 1234 })
  const limits: number[] = []
  list.add('workers', async (limitMs) => limits.push(limitMs))
  await Promise.all([list.run(), list.run()])
  await list.run()
  expect(limits).toEqual([1234])
})
