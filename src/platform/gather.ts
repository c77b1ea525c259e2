import { Transform, type TransformCallback } from 'node:stream'

/** Smaller chunks are copied: as an object of its own a chunk of one byte takes 150, and keeps its packet. */
const SMALL = 4 * 1024
const BLOCK = 64 * 1024

export interface Gatherer {
  add(chunk: Buffer): void
  /** Bytes that were added. */
  readonly size: number
  whole(): Buffer
}

/**
 * Collects the chunks of a body. A sender decides how large they are: 16 MiB in chunks of one byte took
 * 2.4 GB. Small ones are copied into blocks one behind the other, so that no more is held than comes.
 */
export function createGatherer(): Gatherer {
  const parts: Buffer[] = []
  let block = Buffer.alloc(0)
  let [begun, end, size] = [0, 0, 0]
  const closePart = () => {
    if (end > begun) parts.push(block.subarray(begun, end))
    begun = end
  }
  return {
    add(chunk) {
      size += chunk.length
      if (chunk.length >= SMALL) {
        closePart()
        parts.push(chunk)
        return
      }
      if (block.length - end < chunk.length) {
        closePart()
        block = Buffer.allocUnsafe(BLOCK)
        begun = end = 0
      }
      end += chunk.copy(block, end)
    },
    get size() {
      return size
    },
    whole() {
      closePart()
      return Buffer.concat(parts, size)
    },
  }
}

/** Passes a body on in chunks of some size, for whoever collects them one by one. */
export class Gathering extends Transform {
  #gathered = createGatherer()

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#gathered.add(chunk)
    if (this.#gathered.size >= BLOCK) this.#pass()
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#pass()
    done()
  }

  #pass(): void {
    if (this.#gathered.size > 0) this.push(this.#gathered.whole())
    this.#gathered = createGatherer()
  }
}
