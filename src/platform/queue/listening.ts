import { createPostgresBackend, type PostgresQueueBackend } from 'bullmq'
import type pg from 'pg'

/** Internals of BullMQ that its types leave out. */
interface Inner {
  connection: { pgModule: { Client: typeof pg.Client } }
}

/**
 * Longest wait for news before a worker looks for itself. BullMQ's own on Postgres is an hour, which it comes to after each
 * failed wait: a worker whose LISTEN failed once, and whose next one then fell silent, took no job for so long, while its process
 * lived and looked well.
 */
const LONGEST_WAIT_S = 5

/**
 * BullMQ's backend, whose connection that listens notices, as all others do, that nobody is there any more: BullMQ opens it past
 * the pool and its class of clients. A LISTEN without an answer kept a worker from any job for good; and where a proxy keeps a
 * connection that is dead behind it, no keep-alive finds that out, and the worker is told of nothing any more.
 */
export function listensWith(Client: typeof pg.Client): typeof createPostgresBackend {
  return (...args) => {
    const backend = createPostgresBackend(...args)
    ;(backend as unknown as Inner).connection.pgModule = { Client }
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: LONGEST_WAIT_S })
    askAfterSilence(backend)
    return backend
  }
}

/** A wait that ended without news may have had nobody to bring any: a statement is what lets the client find out. */
function askAfterSilence(backend: PostgresQueueBackend): void {
  const wait = backend.waitForJob.bind(backend)
  let heardNothing = false
  let asking = false

  async function ask(): Promise<void> {
    if (asking) return
    asking = true
    try {
      await (await backend.connection.getListenClient()).query('select')
    } catch {
      // The connection has been dropped, and the wait goes on on another.
    } finally {
      asking = false
    }
  }

  backend.waitForJob = async (seconds) => {
    // Not at the end of the silent one: that may have been the last, of a worker that is being closed.
    if (heardNothing) void ask()
    const news = await wait(seconds)
    heardNothing = news === null
    return news
  }
}
