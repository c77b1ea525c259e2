import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followEvents, live } from './live.ts'

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
  readonly #heard = new Map<string, () => void>()
  addEventListener(kind: string, effect: () => void): void {
    this.#heard.set(kind, effect)
  }
  tell(kind: string): void {
    this.#heard.get(kind)?.()
  }
  close(): void {
    this.readyState = CLOSED
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Stream)
  Stream.opened = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function follow(queries = new QueryClient()) {
  const stop = followEvents(queries)
  const [stream] = Stream.opened
  if (!stream) throw new Error('no stream was opened')
  return { stream, stop }
}

test('a stream that is no longer followed is not opened again by the question that was under way', async () => {
  const answered = Promise.withResolvers<Response>()
  vi.stubGlobal('fetch', () => answered.promise)
  const { stream, stop } = follow()
  stream.readyState = CLOSED
  stream.onerror()
  await vi.advanceTimersByTimeAsync(3_000)
  // Nobody is signed in any more: what stood on the screen is taken away before the answer is worked off.
  stop()
  answered.resolve(new Response('{}', { status: 401 }))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(Stream.opened).toHaveLength(1)
})

test('a stream that begins anew, its place forgotten, is live again and reads what was missed', async () => {
  const queries = new QueryClient()
  queries.setQueryData(['orders'], [])
  const { stream, stop } = follow(queries)
  stream.tell('ready')
  stream.onerror()
  expect(live.get().state).toBe('lost')
  stream.tell('reset')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(live.get().state).toBe('open')
  expect(queries.getQueryState(['orders'])?.isInvalidated).toBe(true)
  stop()
})
