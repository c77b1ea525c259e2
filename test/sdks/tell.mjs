/**
 * Runs the steps in their order; a line of JSON on stdout, for each what came back, or what it failed with.
 */
export async function tell(steps) {
  const told = {}
  for (const [name, step] of Object.entries(steps)) {
    try {
      told[name] = { value: await step() }
    } catch (error) {
      const body = error.response?.data
      const first = body?.errors?.[0]
      told[name] = { status: error.response?.status, code: first?.code ?? body?.error ?? error.code }
      if (told[name].code === undefined) told[name].message = String(error.stack ?? error)
    }
  }
  process.stdout.write(`${JSON.stringify(told)}\n`)
}

/** Switched on as a client's programmer does, over the sandbox's control API. */
export const fault = (one) =>
  fetch(`${process.env.AMAZON_SANDBOX}/_control/faults`, { method: 'PUT', body: JSON.stringify(one) })
