import type { FastifyReply } from 'fastify'
import { HttpProblem } from './problems.ts'

/**
 * A signal that fires when the client went away before it got its answer. Fastify's own `request.signal` will
 * not do: it fires as soon as a request's body has been read, since Node closes the incoming message then.
 */
export function clientGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (reply.raw.writableFinished) return
    // Aborts with a problem that nobody reads: it keeps a client's disconnect from being logged as our fault.
    gone.abort(new HttpProblem('BAD_REQUEST', '応答の前に接続が閉じられました。'))
  })
  return gone.signal
}

/** Settles when the answer is out, or its client gone. */
export function answered(reply: FastifyReply): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  reply.raw.once('close', resolve)
  return promise
}
