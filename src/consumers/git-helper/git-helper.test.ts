import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import { fixtureValues, type TemporaryFolder, temporaryFolder } from '../../../test/contract/fixtures.ts'
import type { Staged } from '../../model/consumer.ts'
import type { Place } from '../../model/place.ts'
import type { Context, ProcessRequest } from '../../model/ports.ts'
import { scan } from '../../scan/scan.ts'
import { consumer } from './index.ts'

const { OLD, NEW: TOKEN } = fixtureValues()
const SENTINEL = 'x-bitbucket-api-token-auth'
const connector = consumer.connector
if (connector?.list === undefined) throw new Error('the helpers are not listed')
const { list, read, stageReplace, stageRestore } = { ...connector, list: connector.list }

let home: TemporaryFolder
let context: Context
let asked: ProcessRequest[]

beforeEach(() => {
  home = temporaryFolder()
  asked = []
  context = contextWith({})
})
afterEach(() => home.remove())

function contextWith(more: Readonly<Record<string, string>>): Context {
  const environment = {
    PATH: `${home.path}/bin:${process.env['PATH'] ?? ''}`,
    HOME: home.path,
    GIT_CONFIG_NOSYSTEM: '1',
    ...more,
  }
  const plain = testContext(environment)
  const { processes } = plain.system
  const run = (request: ProcessRequest) => {
    asked.push(request)
    return processes.run(request)
  }
  return { ...plain, system: { ...plain.system, processes: { ...processes, run } } }
}

/** git is ended as after its time, from when `isLate` says so. */
function late(given: Context, isLate: () => boolean): Context {
  const { processes } = given.system
  const run = (request: ProcessRequest) =>
    isLate() ? Promise.resolve({ exitCode: 124, stdout: '', stderr: '' }) : processes.run(request)
  return { ...given, system: { ...given.system, processes: { ...processes, run } } }
}

function configure(text: string): string {
  const file = join(home.path, '.gitconfig')
  writeFileSync(file, text)
  return file
}

function git(args: readonly string[], input: string): string {
  return execFileSync('git', args, {
    input,
    encoding: 'utf8',
    cwd: home.path,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: `${home.path}/bin:${process.env['PATH'] ?? ''}`,
      HOME: home.path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
    },
  })
}

const description = (username?: string, password?: string): string =>
  [
    'protocol=https',
    'host=bitbucket.org',
    ...(username === undefined ? [] : [`username=${username}`]),
    ...(password === undefined ? [] : [`password=${password}`]),
    '',
    '',
  ].join('\n')

/** What git is answered with, by whatever is configured. */
function filled(username?: string): string {
  try {
    return /^username=.*\npassword=.*$/m.exec(git(['credential', 'fill'], description(username)))?.[0] ?? ''
  } catch {
    return ''
  }
}

const told = (username: string, password: string): string => `username=${username}\npassword=${password}`

/** Some helpers answer with what they were given last, others with what they were given first. */
async function answerWith(username: string, password: string): Promise<void> {
  if (filled() === told(username, password)) return
  git(['credential', 'approve'], description(username, password))
  if (filled() === told(username, password)) return
  const other = /^username=(.*)\npassword=(.*)$/m.exec(filled())
  git(['credential', 'reject'], description(other?.[1]))
  git(['credential', 'approve'], description(other?.[1], other?.[2]))
  if (filled() !== told(username, password)) throw new Error(`the helper does not answer with ${username}`)
}

async function placeOf(username: string): Promise<Place> {
  const [, password = ''] = /^password=(.*)$/m.exec(filled(username)) ?? []
  await answerWith(username, password)
  return onlyPlace()
}

async function onlyPlace(): Promise<Place> {
  const { places } = await list(context)
  const [place] = places
  if (place === undefined || places.length !== 1) throw new Error(`${places.length} places`)
  return place
}

