/** Browser storage between visits: looks and habits, nothing of a buyer. A browser may refuse it. */

const PREFIX = 'torikomi.'

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return null
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name)
    else localStorage.setItem(PREFIX + name, value)
  } catch {
    // Full or switched off: the choice holds until the page is left.
  }
}

export function keptJson<T>(name: string, fallback: T): T {
  try {
    const text = kept(name)
    return text === null ? fallback : JSON.parse(text)
  } catch {
    return fallback
  }
}
