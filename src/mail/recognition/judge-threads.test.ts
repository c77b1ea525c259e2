import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, describe, expect, it } from 'vitest'
import { createJudgeThreads, type JudgeThreads } from './judge-threads.ts'

const settings = { authservId: null }
const MAIL = Buffer.from(
  'From: order@rakuten.co.jp\r\nSubject: =?utf-8?B?44CQ5qW95aSp5biC5aC044CR5rOo5paH5YaF5a6544GU56K66KqN?=\r\n' +
    'Content-Type: text/plain; charset=utf-8\r\n\r\n[受注番号] 123456-20260519-0123456789\r\n',
)
/** A thread that answers as asked: never, by dying, or with what it was asked. */
const TRAP = new URL(
  `data:text/javascript,${encodeURIComponent(`
import { parentPort } from 'node:worker_threads'
parentPort.on('message', ({ source }) => {
  const word = Buffer.from(source).toString()
  if (word === 'hang') for (;;);
  if (word === 'die') process.exit(1)
  if (word === 'eat') { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) }
  parentPort.postMessage({ kind: 'answer', value: { text: word, recognition: null, trust: 'unknown' } })
})
parentPort.postMessage({ kind: 'ready' })`)}`,
)

let threads: JudgeThreads
afterEach(() => threads.close())

const ask = (word: string) => threads.judge(Buffer.from(word), [], settings)

describe('reading threads', () => {
  it('read mails', async () => {
    threads = createJudgeThreads({ limitMs: 10_000 })
    const { recognition } = await threads.judge(MAIL, [], settings)
    expect(recognition).toMatchObject({ kind: 'new_order', orderNumbers: ['123456-20260519-0123456789'] })
    const explained = await threads.explain({ source: MAIL }, [])
    expect(explained.recognition?.orderNumbers).toHaveLength(1)
  })

  it('are killed when a mail takes too long, while the loop turns and the next mails are read', async () => {
    threads = createJudgeThreads({ threads: 1, limitMs: 200, entry: TRAP })
    await ask('warm')
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const hanging = expect(ask('hang')).rejects.toThrow(/200 ms/)
    const next = ask('next')
    await hanging
    expect((await next).text).toBe('next')
    delay.disable()
    expect(delay.max / 1e6).toBeLessThan(100)
  })

  it.each(['die', 'eat'])('that %s take only their mail with them', async (word) => {
    threads = createJudgeThreads({ threads: 1, limitMs: 30_000, entry: TRAP })
    const [gone, next] = await Promise.allSettled([ask(word), ask('next')])
    expect(gone.status).toBe('rejected')
    expect(next).toMatchObject({ value: { text: 'next' } })
  })

  it('that cannot be started tell those who wait', async () => {
    threads = createJudgeThreads({ entry: new URL('data:text/javascript,throw new Error("no")') })
    await expect(ask('x')).rejects.toThrow(/no thread/)
  })

  it('read nothing more once they are closed', async () => {
    threads = createJudgeThreads({ entry: TRAP })
    const asked = ask('hang').catch((error: unknown) => error)
    await threads.close()
    expect(await asked).toBeInstanceOf(Error)
    await expect(ask('x')).rejects.toThrow(/stopping/)
  })
})
