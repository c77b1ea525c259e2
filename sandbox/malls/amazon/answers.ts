import { jsonAnswer, type SandboxAnswer } from '../../kit/http-kit.ts'

/** The error list that every operation answers with. */
export const errorAnswer = (status: number, code: string, message: string, details = ''): SandboxAnswer =>
  jsonAnswer(status, { errors: [{ code, message, details }] }, { 'x-amzn-errortype': `${code}Exception` })

export const unauthorised = (details: string): SandboxAnswer =>
  errorAnswer(403, 'Unauthorized', 'Access to requested resource is denied.', details)

export const invalidInput = (
  message = 'The input you have submitted is not valid. Please check your input and try again.',
): SandboxAnswer => errorAnswer(400, 'InvalidInput', message)

export const notFound = (): SandboxAnswer =>
  errorAnswer(404, 'NotFound', 'The requested order was not found.')

export const quotaExceeded = (): SandboxAnswer =>
  errorAnswer(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.')
