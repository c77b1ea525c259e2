import { invalid } from '../../http/validation.ts'
import { AppError } from '../../platform/errors.ts'
import { AddressError, type AddressRules, assertPublicHost } from '../../platform/http/address-guard.ts'

/** Refuses hosts inside the operator's network, and names that do not exist, before they are stored; both name `host`. */
export async function checkMailHost(rules: AddressRules, host: string): Promise<void> {
  try {
    await assertPublicHost(host, rules)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    const { message } = error
    if (error.reason === 'unresolvable') throw invalid([{ field: 'host', message, code: 'host_not_found' }])
    throw new AppError('HOST_NOT_ALLOWED', message, {
      fields: [{ field: 'host', message, code: 'private_address' }],
    })
  }
}
