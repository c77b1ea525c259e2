/**
 * The service as `npm start` runs it, on a machine whose wall clock can be set wrong: whatever asks for the date in this
 * process, libraries too, is told the true time and an offset. Timers go on as they do when a real clock is set.
 */

const trueNow = Date.now
let offsetMs = Number(process.env.CHAOS_CLOCK_OFFSET_MS ?? 0)
const now = (): number => trueNow() + offsetMs

globalThis.Date = new Proxy(Date, {
  apply: (date) => new date(now()).toString(),
  construct: (date, given, made) => Reflect.construct(date, given.length === 0 ? [now()] : given, made),
  get: (date, name, receiver) => (name === 'now' ? now : Reflect.get(date, name, receiver)),
})

process.on('message', (message: { clockOffsetMs: number }) => {
  offsetMs = message.clockOffsetMs
})
// What only listens for its clock must not keep the process.
process.channel?.unref()

await import('../../src/main.ts')
