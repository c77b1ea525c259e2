export { composeMail, type MailOptions, type MailShape } from './compose-mail.ts'
export { encodeText, type MailCharset } from './encode-charset.ts'
