import { isIP, type LookupFunction } from 'node:net'
import { type AddressRules, resolvePublicHost } from './address-guard.ts'

/** The lookup that sockets themselves use: the addresses that it checks are the ones that get connected to. */
export function guardedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    resolvePublicHost(hostname, rules).then(
      (addresses) => {
        const wanted = options.family === 4 || options.family === 6 ? options.family : 0
        const entries = addresses
          .map((address) => ({ address, family: isIP(address) }))
          .filter((entry) => wanted === 0 || entry.family === wanted)
        const [first] = entries
        if (!first)
          return callback(Object.assign(new Error('no address of that family'), { code: 'ENOTFOUND' }), '')
        if (options.all) return callback(null, entries)
        callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
}
