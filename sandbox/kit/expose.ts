import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * Carries the given ports of 127.0.0.1 to this machine's other IPv4 addresses. For a container, whose
 * addresses only its network knows: the simulators themselves stay on 127.0.0.1 wherever they run.
 */
export async function expose(ports: readonly number[]): Promise<{ close(): Promise<void> }> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
  const closing = await Promise.all(
    addresses.flatMap(({ address }) => ports.map((port) => carry(address, port))),
  )
  return { close: async () => void (await Promise.all(closing.map((close) => close()))) }
}

async function carry(address: string, port: number): Promise<() => Promise<void>> {
  const open = new Set<() => void>()
  const server = createServer((outside) => {
    const inside = connect(port, '127.0.0.1')
    const end = () => {
      outside.destroy()
      inside.destroy()
      open.delete(end)
    }
    open.add(end)
    for (const socket of [outside, inside]) socket.setNoDelay(true).on('error', end).on('close', end)
    outside.pipe(inside).pipe(outside)
  })
  server.listen(port, address)
  await once(server, 'listening')
  return async () => {
    const closed = once(server, 'close')
    server.close()
    for (const end of open) end()
    await closed
  }
}
