import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { accessToken, apiToken, appPassword } from '../support/synthetic-secrets.ts'

/** Bytes by path. */
export type Tree = ReadonlyMap<string, Buffer>

/** What stands behind a placeholder in this run. */
export interface FixtureValues {
  readonly OLD: string
  readonly NEW: string
  readonly ACCESS: string
  /** An app password from before the `ATBB` prefix. */
  readonly SHORT: string
}

export function fixtureValues(): FixtureValues {
  return {
    OLD: appPassword(),
    NEW: apiToken(),
    ACCESS: accessToken(),
    // A digit is in every one of them but three in a hundred; a test must not hang on that.
    SHORT: `${randomBytes(30).toString('base64').replaceAll(/[+/=]/g, 'x').slice(0, 18)}k7`,
  }
}

/** Keys of a Jenkins that never was. The initialisation vector is fixed, so that an expected file can be written down. */
export interface JenkinsKeyFiles {
  readonly masterKey: Buffer
  readonly secretFile: Buffer
  readonly dataKey: Buffer
}

export const FIXED_IV = Buffer.alloc(16, 7)
const MAGIC = '::::MAGIC::::'

/** `bytes`: from where chance comes. */
export function jenkinsKeyFiles(bytes: (length: number) => Buffer = randomBytes): JenkinsKeyFiles {
  const masterKey = Buffer.from(bytes(128).toString('hex'))
  const plain = bytes(256)
  const kek = createHash('sha256').update(masterKey).digest().subarray(0, 16)
  const cipher = createCipheriv('aes-128-ecb', kek, null)
  const secretFile = Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.from(MAGIC)])), cipher.final()])
  return { masterKey, secretFile, dataKey: plain.subarray(0, 16) }
}

/** Written apart from the product's own cipher, so that the two check each other. */
export function jenkinsPayload(text: string, { dataKey }: JenkinsKeyFiles): string {
  const cipher = createCipheriv('aes-128-cbc', dataKey, FIXED_IV)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const lengths = Buffer.alloc(9)
  lengths[0] = 1
  lengths.writeUInt32BE(16, 1)
  lengths.writeUInt32BE(ciphertext.length, 5)
  return `{${Buffer.concat([lengths, FIXED_IV, ciphertext]).toString('base64')}}`
}

export function jenkinsLegacyPayload(text: string, { dataKey }: JenkinsKeyFiles): string {
  const cipher = createCipheriv('aes-128-ecb', dataKey, null)
  return Buffer.concat([cipher.update(text + MAGIC, 'utf8'), cipher.final()]).toString('base64')
}

/**
 * A fixture folder with its placeholders filled: `@@NAME@@` as it is, `@@NAME|percent@@` and `@@NAME|PERCENT@@` with lower and upper
 * case escapes, `@@NAME|base64@@` in base64, `@@NAME|base64:alice@@` as the pair of alice, `@@NAME|base64-netrc:alice@@` as a netrc in base64, `@@NAME|jenkins@@` and `@@NAME|legacy@@` encrypted. git does not
 * keep folders called `.git`, so they are `dot-git` here.
 */
export function loadFixture(folder: string, values: FixtureValues, keys?: JenkinsKeyFiles): Tree {
  const tree = new Map<string, Buffer>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const text = readFileSync(path, 'latin1').replaceAll(
      /@@([A-Z]+)(?:\|((?:[^@]|@(?!@))+))?@@/g,
      (whole, name, filter) => {
        const value = Object.entries(values).find(([key]) => key === name)?.[1]
        if (typeof value !== 'string') throw new Error(`unknown placeholder ${whole} in ${path}`)
        return filtered(value, typeof filter === 'string' ? filter : '', keys)
      },
    )
    tree.set(relative(folder, path).replaceAll('dot-git', '.git'), Buffer.from(text, 'latin1'))
  }
  if (tree.size === 0) throw new Error(`no fixture in ${folder}`)
  return tree
}

function filtered(value: string, filter: string, keys: JenkinsKeyFiles | undefined): string {
  if (filter === '') return value
  if (filter === 'percent') return value.replaceAll('=', '%3d')
  if (filter === 'PERCENT') return value.replaceAll('=', '%3D')
  if (filter === 'base64') return Buffer.from(value).toString('base64')
  if (filter.startsWith('base64-netrc:')) return base64Netrc(filter.slice(13), value)
  if (filter.startsWith('base64:')) return Buffer.from(`${filter.slice(7)}:${value}`).toString('base64')
  if (keys !== undefined && filter === 'jenkins') return jenkinsPayload(value, keys)
  if (keys !== undefined && filter === 'legacy') return jenkinsLegacyPayload(value, keys)
  throw new Error(`unknown filter ${filter}`)
}

function base64Netrc(login: string, password: string): string {
  return Buffer.from(`machine bitbucket.org\nlogin ${login}\npassword ${password}\n`).toString('base64')
}

export function withKeys(tree: Tree, keys: JenkinsKeyFiles, home = ''): Tree {
  return new Map([
    ...tree,
    [join(home, 'secrets/master.key'), keys.masterKey],
    [join(home, 'secrets/hudson.util.Secret'), keys.secretFile],
  ])
}

/** The same files with Windows line ends. */
export function withCrLf(tree: Tree): Tree {
  return new Map(
    [...tree].map(([path, bytes]) => [path, Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')]),
  )
}

/** The same files without the last line end. */
export function withoutFinalNewline(tree: Tree): Tree {
  return new Map([...tree].map(([path, bytes]) => [path, bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes]))
}

export interface TemporaryFolder {
  readonly path: string
  readonly remove: () => void
}

export function temporaryFolder(tree: Tree = new Map()): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
  for (const [name, bytes] of tree) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), bytes)
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function readTree(folder: string): Tree {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        return [relative(folder, path), readFileSync(path)] as const
      }),
  )
}
