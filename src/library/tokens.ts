import { shapeOf, type TokenShape } from '../bitbucket/token-shape.ts'
import type { Consultation } from '../diagnose/consultation.ts'
import type { Scope } from '../model/answer.ts'
import { daysUntil, latestEnd } from '../model/ends-soon.ts'
import { Failure } from '../model/failure.ts'
import type { VaultToken } from '../vault/vault.ts'
import type { CheckedToken, NewToken } from './keyturn.ts'
import { diagnosing } from './loading.ts'
import type { Parts } from './parts.ts'

/**
 * Causes that make a token useless everywhere, and that it is refused for one of them (D190); a missing scope may be one that nobody needs.
 * D116 is about the e-mail that was given: REST takes the token without it, so every place would get a username that is refused.
 */
const USELESS: readonly string[] = ['D101', 'D102', 'D103', 'D104', 'D108', 'D109', 'D190']

/** Keeps a token that Bitbucket takes; `offline` keeps it unasked. Throws `Failure` R110 or R112 for what is no token, name or e-mail. */
export async function addToken({ secret: text, offline, ...names }: NewToken, parts: Parts): Promise<CheckedToken> {
  refuseName(names.name)
  refuseEmail(names)
  refuseUsername(names)
  // No token has white space at its ends; what is copied has, and it would be written into every place.
  const secret = parts.context.seal(text.trim())
  const shape = shapeOf(secret)
  const { kind } = shape
  refuseShape(names.name, shape)
  const kept = await (await parts.vault()).find(names.name)
  const known = kept?.secret.equals(secret) ? kept : undefined
  const addedAt = parts.context.system.clock.now().toISOString()
  refuseLateEnd(names, kind, addedAt)
  const token: VaultToken = { scopes: 'not reported', addedAt, ...known, ...names, secret, kind }
  const checked = offline ? { token, usable: true } : await consultToken(token, parts)
  refuseOtherUser(checked)
  if (checked.usable) await (await parts.vault()).add(checked.token)
  return checked
}

/** A name is typed, printed and kept in plans: it must not be a token pasted into the wrong place. */
function refuseName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !/^AT(ATT|CTT|BB)/.test(name)) return
  throw new Failure('R112', {
    because: 'the name of a token is made of letters, digits, dots, dashes and underscores, at most 64',
    state: 'Nothing was kept.',
    next: ['  keyturn token add ci --email ADDRESS'],
  })
}

/** The examples say E-MAIL and ADDRESS; what stands there becomes the username that REST is asked with. */
function refuseEmail({ name, email }: Pick<NewToken, 'name' | 'email'>): void {
  if (email === undefined || /^[^\s@]+@[^\s@]+$/.test(email)) return
  throw new Failure('R112', {
    at: `--email ${email}`,
    because: 'it is not an e-mail address',
    state: 'Nothing was kept.',
    next: [
      'Give the address with which the owner of the token signs in at Atlassian:',
      `  keyturn token add ${name} --email ADDRESS`,
    ],
    exitCode: 2,
  })
}

/** No username of Bitbucket has an @, and git refuses every e-mail: it would stand in each place until the proof there. */
function refuseUsername({ name, username }: Pick<NewToken, 'name' | 'username'>): void {
  if (username === undefined || !username.includes('@')) return
  throw new Failure('R112', {
    at: `--username ${username}`,
    because: 'it is an e-mail address, which git does not take as a username',
    state: 'Nothing was kept.',
    next: [
      'Give the address as --email, and the name that the profile at Bitbucket shows as --username, or none:',
      `  keyturn token add ${name} --email ADDRESS`,
    ],
    exitCode: 2,
  })
}

/** A plan would renew what holds it after it has ended (docs/bitbucket-authentication.md). */
function refuseLateEnd(
  { name, expiresAt }: Pick<NewToken, 'name' | 'expiresAt'>,
  kind: VaultToken['kind'],
  addedAt: string,
): void {
  const latest = latestEnd({ kind, addedAt })
  // A day begins earlier elsewhere.
  if (expiresAt === undefined || latest === undefined || daysUntil(expiresAt, new Date(latest)) <= 1) return
  throw new Failure('R112', {
    at: `--expires ${expiresAt.slice(0, 10)}`,
    because: 'no API token lasts longer than a year',
    state: 'Nothing was kept.',
    next: [
      "Give the day that Atlassian's page of API tokens shows for it, or none:",
      `  keyturn token add ${name} --expires DATE`,
    ],
    exitCode: 2,
  })
}

