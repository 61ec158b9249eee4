import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Office } from './office.ts'

/** What stands in a place before and after: the username belongs to the secret, so that a mixture is found out. */
export interface Pairs {
  readonly old: string
  readonly next: string
}

export const OLD_OWNER = { username: 'alice', email: 'alice@acme.example' }

export type Kind = 'netrc' | 'store' | 'clone' | 'env' | 'compose'

export interface PlaceFile {
  readonly kind: Kind
  readonly path: string
  /** Credentials in it. */
  readonly places: number
}

const COUNTS = { clone: 120, env: 46, compose: 30 } as const

/** Files of many developers and services, all with the old token; on the controller, one credential. 200 places in all. */
export async function furnishTown(folder: string, { old }: Pairs): Promise<readonly PlaceFile[]> {
  const files: PlaceFile[] = []
  const put = async (kind: Kind, name: string, text: string, places = 1): Promise<void> => {
    const path = join(folder, name)
    await write(path, text)
    files.push({ kind, path, places })
  }
  const { username, email } = OLD_OWNER
  await put(
    'netrc',
    'home/.netrc',
    `machine bitbucket.org login ${username} password ${old}\nmachine api.bitbucket.org login ${email} password ${old}\n`,
    2,
  )
  await put('store', 'home/.git-credentials', `https://${username}:${encodeURIComponent(old)}@bitbucket.org\n`)
  for (let number = 0; number < COUNTS.clone; number++) await putClone(put, join(folder, `clone${number}`), number, old)
  for (let number = 0; number < COUNTS.env; number++) {
    await write(join(folder, `service${number}`, 'ask.sh'), ASK)
    await put('env', `service${number}/.env`, `# asks REST\nBITBUCKET_EMAIL=${email}\nBITBUCKET_API_TOKEN=${old}\n`)
  }
  for (let number = 0; number < COUNTS.compose; number++) {
    await write(join(folder, `stack${number}`, 'ask.sh'), ASK)
    await put('compose', `stack${number}/docker-compose.yml`, composeText(email, old))
  }
  return files
}

const ASK =
  '#!/bin/sh\ncurl -fsS -u "$BITBUCKET_EMAIL:$BITBUCKET_API_TOKEN" https://api.bitbucket.org/2.0/repositories/acme/app\n'

async function putClone(
  put: (kind: Kind, name: string, text: string) => Promise<void>,
  folder: string,
  number: number,
  secret: string,
): Promise<void> {
  for (const name of ['objects', 'refs']) await mkdir(join(folder, '.git', name), { recursive: true })
  await writeFile(join(folder, '.git', 'HEAD'), 'ref: refs/heads/main\n')
  const slug = ['app', 'web', 'infra'][number % 3]
  const url = `https://${OLD_OWNER.username}:${encodeURIComponent(secret)}@bitbucket.org/acme/${slug}.git`
  const text = `[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`
  await put('clone', `clone${number}/.git/config`, text)
}

function composeText(email: string, secret: string): string {
  return [
    'services:',
    '  asks:',
    '    image: alpine/curl',
    '    volumes: [./ask.sh:/ask.sh]',
    '    command: [sh, /ask.sh]',
    '    environment:',
    `      BITBUCKET_EMAIL: ${email}`,
    `      BITBUCKET_API_TOKEN: ${secret}`,
    '',
  ].join('\n')
}

export async function furnishController({ jenkins, url }: Office, { old }: Pairs): Promise<void> {
  await jenkins.addCredential({ store: 'system', id: 'bb', username: OLD_OWNER.username, secret: old })
  await jenkins.addFreestyleJob({ fullName: 'app', url: url('app'), credentialsId: 'bb' })
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode: 0o600 })
}

export interface FoundPair {
  readonly username: string
  readonly secret: string
}

/** Reads a file as its consumer does, as a whole or not at all. Throws where the consumer would. */
export function pairsIn(kind: Kind, text: string): readonly FoundPair[] {
  if (!text.endsWith('\n')) throw new Error('it ends in the middle of a line')
  const found = [...text.matchAll(PATTERNS[kind])].map(([, username = '', secret = '']) => ({
    username: decodeURIComponent(username),
    secret: decodeURIComponent(secret),
  }))
  if (found.length !== (kind === 'netrc' ? 2 : 1)) throw new Error(`${found.length} pairs were found in it`)
  return found
}

/** Whole lines, in the order in which they were written. */
const PATTERNS: Readonly<Record<Kind, RegExp>> = {
  netrc: /^machine (?:api\.)?bitbucket\.org login (\S+) password (\S+)$/gm,
  store: /^https:\/\/([^:@/]+):([^:@/]+)@bitbucket\.org$/gm,
  clone:
    /^\[core\]\n\trepositoryformatversion = 0\n\[remote "origin"\]\n\turl = https:\/\/([^:@/]+):([^:@/]+)@bitbucket\.org\/acme\/\w+\.git\n\tfetch = .*$/gm,
  env: /^# asks REST\nBITBUCKET_EMAIL=(\S+)\nBITBUCKET_API_TOKEN=(\S+)$/gm,
  compose: /^ {4}environment:\n {6}BITBUCKET_EMAIL: (\S+)\n {6}BITBUCKET_API_TOKEN: (\S+)$/gm,
}
