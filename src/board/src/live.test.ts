import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { followEvents } from './live.ts'

// Read when the client is made.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://localhost' }))

/** A stream that was answered with an error: the browser does not come again by itself. */
const CLOSED = 2
class Stream {
  static readonly CLOSED = CLOSED
  static opened: Stream[] = []
  readyState = 0
  onerror: () => void = () => undefined
  constructor() {
    Stream.opened.push(this)
  }
  addEventListener(): void {}
  close(): void {
    this.readyState = CLOSED
  }
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a stream that is no longer followed is not opened again by the question that was under way', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Stream)
  const answered = Promise.withResolvers<Response>()
  vi.stubGlobal('fetch', () => answered.promise)
  const stop = followEvents(new QueryClient())
  const [stream] = Stream.opened
  if (!stream) throw new Error('no stream was opened')
  stream.readyState = CLOSED
  stream.onerror()
  await vi.advanceTimersByTimeAsync(3_000)
  // Nobody is signed in any more: what stood on the screen is taken away before the answer is worked off.
  stop()
  answered.resolve(new Response('{}', { status: 401 }))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(Stream.opened).toHaveLength(1)
})
