/**
 * Bytes of a mail that are downloaded and read: enough for any order mail's text, few enough to keep hundreds
 * in memory. Apart from the parser, so that a route can use it without loading that.
 */
export const MAIL_BYTES = 256 * 1024

/** Bytes of a mail whose sender sends order files: some 8 MiB of files, within one IMAP literal. */
export const FILE_MAIL_BYTES = 12 * 1024 * 1024

/** Bytes of headers that are read: more than any mail needs, and few enough to parse cheaply. */
export const HEAD_BYTES = 32 * 1024
