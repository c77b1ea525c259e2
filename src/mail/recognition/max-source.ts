/** What the listener downloads of a mail at most. Apart from what parses it, so that a route can name it without loading that. */
export const MAX_SOURCE = 256 * 1024
