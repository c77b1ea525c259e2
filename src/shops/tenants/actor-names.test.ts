import { expect, test } from 'vitest'
import type { RowSealer } from '../../platform/crypto/sealer.ts'
import { staffName, staffNameContext } from './actor-names.ts'

const ID = '0199c0de-0000-7000-8000-000000000001'
const sealer = {
  open: (context: string, sealed: Uint8Array) => Buffer.from(`${context} ${sealed.length}`),
} as unknown as RowSealer

test.each([
  ['one of the tenant’s people', `staff:${ID}`, new Uint8Array(3), `${staffNameContext(ID)} 3`],
  ['one of the operator’s', `staff:${ID}`, null, '運営者'],
  ['a key', `key:${ID}`, null, null],
  ['the operator key', 'operator', null, null],
])('%s', (_, actor, sealedName, name) => {
  expect(staffName(sealer, actor, sealedName)).toBe(name)
})
