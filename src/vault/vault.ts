import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Scope } from '../model/answer.ts'
import { Failure } from '../model/failure.ts'
import type { Context } from '../model/ports.ts'
import type { Secret, SecretKind } from '../model/secret.ts'
import { openIdentity, type Sealer } from './identity.ts'

/** A new token that waits to be rolled out, and what is known about it. */
export interface VaultToken {
  readonly name: string
  readonly kind: SecretKind
  readonly secret: Secret
  /** Atlassian e-mail of its owner: the REST username. */
  readonly email?: string
  /** Bitbucket username of its owner. */
  readonly username?: string
  readonly scopes: readonly Scope[] | 'not reported'
  /** ISO time. Bitbucket does not report it, so a person says it. */
  readonly expiresAt?: string
  /** ISO time. */
  readonly addedAt: string
}

export interface Vault extends Sealer {
  list(): Promise<readonly VaultToken[]>
  find(name: string): Promise<VaultToken | undefined>
  /** What is known about the same secret is replaced; throws `Failure` R110 when the name is taken by another one. */
  add(token: VaultToken): Promise<void>
  /** `false`: there was none. */
  remove(name: string): Promise<boolean>
}

const TOKEN = z.object({
  name: z.string(),
  kind: z.enum([
    'app-password',
    'api-token',
    'access-token',
    'oauth-token',
    'oauth-consumer',
    'account-password',
    'unknown',
  ]),
  secret: z.string(),
  email: z.string().optional(),
  username: z.string().optional(),
  scopes: z.union([z.array(z.string()), z.literal('not reported')]),
  expiresAt: z.string().optional(),
  addedAt: z.string(),
})
const SCHEMA = 'keyturn/vault/1'
const VERSIONED = z.object({ schema: z.string().startsWith('keyturn/vault/') })
const CONTENT = z.object({ schema: z.literal(SCHEMA), tokens: z.array(TOKEN) })
type StoredToken = z.infer<typeof TOKEN>

export interface VaultFolders {
  /** Holds the identity. */
  readonly config: string
  /** Holds the encrypted vault. */
  readonly state: string
}

/** New tokens at rest, encrypted with age to this installation's identity. */
export async function openVault(folders: VaultFolders, context: Context, passphrase?: string): Promise<Vault> {
  const { files } = context.system
  const path = join(folders.state, 'vault.age')
  const sealed = [path, join(folders.state, 'runs')]
  const isNeeded = (await Promise.all(sealed.map((name) => files.entry(name)))).some((entry) => entry !== undefined)
  const sealer = await openIdentity(folders.config, files, {
    isNeeded,
    ...(passphrase === undefined ? {} : { passphrase }),
  })
  const readTokens = async (): Promise<Opened> => open(path, context, sealer)
  /** `next` gives the tokens to keep, or `undefined` where they are as they should be. `false`: they were so before. */
  const change = async (next: (opened: Opened) => readonly StoredToken[] | undefined): Promise<boolean> => {
    await context.system.files.makeFolder(folders.state)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const opened = await readTokens()
      const tokens = next(opened)
      if (tokens === undefined) return attempt > 0
      // Read once more also after a write: another keyturn that had compared before may have renamed its own over it.
      await store(path, opened, tokens, context, sealer)
    }
    throw busy(path)
  }
  return {
    ...sealer,
    list: async () => (await readTokens()).tokens.map((stored) => tokenOf(stored, context)),
    find: async (name) => {
      const stored = (await readTokens()).tokens.find((token) => token.name === name)
      return stored === undefined ? undefined : tokenOf(stored, context)
    },
    add: async (token) => {
      // As it will be read again, so that the two can be compared.
      const stored = TOKEN.parse(JSON.parse(JSON.stringify(storedOf(token))))
      await change(({ tokens }) => {
        const others = tokens.filter(({ name }) => name !== token.name)
        const taken = tokens.find(({ name }) => name === token.name)
        if (taken !== undefined && !context.seal(taken.secret).equals(token.secret)) throw nameTaken(token.name)
        return isDeepStrictEqual(taken, stored) ? undefined : [...others, stored]
      })
    },
    remove: (name) =>
      change(({ tokens }) => {
        const kept = tokens.filter((token) => token.name !== name)
        return kept.length === tokens.length ? undefined : kept
      }),
  }
}

/** How often a change starts again when another keyturn writes the vault at the same time. */
const ATTEMPTS = 20

interface Opened {
  readonly bytes: Uint8Array | 'absent'
  readonly tokens: readonly StoredToken[]
}

async function open(path: string, context: Context, sealer: Sealer): Promise<Opened> {
  if ((await context.system.files.entry(path)) === undefined) return { bytes: 'absent', tokens: [] }
  const bytes = await context.system.files.read(path)
  try {
    const content: unknown = JSON.parse(Buffer.from(await sealer.openBytes(bytes)).toString('utf8'))
    requireKnownSchema(content, path)
    return { bytes, tokens: CONTENT.parse(content).tokens }
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('R109', {
      at: path,
      because: 'it was encrypted for another identity, or it is damaged',
      state: 'Nothing was changed.',
      next: ['Put identity.txt and vault.age back from the same backup, or create the tokens anew.'],
      cause,
    })
  }
}

function requireKnownSchema(content: unknown, path: string): void {
  const { success, data } = VERSIONED.safeParse(content)
  if (!success || data.schema === SCHEMA) return
  throw new Failure('R109', {
    at: path,
    because: `another version of keyturn wrote it: vaults of the form ${data.schema} are not known here`,
    state: 'Nothing was changed.',
    next: ['Repeat the command with that version, or a later one.'],
  })
}

/** Writes nothing where another keyturn wrote it since it was opened. */
async function store(
  path: string,
  opened: Opened,
  tokens: readonly StoredToken[],
  context: Context,
  sealer: Sealer,
): Promise<void> {
  const sealed = await sealer.sealBytes(Buffer.from(JSON.stringify({ schema: SCHEMA, tokens })))
  await context.system.files.replace(path, opened.bytes, sealed)
}

function busy(path: string): Failure {
  return new Failure('R205', {
    at: path,
    because: 'another keyturn wrote the vault at the same time, again and again',
    state: 'The vault keeps what the others wrote.',
    next: ['Repeat the command.'],
    exitCode: 4,
  })
}

function tokenOf({ secret, email, username, expiresAt, ...rest }: StoredToken, context: Context): VaultToken {
  return {
    ...rest,
    secret: context.seal(secret),
    ...(email === undefined ? {} : { email }),
    ...(username === undefined ? {} : { username }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

function storedOf({ secret, scopes, ...rest }: VaultToken): StoredToken {
  return { ...rest, secret: secret.reveal(), scopes: scopes === 'not reported' ? scopes : [...scopes] }
}

function nameTaken(name: string): Failure {
  return new Failure('R110', {
    at: `vault token "${name}"`,
    because: 'the vault holds a token of that name',
    state: 'Nothing was changed.',
    next: [`  keyturn token remove ${name}`, 'or choose another name.'],
  })
}
