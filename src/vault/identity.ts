import { join } from 'node:path'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Failure } from '../model/failure.ts'
import type { Files } from '../model/ports.ts'

/** Seals and opens bytes for this installation. */
export interface Sealer {
  sealBytes(bytes: Uint8Array): Promise<Uint8Array>
  openBytes(sealed: Uint8Array): Promise<Uint8Array>
}

/** 2^15: about 0.1 s to open; the passphrase of a person guards a file that only its owner can read. */
const SCRYPT_WORK_FACTOR = 15

export interface IdentityOptions {
  readonly passphrase?: string
  /** Something is already sealed, so the identity must be there. */
  readonly isNeeded?: boolean
}

/** The installation's age identity, made on first use; encrypted in its turn when there is a passphrase. */
export async function openIdentity(folder: string, files: Files, options: IdentityOptions = {}): Promise<Sealer> {
  const { passphrase } = options
  const path = join(folder, 'identity.txt')
  if ((await files.entry(path)) === undefined) {
    if (options.isNeeded) throw lost(path)
    await makeIdentity(path, folder, files, passphrase)
  }
  const identity = await readIdentity(path, await files.read(path), passphrase)
  const recipient = await identityToRecipient(identity)
  return {
    sealBytes: async (bytes) => {
      const encrypter = new Encrypter()
      encrypter.addRecipient(recipient)
      return encrypter.encrypt(bytes)
    },
    openBytes: async (sealed) => {
      const decrypter = new Decrypter()
      decrypter.addIdentity(identity)
      return whole(await decrypter.decrypt(streamOf(sealed)))
    },
  }
}

/**
 * In streams: for bytes in one piece the library asks `Response` to gather them, with which Node loads all of its `fetch`, and most commands
 * open the vault. Sealing goes in one piece: with streams, runs of 10,000 backups took 410 MiB each time, and without 260 to 300 most times.
 */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}

async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  // Not in the pool of `Buffer`, whose memory others get next.
  const bytes = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

async function makeIdentity(path: string, folder: string, files: Files, passphrase: string | undefined): Promise<void> {
  const text = `${await generateX25519Identity()}\n`
  await files.makeFolder(folder)
  await files.create(path, passphrase === undefined ? Buffer.from(text) : await underPassphrase(text, passphrase))
}

async function underPassphrase(text: string, passphrase: string): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(SCRYPT_WORK_FACTOR)
  return encrypter.encrypt(text)
}

async function readIdentity(path: string, bytes: Uint8Array, passphrase: string | undefined): Promise<string> {
  const text = Buffer.from(bytes).toString('latin1')
  if (text.startsWith('AGE-SECRET-KEY-1')) return text.trim()
  if (!text.startsWith('age-encryption.org/v1')) throw locked(path, 'it is not an age identity')
  if (passphrase === undefined) throw locked(path, 'it is encrypted with a passphrase, and none was given')
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const opened = await decrypter.decrypt(bytes, 'text').catch(() => {
    throw locked(path, 'the passphrase does not open it')
  })
  return opened.trim()
}

/** A new identity beside sealed files would hide that the old one is missing. */
function lost(path: string): Failure {
  return new Failure('R109', {
    at: path,
    because: 'it is missing, and the vault and the backups were encrypted for it',
    state: 'Nothing was changed.',
    next: ['Put the file back from a backup of this folder.'],
  })
}

function locked(path: string, because: string): Failure {
  return new Failure('R109', {
    at: path,
    because,
    state: 'Nothing was changed.',
    next: ['  read -rs KEYTURN_PASSPHRASE && export KEYTURN_PASSPHRASE', 'or put the file back from a backup.'],
  })
}
