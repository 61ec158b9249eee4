import type { RowId } from '../../src/diagnose/reported-rows.ts'
import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import { EMAIL, Machine, type Outcome, READ, SENTINEL, SITE, URL, type World, WRITE } from './stage.ts'
import type { Visit, Way } from './visit.ts'

export interface Case {
  /** The same command before and after the repair. */
  readonly command: () => Promise<Outcome>
  readonly visit: Visit
  /** The account whose files hold the cause; that of the doctor's user unless told. */
  readonly patient?: Machine
  /** What only a person can do, in a web page of Bitbucket. */
  readonly act?: () => void | Promise<void>
  /** How the doctor is asked once a person has changed the settings of the tool; as before unless told. */
  readonly afterwards?: Visit
  readonly stop?: () => Promise<void>
}

export interface Cause {
  /** Letter in the list of causes, with a number where one letter has several. */
  readonly letter: string
  readonly cause: string
  /** What the screen tells a person to do, where no command can. */
  readonly says?: string
  /** Rows of `src/diagnose/reported-rows.ts` that this case plays. */
  readonly rows?: readonly RowId[]
  /** Every diagnosis that is printed, the cause first. */
  readonly codes: readonly DiagnosisCode[]
  /** Which of two printed ways is taken. */
  readonly way?: Way
  /** `apply` says that it could not prove the change; the build does. */
  readonly proof?: 'left to the build'
  readonly arrange: (world: World, name: string) => Promise<Case>
}

type Pair = (world: World) => readonly [username: string, secret: string]

export const KNOWN = ['--email', EMAIL, '--atlassian-site', SITE]

export function goodToken({ sandbox }: World): string {
  return sandbox.world.addApiToken('alice', { name: 'good', app: 'bitbucket', scopes: [READ, WRITE] })
}

export const APP_PASSWORD: Pair = ({ sandbox }) => ['alice', sandbox.world.addAppPassword('alice')]
const withoutScopes: Pair = ({ sandbox }) => [
  SENTINEL,
  sandbox.world.addApiToken('alice', { name: 'classic', scopes: 'none' }),
]
const forJira: Pair = ({ sandbox }) => [
  SENTINEL,
  sandbox.world.addApiToken('alice', { name: 'jira', app: 'jira', scopes: ['read:jira-work'] }),
]
const withScopes =
  (...scopes: readonly string[]): Pair =>
  ({ sandbox }) => [SENTINEL, sandbox.world.addApiToken('alice', { name: 'scoped', app: 'bitbucket', scopes })]
const named =
  (username: string): Pair =>
  (world) => [username, goodToken(world)]
const expired: Pair = ({ sandbox }) => {
  const expiresAt = new Date(sandbox.world.now().getTime() - 86_400_000).toISOString()
  return [SENTINEL, sandbox.world.addApiToken('alice', { name: 'old', app: 'bitbucket', scopes: [READ], expiresAt })]
}
const revoked: Pair = (world) => {
  const token = goodToken(world)
  world.sandbox.world.revokeToken(token)
  return [SENTINEL, token]
}
const cut: Pair = (world) => [SENTINEL, goodToken(world).slice(0, -9)]
const percentEncoded: Pair = (world) => [SENTINEL, encodeURIComponent(goodToken(world))]

/** A developer who lists a repository. Git erases a stored pair after a 401, and never what netrc, a URL or a header hold. */
function atHome(furnish: (machine: Machine, world: World) => Promise<unknown>, url = URL, known = KNOWN) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    await furnish(machine, world)
    return {
      command: () => machine.git('ls-remote', url),
      visit: { machine, args: [url, ...known] },
    }
  }
}

const inNetrc = (pair: Pair, known = KNOWN) => atHome((machine, world) => machine.netrc(...pair(world)), URL, known)
const inStore = (pair: Pair, known = KNOWN) => atHome((machine, world) => machine.store(...pair(world)), URL, known)

/** A developer who fetches in a clone and asks there, about the remote by its name. */
function inClone(userinfo: (world: World) => string, furnish: (machine: Machine, world: World) => Promise<unknown>) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    await furnish(machine, world)
    const folder = await machine.clone(userinfo(world))
    return {
      command: () => machine.git('-C', folder, 'fetch', 'origin'),
      visit: { machine, args: ['origin', ...KNOWN], surroundings: { folder } },
    }
  }
}

