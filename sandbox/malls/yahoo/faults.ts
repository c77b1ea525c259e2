import { createFaults, type Faults, type SandboxFault } from '../../kit/faults.ts'
import { htmlAnswer, type SandboxAnswer } from '../../kit/http-kit.ts'
import { type ErrorFacts, errorAnswer, ngAnswer, nothingFound, xmlAnswer } from './answers.ts'

/** Faults of Yahoo!'s own, beside the common ones: named by the px code, or by what happens. */

const FORBIDDEN = 'Your Request was Forbidden'
const NOT_PERMITTED = 'Use of API is not permitted.'
const SESSION_ENDED = 'AccessToken has been expired. This API session is shorter than another API.'

/** 401 of the gateway: no Code, the reason in the header and again in the message. */
export function tokenError(description: string, error = 'invalid_token'): SandboxAnswer {
  const challenge = `Bearer realm="yahooapis.jp", error="${error}", error_description="${description}"`
  return errorAnswer({
    status: 401,
    message: `Please provide valid credentials. ${challenge}`,
    headers: { 'www-authenticate': challenge },
  })
}

export const px = (code: string): SandboxAnswer =>
  errorAnswer({ ...(PX[code] ?? { status: 403, message: code }), code })

const PX: Readonly<Record<string, ErrorFacts>> = {
  'px-04001': { status: 400, message: 'seller_id is required.' },
  'px-04102': { status: 401, message: SESSION_ENDED },
  'px-04303': { status: 403, message: 'Application ID is not registered.' },
  'px-04306': { status: 403, message: 'IP address is not registered.' },
  'px-04307': { status: 403, message: NOT_PERMITTED },
  'px-14303': { status: 403, message: NOT_PERMITTED },
  'px-14304': { status: 403, message: 'Seller is not permitted.' },
  'px-04400': { status: 404, message: 'Unknown URL.' },
}

export const forbidden = (status = 403): SandboxAnswer => errorAnswer({ status, message: FORBIDDEN })

const OWN: Readonly<Record<string, (fault: SandboxFault) => SandboxAnswer>> = {
  'key-refused': () => px('px-04307'),
  'expired-token': () => tokenError('expired token'),
  'invalid-token': () => tokenError('invalid token format'),
  'insufficient-scope': () => tokenError('insufficient scope', 'insufficient_scope'),
  'no-authorization': () => errorAnswer({ status: 401, message: 'Service Requires Authentication' }),
  forbidden: () => forbidden(),
  '403-empty': () => ({ status: 403 }),
  '404-empty': () => ({ status: 404 }),
  '404-html': () => htmlAnswer(404, '<html><body>Not Found</body></html>'),
  'nothing-found': () => nothingFound(),
  ng: (fault) => ngAnswer(textOf(fault, 'code', ''), textOf(fault, 'message', '')),
  doctype: () =>
    xmlAnswer(
      '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]><ResultSet>&lol2;</ResultSet>',
    ),
  /** Three thousand million characters once its entities are expanded. */
  'xml-bomb': () => xmlAnswer(xmlBomb(9)),
  error: (fault) =>
    errorAnswer({
      status: Number(fault.status ?? 400),
      code: fault.code === undefined ? undefined : String(fault.code),
      message: textOf(fault, 'message', 'error'),
      namespace: fault.namespace === true,
    }),
}

function xmlBomb(levels: number): string {
  const entities = Array.from({ length: levels }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`)
  const name = `&l${levels};`
  return `<!DOCTYPE ResultSet [<!ENTITY l0 "lol">${entities.join('')}]><ResultSet><Result>${name}</Result></ResultSet>`
}

const textOf = (fault: SandboxFault, name: string, fallback: string) => String(fault[name] ?? fallback)

/** Kinds that replace the answer. */
export const OWN_FAULTS: ReadonlySet<string> = new Set([...Object.keys(OWN), ...Object.keys(PX)])
/** Update done, with the warning `code` and `detail`. */
export const WARNING_FAULT: ReadonlySet<string> = new Set(['warning'])

export const ownFault = (fault: SandboxFault): SandboxAnswer => OWN[fault.kind]?.(fault) ?? px(fault.kind)

/**
 * Faults of the API and of the token endpoint apart: a fault without an operation spoils API calls alone,
 * since a spoilt token call would hide what it was set up to show. Faults with operation `token` are the
 * endpoint's.
 */
export interface TwoFaults extends Omit<Faults, 'take'> {
  api: Faults
  token: Faults
}

/** `seed`: for the faults that hit a share of the calls. */
export function createTwoFaults(seed: number): TwoFaults {
  const api = createFaults(seed)
  const token = createFaults()
  const isToken = ({ operation }: { operation?: string | undefined }) => operation === 'token'
  return {
    api,
    token,
    set(faults) {
      token.set(faults.filter(isToken))
      api.set(faults.filter((fault) => !isToken(fault)))
    },
    add: (fault) => (isToken(fault) ? token : api).add(fault),
    clear() {
      api.clear()
      token.clear()
    },
    list: () => [...api.list(), ...token.list()],
  }
}
