import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { CompletedPart, S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { Environment } from '../../config/load.ts'
import { codeOf, StartError } from '../../platform/errors.ts'
import { Usage } from '../tools.ts'

/** Where backups lie: a file system, or object storage that speaks S3's API (`s3://bucket/prefix`). */

export interface BackupFile {
  name: string
  /** As the command line names it. */
  path: string
  /**
   * Refuses a name that is taken: an older backup is never overwritten.
   * @throws StartError
   */
  write(): Promise<FileWriter>
  /** @throws StartError */
  read(): AsyncGenerator<Buffer>
}

interface FileWriter {
  put(bytes: Uint8Array): Promise<void>
  /** The file is whole when this has come back. */
  end(): Promise<void>
  /** Leaves nothing of a file that did not come to its end. */
  discard(): Promise<void>
}

export interface BackupFolder {
  names(): Promise<string[]>
  file(name: string): BackupFile
  remove(name: string): Promise<void>
  /** Makes a file that stands under its name only once `make` came to its end, which may read it. */
  add(name: string, make: (file: BackupFile) => Promise<void>): Promise<void>
  /** Lists the half-written files of runs that were killed. */
  leftovers(): Promise<{ name: string; remove(): Promise<void> }[]>
}

/** A file by the command line's word. @throws Usage an address of object storage that names no object */
export function fileAt(path: string, env: Environment): BackupFile {
  const { folder, name } = placeAt(path, env)
  return folder.file(name)
}

/** A file's folder and its name there. @throws Usage an address of object storage that names no object */
export function placeAt(path: string, env: Environment): { folder: BackupFolder; name: string } {
  const object = objectAt(path)
  if (object === null) return { folder: folderOnDisk(dirname(path)), name: basename(path) }
  const { bucket, key } = object
  if (key === '' || key.endsWith('/')) throw new Usage(`${path} names no file`)
  const from = key.lastIndexOf('/') + 1
  return { folder: folderInBucket(bucket, key.slice(0, from), env), name: key.slice(from) }
}

/** A folder by the command line's word. @throws Usage */
export function folderAt(path: string, env: Environment): BackupFolder {
  const object = objectAt(path)
  return object === null ? folderOnDisk(path) : folderInBucket(object.bucket, object.key, env)
}

/** @throws Usage */
function objectAt(path: string): { bucket: string; key: string } | null {
  if (!path.startsWith('s3://')) return null
  const [, bucket, key = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.{0,900}))?$/s.exec(path) ?? []
  if (bucket === undefined) throw new Usage(`${path.slice(0, 100)} is no s3://bucket/name`)
  return { bucket, key }
}

// On a disk

function onDisk(path: string): BackupFile {
  return {
    name: basename(path),
    path,
    async write() {
      // Only this user may read it.
      const stream = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
      await once(stream, 'open').catch((error: unknown) =>
        codeOf(error) === 'EEXIST' ? Promise.reject(taken(path)) : notWritten(error),
      )
      return writerOf(stream, {
        end: () => finished(stream),
        discard: () => rm(path, { force: true }),
      })
    },
    read: () => readFrom(async () => createReadStream(path)),
  }
}

const PARTIAL = '.partial'

/** Never in the place of a file that came meanwhile. After a power cut it is found under its name. */
async function nameOnDisk(from: string, to: string): Promise<void> {
  await link(from, to).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') throw taken(to)
    // Some file systems know no second name of a file.
    return rename(from, to)
  })
  // Others open no folder, or have nothing to write there.
  const folder = await open(dirname(to)).catch(() => null)
  await folder?.sync().catch((error: unknown) => (codeOf(error) === 'EIO' ? Promise.reject(error) : null))
  await folder?.close()
}

const folderOnDisk = (folder: string): BackupFolder => {
  const names = () =>
    readdir(folder).catch((error: unknown) => Promise.reject(unusable('read', error, saidOf)))
  const remove = (name: string) =>
    rm(join(folder, name)).catch((error: unknown) => notDeleted(join(folder, name), error))
  return {
    names,
    remove,
    file: (name) => onDisk(join(folder, name)),
    async add(name, make) {
      const file = join(folder, name)
      if (
        await lstat(file).then(
          () => true,
          () => false,
        )
      )
        throw taken(file)
      const { made, begun } = begunBy(onDisk(file + PARTIAL))
      try {
        await make(made)
        await nameOnDisk(file + PARTIAL, file).catch((error: unknown) => notWritten(error))
      } finally {
        // Else another run's.
        if (begun()) await rm(file + PARTIAL, { force: true })
      }
    },
    leftovers: async () =>
      (await names())
        .filter((name) => name.endsWith(PARTIAL))
        .map((name) => ({ name: name.slice(0, -PARTIAL.length), remove: () => remove(name) })),
  }
}

