import type { Environment } from '../../../src/config/load.ts'
import { runOps } from '../../../src/ops/commands.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { noEnvFile } from '../service/own-settings.ts'

export const TEST_KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}:tenant`

/** One command as an operator gives it, with what it wrote. */
export async function ops(
  args: readonly string[],
  env: Environment,
  signal: AbortSignal = new AbortController().signal,
  clock: Clock = systemClock,
): Promise<{ code: number; output: string }> {
  const lines: string[] = []
  const code = await runOps(args, {
    env: { ...noEnvFile(), ENCRYPTION_KEYS: TEST_KEYS, OPERATOR_API_KEY: 'operator', ...env },
    random: systemRandom,
    signal,
    clock,
    print: (line) => lines.push(line),
  })
  return { code, output: lines.join('\n') }
}