const inRemote = (pair: Pair) =>
  inClone(
    (world) => `${pair(world).map(encodeURIComponent).join(':')}@`,
    async () => undefined,
  )

const storedRight = (machine: Machine, world: World) => machine.store(SENTINEL, goodToken(world))

/** What git keeps where keyturn cannot read: a helper of its own that answers from one file per word. */
const KEYCHAIN = `#!/bin/sh
cd "$HOME/keychain" || exit 1
case "$1" in
  get) test -f password && cat username password ;;
  store) while read -r line; do case "$line" in username=*) echo "$line" >username ;; password=*) echo "$line" >password ;; esac; done ;;
  erase) rm -f username password ;;
esac
exit 0
`

const inKeychain = (pair: Pair) =>
  atHome(async (machine, world) => {
    const [username, secret] = pair(world)
    await machine.script('git-credential-keychain', KEYCHAIN)
    await machine.write('keychain/username', `username=${username}\n`)
    await machine.write('keychain/password', `password=${secret}\n`)
    await machine.git('config', '--global', 'credential.helper', `!"$HOME/git-credential-keychain"`)
  })

export const APP_PASSWORD_CAUSES: readonly Cause[] = [
  {
    letter: 'a',
    cause: 'an app password in the store',
    rows: ['A1'],
    codes: ['D101'],
    arrange: inStore(APP_PASSWORD, []),
  },
  {
    letter: 'a2',
    cause: 'an app password in the URL of a remote',
    rows: ['A1'],
    codes: ['D101'],
    arrange: inRemote(APP_PASSWORD),
  },
  {
    letter: 'a3',
    cause: 'an app password in http.extraHeader, and no credential behind it',
    rows: ['A1'],
    codes: ['D112'],
    arrange: atHome((machine, world) => machine.header(...APP_PASSWORD(world))),
  },
  {
    letter: 'a4',
    cause: 'an app password in a helper that keyturn cannot write',
    codes: ['D101'],
    arrange: inKeychain(APP_PASSWORD),
  },
  {
    letter: 'a5',
    cause: 'an app password written into the helper itself',
    rows: ['F9'],
    codes: ['D101'],
    arrange: atHome(
      async (machine, world) => {
        const [username, secret] = APP_PASSWORD(world)
        const snippet = `!f() { echo username=${username}; echo password=${secret}; }; f`
        await machine.write('.gitconfig', '')
        await machine.git('config', '--global', 'credential.helper', snippet)
      },
      URL,
      [],
    ),
  },
]

export const TOKEN_CAUSES: readonly Cause[] = [
  {
    letter: 'b',
    cause: 'an API token without scopes',
    rows: ['A18', 'F4'],
    codes: ['D102'],
    arrange: inNetrc(withoutScopes),
  },
  {
    letter: 'c',
    cause: 'an API token for another app',
    rows: ['A18', 'F4'],
    codes: ['D103'],
    arrange: inRemote(forJira),
  },
  {
    letter: 'd1',
    cause: 'scoped, but read:repository is missing',
    rows: ['A21'],
    codes: ['D105'],
    arrange: inNetrc(withScopes('read:pullrequest:bitbucket')),
  },
  {
    letter: 'd2',
    cause: 'may write and may not read',
    rows: ['A21', 'F5'],
    codes: ['D105'],
    arrange: inStore(withScopes(WRITE)),
  },
  {
    letter: 'e',
    cause: 'the e-mail as git username',
    rows: ['A17', 'F1'],
    codes: ['D106'],
    arrange: inNetrc(named(EMAIL)),
  },
  {
    letter: 'f',
    cause: 'a wrong Bitbucket username',
    rows: ['A19'],
    codes: ['D107'],
    arrange: inRemote(named('alicia')),
  },
  { letter: 'g1', cause: 'an expired token', codes: ['D108'], arrange: inNetrc(expired) },
  { letter: 'g2', cause: 'a revoked token', codes: ['D108'], arrange: inRemote(revoked) },
  { letter: 'h1', cause: 'a secret that was cut short', rows: ['A7'], codes: ['D109'], arrange: inNetrc(cut) },
  {
    letter: 'h2',
    cause: 'a secret stored percent-encoded',
    rows: ['A7'],
    codes: ['D109'],
    arrange: inNetrc(percentEncoded),
  },
]