// In a bucket

/** Two parts of a file are in memory at once; S3 takes 10,000 of them, so 80 GB. */
const PART_BYTES = 8 * 1024 * 1024

/**
 * Bytes of one copy within a store: S3 copies 5 GB at once and may be silent for as long as that takes. At
 * 5 MB a second it answers within SILENT_MS; of 10,000 parts it makes 2.6 TB.
 */
const COPIED_BYTES = 256 * 1024 ** 2
const SILENT_MS = 60_000

interface StoredFile extends BackupFile {
  /** ETag of the written bytes; null before. */
  tag(): string | null
}

function inBucket(bucket: string, key: string, env: Environment): StoredFile {
  const path = `s3://${bucket}/${key}`
  const said = saidWith(env)
  let tag: string | null = null
  return {
    name: basename(key),
    path,
    tag: () => tag,
    async write() {
      const { Upload } = await import('@aws-sdk/lib-storage')
      const client = await clientOf(env)
      if (await stands(client, bucket, key, said)) throw taken(path)
      const body = new PassThrough()
      const params = { Bucket: bucket, Key: key, Body: body, ContentType: 'application/octet-stream' }
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 })
      const done = upload.done()
      // A writer that waits for room in the stream learns by the stream that nobody reads it any more.
      done.catch(() => body.destroy())
      return writerOf(
        body,
        {
          async end() {
            const { ETag } = await done
            tag = ETag ?? null
          },
          whyNot: (error) => done.then(() => error),
          async discard() {
            await upload.abort()
            await done.catch(() => undefined)
          },
        },
        said,
      )
    },
    read: () =>
      readFrom(async () => {
        const { GetObjectCommand } = await import('@aws-sdk/client-s3')
        const client = await clientOf(env)
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, ...(tag === null ? {} : { IfMatch: tag }) }),
        )
        return Body as AsyncIterable<Buffer>
      }, said),
  }
}

async function stands(client: S3Client, bucket: string, key: string, said: Said): Promise<boolean> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3')
  return client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
    () => true,
    (error: unknown) => (nameOf(error) === 'NotFound' ? false : notWritten(error, said)),
  )
}

/**
 * Within the bucket; only what still is what had this tag, and never over another file. The new name stands
 * at once, with all of it.
 */
export async function copyObject(
  client: S3Client,
  bucket: string,
  { from, to, tag }: { from: string; to: string; tag: string | null },
  most = COPIED_BYTES,
): Promise<void> {
  const s3 = await import('@aws-sdk/client-s3')
  const { ContentLength: size = 0 } = await client.send(
    new s3.HeadObjectCommand({ Bucket: bucket, Key: from }),
  )
  const target = { Bucket: bucket, Key: to }
  const source = {
    CopySource: [bucket, ...from.split('/')].map(encodeURIComponent).join('/'),
    ...(tag === null ? {} : { CopySourceIfMatch: tag }),
  }
  const headOf = async (Key: string): Promise<string> => {
    const { Body, ContentRange } = await client.send(
      new s3.GetObjectCommand({ Bucket: bucket, Key, Range: `bytes=0-${HEAD_BYTES - 1}` }),
    )
    // A store without ranges would send all of it.
    if (ContentRange === undefined) throw new Error('the store answered with the whole file')
    return `${ContentRange} ${await Body?.transformToString('base64')}`
  }
  /** Its answer may be lost: asked again, the store finds our own file under the name. */
  const isOurs = (): Promise<boolean> =>
    Promise.all([headOf(to), headOf(from)]).then(
      ([there, here]) => there === here,
      () => false,
    )
  const name = (send: Conditional) =>
    ifFree(send).catch(async (error: unknown) => {
      if (nameOf(error) !== 'PreconditionFailed' || size === 0 || !(await isOurs())) throw error
    })
  if (size <= most)
    return name((condition) => client.send(new s3.CopyObjectCommand({ ...target, ...source, ...condition })))
  const { UploadId } = await client.send(
    new s3.CreateMultipartUploadCommand({ ...target, ContentType: 'application/octet-stream' }),
  )
  try {
    const parts: CompletedPart[] = []
    for (let at = 0; at < size; at += most) {
      const PartNumber = parts.length + 1
      const CopySourceRange = `bytes=${at}-${Math.min(at + most, size) - 1}`
      const part = { ...target, ...source, UploadId, PartNumber, CopySourceRange }
      const { CopyPartResult } = await client.send(new s3.UploadPartCopyCommand(part))
      parts.push({ ...CopyPartResult, PartNumber })
    }
    const whole = { ...target, UploadId, MultipartUpload: { Parts: parts } }
    await name((condition) => client.send(new s3.CompleteMultipartUploadCommand({ ...whole, ...condition })))
  } catch (error) {
    await client.send(new s3.AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined)
    throw error
  }
}

