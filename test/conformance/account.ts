import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { crc32 } from './crc32.ts'
import { type inventions, type Login, type Name, names, type Role, type Row, roles, type Secret } from './row.ts'

/** Whose names and secrets a walk uses. What is absent makes the rows that need it be left out. */
export interface Account {
  readonly names: Readonly<Partial<Record<Name, string>>>
  readonly secrets: Readonly<Partial<Record<Role, string>>>
}

/** `privateRepository` is read from KEYTURN_CONFORMANCE_PRIVATE_REPOSITORY, and so on. */
export const variableOf = (name: Name | Role): string =>
  `KEYTURN_CONFORMANCE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

const pick = <K extends Name | Role>(keys: readonly K[], given: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    keys.flatMap((key) => {
      const value = given[variableOf(key)]?.trim()
      return value === undefined || value === '' ? [] : [[key, value]]
    }),
  ) as Partial<Record<K, string>>

export const accountOf = (given: Readonly<Record<string, string | undefined>>): Account => ({
  names: pick(Object.keys(names) as Name[], given),
  secrets: pick(Object.keys(roles) as Role[], given),
})

/** Lines of `NAME=value`, in a file that nobody but its owner can read. Only the first `=` divides: tokens contain one. */
export const readAccountFile = (path: string): Readonly<Record<string, string>> => {
  const { mode } = statSync(path)
  if ((mode & 0o077) !== 0) throw new Error(`${path} can be read by others than its owner. chmod 600 ${path}`)
  const lines = readFileSync(path, 'utf8').split('\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^\s*([A-Z_]+)=(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value]]
    }),
  )
}

const invented = (): Record<(typeof inventions)[number], string> => {
  const body = `ATATT3xFfGF0${randomBytes(129).toString('base64url').slice(0, 171)}=`
  const start = `ATBB${randomBytes(12).toString('hex')}`
  return {
    inventedToken: body + crc32(body),
    inventedAppPassword: start + crc32(start),
    inventedPassword: randomBytes(12).toString('hex'),
  }
}

/** A row with its names and its secret filled in, ready to be asked; or why it cannot be. */
export type Filled =
  | { readonly kind: 'ready'; readonly url: string; readonly authorization: string | undefined }
  | { readonly kind: 'left out'; readonly because: string }

const otherCase = (text: string): string => {
  const upper = text.toUpperCase()
  return upper === text ? text.toLowerCase() : upper
}

/** Fills rows for one account; what is invented stays the same for all of them. */
export const fillFor = (account: Account): ((row: Row) => Filled) => {
  const { username, email } = account.names
  const known: Readonly<Record<string, string | undefined>> = {
    ...account.names,
    noSuchRepository: 'keyturn-no-such-repository',
    usernameInOtherCase: username === undefined ? undefined : otherCase(username),
    emailInOtherCase: email === undefined ? undefined : otherCase(email),
  }
  const secrets: Readonly<Partial<Record<Secret, string>>> = { ...invented(), ...account.secrets }
  return (row) => fill(row, known, secrets)
}

const fill = (
  row: Row,
  known: Readonly<Record<string, string | undefined>>,
  secrets: Readonly<Partial<Record<Secret, string>>>,
): Filled => {
  const missing = [...placeholders(row.url), ...placeholders(row.as.scheme === 'basic' ? row.as.username : '')]
    .filter((name) => known[name] === undefined)
    .map((name) => name.replace('InOtherCase', ''))
  if (row.as.scheme !== 'none' && secrets[row.as.secret] === undefined) missing.push(row.as.secret)
  if (missing.length > 0) return { kind: 'left out', because: `not given: ${[...new Set(missing)].join(', ')}` }
  const put = (text: string, write: (value: string) => string): string =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => write(known[name] ?? ''))
  const url = put(row.url, (value) => value.split('/').map(encodeURIComponent).join('/'))
  return { kind: 'ready', url, authorization: authorizationOf(row.as, (text) => put(text, (value) => value), secrets) }
}

const placeholders = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

const authorizationOf = (
  login: Login,
  put: (text: string) => string,
  secrets: Readonly<Partial<Record<Secret, string>>>,
): string | undefined => {
  if (login.scheme === 'none') return undefined
  const secret = secrets[login.secret] ?? ''
  if (login.scheme === 'bearer') return `Bearer ${secret}`
  return `Basic ${Buffer.from(`${put(login.username)}:${secret}`).toString('base64')}`
}
