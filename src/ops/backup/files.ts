import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
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
  /** Makes a file that stands under its name only if `make` comes to its end. */
  add(name: string, make: (file: BackupFile) => Promise<void>): Promise<void>
}

/** A file by the command line's word. @throws Usage an address of object storage that names no object */
export function fileAt(path: string, env: Environment): BackupFile {
  const object = objectAt(path)
  if (object === null) return onDisk(path)
  if (object.key === '' || object.key.endsWith('/')) throw new Usage(`${path} names no file`)
  return inBucket(object.bucket, object.key, env)
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
      const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 })
      await once(stream, 'open').catch(notWritten)
      return writerOf(stream, {
        end: () => finished(stream),
        discard: () => rm(path, { force: true }),
      })
    },
    read: () => readFrom(async () => createReadStream(path)),
  }
}

const folderOnDisk = (folder: string): BackupFolder => ({
  names: () => readdir(folder).catch((error: unknown) => Promise.reject(unusable('read', error))),
  file: (name) => onDisk(join(folder, name)),
  remove: (name) => rm(join(folder, name)).catch((error: unknown) => notDeleted(join(folder, name), error)),
  async add(name, make) {
    const file = join(folder, name)
    const partial = `${file}.partial`
    try {
      await make(onDisk(partial))
      await rename(partial, file)
    } finally {
      await rm(partial, { force: true })
    }
  },
})

// In a bucket

/** Two parts of a file are in memory at once; S3 takes 10,000 of them, so 80 GB. */
const PART_BYTES = 8 * 1024 * 1024

function inBucket(bucket: string, key: string, env: Environment): BackupFile {
  const path = `s3://${bucket}/${key}`
  return {
    name: basename(key),
    path,
    async write() {
      const { HeadObjectCommand } = await import('@aws-sdk/client-s3')
      const { Upload } = await import('@aws-sdk/lib-storage')
      const client = await clientOf(env)
      const there = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
        () => true,
        (error: unknown) => (nameOf(error) === 'NotFound' ? false : notWritten(error)),
      )
      if (there) throw new StartError(`the backup cannot be written: ${SAID.EEXIST}.`)
      const body = new PassThrough()
      const params = { Bucket: bucket, Key: key, Body: body, ContentType: 'application/octet-stream' }
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 })
      const done = upload.done()
      // A writer that waits for room in the stream learns by the stream that nobody reads it any more.
      done.catch(() => body.destroy())
      return writerOf(body, {
        end: async () => void (await done),
        whyNot: (error) => done.then(() => error),
        async discard() {
          await upload.abort()
          await done.catch(() => undefined)
        },
      })
    },
    read: () =>
      readFrom(async () => {
        const { GetObjectCommand } = await import('@aws-sdk/client-s3')
        const client = await clientOf(env)
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        return Body as AsyncIterable<Buffer>
      }),
  }
}

function folderInBucket(bucket: string, folder: string, env: Environment): BackupFolder {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
  const place = `s3://${bucket}/${prefix}`
  const remove = async (name: string): Promise<void> => {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3')
    const client = await clientOf(env)
    await client
      .send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + name }))
      .catch((error) => notDeleted(place + name, error))
  }
  return {
    remove,
    file: (name) => inBucket(bucket, prefix + name, env),
    async names() {
      const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3')
      const names: string[] = []
      const client = await clientOf(env)
      try {
        for await (const page of paginateListObjectsV2(
          { client },
          { Bucket: bucket, Prefix: prefix, Delimiter: '/' },
        ))
          names.push(...(page.Contents ?? []).flatMap(({ Key }) => Key?.slice(prefix.length) ?? []))
      } catch (error) {
        throw new StartError(`${place} cannot be listed: ${saidOf(error)}.`, { cause: error })
      }
      return names
    },
    // An object stands there whole or not at all; a copy to another name would end at 5 GB.
    async add(name, make) {
      const file = inBucket(bucket, prefix + name, env)
      let written = false
      try {
        await make({
          ...file,
          async write() {
            const writer = await file.write()
            written = true
            return writer
          },
        })
      } catch (error) {
        if (written) await remove(name).catch(() => undefined)
        throw error
      }
    },
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
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
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

interface Storing extends Pick<FileWriter, 'end' | 'discard'> {
  /** The cause behind the stream's own error; it may be thrown as well. */
  whyNot?(error: unknown): Promise<unknown>
}

function writerOf(stream: Writable, { end, discard, whyNot = async (error) => error }: Storing): FileWriter {
  // Keeps the stream's error: a full disk is reported between two writes too.
  let failure: unknown = null
  stream.on('error', (error) => {
    failure = error
  })
  const fail = async (error: unknown) => notWritten(await whyNot(error).catch((cause: unknown) => cause))
  return {
    async put(bytes) {
      if (failure !== null) await fail(failure)
      if (!stream.write(bytes)) await once(stream, 'drain').catch(fail)
    },
    async end() {
      if (failure !== null) await fail(failure)
      stream.end()
      await end().catch(notWritten)
    },
    async discard() {
      stream.destroy()
      await discard()
    },
  }
}

async function* readFrom(open: () => Promise<AsyncIterable<Buffer>>): AsyncGenerator<Buffer> {
  try {
    yield* await open()
  } catch (error) {
    throw unusable('read', error)
  }
}

const SAID: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file of that name already: choose another one',
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
    'object storage refuses it: look at the key, its secret, its rights (reading, writing, listing) and the clock',
  CredentialsProviderError:
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed, or a role of the machine',
  ECONNREFUSED: 'object storage does not answer at AWS_ENDPOINT_URL_S3',
  ENOTFOUND: 'the name of AWS_ENDPOINT_URL_S3 is not known',
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')

function saidOf(error: unknown): string {
  const [code, name] = [codeOf(error) ?? '', nameOf(error)]
  return SAID[code] ?? SAID[name] ?? (code || name || 'unknown')
}

const unusable = (what: 'written' | 'read', error: unknown): StartError =>
  error instanceof StartError
    ? error
    : new StartError(`the backup cannot be ${what}: ${saidOf(error)}.`, { cause: error })

function notDeleted(path: string, error: unknown): never {
  throw new StartError(`${path} cannot be deleted: ${saidOf(error)}.`, { cause: error })
}

function notWritten(error: unknown): never {
  throw unusable('written', error)
}
