import type { Redis, Result } from 'ioredis'
import { type Plan, ROUNDING, type Taken } from './bucket.ts'

/** takeFrom of bucket.ts in Redis, by Redis's clock. A bucket that is full again is forgotten. */
const TAKE_SCRIPT = `
local rate, burst = tonumber(ARGV[1]) / 1000, tonumber(ARGV[2])
local time = redis.call('time')
local now = time[1] * 1000 + time[2] / 1000
local known = redis.call('hmget', KEYS[1], 'level', 'at')
local at = math.min(tonumber(known[2]) or now, now + burst / rate)
local level = math.min(burst, (tonumber(known[1]) or burst) + math.max(0, now - at) * rate)
at = math.max(at, now)
if level < 1 - ${ROUNDING} then
  return {math.max(1, math.ceil(at - now + (1 - level) / rate)), string.format('%.17g', level)}
end
level = level - 1
redis.call('hset', KEYS[1], 'level', string.format('%.17g', level), 'at', string.format('%.17g', at))
redis.call('pexpire', KEYS[1], math.ceil(at - now + (burst - level) / rate) + 1000)
return {0, string.format('%.17g', level)}
`

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeFromTorikomiLane(
      key: string,
      perSecond: number,
      burst: number,
    ): Result<[waitMs: number, left: string], Context>
  }
}

const KEY_PREFIX = '{torikomi}:lane:'

export function openRedisBuckets(redis: Redis): (key: string, plan: Plan) => Promise<Taken> {
  redis.defineCommand('takeFromTorikomiLane', { numberOfKeys: 1, lua: TAKE_SCRIPT })
  return async (key, { perSecond, burst }) => {
    const [waitMs, left] = await redis.takeFromTorikomiLane(KEY_PREFIX + key, perSecond, burst)
    return { waitMs, left: Number(left) }
  }
}
