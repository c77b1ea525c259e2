import type { RowSealer } from '../platform/crypto/sealer.ts'
import type { StepWords } from './steps.ts'

/** Parameters with free text or an address: they may hold a name, so they are stored sealed. */
const FREE_TEXTS = ['memo', 'detail', 'recipients', 'buyerNote'] as const

const textsContext = (changeId: string) => `site_change:${changeId}:texts`
export const payloadsContext = (changeId: string) => `site_change:${changeId}:payloads`
export const answersContext = (changeId: string) => `site_change:${changeId}:answers`
export const mallMessageContext = (changeId: string) => `site_change:${changeId}:mall_message`

export interface StoredParameters {
  /** In clear. */
  parameters: Record<string, unknown>
  sealedTexts: Buffer | null
}

export function sealTexts(
  sealer: RowSealer,
  changeId: string,
  parameters: Record<string, unknown>,
): StoredParameters {
  const plain = { ...parameters }
  const texts: Record<string, unknown> = {}
  for (const name of FREE_TEXTS) {
    if (plain[name] === undefined) continue
    texts[name] = plain[name]
    delete plain[name]
  }
  const sealed = Object.keys(texts).length > 0 ? sealer.sealJson(textsContext(changeId), texts) : null
  return { parameters: plain, sealedTexts: sealed && Buffer.from(sealed) }
}

/** @throws when the seal cannot be opened any more */
export const openTexts = (
  sealer: RowSealer,
  changeId: string,
  { parameters, sealedTexts }: StoredParameters,
): Record<string, unknown> =>
  sealedTexts === null
    ? parameters
    : { ...parameters, ...sealer.openJson<Record<string, unknown>>(textsContext(changeId), sealedTexts) }

/** @throws when the seal cannot be opened any more */
export const openAnswers = (
  sealer: RowSealer,
  changeId: string,
  sealed: Buffer | null,
): readonly (StepWords | null)[] =>
  sealed === null ? [] : sealer.openJson<(StepWords | null)[]>(answersContext(changeId), sealed)
