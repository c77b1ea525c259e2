import { codeOf } from './errors.ts'

/** A failed start as one sentence that says what to set or do; shown to a person without a stack. */
export class StartError extends Error {
  override name = 'StartError'
}

/** A listen that failed, told with the setting that chooses the port; everything else as it is. */
export function cannotListen(error: unknown, at: { host: string; port: number; setting: string }): unknown {
  const { host, port, setting } = at
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(
        `port ${port} of ${host} is taken: end the process that holds it, or set ${setting} to another one.`,
        { cause: error },
      )
    case 'EACCES':
      return new StartError(
        `port ${port} is not open to this user: set ${setting} to one from 1024 upwards.`,
        { cause: error },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(`this machine has no address ${host}: set HOST to one that it has.`, {
        cause: error,
      })
    default:
      return error
  }
}