async function staged(place: Place, username = SENTINEL, secret = TOKEN): Promise<Staged> {
  const state = await read(place, context)
  if (state.kind === 'absent') throw new Error('the helper holds nothing')
  const next = { username: { set: username }, secret: { set: context.seal(secret) } }
  const step = await stageReplace(place, state.digest, next, context)
  if (step.kind === 'conflict') throw new Error('conflict')
  return step
}

/** A helper of one's own: a script that is told what git wants, and lines on its standard input. */
function script(name: string, body: string): void {
  const folder = join(home.path, 'bin')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `git-credential-${name}`)
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
}

const HELPERS: readonly (readonly [name: string, setting: () => string, address: string])[] = [
  ['store', () => 'store', 'credential.helper/store'],
  ['store in a file of its own', () => `store --file=${home.path}/elsewhere`, 'credential.helper/store'],
  ['cache', () => `cache --socket=${home.path}/cache/socket`, 'credential.helper/cache'],
  ['a command', () => `!git credential-store --file=${home.path}/own`, 'credential.helper/command'],
]

describe.each(HELPERS)('%s', (name, setting, address) => {
  beforeEach(() => {
    if (name === 'cache') mkdirSync(join(home.path, 'cache'), { mode: 0o700 })
    configure(`[credential]\n\thelper = ${setting()}\n`)
    git(['credential', 'approve'], description('alice', OLD))
  })
  afterEach(() => {
    if (name === 'cache') git(['credential-cache', `--socket=${home.path}/cache/socket`, 'exit'], '')
  })

  test('its pair is listed, replaced and put back; staging changes nothing', async () => {
    const place = await onlyPlace()
    expect(place).toMatchObject({
      at: { kind: 'file', path: join(home.path, '.gitconfig') },
      address,
      host: 'bitbucket.org',
      username: { text: 'alice' },
      secret: { kind: 'app-password' },
    })
    const step = await staged(place)
    expect(filled()).toBe(told('alice', OLD))
    expect(await step.commit()).toEqual({ kind: 'changed', now: step.to })
    expect(filled()).toBe(told(SENTINEL, TOKEN))
    expect(filled('alice')).toBe('')
    const state = await read(place, context)
    if (state.kind === 'absent' || step.to === 'unpredictable' || step.to === 'absent') throw new Error('absent')
    expect(state.digest).toBe(step.to)
    const back = await stageRestore(place, step.to, step.backup, context)
    if (back.kind === 'conflict') throw new Error('conflict')
    await back.commit()
    expect(filled()).toBe(told('alice', OLD))
    expect(filled(SENTINEL)).toBe('')
  })

  test('under the same username the secret is replaced', async () => {
    const step = await staged(await onlyPlace(), 'alice')
    await step.commit()
    expect(filled()).toBe(told('alice', TOKEN))
  })

  test('what somebody else changed meanwhile is left alone', async () => {
    const step = await staged(await onlyPlace())
    git(['credential', 'approve'], description('alice', 'changed-meanwhile'))
    expect(await step.commit()).toMatchObject({ kind: 'conflict' })
    expect(filled()).toBe(told('alice', 'changed-meanwhile'))
  })

  test('another secret under the new name stays, and nothing is changed', async () => {
    git(['credential', 'approve'], description(SENTINEL, 'of-somebody-else'))
    git(['credential', 'approve'], description('alice', OLD))
    const place = await placeOf('alice')
    await expect(staged(place)).rejects.toMatchObject({
      code: 'R204',
      parts: {
        because: expect.stringContaining(SENTINEL),
        next: expect.arrayContaining([expect.stringContaining('git credential reject')]),
      },
    })
    expect([filled('alice'), filled(SENTINEL)]).toEqual([told('alice', OLD), told(SENTINEL, 'of-somebody-else')])
  })

  test('another secret that comes under the new name meanwhile stays as well', async () => {
    const step = await staged(await onlyPlace())
    git(['credential', 'approve'], description(SENTINEL, 'of-somebody-else'))
    const outcome = await step.commit().catch((error: { code: string }) => ({ kind: error.code }))
    expect(['conflict', 'R204']).toContain(outcome.kind)
    expect([filled('alice'), filled(SENTINEL)]).toEqual([told('alice', OLD), told(SENTINEL, 'of-somebody-else')])
  })

  test('the same secret under the new name is no hindrance, and is there after a rollback, too', async () => {
    git(['credential', 'approve'], description(SENTINEL, TOKEN))
    git(['credential', 'approve'], description('alice', OLD))
    const place = await placeOf('alice')
    const step = await staged(place)
    expect(await step.commit()).toEqual({ kind: 'changed', now: step.to })
    expect([filled(), filled('alice')]).toEqual([told(SENTINEL, TOKEN), ''])
    if (step.to === 'unpredictable' || step.to === 'absent') throw new Error('absent')
    const back = await stageRestore(place, step.to, step.backup, context)
    if (back.kind === 'conflict') throw new Error('conflict')
    expect(await back.commit()).toEqual({ kind: 'changed', now: back.to })
    expect([filled(), filled(SENTINEL)]).toEqual([told('alice', OLD), told(SENTINEL, TOKEN)])
  })

  test('a rollback does not write over what came under the old name since', async () => {
    const place = await onlyPlace()
    const step = await staged(place)
    await step.commit()
    git(['credential', 'approve'], description('alice', 'typed-since'))
    await answerWith(SENTINEL, TOKEN)
    if (step.to === 'unpredictable' || step.to === 'absent') throw new Error('absent')
    await expect(stageRestore(place, step.to, step.backup, context)).rejects.toMatchObject({ code: 'R204' })
    expect(filled('alice')).toBe(told('alice', 'typed-since'))
  })

  test('secrets travel through standard input alone', async () => {
    const step = await staged(await onlyPlace())
    await step.commit()
    const said = asked.flatMap(({ args, environment }) => [...args, ...Object.values(environment)]).join('\n')
    expect(said).not.toContain(TOKEN)
    expect(said).not.toContain(OLD)
    expect(asked.some(({ input }) => input?.includes(TOKEN))).toBe(true)
  })
})

