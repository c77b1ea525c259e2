import type { SandboxFault } from '../../kit/faults.ts'
import type { SandboxAnswer } from '../../kit/http-kit.ts'
import { notAuthorised, refusal, success } from './answers.ts'

/** Faults of this mall's own, beside the common ones. */

const text = (fault: SandboxFault, name: string, fallback: string) => String(fault[name] ?? fallback)

const OWN: Readonly<Record<string, (fault: SandboxFault) => SandboxAnswer>> = {
  'key-refused': () => notAuthorised(),
  'shop-refused': (fault) =>
    refusal(text(fault, 'code', 'CME0022'), '店舗IDが正しくありません。', Number(fault.status ?? 200)),
  /** Any refusal: `code`, `message`, HTTP `status`. */
  'status-1': (fault) =>
    refusal(
      text(fault, 'code', 'TRE9999'),
      text(fault, 'message', 'エラーが発生しました。'),
      Number(fault.status ?? 200),
    ),
  '502-html': () => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html><head><title>502 Bad Gateway</title></head><body></body></html>',
  }),
  '401-html': () => ({
    status: 401,
    headers: { 'content-type': 'text/html' },
    body: '<html><head><title>401</title></head><body></body></html>',
  }),
  '403-empty': () => ({ status: 403 }),
  'empty-response': () => success(),
  'not-xml': () => ({ status: 200, headers: { 'content-type': 'application/xml' }, body: 'OK' }),
  doctype: () => ({
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;">]><response><result><status>0</status></result>&c;</response>',
  }),
  /** Whatever `body` says. */
  body: (fault) => ({
    status: Number(fault.status ?? 200),
    headers: { 'content-type': 'application/xml' },
    body: text(fault, 'body', ''),
  }),
}

export const OWN_FAULTS: ReadonlySet<string> = new Set(Object.keys(OWN))
export const ownFault = (fault: SandboxFault): SandboxAnswer => OWN[fault.kind]?.(fault) ?? success()