/** No two sealed files begin alike. */
const HEAD_BYTES = 256

type Conditional = (condition: { IfNoneMatch?: '*' }) => Promise<unknown>

/** Some stores know no such condition: there the name was free when the run began. */
async function ifFree(send: Conditional): Promise<void> {
  await send({ IfNoneMatch: '*' }).catch((error: unknown) =>
    nameOf(error) === 'NotImplemented' ? send({}) : Promise.reject(error),
  )
}

/** A rule of the bucket can tell these names by their beginning. */
const PARTIAL_FOLDER = 'partial/'

function folderInBucket(bucket: string, folder: string, env: Environment): BackupFolder {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
  const place = `s3://${bucket}/${prefix}`
  const said = saidWith(env)
  const remove = async (name: string): Promise<void> => {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3')
    const client = await clientOf(env)
    await client
      .send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + name }))
      .catch((error) => notDeleted(place + name, error, said))
  }
  const list = async (under: string): Promise<string[]> => {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3')
    const names: string[] = []
    const client = await clientOf(env)
    try {
      for await (const page of paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: under, Delimiter: '/' },
      ))
        names.push(...(page.Contents ?? []).flatMap(({ Key }) => Key?.slice(under.length) ?? []))
    } catch (error) {
      throw new StartError(`${place} cannot be listed: ${said(error)}.`, { cause: error })
    }
    return names
  }
  return {
    remove,
    file: (name) => inBucket(bucket, prefix + name, env),
    names: () => list(prefix),
    async add(name, make) {
      const client = await clientOf(env)
      if (await stands(client, bucket, prefix + name, said)) throw taken(place + name)
      const partial = PARTIAL_FOLDER + name
      const file = inBucket(bucket, prefix + partial, env)
      const { made, begun } = begunBy(file)
      try {
        await make(made)
        const names = { from: prefix + partial, to: prefix + name, tag: file.tag() }
        await copyObject(client, bucket, names).catch((error: unknown) => notWritten(error, said))
      } finally {
        // A key that may not delete leaves it to a rule of the bucket.
        if (begun()) await remove(partial).catch(() => undefined)
      }
    },
    leftovers: async () =>
      (await list(prefix + PARTIAL_FOLDER)).map((name) => ({
        name,
        remove: () => remove(PARTIAL_FOLDER + name),
      })),
  }
}

/**
 * The bucket's own key, which may do less than the one to the queues; else that of AWS's own tools, else the
 * machine's role. @throws StartError
 */
function keyOf(env: Environment): S3ClientConfig {
  const { AWS_BACKUP_ACCESS_KEY_ID: ownId, AWS_BACKUP_SECRET_ACCESS_KEY: ownSecret } = env
  if (ownId && ownSecret) return { credentials: { accessKeyId: ownId, secretAccessKey: ownSecret } }
  if (ownId || ownSecret)
    throw new StartError('AWS_BACKUP_ACCESS_KEY_ID and AWS_BACKUP_SECRET_ACCESS_KEY go together.')
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env
  if (!id || !secret) return {}
  return {
    credentials: { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) },
  }
}