describe('traps', () => {
  const failing = async (work: Promise<unknown>) =>
    work.then(
      () => 'no failure',
      (error: { code?: string; parts?: { because?: string } }) => `${error.code}: ${error.parts?.because}`,
    )

  test('a helper that ignores what it is told to keep goes on as before', async () => {
    script('deaf', `test "$1" = get && printf 'username=alice\\npassword=%s\\n' "$(cat "$HOME/secret")"`)
    writeFileSync(join(home.path, 'secret'), OLD)
    configure('[credential]\n\thelper = deaf\n')
    const step = await staged(await onlyPlace())
    expect(await failing(step.commit())).toMatch(/^R204: .*does not keep/)
    expect(filled()).toBe(told('alice', OLD))
  })

  test('a helper that keeps both and answers with the old one is put back', async () => {
    // Stores behind what it has, and forgets only what it is not told to.
    script(
      'first',
      [
        'f="$HOME/kept"; in=$(cat); u=$(printf "%s\\n" "$in" | sed -n "s/^username=//p"); p=$(printf "%s\\n" "$in" | sed -n "s/^password=//p")',
        'case "$1" in',
        'get) if [ -n "$u" ]; then l=$(grep "^$u " "$f" | head -1); else l=$(head -1 "$f"); fi; [ -n "$l" ] && printf "username=%s\\npassword=%s\\n" "${l%% *}" "${l#* }" ;;',
        'store) grep -qxF "$u $p" "$f" 2>/dev/null || printf "%s %s\\n" "$u" "$p" >> "$f" ;;',
        `erase) if [ "$u" = ${SENTINEL} ]; then grep -v "^$u " "$f" > "$f.new"; mv "$f.new" "$f"; fi ;;`,
        'esac; true',
      ].join('\n'),
    )
    writeFileSync(join(home.path, 'kept'), `alice ${OLD}\n`)
    configure('[credential]\n\thelper = first\n')
    const step = await staged(await onlyPlace())
    expect(await failing(step.commit())).toMatch(/^R204: .*answering with the old one/)
    expect(readFileSync(join(home.path, 'kept'), 'utf8')).toBe(`alice ${OLD}\n`)
  })

  /** Holds pairs one a line; `shape` is what it makes of a pair that it is told to store. */
  const keeping = (shape: string, erase: string) =>
    [
      'f="$HOME/kept"; in=$(cat); u=$(printf "%s\\n" "$in" | sed -n "s/^username=//p"); p=$(printf "%s\\n" "$in" | sed -n "s/^password=//p")',
      'case "$1" in',
      'get) if [ -n "$u" ]; then l=$(grep "^$u " "$f" | head -1); else l=$(head -1 "$f"); fi; [ -n "$l" ] && printf "username=%s\\npassword=%s\\n" "${l%% *}" "${l#* }" ;;',
      `store) ${shape}; grep -v "^$u " "$f" > "$f.new"; { printf "%s %s\\n" "$u" "$p"; cat "$f.new"; } > "$f" ;;`,
      `erase) ${erase} ;;`,
      'esac; true',
    ].join('\n')
  const ERASING = 'grep -v "^$u " "$f" > "$f.new"; mv "$f.new" "$f"'
  const kept = (): string => readFileSync(join(home.path, 'kept'), 'utf8')

  test('a helper that cuts what it is given answers with the old pair again', async () => {
    script('cutting', keeping('p=$(printf "%s" "$p" | cut -c1-40)', ERASING))
    writeFileSync(join(home.path, 'kept'), `alice ${OLD}\n`)
    configure('[credential]\n\thelper = cutting\n')
    const step = await staged(await onlyPlace())
    await expect(step.commit()).rejects.toMatchObject({
      code: 'R204',
      parts: { state: 'The helper holds what it held.' },
    })
    expect(kept()).toBe(`alice ${OLD}\n`)
  })

  test('what a helper does not forget again is said', async () => {
    script('cutting', keeping('p=$(printf "%s" "$p" | cut -c1-40)', 'true'))
    writeFileSync(join(home.path, 'kept'), `alice ${OLD}\n`)
    configure('[credential]\n\thelper = cutting\n')
    const step = await staged(await onlyPlace())
    await expect(step.commit()).rejects.toMatchObject({
      code: 'R204',
      parts: { state: expect.stringMatching(/what it held.*besides.*x-bitbucket-api-token-auth/) },
    })
    expect(kept().split('\n')[0]).toBe(`alice ${OLD}`)
  })

  test('a helper that loses the old pair is not said to hold it', async () => {
    script(
      'losing',
      keeping(`test "$u" = alice && { grep -v "^alice " "$f" > "$f.new"; mv "$f.new" "$f"; exit; }; p=cut`, ERASING),
    )
    writeFileSync(join(home.path, 'kept'), `alice ${OLD}\n`)
    configure('[credential]\n\thelper = losing\n')
    const step = await staged(await onlyPlace())
    await expect(step.commit()).rejects.toMatchObject({
      code: 'R204',
      parts: { state: expect.stringContaining('no longer answers with what it held') },
    })
    expect(kept()).toBe('')
  })

  test('a helper that hangs after it was told leaves open what it holds', async () => {
    script('hanging', keeping('touch "$HOME/told"', ERASING).replace('get)', 'get) test -e "$HOME/told" && exit 9;'))
    writeFileSync(join(home.path, 'kept'), `alice ${OLD}\n`)
    configure('[credential]\n\thelper = hanging\n')
    const step = await staged(await onlyPlace())
    context = late(context, () => existsSync(join(home.path, 'told')))
    const again = await staged(await onlyPlace())
    expect(step.to).toBe(again.to)
    await expect(again.commit()).rejects.toMatchObject({
      code: 'R401',
      parts: { state: expect.stringContaining('not known') },
    })
  })

  test('several helpers are places of their own, and the change of one leaves the other', async () => {
    configure(`[credential]\n\thelper = store --file=${home.path}/one\n\thelper = store --file=${home.path}/two\n`)
    git(['credential', 'approve'], description('alice', OLD))
    const { places } = await list(context)
    expect(places.map(({ address }) => address)).toEqual(['credential.helper/store', 'credential.helper/store#2'])
    const [, second] = places
    if (second === undefined) throw new Error('one place')
    await (await staged(second)).commit()
    expect(readFileSync(join(home.path, 'one'), 'utf8')).toContain(OLD)
    expect(readFileSync(join(home.path, 'two'), 'utf8')).not.toContain(OLD)
  })

  test('an empty value forgets the helpers before it; helpers of other hosts are not asked', async () => {
    configure(
      [
        `[credential]\n\thelper = store --file=${home.path}/one\n\thelper =\n`,
        `[credential "https://github.com"]\n\thelper = store --file=${home.path}/github\n`,
        `[credential "https://bitbucket.org"]\n\thelper = store --file=${home.path}/two\n`,
      ].join(''),
    )
    for (const name of ['one', 'two', 'github'])
      git(['credential-store', `--file=${home.path}/${name}`, 'store'], description('alice', OLD))
    expect((await list(context)).places.map(({ address }) => address)).toEqual([
      'credential.https://bitbucket.org.helper/store',
    ])
  })

  test('a name that git does not ask for is refused before anything changes', async () => {
    configure('[credential]\n\thelper = store\n[credential "https://bitbucket.org"]\n\tusername = alice\n')
    git(['credential', 'approve'], description('alice', OLD))
    expect(await failing(staged(await onlyPlace()))).toMatch(/^R204: .*credential\.https:\/\/bitbucket\.org\.username/)
  })

  test('of two settings that name one the last counts, as it does for git, whatever its address', async () => {
    const own = `[credential "https://bitbucket.org"]\n\tusername = ${SENTINEL}\n`
    const everywhere = '[credential]\n\thelper = store\n\tusername = alice\n'
    configure(`${own}${everywhere}`)
    git(['credential', 'approve'], description('alice', OLD))
    expect(await failing(staged(await onlyPlace()))).toMatch(/^R204: .*credential\.username makes git ask for "alice"/)
  })

  test('Git Credential Manager is changed only when it does not check what it keeps', async () => {
    script('manager', `exec git credential-store --file="$HOME/manager" "$1"`)
    configure('[credential]\n\thelper = manager\n')
    git(['credential', 'approve'], description('alice', OLD))
    const place = await onlyPlace()
    expect(await failing(staged(place))).toMatch(/^R204: .*\/2\.0\/user/)
    configure('[credential]\n\thelper = manager\n\tbitbucketValidateStoredCredentials = false\n')
    await (await staged(place)).commit()
    expect(filled()).toBe(told(SENTINEL, TOKEN))
  })

  test('a command that holds its secret itself is not run, and one that opens a browser neither', async () => {
    script('oauth', 'touch "$HOME/asked"')
    configure(
      `[credential]\n\thelper = "!f() { touch ${home.path}/asked; echo password=${OLD}; }; f"\n\thelper = oauth\n`,
    )
    expect((await list(context)).places).toEqual([])
    expect(existsSync(join(home.path, 'asked'))).toBe(false)
  })

  test('with credential.useHttpPath there is a credential for each repository: that is said', async () => {
    configure('[credential]\n\thelper = store\n\tuseHttpPath = true\n')
    const { places, unread } = await list(context)
    expect(places).toEqual([])
    expect(unread.map(({ detail }) => detail)).toEqual([expect.stringContaining('useHttpPath')])
  })
})

test('a scan asks helpers only when it is told to, and gives remotes without a secret to them', async () => {
  configure('[credential]\n\thelper = store\n')
  git(['credential', 'approve'], description('alice', OLD))
  const silent = await scan({ roots: [] }, [consumer], context)
  expect(silent.places).toEqual([])
  expect(asked).toEqual([])
  const { places } = await scan({ roots: [], asked: [consumer] }, [consumer], context)
  expect(places.map(({ address }) => address)).toEqual(['credential.helper/store'])
})
