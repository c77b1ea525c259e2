import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** A shop system that nobody here wrote, by its bridge; `npm run vendure` sweeps more orders. */

const FOLDER = new URL('../vendure/', import.meta.url)
const missing = existsSync(new URL('node_modules', FOLDER)) ? '' : ' [needs npm ci in test/vendure]'

test.skipIf(missing)(
  `orders of a real Vendure are staged, pulled, shipped and cancelled${missing}`,
  async () => {
    const args = [fileURLToPath(new URL('main.ts', FOLDER)), '--orders', '10']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const [said, complaint, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    expect(code, complaint).toBe(0)
    expect(said).toContain('✓ mall-check holds for the bridge (24)')
  },
  300_000,
)
