import type { CheckedToken, Consultation, Keyturn } from '../../index.ts'
import { DIAGNOSIS_WORDS, diagnosisSentence } from '../../messages/diagnoses.ts'
import { KIND_WORDS } from '../../messages/kinds.ts'
import { Failure } from '../../model/failure.ts'
import { askHidden, canAsk } from '../ask.ts'
import type { Output } from '../output.ts'
import { type GlobalOptions, openSession, outputOf, readStdin } from '../session.ts'
import { expiryWords, type ShownToken, tokenLines } from '../views/status.ts'

export interface TokenOptions extends GlobalOptions {
  readonly email?: string
  readonly username?: string
  readonly expires?: string
  readonly offline?: boolean
}

export type TokenAction = 'add' | 'list' | 'check' | 'remove'

export async function tokenCommand(
  action: TokenAction,
  name: string | undefined,
  options: TokenOptions,
): Promise<void> {
  const keyturn = await openSession(options)
  const output = outputOf(options)
  if (action === 'add') return add(name ?? '', options, keyturn, output)
  if (action === 'remove') return remove(name ?? '', keyturn, output)
  return action === 'list' ? list(keyturn, output) : check(name, keyturn, output)
}

async function add(name: string, options: TokenOptions, keyturn: Keyturn, output: Output): Promise<void> {
  const expiresAt = checkedDate(options.expires)
  const secret = canAsk() ? await askHidden(`Token "${name}"`) : (await readStdin()).trim()
  if (secret === '')
    throw new Failure('R112', {
      because: 'standard input holds no token',
      next: [`  pass show bitbucket | keyturn token add ${name}`],
      exitCode: 2,
    })
  output.progress('Asking Bitbucket ...')
  const { email, username, offline } = options
  const checked = await keyturn.addToken({
    name,
    secret,
    ...(email === undefined ? {} : { email }),
    ...(username === undefined ? {} : { username }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(offline ? { offline } : {}),
  })
  if (!checked.usable) throw refused(name, checked)
  output.result({ schema: 'keyturn/token/1', token: shownToken(checked) }, () => addedLines(checked, keyturn))
}

function checkedDate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!Number.isNaN(Date.parse(text))) return new Date(text).toISOString()
  throw new Failure('R112', {
    at: `--expires ${text}`,
    because: 'it is not a date',
    next: ['  keyturn token add NAME --expires 2027-06-30'],
    exitCode: 2,
  })
}

function refused(name: string, { token, consultation }: CheckedToken): Failure {
  const [cause] = consultation?.diagnoses ?? []
  if (cause?.code === 'D116') return wrongEmail(name, token.email ?? '')
  const words =
    cause === undefined
      ? 'Bitbucket refuses it'
      : `${cause.code}: ${DIAGNOSIS_WORDS[cause.code].headline}. ${diagnosisSentence(cause)}`
  return new Failure('R110', {
    at: `token "${name}"`,
    because: words,
    state: 'Nothing was kept.',
    next: [
      'Create the token anew at https://id.atlassian.com/manage-profile/security/api-tokens',
      'with "Create API token with scopes", app Bitbucket, and repeat the command.',
    ],
    exitCode: 3,
  })
}

function wrongEmail(name: string, email: string): Failure {
  return new Failure('R110', {
    at: `token "${name}"`,
    because: `Bitbucket takes it, but not under ${email}: the address belongs to another account, or is misspelt`,
    state: 'Nothing was kept.',
    next: [
      'Give the address with which the owner of the token signs in at Atlassian:',
      `  keyturn token add ${name} --email ADDRESS`,
    ],
    exitCode: 3,
  })
}

function addedLines(checked: CheckedToken, keyturn: Keyturn): readonly string[] {
  const { token, consultation } = checked
  const asked =
    consultation === undefined
      ? 'Bitbucket was not asked.'
      : isKnown(consultation)
        ? 'Bitbucket knows it.'
        : 'Bitbucket gave no answer about it.'
  return [
    `Kept "${token.name}": ${token.secret.fingerprint}, ${KIND_WORDS[token.kind]}, ${expiryWords(token.expiresAt, keyturn.context.system.clock.now())}`,
    ...scopeLines(token.scopes, asked),
    '',
    'Next: see what has to change',
    '    keyturn plan PATH',
  ]
}

/** No reply is no yes. */
function isKnown({ answers }: Consultation): boolean {
  return Object.values(answers).some(
    (answer) => answer?.kind === 'yes' || (answer?.kind === 'no' && answer.granted !== undefined),
  )
}

/** `first`: the line before them. */
function scopeLines(scopes: ShownToken['scopes'], first: string): readonly string[] {
  if (scopes === 'not reported') return [`${first} scopes not reported by Bitbucket`]
  return [`${first} Its scopes:`, ...scopes.map((scope) => `    ${scope}`)]
}

async function remove(name: string, keyturn: Keyturn, output: Output): Promise<void> {
  if (!(await keyturn.removeToken(name)))
    throw new Failure('R111', {
      at: `vault token "${name}"`,
      because: 'the vault holds no such token',
      next: ['  keyturn token list'],
    })
  output.result({ schema: 'keyturn/token/1', removed: name }, () => [
    `Removed "${name}" from the vault. At Atlassian it works until it is revoked or ends.`,
  ])
}

async function list(keyturn: Keyturn, output: Output): Promise<void> {
  const tokens = (await keyturn.tokens()).map((token) => shownToken({ token, usable: true }))
  output.result({ schema: 'keyturn/tokens/1', tokens }, () => tokenLines(tokens, keyturn.context.system.clock.now()))
}

async function check(name: string | undefined, keyturn: Keyturn, output: Output): Promise<void> {
  const names = name === undefined ? (await keyturn.tokens()).map((token) => token.name) : [name]
  const checked: CheckedToken[] = []
  for (const one of names) {
    output.progress(`Asking Bitbucket about ${one} ...`)
    checked.push(await keyturn.checkToken(one))
  }
  output.result(
    {
      schema: 'keyturn/tokens/1',
      tokens: checked.map((one) => ({ ...shownToken(one), usable: one.usable, consultation: one.consultation })),
    },
    () => (checked.length === 0 ? tokenLines([], keyturn.context.system.clock.now()) : checked.flatMap(checkedLines)),
  )
  if (checked.some(({ usable, consultation }) => !usable || consultation === undefined || !isKnown(consultation)))
    process.exitCode = 3
}

function checkedLines({ token, usable, consultation }: CheckedToken): readonly string[] {
  const [cause] = consultation?.diagnoses ?? []
  const isUnknown = usable && (consultation === undefined || !isKnown(consultation))
  const head = `  ${isUnknown ? '?' : usable ? '=' : '!'}  ${token.name}  ${token.secret.fingerprint}  `
  if (!usable && cause !== undefined) return [`${head}${cause.code}: ${DIAGNOSIS_WORDS[cause.code].headline}`]
  if (isUnknown) return [`${head}Bitbucket gave no answer about it`]
  if (token.scopes === 'not reported') return [`${head}Bitbucket knows it; scopes not reported`]
  return [`${head}Bitbucket knows it; its scopes:`, ...token.scopes.map((scope) => `       ${scope}`)]
}

export function shownToken({ token }: CheckedToken): ShownToken {
  const { secret, ...rest } = token
  return { ...rest, fingerprint: secret.fingerprint }
}
