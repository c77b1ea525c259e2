import { factsOf } from '../../src/platform/narrow.ts'

/** A shop in Vendure, set up by its Admin API, whose buyers order through its Shop API. */

type Gql = (query: string, variables?: object) => Promise<Record<string, Row>>
interface Row {
  id: string
  code: string
  [name: string]: unknown
}

/** @throws Error for errors of GraphQL and for error results */
function gqlClient(url: string): Gql {
  let token: string | null = null
  return async (query, variables = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    })
    token = response.headers.get('vendure-auth-token') ?? token
    const { data, errors } = (await response.json()) as { data: Record<string, Row>; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors).slice(0, 500))
    const refused = Object.values(data).find((one) => factsOf(one).errorCode)
    if (refused) throw new Error(JSON.stringify(refused))
    return data
  }
}

const ERROR = '... on ErrorResult { errorCode message }'
const named = (name: string) => [{ languageCode: 'en', name, description: '' }]
const of = (code: string, values: Record<string, string>) => ({
  code,
  arguments: Object.entries(values).map(([name, value]) => ({ name, value })),
})

export async function signIn(url: string): Promise<Gql> {
  const admin = gqlClient(`${url}/admin-api`)
  await admin('mutation { login(username: "superadmin", password: "superadmin") { __typename } }')
  return admin
}

/** What a buyer chooses: ids of a variant and of a way of sending. */
interface Offer {
  variant: string
  method: string
}

/** One product in yen with 10 % tax, one way of sending, one of paying. */
export async function setUpShop(url: string): Promise<Offer> {
  const admin = await signIn(url)
  const make = async (kind: string, input: object) => {
    const answer = await admin(
      `mutation($input: Create${kind}Input!) { made: create${kind}(input: $input) { id } }`,
      { input },
    )
    return answer.made?.id ?? ''
  }
  const zone = await make('Zone', { name: 'JP' })
  const country = await make('Country', {
    code: 'JP',
    enabled: true,
    translations: [{ languageCode: 'en', name: 'Japan' }],
  })
  await admin(
    'mutation($zone: ID!, $all: [ID!]!) { addMembersToZone(zoneId: $zone, memberIds: $all) { id } }',
    {
      zone,
      all: [country],
    },
  )
  const { activeChannel } = await admin('{ activeChannel { id } }')
  await admin(
    `mutation($input: UpdateChannelInput!) { updateChannel(input: $input) { __typename ${ERROR} } }`,
    {
      input: {
        id: activeChannel?.id,
        defaultCurrencyCode: 'JPY',
        availableCurrencyCodes: ['JPY'],
        pricesIncludeTax: true,
        defaultTaxZoneId: zone,
        defaultShippingZoneId: zone,
      },
    },
  )
  const taxCategoryId = await make('TaxCategory', { name: 'standard', isDefault: true })
  await make('TaxRate', { name: '10', enabled: true, value: 10, categoryId: taxCategoryId, zoneId: zone })
  const productId = await make('Product', {
    enabled: true,
    translations: [{ languageCode: 'en', name: '手ぬぐい①', slug: 'tenugui', description: '' }],
  })
  const method = await make('ShippingMethod', {
    code: 'takuhai',
    fulfillmentHandler: 'manual-fulfillment',
    checker: of('default-shipping-eligibility-checker', { orderMinimum: '0' }),
    calculator: of('default-shipping-calculator', { rate: '55000', includesTax: 'include', taxRate: '10' }),
    translations: named('宅配便'),
  })
  await make('PaymentMethod', {
    code: 'card',
    enabled: true,
    handler: of('dummy-payment-handler', { automaticSettle: 'true' }),
    translations: named('クレジットカード'),
  })
  const variants = [
    {
      productId,
      sku: 'TN-1',
      price: 165_000,
      taxCategoryId,
      trackInventory: 'FALSE',
      translations: [{ languageCode: 'en', name: '手ぬぐい①' }],
    },
  ]
  const { made } = await admin(
    'mutation($all: [CreateProductVariantInput!]!) { made: createProductVariants(input: $all) { id } }',
    { all: variants },
  )
  const [first] = made as unknown as Row[]
  return { variant: first?.id ?? '', method }
}

/** As a buyer does, who is signed in nowhere. Returns the order's code. */
export async function order(url: string, { variant, method }: Offer): Promise<string> {
  const shop = gqlClient(`${url}/shop-api`)
  // Alone: what follows in one request would not find the order that it begins.
  await shop(
    `mutation($variant: ID!) { item: addItemToOrder(productVariantId: $variant, quantity: 2) { __typename ${ERROR} } }`,
    { variant },
  )
  await shop(`mutation {
    buyer: setCustomerForOrder(input: { firstName: "花子", lastName: "髙﨑", emailAddress: "hanako@example.jp" }) {
      __typename ${ERROR} }
    address: setOrderShippingAddress(input: { fullName: "髙﨑 花子", streetLine1: "千代田1-1", city: "千代田区",
      province: "東京都", postalCode: "1000001", countryCode: "JP", phoneNumber: "0300000000" }) {
      __typename ${ERROR} }
  }`)
  const { paid } = await shop(
    `mutation($method: [ID!]!) {
      sent: setOrderShippingMethod(shippingMethodId: $method) { __typename ${ERROR} }
      moved: transitionOrderToState(state: "ArrangingPayment") { __typename ${ERROR} }
      paid: addPaymentToOrder(input: { method: "card", metadata: {} }) { ... on Order { code } ${ERROR} }
    }`,
    { method: [method] },
  )
  return paid?.code ?? ''
}
