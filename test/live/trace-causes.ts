import { type Case, type Cause, goodToken, KNOWN } from './causes.ts'
import { Machine, READ, SENTINEL, type Surroundings, URL, type World, WRITE } from './stage.ts'

/** Causes that lie in where git looks, and some that several settings make together. */

interface Furnished {
  readonly folder?: string
  readonly url?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  /** The token that the person has at hand; nobody has to create one. */
  readonly token?: string
}

function onMachine(furnish: (machine: Machine, world: World) => Promise<Furnished>) {
  return async (world: World, name: string): Promise<Case> => {
    const machine = new Machine(world, name)
    await machine.write('.gitconfig', '')
    const { folder, url = URL, command = ['ls-remote', url], args = [], token } = await furnish(machine, world)
    const surroundings: Surroundings = {
      ...(folder === undefined ? {} : { folder }),
      ...(token === undefined ? {} : { input: token }),
    }
    const there = folder === undefined ? [] : ['-C', folder]
    return {
      command: () => machine.git(...there, ...command),
      visit: { machine, args: [folder === undefined ? url : 'origin', ...KNOWN, ...args], surroundings },
    }
  }
}

const fetching = ['fetch', 'origin']
const encoded = encodeURIComponent

function deadToken({ sandbox }: World): string {
  const token = sandbox.world.addApiToken('alice', { name: 'revoked', app: 'bitbucket', scopes: [READ, WRITE] })
  sandbox.world.revokeToken(token)
  return token
}

const appPassword = ({ sandbox }: World): string => sandbox.world.addAppPassword('alice')
const entry = (username: string, secret: string, path = '') =>
  `https://${encoded(username)}:${encoded(secret)}@bitbucket.org${path}\n`

/**
 * What Git Credential Manager does for Bitbucket, as its source has it: before it answers it asks /2.0/user, as Bearer and as Basic,
 * and forgets what is refused (BitbucketHostProvider.cs, GetCredentialAsync and ValidateCredentialsWork).
 */
const MANAGER = `#!/bin/sh
file="$HOME/manager-store"
is_off() { case "\${GCM_BITBUCKET_VALIDATE_STORED_CREDENTIALS:-$(git config --get credential.bitbucketValidateStoredCredentials)}" in 0|false|no|off) return 0;; esac; return 1; }
accepts() { printf '%s' "$1" | curl --silent --fail --output /dev/null --config - https://api.bitbucket.org/2.0/user; }
case "$1" in
  get)
    test -f "$file" || exit 0
    { read -r username; read -r password; } <"$file"
    if is_off || accepts "header = \\"Authorization: Bearer $password\\"" || accepts "user = \\"$username:$password\\""
    then echo "username=$username"; echo "password=$password"
    fi ;;
  store) while IFS= read -r line; do case "$line" in username=*) username=\${line#*=} ;; password=*) password=\${line#*=} ;; esac; done
    printf '%s\\n%s\\n' "$username" "$password" >"$file" ;;
  erase) rm -f "$file" ;;
esac
exit 0
`

async function withManager(machine: Machine, world: World, scopes: readonly string[]): Promise<Furnished> {
  const token = world.sandbox.world.addApiToken('alice', { name: 'managed', app: 'bitbucket', scopes })
  await machine.script('git-credential-manager', MANAGER)
  await machine.write('manager-store', `${SENTINEL}\n${token}\n`)
  await machine.git('config', '--global', 'credential.helper', `${machine.home}/git-credential-manager`)
  return { token }
}

async function cloneWith(machine: Machine, userinfo: string): Promise<Furnished> {
  return { folder: await machine.clone(userinfo), command: fetching }
}

/** A raw character in the userinfo of a remote: git has the secret and never sends it. */
const broken = (userinfo: (token: string) => string) =>
  onMachine(async (machine, world) => {
    const token = goodToken(world)
    return { ...(await cloneWith(machine, `${userinfo(token)}@`)), token }
  })

const MANAGER_CAUSES: readonly Cause[] = [
  {
    letter: 'manager',
    cause: 'the manager drops a token that may not read its user',
    rows: ['A30'],
    codes: ['D131'],
    arrange: onMachine((machine, world) => withManager(machine, world, [READ])),
  },
  {
    letter: 'manager 2',
    cause: 'the same, and the token is created with the scope that the check needs',
    rows: ['A30'],
    codes: ['D131'],
    way: 'other',
    arrange: onMachine((machine, world) => withManager(machine, world, [READ])),
  },
  {
    letter: 'manager 3',
    cause: 'the manager holds nothing, and what it is given must pass its check',
    rows: ['A28', 'L11'],
    codes: ['D118'],
    arrange: onMachine(async (machine) => {
      await machine.script('git-credential-manager', MANAGER)
      await machine.git('config', '--global', 'credential.helper', `${machine.home}/git-credential-manager`)
      return {}
    }),
  },
  {
    letter: 'manager 4',
    cause: 'the manager gives a token that may read its user',
    codes: ['D100'],
    arrange: onMachine((machine, world) => withManager(machine, world, [READ, 'read:user:bitbucket'])),
  },
]

