import { spawn } from 'node:child_process'

export interface Finished {
  code: number | null
  output: string
}

/** Nothing of the service's own environment: its PG* settings and secrets are not the server's. */
export const CHILD_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
}

/** Runs a program to its end. Rejects only when it cannot be started. */
export function run(
  file: string,
  args: readonly string[],
  user: { uid?: number; gid?: number } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...user, env: CHILD_ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    child.once('error', reject)
    // At `exit` the output may not be there yet.
    child.once('close', (code) => resolve({ code, output: Buffer.concat(output).toString('utf8') }))
  })
}
