import { escapeXml } from '../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../kit/http-kit.ts'

/** The XML that the order API writes. */

const XML_TYPE = { 'content-type': 'application/xml; charset=UTF-8' }
const PROLOG = `<?xml version="1.0" encoding="UTF-8"?>\n`

export const xmlAnswer = (
  body: string,
  status = 200,
  headers: Record<string, string> = {},
): SandboxAnswer => ({
  status,
  headers: { ...XML_TYPE, ...headers },
  body: PROLOG + body,
})

/** Codes, numbers and times stand bare, everything else in CDATA, as in Yahoo!'s samples. */
export function element(name: string, text: string): string {
  if (/^[A-Za-z0-9:+._-]*$/.test(text)) return `<${name}>${text}</${name}>`
  return `<${name}><![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`
}

export interface ErrorFacts {
  status: number
  code?: string | undefined
  message: string
  /** An element that some errors have, often empty. */
  detail?: string
  /** Some answers carry xmlns="urn:yahoo:api". */
  namespace?: boolean
  headers?: Record<string, string>
}

export function errorAnswer({
  status,
  code,
  message,
  detail,
  namespace,
  headers,
}: ErrorFacts): SandboxAnswer {
  const codeElement = code === undefined ? '' : `\n<Code>${escapeXml(code)}</Code>`
  const open = namespace ? '<Error xmlns="urn:yahoo:api">' : '<Error>'
  return xmlAnswer(
    `${open}\n<Message>\n${escapeXml(message)}\n</Message>${codeElement}${detail === undefined ? '' : `\n${element('Detail', detail)}`}\n</Error>`,
    status,
    headers,
  )
}

/** Refusal of a parameter; the message ends with its name. */
export const badParameter = (name: string): SandboxAnswer =>
  errorAnswer({ status: 400, code: 'od90101', message: `Request Parameter Error : ${name}` })

/** The message ends with what was asked for. */
export const notExists = (orderId: string): SandboxAnswer =>
  errorAnswer({ status: 404, code: 'od91801', message: `Not Exists : ${orderId}`, detail: '' })

/** A search that was good and found nothing. */
export const nothingFound = (): SandboxAnswer =>
  xmlAnswer(
    '<ResultSet totalResultsAvailable="0" totalResultsReturned="0" firstResultPosition="1"></ResultSet>',
  )

export const notOperable = (what: string, code = 'od91301'): SandboxAnswer =>
  errorAnswer({ status: 400, code, message: `Cannot Be Operated : ${what}` })

const resultSet = (content: string, attributes: string) =>
  `<ResultSet ${attributes}>\n<Result>\n${content}\n</Result>\n</ResultSet>`

export const resultAnswer = (content: string): SandboxAnswer =>
  xmlAnswer(resultSet(content, 'totalResultsAvailable="1" totalResultsReturned="1" firstResultPosition="1"'))

/** Answer of an update that was done, with warnings or without. */
export function updateAnswer(warnings: readonly Warning[]): SandboxAnswer {
  const list = warnings.map(
    ({ code, detail = '' }) =>
      `<Warning>${element('Code', code)}<Message></Message>${element('Detail', detail)}</Warning>`,
  )
  return xmlAnswer(
    resultSet(
      `<Status>OK</Status>${list.join('')}`,
      'totalResultsAvailable="1" totalResultsReturned="1" ok="1" ng="0"',
    ),
  )
}

/** orderChange may refuse with HTTP 200. */
export function ngAnswer(code: string, message: string): SandboxAnswer {
  const content = `<Status>NG</Status><Error>${element('Code', code)}${element('Message', message)}</Error>`
  return xmlAnswer(resultSet(content, 'totalResultsAvailable="1" totalResultsReturned="1" ok="0" ng="1"'))
}

export interface Warning {
  code: string
  detail?: string
}
