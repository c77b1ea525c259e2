import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { Settings } from './settings.ts'
import type { SimShop } from './shops.ts'

/** What stands in front of the order service: the ESA header, and errors in an envelope of its own. */

export function gatewayError(settings: Settings, status: number, code: string, text: string): SandboxAnswer {
  const sent = settings.envelopeStatus ?? status
  switch (settings.envelope) {
    case 'errors':
      return jsonAnswer(sent, { errors: [{ code, message: text, metadata: { propertyPath: null } }] })
    case 'Results':
      return jsonAnswer(sent, { Results: { errorCode: code, message: text } })
    case 'empty':
      return { status }
    case 'html':
      return {
        status,
        headers: { 'content-type': 'text/html' },
        body: `<html><head><title>${status}</title></head><body>${text}</body></html>`,
      }
  }
}

/** The shop whose keys the header carries, or the gateway's refusal. The key must allow `functionName`. */
export function authenticate(
  request: SandboxRequest,
  functionName: string,
  shops: readonly SimShop[],
  settings: Settings,
  now: number,
): { shop: SimShop } | { refusal: SandboxAnswer } {
  const pair = pairOf(request.headers.authorization)
  if (!pair) return { refusal: gatewayError(settings, 400, 'GK0001', 'Bad Request') }
  const shop = shops.find((one) => one.serviceSecret === pair.secret && one.licenseKey === pair.key)
  const expired = now > Date.parse(`${settings.keyExpiresAt}+09:00`)
  if (!shop || expired || settings.disabledFunctions.includes(functionName)) {
    return { refusal: gatewayError(settings, 401, settings.refusedCode, 'Un-Authorised') }
  }
  return { shop }
}

function pairOf(header: string | undefined): { secret: string; key: string } | null {
  const [, encoded] = /^ESA ([A-Za-z0-9+/=]+)$/.exec(header ?? '') ?? []
  if (!encoded) return null
  const [secret, key, ...more] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return secret && key && more.length === 0 ? { secret, key } : null
}
