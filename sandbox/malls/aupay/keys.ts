import { createHash } from 'node:crypto'
import type { Clock } from '../../../src/platform/clock.ts'
import type { Keep } from '../../kit/keep.ts'
import type { AupaySettings } from './settings.ts'
import { toDay } from './time.ts'

export interface SimShop {
  code: string
  name: string
}

interface Key {
  key: string
  issuedAt: number
}

/** One key a shop, 64 hexadecimal characters, alive for so many days; a new one ends the old. */
export interface Keys {
  /** As the console does on 再発行. */
  issue(shopCode: string): Key
  of(shopCode: string): Key
  /** Day of its end, `YYYY-MM-DD`. */
  expiresOn(shopCode: string): string
  /** The shop whose living key this is. */
  shopOf(key: string): SimShop | null
}

const DAY_MS = 24 * 60 * 60 * 1000

export function createKeys(
  shops: readonly SimShop[],
  seed: number,
  clock: Clock,
  settings: () => AupaySettings,
  keep: Keep,
): Keys {
  const keys = keep('keys', () => new Map<string, Key>())
  const count = keep('key count', () => ({ issued: 0 }))

  const endOf = ({ issuedAt }: Key) => issuedAt + settings().keyDays * DAY_MS

  function issue(shopCode: string): Key {
    if (!shops.some(({ code }) => code === shopCode)) throw new Error(`No such shop: ${shopCode}`)
    count.issued += 1
    const key = createHash('sha256').update(`${seed}:${shopCode}:${count.issued}`).digest('hex')
    const fresh = { key, issuedAt: clock.now() }
    keys.set(shopCode, fresh)
    return fresh
  }

  function of(shopCode: string): Key {
    const key = keys.get(shopCode)
    if (!key) throw new Error(`No such shop: ${shopCode}`)
    return key
  }

  for (const { code } of shops) if (!keys.has(code)) issue(code)
  return {
    issue,
    of,
    expiresOn: (shopCode) => toDay(endOf(of(shopCode))).replaceAll('/', '-'),
    shopOf(text) {
      const owner = shops.find(({ code }) => keys.get(code)?.key === text)
      return owner && clock.now() <= endOf(of(owner.code)) ? owner : null
    },
  }
}
