import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The checkout once more, for what goes by files beside package.json: the .env of whoever runs the tests is
 * not in it.
 */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const COPIED = ['package.json', 'src', 'sandbox', 'prisma']

export interface CheckoutCopy {
  folder: string
  writeEnv(lines: Record<string, string | number>): Promise<void>
  remove(): Promise<void>
}

export async function copyCheckout(): Promise<CheckoutCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-checkout-'))
  const without = (path: string) => !path.includes('node_modules')
  for (const name of COPIED)
    await cp(join(ROOT, name), join(folder, name), {
      recursive: true,
      filter: (path) => without(path.slice(ROOT.length)),
    })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    writeEnv: (lines) =>
      writeFile(
        join(folder, '.env'),
        Object.entries(lines)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      ),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
