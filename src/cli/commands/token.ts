import type { CheckedToken, Consultation, Keyturn } from '../../index.ts'
import { DIAGNOSIS_WORDS, diagnosisSentence } from '../../messages/diagnoses.ts'
import { KIND_WORDS } from '../../messages/kinds.ts'
import { Failure } from '../../model/failure.ts'
import { askHidden, canAsk } from '../ask.ts'
import { optimiseLate } from '../late-optimisation.ts'
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
  optimiseLate()
  const keyturn = await openSession(options)
  const output = outputOf(options)
  if (action === 'add') return add(name ?? '', options, keyturn, output)
  if (action === 'remove') return remove(name ?? '', keyturn, output)
  return action === 'list' ? list(keyturn, output) : check(name, keyturn, output)
}

async function add(name: string, options: TokenOptions, keyturn: Keyturn, output: Output): Promise<void> {
  const expiresAt = checkedDate(options.expires, keyturn.context.system.clock.now())
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

/** Midnight UTC, or the instant that is given. Other ways to write a date differ between countries. */
function checkedDate(text: string | undefined, now: Date): string | undefined {
  if (text === undefined) return undefined
  const date = new Date(text)
  const isDay = !Number.isNaN(date.getTime()) && /^\d{4}-\d\d-\d\d(?:$|T)/.test(text)
  // `new Date` takes 2027-02-31 for the third of March.
  if (!isDay || new Date(text.slice(0, 10)).toISOString().slice(0, 10) !== text.slice(0, 10))
    throw wrongDate(text, 'it is not a date as in the example')
  if (date.getTime() <= now.getTime()) throw wrongDate(text, 'it is in the past: the token has ended already')
  return date.toISOString()
}

function wrongDate(text: string, because: string): Failure {
  return new Failure('R112', {
    at: `--expires ${text}`,
    because,
    state: 'Nothing was kept.',
    next: ['  keyturn token add NAME --expires YYYY-MM-DD'],
    exitCode: 2,
  })
}

function refused(name: string, { token, consultation }: CheckedToken): Failure {
  const [cause] = consultation?.diagnoses ?? []
  if (cause?.code === 'D116') return wrongEmail(name, token.email ?? '')
  const words = cause === undefined ? 'Bitbucket refuses it' : `${refusalWords(cause)}. ${diagnosisSentence(cause)}`
  return new Failure('R110', {
    at: `token "${name}"`,
    because: words,
    state: 'Nothing was kept.',
    next: anew(token, cause?.code === 'D190'),
    exitCode: 3,
  })
}

/** `isOpen`: one of several causes, which the address of its owner tells apart. */
function anew({ name, kind, email }: CheckedToken['token'], isOpen: boolean): readonly string[] {
  if (kind === 'access-token')
    return ['Create the token anew in the settings of the repository, project or workspace, and repeat the command.']
  const mayTell = isOpen && email === undefined
  return [
    ...(mayTell
      ? [
          'Give the address with which its owner signs in at Atlassian, which tells them apart:',
          `  keyturn token add ${name} --email ADDRESS`,
        ]
      : []),
    `${mayTell ? 'Or create' : 'Create'} the token anew at https://id.atlassian.com/manage-profile/security/api-tokens`,
    'with "Create API token with scopes", app Bitbucket, and repeat the command.',
  ]
}

/** "One of several causes" of what, is the question where nothing was asked about but a token. */
function refusalWords({ code }: Consultation['diagnoses'][number]): string {
  return code === 'D190' ? 'D190: Bitbucket refuses it' : `${code}: ${DIAGNOSIS_WORDS[code].headline}`
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
  return [
    `Kept "${token.name}": ${token.secret.fingerprint}, ${KIND_WORDS[token.kind]}, ${expiryWords(token, keyturn.context.system.clock.now())}`,
    ...scopeLines(token.scopes, consultation),
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

function scopeLines(scopes: ShownToken['scopes'], consultation: Consultation | undefined): readonly string[] {
  const isTold = consultation !== undefined && isKnown(consultation)
  const first =
    consultation === undefined
      ? 'Bitbucket was not asked'
      : isTold
        ? 'Bitbucket knows it'
        : 'Bitbucket gave no answer about it'
  if (scopes !== 'not reported')
    return [`${first}. Its scopes${isTold ? '' : ', as told before'}:`, ...scopes.map((scope) => `    ${scope}`)]
  return [consultation === undefined ? `${first}: its scopes are not known.` : `${first}. It did not tell its scopes.`]
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
  if (!usable && cause !== undefined) return [`${head}${refusalWords(cause)}`]
  if (isUnknown) return [`${head}Bitbucket gave no answer about it`]
  if (token.scopes === 'not reported') return [`${head}Bitbucket knows it; scopes not reported`]
  return [`${head}Bitbucket knows it; its scopes:`, ...token.scopes.map((scope) => `       ${scope}`)]
}

export function shownToken({ token }: CheckedToken): ShownToken {
  const { secret, ...rest } = token
  return { ...rest, fingerprint: secret.fingerprint }
}
