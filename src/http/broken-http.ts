import type { Socket } from 'node:net'
import { PROBLEMS, problemDocument } from './problems.ts'

/** Answers bytes that are no HTTP request, or one whose head is too long or too slow, before Fastify has seen any of it. */
export function answerBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status } = PROBLEMS.BAD_REQUEST
  const facts = { code: 'BAD_REQUEST', detail: 'HTTP リクエストとして読み取れません。' } as const
  const body = JSON.stringify(problemDocument(facts, '', ''))
  const head = [
    `HTTP/1.1 ${status} Bad Request`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
