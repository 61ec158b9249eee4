import { X509Certificate } from 'node:crypto'
import { type Keyturn, nodeFiles, openKeyturn } from '../index.ts'
import { Failure } from '../model/failure.ts'
import { completing } from './global-flags.ts'
import { type JenkinsOptions, jenkinsLogins } from './jenkins-logins.ts'
import { makeOutput, type Output, wantsColour } from './output.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean
  readonly home?: string
  readonly ca?: string
  readonly color?: boolean
  readonly vaultPasswordFile?: readonly string[]
}

export function outputOf(options: GlobalOptions & JenkinsOptions): Output {
  const colour = options.color !== false && wantsColour(process.env, process.stdout.isTTY === true)
  const complete = completing(options)
  return makeOutput(
    { stdout: process.stdout, stderr: process.stderr },
    { json: options.json === true, colour, complete },
  )
}

/** Opens the library with what the flags and the environment say. */
export async function openSession(options: GlobalOptions & JenkinsOptions): Promise<Keyturn> {
  const vaultPasswords = await vaultPasswordsOf(options)
  return openKeyturn({
    environment: process.env,
    ...(options.home === undefined ? {} : { home: options.home }),
    ...(options.ca === undefined ? {} : { ca: await readAuthority(options.ca) }),
    ...(process.env['KEYTURN_PASSPHRASE'] === undefined ? {} : { passphrase: process.env['KEYTURN_PASSPHRASE'] }),
    logins: await jenkinsLogins(options),
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
    if (text.startsWith('#!'))
      throw noPassword(file, 'it is a program that prints the password of Ansible Vault; keyturn does not run it')
    if (text.trim() === '') throw noPassword(file, 'it is empty, and Ansible Vault takes no empty password')
    passwords.push(text.trim())
  }
  return passwords.length === 0 ? undefined : Buffer.from(passwords.join('\n'))
}

function noPassword(file: string, because: string): Failure {
  return new Failure('R112', {
    at: file,
    because,
    state: 'Nothing was changed.',
    next: ['Name a file that holds the password:', '  keyturn scan PATH --vault-password-file FILE'],
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
