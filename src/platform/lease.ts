/** Somebody else holds it by now, or moved it: whoever gets this stops. Nothing was stored. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(`${what} is held by another process`)
    this.name = 'LeaseLost'
  }
}
