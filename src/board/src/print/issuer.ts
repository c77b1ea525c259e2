import { factsOf } from '../api.ts'
import { useLabelFormats } from '../csv/label-export.tsx'
import { t } from '../i18n.ts'
import { useContract } from '../settings/contract.tsx'

export interface Issuer {
  shop: string
  lines: readonly string[]
  registrationNumber: string | null
  /** Rate of orders whose mall gives none, by the label settings. */
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
      unknownTaxRate: Number(factsOf(settings).unknownTaxRate) || null,
      lines: [...texts, phone && `${t('電話', 'Phone')} ${phone}`].flatMap((one) =>
        one ? [String(one)] : [],
      ),
    }
  }
}

export const postCode = (code: unknown): string =>
  typeof code === 'string' && code !== '' ? `〒${code.replace(/^(\d{3})(\d{4})$/, '$1-$2')}` : ''
