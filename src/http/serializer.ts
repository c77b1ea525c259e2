import type { FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'

const documentedOnly = new WeakSet<z.ZodType>()

/**
 * Marks an answer's schema as documentation: it is written as it is, without being checked and stripped field by field.
 * For big answers whose parts were parsed already (a pull of 1,000 orders); never for answers built from rows that hold
 * secrets, where the stripping is the last guard.
 */
export function documentOnly<T extends z.ZodType>(schema: T): T {
  documentedOnly.add(schema)
  return schema
}

class AnswerInvalid extends Error {
  constructor(method: string, url: string, issues: readonly z.core.$ZodIssue[]) {
    const where = issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join(', ')
    super(`answer of ${method} ${url} does not fit its schema (${where})`)
    this.name = 'AnswerInvalid'
  }
}

/** Writes answers by their schema: unknown fields are left out, a wrong one is our fault and becomes a 500. */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = ({ schema, method, url }) => {
  if (documentedOnly.has(schema)) return (data) => JSON.stringify(data)
  return (data) => {
    const result = z.safeEncode(schema, data)
    if (!result.success) throw new AnswerInvalid(method, url, result.error.issues)
    return JSON.stringify(result.data)
  }
}
