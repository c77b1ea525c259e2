import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { untilChanged } from './changes-route.ts'
import type { Hub } from './hub.ts'

const wait = (subscribe: Hub['subscribe'], ends: readonly AbortSignal[]) =>
  untilChanged(
    { subscribe },
    { tenantId: 'tenant', position: { xid: 1n, id: 1n, epoch: '' }, ms: 60_000, ends },
  )

it('leaves no listener at the signal of the process, whose life is longer than that of any wait', async () => {
  const stopping = new AbortController().signal
  await wait(
    async ({ onReset }) => {
      onReset('')
      return () => undefined
    },
    [stopping],
  )
  await expect(wait(() => Promise.reject(new Error('away')), [stopping])).rejects.toThrow('away')
  expect(getEventListeners(stopping, 'abort')).toEqual([])
})

it('ends with any of its signals, also with one that has fired before', async () => {
  const [stopping, gone] = [new AbortController(), new AbortController()]
  let left = 0
  const subscribed = async () => {
    setImmediate(() => gone.abort())
    return () => {
      left += 1
    }
  }
  await wait(subscribed, [stopping.signal, gone.signal])
  await wait(subscribed, [stopping.signal, gone.signal])
  expect(left).toBe(2)
})
