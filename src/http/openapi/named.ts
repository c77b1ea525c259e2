import {
  type OpenApiDocument,
  type OpenApiMedia,
  operationsOf,
  type OpenApiSchema as Schema,
} from './model.ts'

/**
 * Gives every shape and every list of values in the document a name, so that a generated client has
 * `MallState` where it would have had a type of its own at each place. What zod named keeps its name; the
 * others are called by where they stand (`ListShopsAnswer`, `OrderDetailPayment`), or as NAMES says. And
 * there is one way to say that a value may be null.
 */
type Schemas = Record<string, Schema>

/** Called so wherever they stand first: a place's name would change with the next field before it. */
const BY_SHAPE: Schemas = {
  QueryFlag: { type: 'string', enum: ['true', 'false'], description: 'A yes or a no in an address (真偽)' },
}

/** Fields that describe the place of use; they stay there, beside the reference. */
const OF_THE_PLACE = ['description', 'readOnly', 'default', 'example', 'examples', 'deprecated']

export function nameParts(document: OpenApiDocument): OpenApiDocument {
  const given = { ...BY_SHAPE, ...document.components?.schemas }
  const { rename, twins } = withoutTwins(given)
  const schemas: Schemas = {}
  const byShape = new Map<string, string>()
  const known = Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => !twins.has(name))
      .map(([name, schema]) => [name, oneNull(schema, rename)]),
  )
  for (const [name, schema] of Object.entries(known)) byShape.set(shapeOf(schema), name)

  const named = (schema: Schema, place: string): Schema => {
    const name = NAMES.get(place) ?? place
    const kept = byShape.get(shapeOf(schema))
    if (kept === undefined) {
      if (schemas[name] ?? known[name])
        throw new Error(`two shapes would be called ${name} (${place}); NAMES can tell them apart`)
      byShape.set(shapeOf(schema), name)
      schemas[name] = schema
      schemas[name] = inner(schema, name)
    }
    return { ...ofThePlace(schema), $ref: `#/components/schemas/${kept ?? name}` }
  }
  /** A schema at a place: a reference, if it is of the kind that gets a name. */
  const walk = (schema: Schema, place: string): Schema => {
    if (isAny(schema)) return { ...schema, $ref: '#/components/schemas/JsonValue' }
    return getsName(schema) ? named(schema, place) : inner(schema, place)
  }
  const inner = (schema: Schema, place: string): Schema => {
    const out = { ...schema }
    if (out.properties) {
      out.properties = Object.fromEntries(
        Object.entries(out.properties).map(([name, field]) => [name, walk(field, place + capital(name))]),
      )
    }
    if (out.items) out.items = walk(out.items, singular(place))
    if (out.propertyNames && getsName(out.propertyNames)) out.propertyNames = walk(out.propertyNames, place)
    if (typeof out.additionalProperties === 'object')
      out.additionalProperties = walk(out.additionalProperties, singular(place))
    for (const word of ['anyOf', 'oneOf', 'allOf'] as const) {
      const branches = out[word]
      if (branches)
        out[word] = branches.map((one) =>
          walk(one, place + (word === 'allOf' ? 'Facts' : branchName(one, branches))),
        )
    }
    return out
  }
  schemas.JsonValue = { description: 'Any JSON value (任意のJSON値)' }
  const media = (content: Record<string, OpenApiMedia> | undefined, place: string): void => {
    for (const one of Object.values(content ?? {}))
      if (one.schema) one.schema = walk(oneNull(one.schema, rename), place)
  }
  for (const [name, schema] of Object.entries(known)) schemas[name] = inner(schema, name)
  for (const { path, method, operation } of operationsOf(document)) {
    const id = capital(operation.operationId ?? method + path.replace(/[^A-Za-z]+/g, '-'))
    media(operation.requestBody?.content, id + (method === 'patch' ? 'Patch' : 'Request'))
    for (const [status, response] of Object.entries(operation.responses))
      media(response.content, id + (status < '300' ? 'Answer' : `Refusal${status}`))
    for (const parameter of operation.parameters ?? [])
      if (parameter.schema)
        parameter.schema = walk(oneNull(parameter.schema, rename), id + capital(parameter.name))
  }
  return { ...document, components: { ...document.components, schemas } }
}