async function clientOf(env: Environment): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3')
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL
  const config: S3ClientConfig = {
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || 'ap-northeast-1',
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: SILENT_MS },
    ...keyOf(env),
    // Stores other than Amazon's may know neither a host for each bucket nor its checksums; frames have tags.
    ...(endpoint
      ? {
          endpoint,
          forcePathStyle: true,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }
      : {}),
  }
  return new S3Client(config)
}

// Both

function begunBy(file: BackupFile): { made: BackupFile; begun(): boolean } {
  let begun = false
  const write = async () => {
    const writer = await file.write()
    begun = true
    return writer
  }
  return { made: { ...file, write }, begun: () => begun }
}

/** A run that was killed leaves the one, and only a person knows that none is at work. */
const taken = (path: string) =>
  new StartError(
    path.endsWith(PARTIAL) || path.includes(`/${PARTIAL_FOLDER}`)
      ? `the file cannot be written: ${path} is there already. Another run is writing it, or was killed: delete it if none is at work.`
      : 'the file cannot be written: there is a file of that name already: choose another one.',
  )

interface Storing extends Pick<FileWriter, 'end' | 'discard'> {
  /** The cause behind the stream's own error; it may be thrown as well. */
  whyNot?(error: unknown): Promise<unknown>
}

function writerOf(
  stream: Writable,
  { end, discard, whyNot = async (error) => error }: Storing,
  said = saidOf,
): FileWriter {
  // Keeps the stream's error: a full disk is reported between two writes too.
  let failure: unknown = null
  stream.on('error', (error) => {
    failure = error
  })
  const fail = async (error: unknown) =>
    notWritten(await whyNot(error).catch((cause: unknown) => cause), said)
  return {
    async put(bytes) {
      if (failure !== null) await fail(failure)
      if (!stream.write(bytes)) await once(stream, 'drain').catch(fail)
    },
    async end() {
      if (failure !== null) await fail(failure)
      stream.end()
      await end().catch((error: unknown) => notWritten(error, said))
    },
    async discard() {
      stream.destroy()
      await discard()
    },
  }
}

async function* readFrom(open: () => Promise<AsyncIterable<Buffer>>, said = saidOf): AsyncGenerator<Buffer> {
  try {
    yield* await open()
  } catch (error) {
    throw unusable('read', error, said)
  }
}

const SAID: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not',
  ENOSPC: 'the disk is full',
  EFBIG: 'it would be larger than this user may make a file',
  NoSuchKey: 'there is no such file in the bucket',
  NoSuchBucket: 'there is no such bucket',
  AccessDenied: 'the key of object storage may not',
  Forbidden: 'the key of object storage may not',
  InvalidAccessKeyId: 'object storage does not know AWS_ACCESS_KEY_ID',
  SignatureDoesNotMatch: 'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID',
  // The answer to a question for a file's head has no body that would name more.
  Unknown:
    'object storage refuses it: look at AWS_ACCESS_KEY_ID, its secret, its rights (reading, writing, listing) and the clock',
  PreconditionFailed: 'another run wrote the same file meanwhile',
  CredentialsProviderError:
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed, or a role of the machine',
  ECONNREFUSED: 'object storage does not answer at AWS_ENDPOINT_URL_S3',
  ENOTFOUND: 'the name of AWS_ENDPOINT_URL_S3 is not known',
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')

type Said = (error: unknown) => string

const saidOf: Said = (error) => {
  const [code, name] = [codeOf(error) ?? '', nameOf(error)]
  return SAID[code] ?? SAID[name] ?? (code || name || 'unknown')
}

/** Names the pair of settings whose key was shown. */
const saidWith =
  (env: Environment): Said =>
  (error) =>
    env.AWS_BACKUP_ACCESS_KEY_ID
      ? saidOf(error).replaceAll(/AWS_(?=ACCESS|SECRET)/g, 'AWS_BACKUP_')
      : saidOf(error)

const unusable = (what: 'written' | 'read', error: unknown, said: Said): StartError =>
  error instanceof StartError
    ? error
    : new StartError(`the file cannot be ${what}: ${said(error)}.`, { cause: error })

function notDeleted(path: string, error: unknown, said = saidOf): never {
  throw new StartError(`${path} cannot be deleted: ${said(error)}.`, { cause: error })
}

function notWritten(error: unknown, said = saidOf): never {
  throw unusable('written', error, said)
}
