import { Worker } from 'node:worker_threads'
import { TimedOut } from '../../platform/timeout.ts'
import { FILE_MAIL_BYTES, MAIL_BYTES } from '../mail-bytes.ts'
import type { Explanation, Judged, MailJudge } from './judge.ts'
import type { Answer, Question, Reply } from './judge-thread.ts'
import type { ShopMailRules } from './shop-rules.ts'

export interface JudgeThreads extends MailJudge {
  /** Starts the first thread, so that the first mail does not wait for it. */
  warmUp(): void
  close(): Promise<void>
}

interface Options {
  /** Most threads; each takes some 30 MB. */
  threads?: number
  /**
   * Processor time that one mail may take. Reading takes a few milliseconds, the largest mail some hundred.
   * Not the time on the clock: on a machine with a load of 20 a thread may wait for a second, and its mail
   * would count as unreadable. A mail with files may take it for each MiB, up to MOST_LIMITS times.
   */
  limitMs?: number
  /** Module that runs in the threads; tests replace it with one that hangs. */
  entry?: URL
}

/** Heap limit of a thread: beyond it the thread dies, not the process. */
const MOST_MEMORY_MB = 192
/** Young generation: V8 would take 48 MB for a mail's garbage and keep them. */
const YOUNG_MEMORY_MB = 6
/** Loading takes half a second, on a busy machine several. */
const START_MS = 30_000
/**
 * Mails in one message to a thread, some 3 ms of reading, so that a lone mail waits little behind a mailbox
 * that catches up.
 */
const MOST_AT_ONCE = 32
/** Checks of a busy thread within one mail's time limit. */
const LOOKS = 4
const MOST_LIMITS = 15
/** A thread that neither works nor answers is given up after so many times the limit. */
const MOST_TIMES = 10

interface Task {
  question: Question
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Reads mails in separate threads. Strangers write mails: one that hangs a pattern or a parser costs its
 * thread, which is killed once that took `limitMs` of processor time, while the process continues. Mails that
 * arrive together go to a thread together; those that shared a message with the one that killed it are read
 * again.
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
  let isServing = false

  /** Runs after all mails of one batch were submitted. */
  function serveSoon(): void {
    if (isServing) return
    isServing = true
    queueMicrotask(() => {
      isServing = false
      serve()
    })
  }

  function serve(): void {
    while (queue.length > 0) {
      const idle = [...threads].find((thread) => thread.isIdle())
      if (idle) idle.take(queue.splice(0, Math.min(MOST_AT_ONCE, Math.ceil(queue.length / most))))
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
      onGone(broken, left) {
        threads.delete(thread)
        queue.unshift(...left)
        // A thread that cannot start will not start at the next try either, so reject the waiting callers.
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
      serveSoon()
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
    judge: (mail, rules, settings) => {
      const source = mail.subarray(0, mostOf(rules))
      return ask<Judged>({ kind: 'judge', source, rules: textOf(rules), settings })
    },
    text: (mail) => ask<string>({ kind: 'text', source: mail.subarray(0, MAIL_BYTES) }),
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

interface Events {
  onFree(): void
  /** `left`: its questions that it did not answer and that did not cause its end. */
  onGone(broken: boolean, left: Task[]): void
}

function createThread(entry: URL, limitMs: number, { onFree, onGone }: Events) {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const progress = new Int32Array(shared)
  const worker = new Worker(entry, {
    workerData: shared,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
  })
  // Lets a process without other work end.
  worker.unref()
  let state: 'starting' | 'idle' | 'busy' | 'gone' = 'starting'
  let tasks: Task[] = []
  let answered = 0
  let timer = setTimeout(() => lose(new TimedOut(START_MS)), START_MS)
  timer.unref()

  function lose(error: unknown): void {
    if (state === 'gone') return
    const broken = state === 'starting'
    state = 'gone'
    clearTimeout(timer)
    void worker.terminate()
    const at = Math.max(answered, Atomics.load(progress, 0))
    tasks[at]?.reject(error)
    onGone(
      broken,
      tasks.filter((_, index) => index >= answered && index !== at),
    )
  }

  /** Starts a mail's time when the one before is done. `usedMs`: processor time at this mail's first look. */
  function watch(seen: number, looks: number, usedMs: number | null): void {
    const watched = tasks
    const limit = limitMs * limitsOf(tasks[seen]?.question)
    timer = setTimeout(async () => {
      const now = await processorMs()
      if (state !== 'busy' || tasks !== watched) return
      const at = Atomics.load(progress, 0)
      if (at !== seen) watch(at, 1, null)
      else if (usedMs !== null && now - usedMs >= (limit * (LOOKS - 1)) / LOOKS) lose(new TimedOut(limit))
      else if (looks >= LOOKS * MOST_TIMES) lose(new TimedOut(limit * MOST_TIMES))
      else watch(at, looks + 1, usedMs ?? now)
    }, limit / LOOKS)
  }

  /** 0 of a thread that has just ended, which tells so itself. */
  const processorMs = (): Promise<number> =>
    worker.cpuUsage().then(
      ({ user, system }) => (user + system) / 1_000,
      () => 0,
    )

  function take(next: Task[]): void {
    state = 'busy'
    tasks = next
    answered = 0
    Atomics.store(progress, 0, 0)
    const handedOver: ArrayBuffer[] = []
    const questions = next.map(({ question }) => toMessage(question, handedOver))
    worker.postMessage(questions, handedOver)
    watch(0, 1, null)
  }

  function settle(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const task = tasks[answered++]
      if ('value' in answer) task?.resolve(answer.value)
      else task?.reject(new ReadingFailed(answer.failed))
    }
  }

  worker.on('message', (reply: Reply) => {
    if (state === 'gone') return
    if (reply !== 'ready') settle(reply)
    if (reply !== 'ready' && answered < tasks.length) return
    clearTimeout(timer)
    state = 'idle'
    tasks = []
    onFree()
  })
  worker.on('error', lose)
  worker.on('exit', () => lose(new ReadingFailed('the thread ended')))
  return {
    isIdle: () => state === 'idle',
    isStarting: () => state === 'starting',
    take,
    async end() {
      for (const task of tasks.splice(answered)) task.reject(new ReadingFailed('the service is stopping'))
      lose(new ReadingFailed('the service is stopping'))
      await worker.terminate()
    },
  }
}

/** Bytes of a mail that go to the thread. */
const mostOf = (rules: ShopMailRules): number =>
  rules.some(({ fileSenders }) => fileSenders !== undefined) ? FILE_MAIL_BYTES : MAIL_BYTES

/** How many times the limit its mail may take. */
function limitsOf(question: Question | undefined): number {
  if (!question || !('source' in question)) return 1
  const bytes = question.source.length
  return bytes <= MAIL_BYTES ? 1 : Math.min(MOST_LIMITS, Math.ceil(bytes / 1_024 / 1_024))
}

/**
 * Copies a mail into its own buffer, which is transferred: the original may share 64 KiB with others, and all
 * of it would be copied.
 */
function toMessage(question: Question, handedOver: ArrayBuffer[]): Question {
  if (!('source' in question)) return question
  const source = new Uint8Array(question.source)
  handedOver.push(source.buffer)
  return { ...question, source }
}

class ReadingFailed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ReadingFailed'
  }
}
