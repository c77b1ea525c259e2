import { EventEmitter } from 'node:events'
import type { ImapFlow } from 'imapflow'
import { expect, it } from 'vitest'
import { type Link, watchForNews } from '../../../../src/mail/listener/connection.ts'
import { follow } from '../../../../src/mail/listener/mailbox-reader.ts'
import { heldClock } from '../../../support/fixtures.ts'

const MINUTE = 60_000

it('asks the server how far its mails go also after the clock was put back by an hour', async () => {
  const held = heldClock()
  let putBackBy = 0
  const clock = { now: () => held.now() - putBackBy, sleep: held.sleep }
  const gone = new AbortController()
  const client = { capabilities: new Map(), noop: async () => {} } as unknown as ImapFlow
  const link: Link = { client, gone: gone.signal, close: () => {}, run: (command) => command }
  let probes = 0
  const reader = {
    catchUp: async () => {},
    isBehind: async () => false,
    isNumbered: () => true,
    async probe() {
      probes += 1
      return false
    },
  }
  const following = follow(
    link,
    { arrived: () => false, cameByIdle: () => true, clear: () => {}, tell: () => {} },
    reader,
    {
      clock,
      random: { bytes: (n) => new Uint8Array(n), float: () => 0.5 },
      timing: { pollMs: MINUTE, probeMs: 5 * MINUTE },
      onFollowing: async () => {},
      mayIdle: true,
      onProbe: () => {},
    },
  )
  await held.untilSleeping()
  putBackBy = 60 * MINUTE
  for (let n = 0; n < 7; n += 1) {
    await held.untilSleeping()
    held.advance(MINUTE)
  }
  await held.untilSleeping()
  expect(probes).toBe(1)
  gone.abort(new Error('over'))
  await expect(following).rejects.toThrow('over')
})

it('reads once more what arrives while it is reading', async () => {
  const held = heldClock()
  const gone = new AbortController()
  const client = Object.assign(new EventEmitter(), {
    capabilities: new Map([['IDLE', true]]),
    idle: () => new Promise(() => {}),
  })
  const link: Link = {
    client: client as unknown as ImapFlow,
    gone: gone.signal,
    close: () => {},
    run: (command) => command,
  }
  const readings: string[] = []
  const waiting = Promise.withResolvers<void>()
  const reader = {
    async catchUp() {
      readings.push('begun')
      // The second mail comes when the list is already made: this reading cannot name it.
      if (readings.length === 2) client.emit('exists')
      if (readings.length === 3) waiting.resolve()
    },
    isBehind: async () => false,
    isNumbered: () => true,
    probe: async () => false,
  }
  const news = watchForNews(link.client)
  const following = follow(link, news, reader, {
    clock: { now: held.now, sleep: held.sleep },
    mayIdle: true,
    onProbe: () => {},
    random: { bytes: (n) => new Uint8Array(n), float: () => 0.5 },
    timing: { pollMs: MINUTE, probeMs: 5 * MINUTE },
    onFollowing: async () => void client.emit('exists'),
  })
  following.catch(() => {})
  await waiting.promise
  expect(readings).toHaveLength(3)
  expect(news.arrived()).toBe(false)
  gone.abort(new Error('over'))
  await expect(following).rejects.toThrow('over')
})
