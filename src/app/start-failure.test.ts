import { describe, expect, it } from 'vitest'
import { createLogger } from '../platform/logger.ts'
import { createStartRetry, openStartRetry } from './start-failure.ts'

const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

/** Sleeps end at once and move the clock. */
function bench(limitMs: number, signal = new AbortController().signal) {
  let now = 0
  let waits = 0
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      signal.throwIfAborted()
      now += ms
    },
  }
  const said: string[] = []
  const say = (_: unknown, text?: string) => void said.push(text ?? '')
  const log = { warn: say, info: say }
  const until = createStartRetry({ clock, log, limitMs, signal, onWaiting: async () => void waits++ })
  return { until, said, now: () => now, waits: () => waits }
}

describe('the retries of a start', () => {
  it('waits for what is away, says so once, and goes on', async () => {
    const { until, said, waits } = bench(60_000)
    let tries = 0
    const step = async () => {
      if (++tries < 5) throw new Error('migrations could not begin', { cause: away() })
      return 'there'
    }
    expect(await until('database', step)).toBe('there')
    expect(said).toEqual(['is not there yet; waiting', 'is there now; the start goes on'])
    expect(waits()).toBe(1)
  })

  it('ends after its time, for all steps together', async () => {
    const { until, now } = bench(60_000)
    await expect(until('database', () => Promise.reject(away()))).rejects.toThrow('ECONNREFUSED')
    expect(now()).toBe(60_000)
    await expect(until('database', () => Promise.reject(away()))).rejects.toThrow('ECONNREFUSED')
    expect(now()).toBe(60_000)
  })

  it('does not wait for what is wrong, nor when none was asked for', async () => {
    const { until, now } = bench(60_000)
    const wrong = Object.assign(new Error('password authentication failed'), { code: '28P01' })
    await expect(until('database', () => Promise.reject(wrong))).rejects.toThrow('password')
    await expect(bench(0).until('database', () => Promise.reject(away()))).rejects.toThrow('ECONNREFUSED')
    expect(now()).toBe(0)
  })

  it('ends at once when the process is told to stop', async () => {
    const ending = new AbortController()
    const { until } = bench(60_000, ending.signal)
    ending.abort(new Error('SIGTERM while it was starting'))
    await expect(until('database', () => Promise.reject(away()))).rejects.toThrow('SIGTERM')
  })
})

describe('while it waits', () => {
  it('is alive and not ready, and gives the port back', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const log = createLogger({ level: 'silent' })
    const { until, over } = openStartRetry({ host: '127.0.0.1', port, startPatienceSeconds: 30 }, log)
    const seen: number[] = []
    let tries = 0
    await until('database', async () => {
      if (++tries === 1) throw away()
      for (const path of ['healthz', 'readyz', 'v1/board'])
        seen.push((await fetch(`http://127.0.0.1:${port}/${path}`)).status)
    })
    expect(seen).toEqual([200, 503, 503])
    await over()
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  })
})
