/** Fields that a person typed into and that are still on the page. A search is no work that could be lost. */
const typedInto = new Set<HTMLInputElement | HTMLTextAreaElement>()

addEventListener(
  'input',
  ({ target }) => {
    for (const field of typedInto) if (!field.isConnected) typedInto.delete(field)
    if (target instanceof HTMLTextAreaElement) typedInto.add(target)
    if (target instanceof HTMLInputElement && target.type !== 'search') typedInto.add(target)
  },
  true,
)

/** Whether loading the page anew would take typed text away. */
export const hasUnsavedText = (): boolean =>
  [...typedInto].some((field) => field.isConnected && field.value !== '')
