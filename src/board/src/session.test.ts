import { afterEach, expect, test, vi } from 'vitest'
import { known, readSession, takeSession } from './session.ts'

afterEach(() => vi.unstubAllGlobals())

test('a session that is found to be over is told as ended, however often it is asked for', async () => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 401 }))
  await readSession()
  expect(known.get()).toEqual({ session: null, reason: null })
  takeSession({ state: 'signed_in', csrfToken: 't', account: null, mayShowPersonalData: true, factors: [] })
  for (const _ of ['by the stream', 'and by the stream once more']) {
    await readSession()
    expect(known.get()).toEqual({ session: null, reason: 'ended' })
  }
})
