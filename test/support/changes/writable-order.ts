import type { MallSimulator } from '../../../sandbox/kit/types.ts'

/**
 * Rakuten takes no text back that has a character beyond the basic ones, such as 𠮷; another buyer orders
 * then.
 */
export function placeWritable<Options>(
  mall: { place(options: Options): ReturnType<MallSimulator['place']> },
  options: Options,
): string {
  for (;;) {
    const placed = mall.place(options)
    if (!/[\u{10000}-\u{10ffff}]/u.test(JSON.stringify(placed))) return placed.orderNumber
  }
}
