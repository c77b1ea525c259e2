import { expect, it } from 'vitest'
import { refusedShipment } from './index.ts'

it.each<[number, string | undefined, string]>([
  [400, 'NonexistentOrderItem: Failed to find order item list for the order.', 'AMAZON_ORDER_CANCELLED'],
  [400, 'InvalidPackageVersion', 'AMAZON_TOO_MANY_EDITS'],
  [400, 'The package has reached the maximum number of allowed updates', 'AMAZON_TOO_MANY_EDITS'],
  [400, 'errorMetric=PackageToUpdateNotFound', 'AMAZON_ALREADY_FULFILLED'],
  [400, 'ShipDate: must not be in the future', 'AMAZON_SHIP_DATE_REFUSED'],
  [400, 'CarrierName: is required when CarrierCode is Other.', 'AMAZON_CARRIER_REFUSED'],
  [400, 'PackageReferenceId: is invalid, must be a positive numeric value.', 'AMAZON_FORMAT_REFUSED'],
  [400, 'Please check the fields with invalid type [packageDetail].', 'AMAZON_FORMAT_REFUSED'],
  [400, 'The input you have submitted is not valid.', 'AMAZON_SHIP_REFUSED'],
  [400, undefined, 'AMAZON_SHIP_REFUSED'],
  [403, 'Access to requested resource is denied.', 'AMAZON_SHIP_FORBIDDEN'],
  [404, undefined, 'AMAZON_ORDER_UNKNOWN'],
])('%i "%s" means %s, for good, with the mall’s own words kept', (status, mallMessage, code) => {
  const facts = {
    mallCode: 'InvalidInput',
    ...(mallMessage === undefined ? {} : { mallMessage }),
    status,
    raw: '',
  }
  const failure = refusedShipment({ kind: 'refused', status, facts })
  expect(failure).toMatchObject({ kind: 'rejected', code, mallMessage })
  expect(failure.message).toMatch(/ください/)
})