/** Shapes with fields, choices between shapes, lists of several values; a single value tells apart. */
const getsName = (schema: Schema): boolean =>
  schema.$ref === undefined &&
  ((schema.properties !== undefined && Object.keys(schema.properties).length > 0) ||
    (schema.enum?.length ?? 0) > 1 ||
    schema.oneOf !== undefined ||
    schema.allOf !== undefined ||
    (schema.anyOf?.filter((one) => one.type !== 'null').every((one) => one.properties) === true &&
      schema.anyOf.length > 2))

const isAny = (schema: Schema): boolean => Object.keys(schema).every((word) => OF_THE_PLACE.includes(word))

const ofThePlace = (schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([word]) => OF_THE_PLACE.includes(word)))

/** The same text for shapes that are the same apart from what belongs to the place. */
function shapeOf(schema: Schema): string {
  if (schema.enum) return JSON.stringify([...schema.enum].sort())
  return JSON.stringify(
    Object.entries(schema)
      .filter(([word]) => !OF_THE_PLACE.includes(word))
      .sort(byName),
  )
}

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1)

/** zod writes what is both sent and answered twice; where the two are alike one of them is enough. */
function withoutTwins(schemas: Schemas) {
  const twins = new Set(
    Object.keys(schemas).filter((name) => {
      const other = schemas[name.replace(/Input$/, '')]
      return name.endsWith('Input') && other && shapeOf(other) === shapeOf(schemas[name] ?? {})
    }),
  )
  return {
    twins,
    rename: (ref: string) => (twins.has(ref.split('/').at(-1) ?? '') ? ref.replace(/Input$/, '') : ref),
  }
}

/** `type: [X, null]` becomes `anyOf: [X, null]`, needed where X is a reference. Examples are data: kept. */
function oneNull(schema: Schema, rename: Rename): Schema {
  const within = (one: Schema): Schema => oneNull(one, rename)
  const out: Schema = { ...schema }
  if (out.$ref !== undefined) out.$ref = rename(out.$ref)
  if (out.properties)
    out.properties = Object.fromEntries(
      Object.entries(out.properties).map(([name, field]) => [name, within(field)]),
    )
  for (const word of ['anyOf', 'oneOf', 'allOf'] as const) if (out[word]) out[word] = out[word].map(within)
  for (const word of ['items', 'propertyNames'] as const) if (out[word]) out[word] = within(out[word])
  if (typeof out.additionalProperties === 'object')
    out.additionalProperties = within(out.additionalProperties)
  if (!Array.isArray(out.type)) return out
  const { type: types, ...rest } = out
  const words = Object.fromEntries(Object.entries(rest).filter(([word]) => !OF_THE_PLACE.includes(word)))
  return {
    ...ofThePlace(out),
    anyOf: types.map((type) => (type === 'null' ? { type } : { type, ...words })),
  }
}

type Rename = (ref: string) => string

/** Names each of several shapes by the value that tells it apart; a single one needs only its place. */
function branchName(branch: Schema, branches: readonly Schema[]): string {
  if (branches.filter(getsName).length < 2) return ''
  const told = Object.values(branch.properties ?? {}).find(
    (field) => field.const !== undefined || field.enum?.length === 1,
  )
  const value = told?.const ?? told?.enum?.[0]
  return typeof value === 'string' ? capital(value) : `Choice${branches.indexOf(branch) + 1}`
}

const capital = (text: string): string =>
  text.replace(/(?:^|[-_.])([A-Za-z])/g, (_, letter: string) => letter.toUpperCase())

const singular = (text: string): string =>
  text
    .replace(/ies$/, 'y')
    .replace(/(ss|us|sh|ch|x)es$/, '$1')
    .replace(/([^s])s$/, '$1')

