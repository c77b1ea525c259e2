import { NoAnswer, Problem } from './errors.ts'
import { askWhereItWorks } from './moved.ts'

/** A file that has begun to come. Read it by one of `stream`, `bytes` and `text`, once. */
export interface Download {
  /** As the service names it. */
  fileName: string | null
  /** `text/csv; charset=Shift_JIS` */
  contentType: string
  headers: Headers
  /** Rejects with NoAnswer when it is cut; what has come until then is not the whole file. */
  stream: ReadableStream<Uint8Array>
  bytes(): Promise<Uint8Array>
  /** By the charset that the answer names, without a byte order mark. */
  text(): Promise<string>
}

interface From {
  ask: typeof fetch
  url: string
  headers: Readonly<Record<string, string>>
}

/** Not by what it is not: something in between answers HTML and plain text. */
export const isFile = ({ headers }: Response): boolean =>
  /^(?:text\/csv|text\/event-stream|application\/jsonl)\b/.test(headers.get('content-type') ?? '')

/** @param idleMs the longest time without a byte, before the first one too */
export async function download(
  { ask, url, headers }: From,
  idleMs: number,
  signal?: AbortSignal,
): Promise<Download> {
  const idle = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const restart = () => {
    clearTimeout(timer)
    timer = setTimeout(() => idle.abort(new Error(`nothing came for ${idleMs} ms`)), idleMs)
  }
  const failed = (error: unknown): Error => {
    clearTimeout(timer)
    signal?.throwIfAborted()
    if (error instanceof NoAnswer || error instanceof Problem) return error
    return new NoAnswer(`GET ${url}: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  restart()
  try {
    const both = signal ? AbortSignal.any([signal, idle.signal]) : idle.signal
    const response = await askWhereItWorks(ask, url, { headers, signal: both })
    if (!response.ok) throw Problem.of(response, await response.text())
    if (!isFile(response) || !response.body) throw new NoAnswer(`GET ${url}: ${response.status}, but no file`)
    const reader = response.body.getReader()
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        restart()
        try {
          const { done, value } = await reader.read()
          // A reader that takes its time is not a line that is silent.
          clearTimeout(timer)
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          throw failed(error)
        }
      },
      async cancel(reason) {
        clearTimeout(timer)
        await reader.cancel(reason)
      },
    })
    clearTimeout(timer)
    const contentType = response.headers.get('content-type') ?? ''
    const bytes = async () => new Uint8Array(await new Response(stream).arrayBuffer())
    return {
      contentType,
      fileName: fileNameOf(response.headers),
      headers: response.headers,
      stream,
      bytes,
      text: async () => new TextDecoder(/charset=([\w-]+)/i.exec(contentType)?.[1]).decode(await bytes()),
    }
  } catch (error) {
    throw failed(error)
  }
}

const fileNameOf = (headers: Headers): string | null =>
  /filename="?([^";]+)"?/i.exec(headers.get('content-disposition') ?? '')?.[1] ?? null
