/**
 * The longest time for which this thread worked on without a pause, in milliseconds. A wait for a busy
 * machine's processor is none of the code's doing: what counts of a late timer is the processor time that the
 * thread itself used meanwhile.
 */
export function watchStalls(): { longest(): number; stop(): number } {
  let longest = 0
  let last = process.threadCpuUsage()
  const look = () => {
    const used = process.threadCpuUsage()
    longest = Math.max(longest, (used.user + used.system - last.user - last.system) / 1_000)
    last = used
  }
  const timer = setInterval(look, 1)
  return {
    longest: () => longest,
    stop() {
      clearInterval(timer)
      // What was worked on until now has not been looked at.
      look()
      return longest
    },
  }
}