/** REST tells whose token it is where the token may read that. Git compares the username letter by letter, and so is it here. */
function refuseOtherUser({ token, consultation }: CheckedToken): void {
  const owner = consultation === undefined ? undefined : userOf(consultation)
  if (owner === undefined || token.username === undefined || owner === token.username) return
  throw new Failure('R110', {
    at: `token "${token.name}"`,
    because: `Bitbucket says that it is the token of ${owner}, not of ${token.username}`,
    state: 'Nothing was kept.',
    next: [
      'Give the username of its owner, in its case, or create the token in the other account:',
      `  keyturn token add ${token.name}${token.email === undefined ? '' : ` --email ${token.email}`} --username ${owner}`,
    ],
    exitCode: 3,
  })
}

function userOf({ answers }: Consultation): string | undefined {
  for (const answer of Object.values(answers))
    if (answer !== undefined && 'identity' in answer && answer.identity?.username !== undefined)
      return answer.identity.username
  return undefined
}

function refuseShape(name: string, { kind, checksum, surrounded }: TokenShape): void {
  const because =
    kind === 'app-password'
      ? 'it is an app password, and those ended on 2026-07-28'
      : surrounded
        ? 'something stands before or after the token, such as quotes or a name'
        : kind !== 'api-token' && kind !== 'access-token'
          ? 'it does not look like an API token (ATATT3...) or an access token (ATCTT3...)'
          : checksum === 'does not fit'
            ? 'its checksum does not fit: it was cut short or altered when it was copied'
            : undefined
  if (because === undefined) return
  throw new Failure('R110', {
    at: `token "${name}"`,
    because,
    state: 'Nothing was kept.',
    next: [
      surrounded
        ? 'Give the token alone, and repeat the command.'
        : 'Copy the whole token from the page that shows it, and repeat the command.',
    ],
  })
}

/** Asks about a token of the vault, and keeps nothing. Throws `Failure` R111 where there is none of this name. */
export async function checkToken(name: string, parts: Parts): Promise<CheckedToken> {
  const token = await (await parts.vault()).find(name)
  if (token !== undefined) return consultToken(token, parts)
  throw new Failure('R111', {
    at: `vault token "${name}"`,
    because: 'the vault holds no such token',
    next: ['  keyturn token list'],
  })
}

async function consultToken(token: VaultToken, parts: Parts): Promise<CheckedToken> {
  const consultation = await (await diagnosing()).diagnoseCredential(
    {
      use: 'rest',
      credential: { secret: token.secret, ...(token.email === undefined ? {} : { username: token.email }) },
      ...(token.email === undefined ? {} : { email: token.email }),
    },
    await parts.doctor(),
  )
  const [cause] = consultation.diagnoses
  const usable = !USELESS.includes(cause?.code ?? '') && !(cause?.code === 'D116' && token.email !== undefined)
  return {
    // Scopes of a token cannot be edited: what was told once is true.
    token: { ...token, scopes: grantedScopes(consultation) ?? token.scopes },
    usable,
    consultation: usable ? withoutPurpose(consultation) : consultation,
  }
}

/** Who is asked is the user, which a token need not be able to read: what it is for is not the question. The answers stay. */
const OF_PURPOSE: readonly string[] = ['D105', 'D125']

function withoutPurpose(consultation: Consultation): Consultation {
  return { ...consultation, diagnoses: consultation.diagnoses.filter(({ code }) => !OF_PURPOSE.includes(code)) }
}

/** Bitbucket names the scopes of a token in the headers of a yes and in the body of a 403. */
function grantedScopes({ answers }: Consultation): readonly Scope[] | undefined {
  for (const answer of Object.values(answers)) {
    if (answer?.kind === 'yes' && answer.scopes !== 'not reported') return answer.scopes
    if (answer?.kind === 'no' && answer.granted !== undefined) return answer.granted
  }
  return undefined
}