/** Names of shapes that zod did not name, by the name that their place would have given them. */
export const NAMES: ReadonlyMap<string, string> = new Map([
  // Used at many places: otherwise they would be called after the first.
  ['GetOrderTimelineAnswerEvent', 'TimelineEvent'],
  ['GetServiceHealthAnswerPart', 'HealthPart'],
  ['GetTriggersAnswerTrigger', 'Trigger'],
  ['ListLabelFormatsAnswerTracking', 'TrackingFormat'],
  ['ListMarksAnswerMark', 'Mark'],
  ['ListNotificationsAnswerQueue', 'NotificationQueue'],
  ['ListOperatorsAnswer', 'StaffList'],
  ['ListOperatorsInvitationsAnswer', 'InvitationList'],
  ['ListOrderVersionsAnswerVersion', 'ListedVersion'],
  ['ListPullsAnswerPull', 'ListedPull'],
  ['ListQueuesAnswerQueue', 'Queue'],
  ['ListSessionsAnswerSession', 'ListedSession'],
  ['ListShopReasonsAnswerShop', 'ShopReason'],
  ['ListSubStatusesAnswerSubStatu', 'SubStatus'],
  ['ListWaitingOrdersAnswerOrder', 'WaitingOrder'],
  ['RecogniseMailAnswerMall', 'RecognisedMall'],
  ['ReplaceMarkRulesRequestRuleAllChoice1', 'MarkTextConditionRequest'],
  ['ReplaceMarkRulesRequestRuleAllChoice2', 'MarkNumberConditionRequest'],
  ['RequestSiteChangesAnswerChecked', 'CheckedChange'],
  ['RequestSiteChangesAnswerResult', 'ChangeResult'],
  ['RequestSiteChangesRequestMode', 'ChangeMode'],
  ['ShowSecondFactorRequestChoice1', 'SecondFactorCode'],
  ['ShowSecondFactorRequestChoice2', 'RecoveryCode'],
  ['TestShopAnswerExpiry', 'CredentialExpiry'],
  ['ApiKeyRole', 'ClientRole'],
  ['CreateApiKeyAnswer', 'NewApiKey'],
  ['CreateMailboxRequestAuth', 'MailboxAuthRequest'],
  ['BeginMailboxConsentAnswer', 'ConsentBegun'],
  ['CreateShopRequestSettings', 'ShopSettings'],
  ['ShopSettings', 'StoredShopSettings'],
  ['ShopSettingsMailRules', 'MailRules'],
  ['CheckLabelsRequestOptions', 'LabelOptions'],
  ['CreateWebhookRequestKind', 'FeedKind'],
  ['EditOrderPatch', 'OrderPatch'],
  ['EditOrderRefusal412', 'OrderConflict'],
  ['MoveOrdersRefusal412', 'MoveConflict'],
  ['SetPapersRefusal412', 'PapersConflict'],
  ['OrderDetailMissing', 'DetailMissing'],
  ['OrderVersionEdit', 'OrderEdit'],
  ['OrderHold', 'HoldKind'],
  ['OrderMallState', 'MallState'],
  ['OrderPaymentKind', 'PaymentKind'],
  ['EraseBuyerOfTenantAnswer', 'BuyerErased'],
  ['ExportAuditFormat', 'AuditFormat'],
  ['GetReadinessAnswerCheck', 'ReadinessCheck'],
  ['GetReadinessRefusal503', 'NotReady'],
  ['GetServiceHealthAnswerState', 'HealthState'],
  ['TriggerFromOrder', 'Lateness'],
  ['ImportRequestState', 'ImportState'],
  ['ImportTrackingAnswerRow', 'TrackingRow'],
  ['InvitationRole', 'StaffRole'],
  ['InviteOperatorsAnswer', 'InvitationMade'],
  ['LabelFileOrder', 'LabelOrder'],
  ['ListPurchaseApplicationsBy', 'ApplicationDate'],
  ['ListLabelFormatsAnswerFormat', 'LabelFormat'],
  ['ListMailsAnswerMail', 'Mail'],
  ['ListMarketplacesAnswerMarketplace', 'MallAbilities'],
  ['ListNotificationsAnswerNotification', 'Notification'],
  ['ListOrdersAnswerOrder', 'ListedOrder'],
  ['SavedViewQuerySort', 'SortOrder'],
  ['MarkRulesRuleAllChoice1', 'MarkTextCondition'],
  ['MarkRulesRuleAllChoice2', 'MarkNumberCondition'],
  ['OrderDetailMallStatus', 'MallStatus'],
  ['RecogniseMailAnswerRecognition', 'Recognition'],
  ['RequestSiteChangesRequestChange', 'SiteChangeRequest'],
  ['SiteChangeRequestShipParcelCarrier', 'Carrier'],
  ['StoredShopSettingsCarriers', 'Carrier'],
  ['StoredShopSettingsMailRulesSubjectKind', 'MailKind'],
  ['StoredShopSettingsOnImportAction', 'ShopSettingsOnImportAction'],
  ['UpdateOperatorsPatchRole', 'OperatorRole'],
  ['UpdateOperatorsPatchState', 'AccountSwitch'],
])