export const ROUTE_CAUSES: readonly Cause[] = [
  {
    letter: 'i1',
    cause: 'a username in the URL of a remote, so that the helper does not answer',
    codes: ['D110'],
    arrange: inClone(() => 'olduser@', storedRight),
  },
  {
    letter: 'i2',
    cause: 'a username added by insteadOf',
    codes: ['D110'],
    arrange: atHome(async (machine, world) => {
      await storedRight(machine, world)
      await machine.git('config', '--global', 'url.https://olduser@bitbucket.org/.insteadOf', 'https://bitbucket.org/')
    }),
  },
  {
    letter: 'j1',
    cause: 'an app password in a helper, before a second helper that holds the token',
    rows: ['F9'],
    codes: ['D111'],
    arrange: atHome(twoStores),
  },
  {
    letter: 'j2',
    cause: 'the same, and the old one is replaced where it is',
    codes: ['D111'],
    way: 'other',
    arrange: atHome(twoStores),
  },
  {
    letter: 'j3',
    cause: 'an app password in netrc, before a helper that holds the token',
    rows: ['F9'],
    codes: ['D111'],
    arrange: atHome(async (machine, world) => {
      await storedRight(machine, world)
      await machine.netrc(...APP_PASSWORD(world))
    }),
  },
  {
    letter: 'j4',
    cause: 'an app password in a store, in the line before the token',
    codes: ['D111'],
    arrange: atHome((machine, world) => twoLines(machine, world, SENTINEL)),
  },
  {
    letter: 'j5',
    cause: 'the same, and both lines have one username',
    codes: ['D111'],
    arrange: atHome((machine, world) => twoLines(machine, world, 'alice')),
  },
  {
    letter: 'k',
    cause: 'http.extraHeader overrides everything',
    codes: ['D112'],
    arrange: atHome(async (machine, world) => {
      await storedRight(machine, world)
      await machine.header(...APP_PASSWORD(world))
      await machine.git('config', '--global', '--add', 'http.https://bitbucket.org/.extraHeader', 'X-Team: build')
    }),
  },
  {
    letter: 'k2',
    cause: 'http.extraHeader with nothing behind it, and the header is removed',
    codes: ['D112'],
    way: 'other',
    arrange: atHome((machine, world) => machine.header(...APP_PASSWORD(world))),
  },
  {
    letter: 'm',
    cause: 'the right token, and no access to the repository',
    rows: ['A25'],
    codes: ['D115'],
    arrange: async (world, name) => ({
      ...(await atHome((machine) => machine.netrc(SENTINEL, goodToken(world)), 'https://bitbucket.org/acme/secret.git')(
        world,
        name,
      )),
      act: () => world.sandbox.world.grant('alice', 'acme/secret', 'read'),
    }),
  },
  { letter: 'n', cause: 'everything is right', codes: ['D100'], arrange: inStore(named(SENTINEL)) },
  {
    letter: 'erased',
    cause: 'a token without scopes that git erased after the 401, so that nothing is stored any more',
    codes: ['D118'],
    arrange: inStore(withoutScopes),
  },
]

async function twoStores(machine: Machine, world: World): Promise<void> {
  await machine.store(...APP_PASSWORD(world))
  const pair = `${SENTINEL}:${encodeURIComponent(goodToken(world))}`
  await machine.write('second-store', `https://${pair}@bitbucket.org\n`)
  await machine.git('config', '--global', '--add', 'credential.helper', `store --file=${machine.home}/second-store`)
}

async function twoLines(machine: Machine, world: World, username: string): Promise<void> {
  await machine.store(...APP_PASSWORD(world))
  const older = await machine.read('.git-credentials')
  await machine.store(username, goodToken(world))
  await machine.write('.git-credentials', older + (await machine.read('.git-credentials')))
}