const BROKEN_CAUSES: readonly Cause[] = [
  {
    letter: 'raw at',
    cause: 'an e-mail with a raw @ in the URL of a remote',
    rows: ['F7'],
    codes: ['D134'],
    arrange: broken((token) => `alice@example.com:${encoded(token)}`),
  },
  {
    letter: 'raw slash',
    cause: 'a raw / in the secret',
    rows: ['F7'],
    codes: ['D134'],
    arrange: broken((token) => `alice:${token.slice(0, 9)}/${token.slice(9)}`),
  },
  {
    letter: 'raw hash',
    cause: 'a raw # in the secret',
    rows: ['F7'],
    codes: ['D134'],
    arrange: broken((token) => `alice:${token.slice(0, 9)}#${token.slice(9)}`),
  },
  {
    letter: 'raw at behind',
    cause: 'a raw @, and the right credential is stored',
    rows: ['F7'],
    codes: ['D134'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      return cloneWith(machine, 'alice@example.com@')
    }),
  },
  {
    letter: 'raw at rewrite',
    cause: 'a raw @ in a URL that insteadOf makes',
    rows: ['F7'],
    codes: ['D134'],
    arrange: onMachine(async (machine, world) => {
      const token = goodToken(world)
      const base = `https://alice@example.com:${encoded(token)}@bitbucket.org/`
      await machine.write('.gitconfig', `[url "${base}"]\n\tinsteadOf = https://bitbucket.org/\n`)
      return { token }
    }),
  },
]

const NOTHING_CAUSES: readonly Cause[] = [
  {
    letter: 'none',
    cause: 'nothing holds a credential, and prompts are off',
    rows: ['A28', 'L11'],
    codes: ['D118'],
    arrange: onMachine(async () => ({})),
  },
  {
    letter: 'none pinned',
    cause: 'nothing holds a credential, and the URL of the remote names a user',
    rows: ['A28', 'L11'],
    codes: ['D118'],
    arrange: onMachine((machine) => cloneWith(machine, 'olduser@')),
  },
  {
    letter: 'none setting',
    cause: 'nothing holds a credential, and credential.username names a user',
    codes: ['D118'],
    arrange: onMachine(async (machine) => {
      await machine.git('config', '--global', 'credential.https://bitbucket.org.username', 'olduser')
      return {}
    }),
  },
  {
    letter: 'none helper',
    cause: 'the only helper is not installed, so that nothing would be kept',
    codes: ['D118'],
    arrange: onMachine(async (machine) => {
      await machine.git('config', '--global', 'credential.helper', 'not-there')
      return {}
    }),
  },
  {
    letter: 'none reset',
    cause: 'a clone takes the helpers of the account back',
    codes: ['D118'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      const furnished = await cloneWith(machine, '')
      await machine.git('-C', `${machine.home}/clone`, 'config', 'credential.helper', '')
      return furnished
    }),
  },
  {
    letter: 'none quit',
    cause: 'a helper tells git to stop, before the store that holds the token',
    codes: ['D118'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      await machine.write('.gitconfig', '[credential]\n\thelper = "!echo quit=1; :"\n\thelper = store\n')
      return {}
    }),
  },
  {
    letter: 'none path',
    cause: 'useHttpPath asks for this repository, and the stored line has no path',
    codes: ['D118'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      await machine.git('config', '--global', 'credential.useHttpPath', 'true')
      return {}
    }),
  },
  {
    letter: 'nameless',
    cause: 'a helper gives a password and no username',
    codes: ['D118'],
    arrange: onMachine(async (machine, world) => {
      await machine.write('token', `password=${goodToken(world)}\n`)
      await machine.write('.gitconfig', '[credential]\n\thelper = "!cat $HOME/token; :"\n')
      return {}
    }),
  },
]

const PIN_CAUSES: readonly Cause[] = [
  {
    letter: 'pin alias',
    cause: 'an alias by insteadOf names a user, and the remote needs the alias',
    rows: ['A28'],
    codes: ['D110'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      await machine.git('config', '--global', 'url.https://olduser@bitbucket.org/.insteadOf', 'bb:')
      const furnished = await cloneWith(machine, '')
      await machine.git('-C', `${machine.home}/clone`, 'remote', 'set-url', 'origin', 'bb:acme/app.git')
      return furnished
    }),
  },
  {
    letter: 'pin setting',
    cause: 'credential.username names another user than the stored one',
    rows: ['A28'],
    codes: ['D110'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      await machine.git('config', '--global', 'credential.username', 'olduser')
      return {}
    }),
  },
  {
    letter: 'pin push',
    cause: 'the URL for pushing names a user, and that for fetching does not',
    rows: ['A28', 'L6'],
    codes: ['D110'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      const folder = await machine.clone('')
      await machine.git('-C', folder, 'remote', 'set-url', '--push', 'origin', URL.replace('//', '//olduser@'))
      await machine.git('-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--allow-empty', '-m', 'x')
      return { folder, command: ['push', 'origin', 'HEAD:refs/heads/new'], args: ['--operation', 'push'] }
    }),
  },
  {
    letter: 'pin netrc',
    cause: 'the URL names a user, and netrc has the secret under another name',
    rows: ['L6'],
    codes: ['D110'],
    arrange: onMachine(async (machine, world) => {
      await machine.netrc(SENTINEL, goodToken(world))
      return cloneWith(machine, 'olduser@')
    }),
  },
  {
    letter: 'pin empty',
    cause: 'the URL names a user with an empty password, so that no helper is asked',
    codes: ['D110'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      return cloneWith(machine, 'olduser:@')
    }),
  },
  {
    letter: 'pin token',
    cause: 'a token stands where the username belongs',
    codes: ['D110'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      return cloneWith(machine, `${encoded(deadToken(world))}@`)
    }),
  },
]

