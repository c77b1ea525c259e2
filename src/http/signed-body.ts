import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import type { SignedHeaders } from '../platform/crypto/signed-message.ts'
import { AppError } from '../platform/errors.ts'
import type { App } from './app-types.ts'
import { asApp } from './app-types.ts'
import { validatorCompiler } from './validation.ts'

/** Doors without an API key: the signature is the proof, as Standard Webhooks says. */

/** Bodies of these types come as bytes, which is what was signed; the rest is checked as ever. */
export function rawBodies(scope: FastifyInstance, types: string[]): App {
  scope.removeContentTypeParser(types)
  scope.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const compiler: FastifySchemaCompiler<z.ZodType> = (route) =>
    route.httpPart === 'body' ? (data: unknown) => ({ value: data }) : validatorCompiler(route)
  scope.setValidatorCompiler(compiler)
  return asApp(scope)
}

export function signedHeaders({ headers }: FastifyRequest): SignedHeaders {
  const header = (name: string) => [headers[name]].flat()[0]
  return {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
  }
}

/** @param forged what to look at where the signature does not fit, Japanese */
export function signatureRefused(reason: 'missing' | 'stale' | 'forged', forged: string): AppError {
  const words = {
    missing:
      '署名がありません。webhook-id、webhook-timestamp、webhook-signature のヘッダーを付けてください。',
    stale: '署名の時刻が現在時刻から5分以上ずれています。送信側の時計を合わせ、署名し直してください。',
    forged,
  }
  return new AppError('UNAUTHENTICATED', words[reason], { details: { reason } })
}
