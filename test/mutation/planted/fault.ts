/**
 * One-line faults where a fault hurts a shop: issue 10's list, most of which the tests of their area did not
 * notice once. SQL is text to Stryker, which only ever empties a whole statement; so the faults in statements
 * are written here, each as an exact replacement.
 */

export interface Edit {
  file: string
  /** Stands there once, so that no refactoring makes a fault that is planted nowhere. */
  find: string
  put: string
}

export interface Fault {
  name: string
  edits: readonly Edit[]
  /** Test files that have to notice. */
  tests: readonly string[]
  /** Why nothing can notice; then nothing may. */
  equivalent?: string
}

export const one = (name: string, file: string, find: string, put: string, ...tests: string[]): Fault => ({
  name,
  tests,
  edits: [{ file, find, put }],
})
/** @param why nothing can notice; then nothing may */
export const equivalent = (fault: Fault, why: string): Fault => ({ ...fault, equivalent: why })
