/** `1:3,7,9:*` as a test for numbers. `*` is `last`; a range may run backwards (RFC 3501 §9). */
export function parseSequenceSet(text: string, last: number): (value: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const [a = '', b = a] = part.split(':')
    const ends = [a, b].map((end) => (end === '*' ? last : Number(end)))
    if (ends.some((end) => !Number.isSafeInteger(end))) throw new Error('bad sequence set')
    return { low: Math.min(...ends), high: Math.max(...ends) }
  })
  return (value) => ranges.some(({ low, high }) => value >= low && value <= high)
}
