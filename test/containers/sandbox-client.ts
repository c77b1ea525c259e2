/** The sandbox in its container, through its desk (sandbox/desk.ts). */

export interface SandboxSetup {
  mailbox: { host: string; port: number; username: string; password: string; security: string }
  shops: { marketplace: string; code: string; credentials: Record<string, string> }[]
}

export interface SandboxMailboxView {
  /** IMAP connections that are logged in as this user now. */
  connections: number
  commands: Record<string, number>
  mails: { uid: number; flags: string[] }[]
  delivered: { orderNumber: string; type: string; deliveredAt: string }[]
}

export interface PlacedOrder {
  marketplace: string
  orderNumber: string
  billed: number
}

/** What a webhook sent. */
export interface Delivery {
  type: string
  data: { orderNumber?: string; what?: string[]; code?: string }
}

export interface SandboxClient {
  received(): Promise<Delivery[]>
  setup(): Promise<SandboxSetup>
  mailbox(): Promise<SandboxMailboxView>
  place(marketplace: string, count: number): Promise<PlacedOrder[]>
  cancel(marketplace: string, orderNumber: string): Promise<void>
  /** Operations that really changed the order in the mall's books, oldest first. */
  writes(marketplace: string, orderNumber: string): Promise<string[]>
}

export function createSandboxClient(baseUrl: string): SandboxClient {
  const call = async <T>(path: string, body?: unknown): Promise<T> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const answer = await fetch(`${baseUrl}${path}`, { ...init, signal: AbortSignal.timeout(20_000) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`sandbox ${path} → ${answer.status} ${text}`)
    return JSON.parse(text) as T
  }
  return {
    setup: () => call('/setup'),
    mailbox: () => call('/mailbox'),
    received: async () => (await call<{ received: Delivery[] }>('/hook')).received,
    place: async (marketplace, count) =>
      (await call<{ orders: PlacedOrder[] }>(`/${marketplace}/orders`, { count })).orders,
    writes: async (marketplace, orderNumber) =>
      (await call<{ writes: { operation: string; orderNumber: string }[] }>(`/${marketplace}/writes`)).writes
        .filter((write) => write.orderNumber === orderNumber)
        .map(({ operation }) => operation),
    cancel: async (marketplace, orderNumber) => {
      await call(`/${marketplace}/orders/${encodeURIComponent(orderNumber)}/cancel`, {})
    },
  }
}
