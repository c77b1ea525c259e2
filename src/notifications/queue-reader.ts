import type { Message, SQSClientConfig } from '@aws-sdk/client-sqs'
import type { Pool } from 'pg'
import type { Consumer } from 'sqs-consumer'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { Marketplace } from '../marketplaces/port/marketplace.ts'
import { codeOf } from '../platform/errors.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import { settlesWithin } from '../platform/timeout.ts'
import { CLAIM_QUEUE, RELEASE_QUEUE, UPDATE_FAILED, UPDATE_HEARD } from './statements.ts'
import { ingestNotification, type TakeTools } from './take.ts'

/**
 * Reads the malls' notification queues. One process reads a queue while it holds the lease; the others wait.
 */

export interface QueueReaderTools extends TakeTools {
  pool: Pool
  marketplaces: Marketplaces
  /** This start of this process. */
  owner: string
  /** For tests; else as the AWS SDK finds them. */
  sqs?: QueueAccess
  timing?: Partial<QueueTiming>
}

export type QueueAccess = Pick<SQSClientConfig, 'credentials' | 'region'>

interface QueueTiming {
  /** Interval of looking after the lease. */
  tickMs: number
  leaseMs: number
  /** Long poll: the queue answers as soon as there is something. */
  waitSeconds: number
  /** An undeleted message becomes visible again after this. */
  visibilitySeconds: number
}

const TIMING: QueueTiming = { tickMs: 10_000, leaseMs: 35_000, waitSeconds: 20, visibilitySeconds: 60 }
const STOP_LIMIT_MS = 5_000

export interface QueueReader {
  start(): void
  stop(): Promise<void>
}

interface Queue {
  url: string
  mall: Marketplace
  consumer: Consumer | null
  failing: boolean
}

export function createQueueReader(tools: QueueReaderTools): QueueReader {
  const timing = { ...TIMING, ...tools.timing }
  const logRepeat = createRepeatLog(tools.log)
  const stopping = new AbortController()
  const queues: Queue[] = [...tools.marketplaces.values()].flatMap((mall) =>
    (mall.notifications?.queues ?? []).map((url) => ({ url, mall, consumer: null, failing: false })),
  )
  let running: Promise<unknown> = Promise.resolve()

  async function keep(queue: Queue): Promise<void> {
    while (!stopping.signal.aborted) {
      await look(queue).catch((err: unknown) =>
        logRepeat({ err, marketplace: queue.mall.name }, 'notification queue: lease check failed'),
      )
      await tools.clock.sleep(timing.tickMs, stopping.signal).catch(() => {})
    }
    await end(queue)
    await tools.pool.query(RELEASE_QUEUE({ url: queue.url, owner: tools.owner })).catch(() => {})
  }

  async function look(queue: Queue): Promise<void> {
    const now = tools.clock.now()
    const until = new Date(now + timing.leaseMs)
    const { rowCount } = await tools.pool.query(
      CLAIM_QUEUE({
        url: queue.url,
        marketplace: queue.mall.name,
        owner: tools.owner,
        now: new Date(now),
        until,
      }),
    )
    if (rowCount === 1) queue.consumer ??= await begin(queue)
    else await end(queue)
  }

  async function begin(queue: Queue): Promise<Consumer> {
    const { url, mall } = queue
    // Loaded for the first queue: most houses have none.
    const [{ SQSClient }, { Consumer }] = await Promise.all([
      import('@aws-sdk/client-sqs'),
      import('sqs-consumer'),
    ])
    const consumer = Consumer.create({
      queueUrl: url,
      sqs: new SQSClient({ region: regionOf(url), endpoint: new URL(url).origin, ...tools.sqs }),
      batchSize: 10,
      waitTimeSeconds: timing.waitSeconds,
      visibilityTimeout: timing.visibilitySeconds,
      // Makes messages that could not be stored visible again after 5 s instead of `visibilitySeconds`.
      terminateVisibilityTimeout: 5,
      // Deletes the messages that this returns, each after its own commit.
      handleMessageBatch: (messages) => takeBatch(mall, messages),
    })
    const note = (error: unknown) => void noteFailure(queue, error)
    consumer.on('error', note)
    consumer.on('processing_error', note)
    consumer.on('response_processed', () => void noteHeard(queue, true))
    consumer.on('empty', () => void noteHeard(queue, false))
    consumer.start()
    tools.log.info({ marketplace: mall.name }, 'notification queue: reading')
    return consumer
  }

  async function takeBatch(mall: Marketplace, messages: readonly Message[]): Promise<Message[]> {
    const done = await Promise.all(
      messages.map((message) =>
        ingestNotification(tools, mall, message.Body ?? '').then(
          () => message,
          (err: unknown) => {
            tools.log.warn({ err }, 'notification could not be stored; the queue will redeliver it')
            return null
          },
        ),
      ),
    )
    return done.filter((message) => message !== null)
  }

  async function noteFailure(queue: Queue, error: unknown): Promise<void> {
    // Our own abort arrives as a failed request.
    if (stopping.signal.aborted || queue.consumer === null) return
    const { url, mall } = queue
    queue.failing = true
    const code = codeOf(error) ?? (error instanceof Error ? error.name : 'UNKNOWN')
    tools.log.warn({ marketplace: mall.name, code }, 'notification queue: cannot be read; retrying')
    await tools.pool
      .query(UPDATE_FAILED({ url, code: code.slice(0, 100), at: new Date(tools.clock.now()) }))
      .catch(() => {})
  }

  async function noteHeard(queue: Queue, message: boolean): Promise<void> {
    if (!message && !queue.failing) return
    queue.failing = false
    await tools.pool
      .query(UPDATE_HEARD({ url: queue.url, at: new Date(tools.clock.now()), message }))
      .catch(() => {})
  }

  async function end(queue: Queue): Promise<void> {
    const { consumer } = queue
    queue.consumer = null
    if (consumer === null) return
    // The event fires at once when no poll is under way, so listen before calling stop.
    const stopped = new Promise<void>((resolve) => consumer.once('stopped', () => resolve()))
    consumer.stop({ abort: true })
    await settlesWithin(STOP_LIMIT_MS, stopped)
  }

  return {
    start() {
      running = Promise.all(queues.map(keep))
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** sqs.ap-northeast-1.amazonaws.com; an emulator does not ask. */
const regionOf = (url: string): string => /^https?:\/\/sqs\.([a-z0-9-]+)\./.exec(url)?.[1] ?? 'ap-northeast-1'
