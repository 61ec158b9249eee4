import { type Draft, type Dress, decoy, type Mark } from './draft.ts'
import { type Encoding, written } from './encodings.ts'
import { ALPHANUMERIC, DIGITS, HEX, LOWER, type Random } from './random.ts'
import { accessToken, apiToken, appPassword, password, type SecretKind, unprefixedAppPassword } from './secrets.ts'

export const GIT = 'bitbucket.org'
export const REST = 'api.bitbucket.org'
export const TOKEN_USER = 'x-bitbucket-api-token-auth'
export const ACCESS_USER = 'x-token-auth'

export interface Login {
  readonly username: string
  readonly secret: string
  readonly kind: SecretKind
}

/** A file before it is dressed; `path` is below the folder that the generator chooses. */
export interface CorpusFile {
  readonly path: string
  readonly format: string
  readonly text: Draft
  /** Charsets in which such a file occurs beside UTF-8. */
  readonly charsets?: readonly Dress['charset'][]
  /** The bytes are right as they are: no other line ends. */
  readonly fixed?: boolean
  /** Instead of `text`, for what is no text. */
  readonly bytes?: Buffer
}

/** One way in which a credential, or something like one, lies about. */
export interface Shape {
  readonly name: string
  readonly root: 'homes' | 'projects' | 'hosts'
  readonly times: number
  readonly make: (setting: Setting) => CorpusFile | readonly CorpusFile[]
}

/** The people, names and secrets of one file. */
export interface Setting extends Random {
  readonly user: string
  readonly email: string
  readonly workspace: string
  readonly repo: string
  /** A login as git would use it: any kind of secret with a username that suits it. */
  readonly git: () => Login
  /** A login for REST: app password or API token, the latter with the e-mail. */
  readonly rest: () => Login
  /** An app password, sometimes of the sort without a prefix. */
  readonly app: () => Login
  /** A secret that its shape gives away, for places that could mean something else. */
  readonly shaped: () => Login
  readonly access: () => Login
  readonly note: () => string
  /** Another service's variable, which nobody asked for. */
  readonly other: () => { readonly name: string; readonly value: Mark }
  readonly hex: (length: number) => string
}

const PEOPLE =
  'marta_kovac tomas-novak jbecker anouk.d priya_s lea-h okonkwo sven.l yuki_t dmitri-v carla-m deploybot ci_user build-agent release_bot acme-ci'
const WORKSPACES =
  'nordlicht acme-labs blueharbor quartzworks tallship fernweh-io lumen-data orchardsoft kestrel-team riverstone'
const REPOS =
  'billing-api web-shop infra-live data-pipeline mobile-app design-system auth-service reports terraform-modules shared-lib puppet-control docs-site'
const NOTES = [
  'do not commit',
  'rotated every quarter, ask the platform team',
  'Zugang für den Build-Server (Jürgen fragen)',
  'пароль для сервера сборки',
  '自動ビルド用のアカウント',
  'accès en lecture seule, créé par Zoé',
  'TODO: move into the vault 🔐',
  'legacy, still used by the nightly job',
  'shared with the other team – see wiki',
  'Łódź office',
]

function loginOf(random: Random, kinds: readonly SecretKind[], user: string, mail: string, forGit: boolean): Login {
  const kind = random.pick(kinds)
  if (kind === 'app-password') {
    const secret = random.chance(72) ? appPassword(random) : unprefixedAppPassword(random)
    return { username: user, secret, kind }
  }
  if (kind === 'password') return { username: user, secret: password(random), kind }
  if (kind === 'access-token') return { username: ACCESS_USER, secret: accessToken(random), kind }
  const gitName = random.chance(75) ? TOKEN_USER : user
  return { username: forGit ? gitName : mail, secret: apiToken(random), kind }
}

const APP: SecretKind = 'app-password'
const API: SecretKind = 'api-token'

