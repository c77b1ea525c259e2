import { seconds, table } from '../../sandbox/demo/show.ts'
import type { PlacedOrder, SandboxClient } from './sandbox-client.ts'

export const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** Table of how long each mall's orders took from the delivery of their mail until they were staged. */
export async function latencies(
  sandbox: SandboxClient,
  placed: readonly PlacedOrder[],
  staged: readonly { orderNumber: string; stagedAt: string }[],
): Promise<string> {
  const { delivered } = await sandbox.mailbox()
  const deliveredAt = new Map(
    delivered
      .filter(({ type }) => type === 'placed')
      .map((mail) => [mail.orderNumber, Date.parse(mail.deliveredAt)]),
  )
  const took = new Map(
    staged.map(({ orderNumber, stagedAt }) => [
      orderNumber,
      Date.parse(stagedAt) - (deliveredAt.get(orderNumber) ?? Number.NaN),
    ]),
  )
  const rows = [...Map.groupBy(placed, ({ marketplace }) => marketplace)].map(([marketplace, orders]) => {
    const times = orders
      .map(({ orderNumber }) => took.get(orderNumber) ?? Number.NaN)
      .toSorted((a, b) => a - b)
    const at = (share: number) => seconds(times[Math.round((times.length - 1) * share)] ?? Number.NaN)
    return [marketplace, String(orders.length), at(0), at(0.5), at(1)]
  })
  return table(['mall', 'orders', 'mail → staged: fastest', 'median', 'slowest'], rows)
}
