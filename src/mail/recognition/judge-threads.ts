import { Worker } from 'node:worker_threads'
import { present } from '../../platform/narrow.ts'
import { TimedOut } from '../../platform/timeout.ts'
import type { Explanation } from './explain.ts'
import type { Judged, MailJudge } from './judge.ts'
import type { Question, Reply } from './judge-thread.ts'
import type { ShopMailRules } from './malls.ts'

export interface JudgeThreads extends MailJudge {
  /** Starts the first thread, so that the first mail does not wait for it. */
  warmUp(): void
  close(): Promise<void>
}

interface Options {
  /** Threads at most; each holds some 30 MB. */
  threads?: number
  /** Time of one mail, from when a thread begins with it. Reading takes a few milliseconds, of the largest mail some hundred. */
  limitMs?: number
  /** What runs in them; a test puts a trap in its place. */
  entry?: URL
}

/** A thread that needs more is killed, and not the process. */
const MOST_MEMORY_MB = 192
/** Room for what a mail leaves behind: V8 would take 48 MB for that and keep them. */
const YOUNG_MEMORY_MB = 6
/** Loading takes half a second, on a machine at work some. */
const START_MS = 30_000

interface Task {
  question: Question
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Reads mails in threads of their own. A mail is written by a stranger: one that a pattern or a parser chokes on costs its
 * thread, which is killed after `limitMs`, and the process goes on meanwhile.
 */
export function createJudgeThreads({
  threads: most = 2,
  limitMs = 1_000,
  entry = new URL('./judge-thread.ts', import.meta.url),
}: Options = {}): JudgeThreads {
  const queue: Task[] = []
  const threads = new Set<Thread>()
  const texts = new WeakMap<ShopMailRules, string>()
  let closed = false

  function serve(): void {
    while (queue.length > 0) {
      const idle = [...threads].find((thread) => thread.isIdle())
      if (idle) idle.take(present(queue.shift()))
      else {
        const coming = [...threads].filter((thread) => thread.isStarting()).length
        if (threads.size < most && coming < queue.length) start()
        return
      }
    }
  }

  function start(): void {
    const thread = createThread(entry, limitMs, {
      onFree: serve,
      onGone(broken) {
        threads.delete(thread)
        // A thread that cannot even start will not at the next try either: who waits is told.
        if (broken)
          for (const task of queue.splice(0)) task.reject(new ReadingFailed('no thread can be started'))
        else serve()
      },
    })
    threads.add(thread)
  }

  function ask<T>(question: Question): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (closed) return reject(new ReadingFailed('the service is stopping'))
      queue.push({ question, resolve: (value) => resolve(value as T), reject })
      serve()
    })
  }

  function textOf(rules: ShopMailRules): string {
    const known = texts.get(rules)
    if (known !== undefined) return known
    const text = JSON.stringify(rules)
    texts.set(rules, text)
    return text
  }

  return {
    judge: (source, rules, settings) =>
      ask<Judged>({ kind: 'judge', source, rules: textOf(rules), settings }),
    explain: (pasted, rules) => ask<Explanation>({ kind: 'explain', pasted, rules: textOf(rules) }),
    warmUp() {
      if (threads.size === 0 && !closed) start()
    },
    async close() {
      closed = true
      for (const task of queue.splice(0)) task.reject(new ReadingFailed('the service is stopping'))
      await Promise.all([...threads].map((thread) => thread.end()))
    },
  }
}

type Thread = ReturnType<typeof createThread>

function createThread(
  entry: URL,
  limitMs: number,
  { onFree, onGone }: { onFree(): void; onGone(broken: boolean): void },
) {
  const worker = new Worker(entry, {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
  })
  // A process that has nothing else to do may end.
  worker.unref()
  let state: 'starting' | 'idle' | 'busy' | 'gone' = 'starting'
  let task: Task | null = null
  let timer = setTimeout(() => lose(new TimedOut(START_MS)), START_MS)
  timer.unref()

  function lose(error: unknown): void {
    if (state === 'gone') return
    const broken = state === 'starting'
    state = 'gone'
    clearTimeout(timer)
    void worker.terminate()
    task?.reject(error)
    onGone(broken)
  }

  function done(reply: Reply): void {
    if (state === 'gone') return
    clearTimeout(timer)
    const asked = task
    task = null
    state = 'idle'
    if (reply.kind === 'answer') asked?.resolve(reply.value)
    else if (reply.kind === 'failed') asked?.reject(new ReadingFailed(reply.message))
    onFree()
  }

  worker.on('message', done)
  worker.on('error', lose)
  worker.on('exit', () => lose(new ReadingFailed('the thread ended')))
  return {
    isIdle: () => state === 'idle',
    isStarting: () => state === 'starting',
    take(next: Task) {
      state = 'busy'
      task = next
      timer = setTimeout(() => lose(new TimedOut(limitMs)), limitMs)
      worker.postMessage(next.question)
    },
    async end() {
      lose(new ReadingFailed('the service is stopping'))
      await worker.terminate()
    },
  }
}

class ReadingFailed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ReadingFailed'
  }
}
