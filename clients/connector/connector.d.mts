/** Types of connector.mjs, for those who write theirs in TypeScript. */
export class Told extends Error {
  code: string
  constructor(code: string, message: string)
}
// biome-ignore lint/suspicious/noExplicitAny: an order is whatever the shop has, in the contract's form.
type Order = any
export interface ConnectorShop {
  placed(since: number, until: number): Order[] | Promise<Order[]>
  get(number: string): Order | undefined | Promise<Order | undefined>
  apply(order: Order, change: { action: string; parameters: Record<string, unknown> }): void | Promise<void>
  saved(order: Order): void | Promise<void>
}
export function createConnector(options: {
  capabilities: object
  secrets: readonly string[]
  shop: ConnectorShop
  now?: () => number
}): (request: {
  method: string
  url: string
  headers: Record<string, string | string[] | undefined>
  body: string
}) => Promise<{ status: number; headers: Record<string, string>; body: string }>
export function applyToOrder(
  order: Order,
  change: { action: string; parameters: Record<string, unknown> },
): void
