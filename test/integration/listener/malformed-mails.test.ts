import { afterAll, beforeAll, expect, it } from 'vitest'
import { createJudgeThreads } from '../../../src/mail/recognition/judge-threads.ts'
import { type ListenerBench, listenerBench } from '../../support/mail/listener.ts'
import { MALFORMED_MAILS } from '../../support/mail/malformed-mails.ts'
import { type ImapThread, startImapThread, watchStalls } from '../../support/stalls.ts'

/** Mails whose form a stranger made to be hard to read, each alone from the mail server to its row. */

const USER = 'orders@shop.example'
const PASSWORD = 'secret-password'
/** No single mail may hold up the process for longer. */
const MOST_STALL_MS = 100

let imap: ImapThread
let bench: ListenerBench
const judge = createJudgeThreads({ limitMs: 10_000 })
beforeAll(async () => {
  imap = await startImapThread({ user: USER, password: PASSWORD })
  const login = { host: imap.host, port: imap.port, security: 'plain' as const }
  bench = await listenerBench({ login: { ...login, username: USER, password: PASSWORD } })
  judge.warmUp()
})
afterAll(async () => {
  await bench?.close()
  await imap?.close()
  await judge.close()
})

it('no malformed mail stalls the thread, and the mailbox goes on behind each', {
  timeout: 240_000,
}, async () => {
  const listener = bench.listen({ judge })
  await expect.poll(async () => (await bench.mailbox()).state, { timeout: 20_000 }).toBe('connected')
  const took: Record<string, number> = {}
  let uid = 0
  for (const [name, source] of Object.entries(MALFORMED_MAILS)) {
    const bytes = source()
    const delivered = imap.deliver(bytes)
    // The mail has been copied to the server's thread by now, which is the test's own work.
    const stalls = watchStalls()
    await delivered
    uid += 1
    await expect
      .poll(async () => Number((await bench.mailbox()).lastUid), { timeout: 60_000, message: name })
      .toBe(uid)
    took[name] = Math.round(stalls.stop())
  }
  await listener.stop(5_000)
  console.info(took)
  const stalling = Object.entries(took).filter(([, ms]) => ms >= MOST_STALL_MS)
  expect(stalling).toEqual([])
})
