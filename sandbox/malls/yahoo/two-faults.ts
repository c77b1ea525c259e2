import { createFaults, type Faults } from '../../kit/faults.ts'

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
