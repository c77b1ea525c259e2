import { factsOf } from '../api.ts'
import { useLabelFormats } from '../csv/label-export.tsx'
import { t } from '../i18n.ts'
import { useContract } from '../settings/contract.tsx'

export interface Issuer {
  shop: string
  lines: readonly string[]
  registrationNumber: string | null
  /** Rate of orders whose mall gives none: the one that the label settings of all tools agree on. */
  unknownTaxRate: number | null
}

/**
 * The seller: the sender of the labels, whichever tool has one, with the contract's registration. Null while
 * it is read.
 */
export function useIssuer(): ((shopId: string, shop: string) => Issuer) | null {
  const [tools, contract] = [useLabelFormats(), useContract()]
  if (tools.isPending || contract.isPending) return null
  const formats = tools.data?.formats ?? []
  const registrationNumber = contract.data?.registrationNumber ?? null
  const settings = formats.find((one) => factsOf(one.settings).sender !== undefined)?.settings
  const unknownTaxRate = agreedRate(formats.map((one) => factsOf(one.settings).unknownTaxRate))
  return (shopId, shop) => {
    const of = factsOf(factsOf(settings).sendersByShop)[shopId] ?? factsOf(settings).sender
    const { name, postalCode, address, building, phone } = factsOf(of)
    const texts = [
      name === shop ? '' : name,
      postCode(postalCode),
      [address, building].filter(Boolean).join(' '),
    ]
    return {
      shop,
      registrationNumber,
      unknownTaxRate,
      lines: [...texts, phone && `${t('電話', 'Phone')} ${phone}`].flatMap((one) =>
        one ? [String(one)] : [],
      ),
    }
  }
}

/** Two tools with 8 and 10 have a reason that no paper knows: it names no rate rather than a wrong one. */
export function agreedRate(rates: readonly unknown[]): number | null {
  const [rate, ...others] = new Set(rates.filter(Boolean))
  return others.length > 0 ? null : Number(rate) || null
}

export const postCode = (code: unknown): string =>
  typeof code === 'string' && code !== '' ? `〒${code.replace(/^(\d{3})(\d{4})$/, '$1-$2')}` : ''
