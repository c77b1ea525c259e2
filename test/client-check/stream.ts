import type { ServerResponse } from 'node:http'
import type { Fault } from './faults.ts'
import type { TracedCall } from './ledger.ts'

/**
 * An event stream on its way to the client: passed on as it comes, and, when it is its turn, ended in the
 * middle of an event.
 */

/** Events that a stream may still bring before it is cut. */
const MOST_EVENTS = 5

export const isStream = (path: string): boolean => path === '/v1/events'

/** What may happen to a stream: refusals are those of every call, everything else is the cut. */
export const streamFault = (fault: Fault | null): Fault | null =>
  fault === null || ['request lost', '429', '503', '502 page', '200 page', 'restart'].includes(fault)
    ? fault
    : 'stream ended'

/** Until the service, the client or the fault ends it. */
export async function passStream(
  answer: Response,
  call: TracedCall,
  response: ServerResponse,
  dice: { int(from: number, to: number): number },
): Promise<void> {
  call.done = answer.status
  call.told = answer.status
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'text/event-stream',
    'cache-control': 'no-cache',
  })
  response.flushHeaders()
  let left = call.fault === 'stream ended' ? dice.int(0, MOST_EVENTS) : Number.POSITIVE_INFINITY
  for await (const chunk of answer.body ?? []) {
    if (left <= 0) {
      // In the middle of the event, and without the end that a stream would have.
      response.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => response.destroy())
      return
    }
    left -= 1
    if (response.destroyed) return
    response.write(chunk)
  }
  response.end()
}
