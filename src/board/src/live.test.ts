import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { followEvents, live, SILENCE_MS } from './live.ts'

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
  readonly #heard = new Map<string, (message: { data: string }) => void>()
  addEventListener(kind: string, effect: (message: { data: string }) => void): void {
    this.#heard.set(kind, effect)
  }
  tell(kind: string): void {
    this.#heard.get(kind)?.({ data: '{}' })
  }
  close(): void {
    this.readyState = CLOSED
  }
}

/** Target of the browser's connection events: `online`, `offline`. */
let line: EventTarget

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Stream)
  line = new EventTarget()
  vi.stubGlobal('addEventListener', line.addEventListener.bind(line))
  vi.stubGlobal('removeEventListener', line.removeEventListener.bind(line))
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
  // Ends the session: the screen is cleared before the answer is processed.
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

describe('a line that stalls', () => {
  const answered = () => vi.stubGlobal('fetch', async () => new Response('{}', { status: 200 }))

  test('is lost after 25 s without a word, and a new stream is opened', async () => {
    answered()
    const { stream, stop } = follow()
    stream.tell('ready')
    for (let beats = 0; beats < 4; beats++) {
      await vi.advanceTimersByTimeAsync(15_000)
      stream.tell('heartbeat')
    }
    expect(live.get().state).toBe('open')
    await vi.advanceTimersByTimeAsync(SILENCE_MS)
    expect(live.get().state).toBe('lost')
    expect(stream.readyState).toBe(CLOSED)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(Stream.opened).toHaveLength(2)
    stop()
  })

  test('is tried again while it stays silent, and reads what was missed when it is back', async () => {
    answered()
    const queries = new QueryClient()
    queries.setQueryData(['orders'], [])
    const { stop } = follow(queries)
    await vi.advanceTimersByTimeAsync(3 * (SILENCE_MS + 3_000))
    expect(Stream.opened).toHaveLength(4)
    Stream.opened.at(-1)?.tell('ready')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(live.get().state).toBe('open')
    expect(queries.getQueryState(['orders'])?.isInvalidated).toBe(true)
    stop()
  })

  test('is lost at once where the browser says so, and tried as soon as it is back', async () => {
    answered()
    const { stream, stop } = follow()
    stream.tell('ready')
    line.dispatchEvent(new Event('offline'))
    expect(live.get().state).toBe('lost')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(Stream.opened).toHaveLength(1)
    line.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(Stream.opened).toHaveLength(2)
    stop()
  })
})