const OLDER_CAUSES: readonly Cause[] = [
  {
    letter: 'older url',
    cause: 'an app password in the URL of a remote, before a helper that holds the token',
    rows: ['A2', 'F9'],
    codes: ['D111'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      return cloneWith(machine, `alice:${appPassword(world)}@`)
    }),
  },
  {
    letter: 'older xdg',
    cause: 'an app password in the first file of store, and the token in the second, under one name',
    rows: ['A2', 'F9'],
    codes: ['D111'],
    arrange: onMachine(async (machine, world) => {
      await machine.store('alice', appPassword(world))
      await machine.write('.config/git/credentials', entry('alice', goodToken(world)))
      return {}
    }),
  },
  {
    letter: 'older stores',
    cause: 'an app password in one store and the token in the next, under one name',
    rows: ['A2', 'F9'],
    codes: ['D111'],
    arrange: onMachine(async (machine, world) => {
      await machine.store('alice', appPassword(world))
      await machine.write('second', entry('alice', goodToken(world)))
      await machine.git('config', '--global', '--add', 'credential.helper', `store --file=${machine.home}/second`)
      return {}
    }),
  },
  {
    letter: 'header push',
    cause: 'a header of an included file is refused before a good store, for pushing',
    rows: ['A2'],
    codes: ['D112'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      await machine.write(
        'company',
        `[http "https://bitbucket.org/acme"]\n\textraHeader = ${basic('alice', appPassword(world))}\n`,
      )
      await machine.git('config', '--global', 'include.path', 'company')
      return cloneWith(machine, '')
    }),
  },
  {
    letter: 'header two',
    cause: 'a general header that is refused goes out before a special one that is right',
    rows: ['A2'],
    codes: ['D112'],
    arrange: onMachine(async (machine, world) => {
      const [general, special] = [basic('alice', appPassword(world)), basic(SENTINEL, goodToken(world))]
      await machine.write(
        '.gitconfig',
        `[http]\n\textraHeader = ${general}\n[http "https://bitbucket.org"]\n\textraHeader = ${special}\n`,
      )
      return {}
    }),
  },
]

function basic(username: string, secret: string): string {
  return `Authorization: Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`
}

export const TRACE_CAUSES: readonly Cause[] = [...MANAGER_CAUSES, ...BROKEN_CAUSES, ...NOTHING_CAUSES]

export const ORDER_CAUSES: readonly Cause[] = [...PIN_CAUSES, ...OLDER_CAUSES]

/** Faults that hide each other: the doctor is asked again after each repair, until git succeeds. */
export interface Tangle {
  readonly name: string
  /** The first diagnosis of each visit. */
  readonly visits: readonly string[]
  readonly arrange: (world: World, name: string) => Promise<Case>
}

export const TANGLES: readonly Tangle[] = [
  {
    name: 'a dead header, a dead helper and a pinned username, which goes with the old entry',
    visits: ['D112', 'D101'],
    arrange: onMachine(async (machine, world) => {
      await machine.store('alicia', appPassword(world))
      await machine.header('alice', appPassword(world))
      return cloneWith(machine, 'alicia@')
    }),
  },
  {
    name: 'netrc refused with 401, the name of the URL wrong, and the token stored under another',
    visits: ['D108'],
    arrange: onMachine(async (machine, world) => {
      await machine.store(SENTINEL, goodToken(world))
      await machine.netrc('alice', deadToken(world))
      return cloneWith(machine, 'olduser@')
    }),
  },
  {
    name: 'a raw @ in the remote, and a dead netrc: both are told at once',
    visits: ['D134'],
    arrange: onMachine(async (machine, world) => {
      await machine.netrc('alice', appPassword(world))
      await machine.git('config', '--global', 'credential.helper', 'not-there')
      const token = goodToken(world)
      return { ...(await cloneWith(machine, `alice@example.com:${encoded(token)}@`)), token }
    }),
  },
  {
    name: 'two dead headers and nothing behind them',
    visits: ['D112', 'D112'],
    arrange: onMachine(async (machine, world) => {
      await machine.header('alice', appPassword(world))
      await machine.git(
        'config',
        '--global',
        'http.https://bitbucket.org/acme.extraHeader',
        basic('bob', appPassword(world)),
      )
      return {}
    }),
  },
]
