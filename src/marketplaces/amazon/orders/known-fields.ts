import { fieldNames, unknownCode, unknownFields } from '../../kit/unknown-fields.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { UnknownField } from '../../port/session.ts'
import { STATUS } from '../codes.ts'

/** Types of Orders API v2026-01-01. */
export const AMAZON_ORDER_NAMES = fieldNames(`
  amount currencyCode earliestDateTime latestDateTime unit value
  orderId createdTime lastUpdatedTime salesChannel orderItems orderAliases programs associatedOrders buyer recipient proceeds
  payment tax fulfillment packages fulfillmentOrders aliasId aliasType associationType channelName marketplaceId marketplaceName
  buyerName buyerEmail buyerCompanyName buyerPurchaseOrderNumber deliveryAddress deliveryPreference name companyName addressLine1
  addressLine2 addressLine3 city districtOrCounty stateOrRegion municipality postalCode countryCode phone addressType extendedFields
  dropOffLocation addressInstruction deliveryCapabilities deliveryTime businessHours dayOfWeek timeWindows startTime endTime hour
  minute exceptionDates exceptionDate exceptionDateType grandTotal breakdowns type subtotal status paymentExecutions paymentMethod
  paymentAmount acquirerId cardBrand authorizationCode taxRegistrations entityType legalName taxRegistrationType
  taxRegistrationNumber taxRegistrationAddress taxRegistrationAttributes taxInvoicing buyerInvoicePreference invoiceStatus
  fulfillmentStatus fulfilledBy fulfillmentServiceLevel shipByWindow deliverByWindow labelPrintingWindow
  orderItemId quantityOrdered product measurement associatedOrderItems expense promotion cancellation asin title sellerSku condition
  conditionType conditionSubtype conditionNote price unitPrice priceDesignation serialNumbers customization customizedUrl
  proceedsTotal detailedBreakdowns subtype pointsCost pointsGranted pointsNumber pointsMonetaryValue promotionId cancellationRequest
  requester cancelReason cancellationExecution cancelledBy quantityFulfilled quantityUnfulfilled picking substitutionPreference
  packing giftOption giftMessage giftWrapLevel serialNumberRequirement requirementType shipping scheduledDeliveryWindow
  shippingConstraints palletDelivery cashOnDelivery signatureConfirmation recipientIdentityVerification recipientAgeVerification
  internationalShipping packageReferenceId packageStatus detailedStatus carrier shipTime shippingService trackingNumber
  shipFromAddress packageItems quantity transparencyCodes
`)
/** Brazil's fields, and a buyer's customisation of a product. */
const OPAQUE: ReadonlySet<string> = new Set(['extendedFields', 'taxRegistrationAttributes', 'customization'])

export const amazonUnknowns = (order: NormalisedOrder): UnknownField[] => [
  ...unknownFields(order, { names: AMAZON_ORDER_NAMES, opaque: OPAQUE }),
  ...unknownCode('fulfillmentStatus', order.mallStatus.code, (code) => Object.hasOwn(STATUS, code)),
]
