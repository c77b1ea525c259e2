import { readFileSync } from 'node:fs'
import {
  buildSchema,
  type DocumentNode,
  execute,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  parse,
  type SelectionNode,
  validate,
} from 'graphql'

/** The official schema, and what documents cost by its published rules. */

export const schema = buildSchema(readFileSync(new URL('./admin-2026-04.graphql', import.meta.url), 'utf8'))

export type Variables = Readonly<Record<string, unknown>>
const parsed = new Map<string, { document: DocumentNode; errors: readonly { message: string }[] }>()

/** Parsed and validated once for each text. */
export function documentOf(text: string): { document: DocumentNode; errors: readonly { message: string }[] } {
  const known = parsed.get(text)
  if (known) return known
  const document = parse(text)
  const fresh = { document, errors: validate(schema, document) }
  if (parsed.size < 1_000) parsed.set(text, fresh)
  return fresh
}

/** The first field of the operation: `orders`, `orderCancel`. */
export function operationOf(document: DocumentNode): { name: string; isWrite: boolean } {
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  const field = operation?.selectionSet.selections.find((one) => one.kind === Kind.FIELD)
  return { name: field?.name.value ?? '', isWrite: operation?.operation === 'mutation' }
}

const MUTATION_POINTS = 10

/**
 * Points that are reserved: an object 1, a value 0, a list what its `first` asks for, a mutation 10.
 * `variables`: for a `first` that is one.
 */
export function pointsOf(document: DocumentNode, variables: Variables): number {
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (operation === undefined) return 0
  const isWrite = operation.operation === 'mutation'
  const root = isWrite ? schema.getMutationType() : schema.getQueryType()
  return (
    (isWrite ? MUTATION_POINTS : 0) + below(root as GraphQLObjectType, operation.selectionSet.selections, 1)
  )

  function below(type: GraphQLObjectType, selections: readonly SelectionNode[], pageSize: number): number {
    let sum = 0
    for (const one of selections) if (one.kind === Kind.FIELD) sum += costOf(type, one, pageSize)
    return sum
  }

  function costOf(parent: GraphQLObjectType, node: FieldNode, pageSize: number): number {
    const type: GraphQLOutputType | undefined = parent.getFields()[node.name.value]?.type
    const named = type && getNamedType(type)
    if (!type || !named || isLeafType(named) || !isObjectType(named)) return 0
    const size = sizeOf(node)
    const children = (page: number) => below(named, node.selectionSet?.selections ?? [], page)
    if (named.name.endsWith('Connection')) return children(size ?? 1)
    // The nodes of a connection are as many as it was asked for.
    if (node.name.value === 'nodes') return pageSize * (1 + children(1))
    return isListType(nullable(type)) ? (size ?? 1) * (1 + children(1)) : 1 + children(1)
  }

  function sizeOf(node: FieldNode): number | undefined {
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value
    if (value?.kind === Kind.INT) return Number(value.value)
    return value?.kind === Kind.VARIABLE ? Number(variables[value.name.value]) : undefined
  }
}

const nullable = (type: GraphQLOutputType): GraphQLOutputType =>
  'ofType' in type && !isListType(type) ? (type.ofType as GraphQLOutputType) : type

/** Objects that an answer holds: what is taken for good. */
export function objectsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + objectsIn(one), 0)
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Object.values(value).reduce<number>((sum, one) => sum + objectsIn(one), 0)
}

export const run = (document: DocumentNode, rootValue: object, variableValues: Variables) =>
  execute({ schema, document, rootValue, variableValues })

interface Page {
  first?: number | null
  after?: string | null
}

/** A connection over a list, whose cursors are places in it. */
export const connection =
  <T>(list: readonly T[]) =>
  ({ first, after }: Page) => {
    const start = after ? Number(Buffer.from(after, 'base64').toString()) + 1 : 0
    const nodes = list.slice(start, start + (first ?? 50))
    const last = start + nodes.length - 1
    const pageInfo = {
      hasNextPage: last + 1 < list.length,
      hasPreviousPage: start > 0,
      endCursor: nodes.length === 0 ? null : Buffer.from(String(last)).toString('base64'),
    }
    return { nodes, pageInfo }
  }
