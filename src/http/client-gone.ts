import type { FastifyReply } from 'fastify'

/**
 * A signal that fires when the client went away before it got its answer. Fastify's own `request.signal` will not do: it
 * fires as soon as a request's body has been read, since Node closes the incoming message then.
 */
export function clientGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('The client closed the connection'))
  })
  return gone.signal
}