/** Another service's secret in its usual shape, put together here so that no such text stands in a file of ours. */
function otherService(random: Random): { readonly name: string; readonly value: Mark } {
  const [name, value] = random.pick<readonly [string, string]>([
    ['AWS_ACCESS_KEY_ID', `AK${'IA'}${random.text(LOWER.toUpperCase(), 16)}`],
    ['AWS_SECRET_ACCESS_KEY', random.text(ALPHANUMERIC, 40)],
    ['GITHUB_TOKEN', `gh${'p_'}${random.text(ALPHANUMERIC, 36)}`],
    ['GITLAB_TOKEN', `gl${'pat-'}${random.text(ALPHANUMERIC, 20)}`],
    ['SLACK_BOT_TOKEN', `xo${'xb-'}${random.text(DIGITS, 11)}-${random.text(ALPHANUMERIC, 24)}`],
    ['STRIPE_SECRET_KEY', `sk${'_live_'}${random.text(ALPHANUMERIC, 24)}`],
    ['NPM_TOKEN', `np${'m_'}${random.text(ALPHANUMERIC, 36)}`],
    ['SONAR_TOKEN', `sq${'p_'}${random.text(HEX, 40)}`],
    ['DB_PASSWORD', random.text(ALPHANUMERIC, 20)],
    ['SENTRY_AUTH_TOKEN', random.text(HEX, 64)],
    ['DOCKERHUB_PASSWORD', random.text(ALPHANUMERIC, 20)],
    ['REDIS_URL', `redis://:${random.text(ALPHANUMERIC, 20)}@redis:6379/0`],
  ])
  return { name, value: decoy('other service', value) }
}

export function settingFrom(random: Random): Setting {
  const user = random.pick(PEOPLE.split(' '))
  const email = `${user.replaceAll(/[_-]/g, '.')}@${random.pick(['example.com', 'corp.example.com', 'mail.example.org'])}`
  const login = (kinds: readonly SecretKind[], forGit: boolean) => loginOf(random, kinds, user, email, forGit)
  const shaped = (): Login => {
    const kind = random.pick([APP, APP, API])
    if (kind === APP) return { username: user, secret: appPassword(random), kind }
    return { username: email, secret: apiToken(random), kind }
  }
  return {
    ...random,
    user,
    email,
    workspace: random.pick(WORKSPACES.split(' ')),
    repo: random.pick(REPOS.split(' ')),
    git: () => login([APP, APP, APP, APP, APP, APP, API, API, API, 'access-token', 'password'], true),
    rest: () => login([APP, APP, APP, API, API], false),
    app: () => login([APP], true),
    shaped,
    access: () => login(['access-token'], true),
    note: () => random.pick(NOTES),
    other: () => otherService(random),
    hex: (length) => random.text(HEX, length),
  }
}

/** Marks the secrets of one consumer and host: as text, and as the second half of a base64 pair. */
export function placesOf(consumer: string, host: string) {
  const label = ({ username, secret, kind }: Login, encoding: readonly string[]) => ({
    secret,
    ...(username === '' ? {} : { username }),
    kind,
    consumer,
    encoding,
    host,
  })
  return {
    /** The secret alone. */
    secret: (login: Login, ...encodings: readonly Encoding[]): Mark => ({
      stored: written(login.secret, encodings),
      truths: [label(login, encodings.length === 0 ? ['plain'] : encodings)],
    }),
    /** base64 of `username:secret`, itself inside `outer`. */
    pair: (login: Login, ...outer: readonly Encoding[]): Mark => ({
      stored: written(Buffer.from(`${login.username}:${login.secret}`).toString('base64'), outer),
      truths: [label(login, [...outer, 'base64-pair'])],
    }),
  }
}

/** The same secret where no username belongs to it. */
export const alone = (login: Login): Login => ({ ...login, username: '' })

/** The name as userinfo. */
export const inUrl = (text: string): string => encodeURIComponent(text)

/** How `=` and its like are written in userinfo; a password with reserved characters has no choice. */
export function userinfoEncoding(setting: Setting, { kind }: Login): 'plain' | 'percent' | 'percent-upper' {
  return kind === 'password'
    ? setting.pick(['percent', 'percent-upper'] as const)
    : setting.pick(['plain', 'plain', 'percent', 'percent-upper'] as const)
}
