/**
 * How much of a mail is downloaded and read: enough for any order mail's text, little enough to keep hundreds in memory. Apart from what parses it, so that
 * a route can name it without loading that.
 */
export const MAIL_BYTES = 256 * 1024

/** More headers than any mail needs, and few enough to be read in passing. */
export const HEAD_BYTES = 32 * 1024
