import { afterEach, describe, expect, it } from 'vitest'
import { createJudgeThreads, type JudgeThreads } from './judge-threads.ts'

const settings = { authservId: null }
const MAIL = Buffer.from(
  'From: order@rakuten.co.jp\r\nSubject: =?utf-8?B?44CQ5qW95aSp5biC5aC044CR5rOo5paH5YaF5a6544GU56K66KqN?=\r\n' +
    'Content-Type: text/plain; charset=utf-8\r\n\r\n[受注番号] 123456-20260519-0123456789\r\n',
)
/** A thread that answers as instructed: never, by dying, or with the question. */
const TRAP = new URL(
  `data:text/javascript,${encodeURIComponent(`
import { parentPort, workerData } from 'node:worker_threads'
const progress = new Int32Array(workerData)
parentPort.on('message', (questions) => {
  const answers = questions.map(({ source }, index) => {
    Atomics.store(progress, 0, index)
    const word = Buffer.from(source).toString()
    if (word.startsWith('hang')) for (;;);
    if (word === 'wait') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
    if (word === 'sleep') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    if (word === 'die') process.exit(1)
    if (word === 'eat') { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) }
    if (word === 'size') return { value: { text: String(source.buffer.byteLength) } }
    return { value: { text: word, recognition: null, trust: 'unknown' } }
  })
  parentPort.postMessage(answers)
})
parentPort.postMessage('ready')`)}`,
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

  it('have time for a mail with files by its size, and no more for it where no files are read', async () => {
    threads = createJudgeThreads({ threads: 1, limitMs: 100, entry: TRAP })
    const big = Buffer.concat([Buffer.from('hang'), Buffer.alloc(2.5 * 1_024 * 1_024)])
    const files = [{ marketplace: 'connector' as const, rules: {}, fileSenders: ['a@cart.example'] }]
    await ask('warm')
    await expect(threads.judge(big, files, settings)).rejects.toThrow(/300 ms/)
    await expect(threads.judge(big, [], settings)).rejects.toThrow(/100 ms/)
  })

  it('are killed when a mail takes too long, while the loop turns and the next mails are read', async () => {
    threads = createJudgeThreads({ threads: 1, limitMs: 200, entry: TRAP })
    await ask('warm')
    let turns = 0
    let isOver = false
    const turn = () => {
      turns += 1
      if (!isOver) setImmediate(turn)
    }
    turn()
    const hanging = expect(ask('hang')).rejects.toThrow(/200 ms/)
    const next = ask('next')
    await hanging
    isOver = true
    expect((await next).text).toBe('next')
    // Each look at the thread is a turn; a loop that waited for the mail would have made two at most.
    expect(turns).toBeGreaterThanOrEqual(4)
  })

  it('have their time by the processor: what a busy machine keeps waiting is read, and what never goes on is given up', async () => {
    threads = createJudgeThreads({ threads: 1, limitMs: 200, entry: TRAP })
    expect((await ask('wait')).text).toBe('wait')
    await threads.close()
    threads = createJudgeThreads({ threads: 1, limitMs: 20, entry: TRAP })
    await expect(ask('sleep')).rejects.toThrow(/200 ms/)
    expect((await ask('next')).text).toBe('next')
  })

  it('lose the one mail that hangs of many that came together, and none of the others', async () => {
    threads = createJudgeThreads({ threads: 1, limitMs: 200, entry: TRAP })
    const words = ['a', 'b', 'hang', 'c', 'die', ...Array.from({ length: 60 }, (_, n) => `mail ${n}`)]
    const answers = await Promise.allSettled(words.map(ask))
    const lost = words.filter((_, index) => answers[index]?.status === 'rejected')
    expect(lost).toEqual(['hang', 'die'])
    const read = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.text] : []))
    expect(read).toEqual(words.filter((word) => !lost.includes(word)))
  })

  it('are handed a mail without the bytes around it, and the caller keeps his', async () => {
    threads = createJudgeThreads({ entry: TRAP })
    const slab = Buffer.alloc(64 * 1024, 'size')
    expect((await threads.judge(slab.subarray(4, 8), [], settings)).text).toBe('4')
    expect(slab.byteLength).toBe(64 * 1024)
  })

  it('hand out the text of a mail in which nothing was found, and of others when it is asked for', async () => {
    threads = createJudgeThreads({ limitMs: 10_000 })
    const nothing = Buffer.from(MAIL.toString().replace(/\d{6}-.*/, 'なし'))
    expect((await threads.judge(nothing, [], settings)).text).toContain('なし')
    expect((await threads.judge(MAIL, [], settings)).text).toBeNull()
    expect(await threads.text(MAIL)).toContain('[受注番号] 123456-20260519-0123456789')
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
