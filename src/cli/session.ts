import { X509Certificate } from 'node:crypto'
import { type Keyturn, nodeFiles, openKeyturn } from '../index.ts'
import { Failure } from '../model/failure.ts'
import { makeOutput, type Output, wantsColour } from './output.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean
  readonly home?: string
  readonly ca?: string
  readonly color?: boolean
  readonly vaultPasswordFile?: readonly string[]
}

export interface JenkinsOptions {
  readonly jenkins?: string
  readonly jenkinsUser?: string
  readonly jenkinsTokenFile?: string
}

export function outputOf(options: GlobalOptions): Output {
  const colour = options.color !== false && wantsColour(process.env, process.stdout.isTTY === true)
  return makeOutput({ stdout: process.stdout, stderr: process.stderr }, { json: options.json === true, colour })
}

/** Opens the library with what the flags and the environment say. */
export async function openSession(options: GlobalOptions & JenkinsOptions): Promise<Keyturn> {
  const login = await jenkinsLogin(options)
  const vaultPasswords = await vaultPasswordsOf(options)
  return openKeyturn({
    environment: process.env,
    ...(options.home === undefined ? {} : { home: options.home }),
    ...(options.ca === undefined ? {} : { ca: await readAuthority(options.ca) }),
    ...(process.env['KEYTURN_PASSPHRASE'] === undefined ? {} : { passphrase: process.env['KEYTURN_PASSPHRASE'] }),
    logins: login === undefined ? [] : [login],
    ...(vaultPasswords === undefined ? {} : { vaultPasswords }),
  })
}

/** `ANSIBLE_VAULT_PASSWORD_FILE` is the name that Ansible reads. A program that prints the password is not run. */
async function vaultPasswordsOf({ vaultPasswordFile }: GlobalOptions): Promise<Uint8Array | undefined> {
  const variable = process.env['ANSIBLE_VAULT_PASSWORD_FILE']
  const files = vaultPasswordFile ?? (variable ? [variable] : [])
  const passwords: string[] = []
  for (const file of files) {
    const text = await readText(file)
    if (text.startsWith('#!')) throw noPassword(file)
    passwords.push(text.trim())
  }
  return passwords.length === 0 ? undefined : Buffer.from(passwords.join('\n'))
}

function noPassword(file: string): Failure {
  return new Failure('R112', {
    at: file,
    because: 'it is a program that prints the password of Ansible Vault; keyturn does not run it',
    state: 'Nothing was changed.',
    next: ['Name a file that holds the password:', '  keyturn scan PATH --vault-password-file FILE'],
    exitCode: 2,
  })
}

/** `JENKINS_USER_ID` and `JENKINS_API_TOKEN` are the names that Jenkins' own command line reads. */
async function jenkinsLogin(
  options: JenkinsOptions,
): Promise<{ baseUrl: string; user: string; apiToken: string } | undefined> {
  if (options.jenkins === undefined) return undefined
  const user = options.jenkinsUser ?? process.env['JENKINS_USER_ID']
  const apiToken =
    options.jenkinsTokenFile === undefined ? process.env['JENKINS_API_TOKEN'] : await readText(options.jenkinsTokenFile)
  const baseUrl = checkedUrl(options.jenkins)
  if (user !== undefined && apiToken !== undefined) return { baseUrl, user, apiToken: apiToken.trim() }
  throw new Failure('R112', {
    at: `Jenkins ${baseUrl}`,
    because: 'a user and an API token are needed to ask it',
    state: 'Nothing was changed.',
    next: ['Give both:', '  export JENKINS_USER_ID=NAME', '  read -rs JENKINS_API_TOKEN && export JENKINS_API_TOKEN'],
    exitCode: 2,
  })
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && !/[?#@\s\\]/.test(text)) return text.replace(/\/+$/, '')
  throw new Failure('R112', {
    at: '--jenkins',
    because: 'it is not an http or https address without username, query and fragment',
    state: 'Nothing was asked.',
    next: ['  keyturn scan --jenkins https://ci.example.org'],
    exitCode: 2,
  })
}

/** A file that is no certificate would be ignored by TLS without a word. */
async function readAuthority(path: string): Promise<string> {
  const text = await readText(path)
  if (isCertificate(text)) return text
  throw new Failure('R104', {
    at: path,
    because: 'it holds no certificate in PEM form',
    state: 'Nothing was sent.',
    next: ['Name the file that holds the certificate of the authority (-----BEGIN CERTIFICATE-----).'],
  })
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== ''
  } catch {
    return false
  }
}

async function readText(path: string): Promise<string> {
  return Buffer.from(await nodeFiles().read(path)).toString('utf8')
}

/** All of standard input; a secret that is piped in ends with a line feed more often than not. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}
