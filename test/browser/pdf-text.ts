import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** Points of 210 × 297 mm. */
const A4 = '595 × 842'

/** The text of each page of a PDF, as the file has it. @throws where a page is not A4 */
export async function pdfPages(bytes: Uint8Array): Promise<string[]> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 })
  try {
    const document = await task.promise
    return await Promise.all(
      Array.from({ length: document.numPages }, async (_, at) => {
        const page = await document.getPage(at + 1)
        const [left = 0, top = 0, right = 0, bottom = 0] = page.view
        const size = [right - left, bottom - top].map(Math.round).join(' × ')
        if (size !== A4) throw new Error(`page ${at + 1} has ${size} points, not A4`)
        const { items } = await page.getTextContent()
        return (
          items
            .map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : ''))
            .join('')
            // Chromium writes some letters by their radical, which only looks like it.
            .normalize('NFKC')
        )
      }),
    )
  } finally {
    await task.destroy()
  }
}
