import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyturn } from '../../src/index.ts'
import { openVault } from '../../src/vault/vault.ts'
import { type Canary, CanaryWatch } from './canary.ts'
import { type ObservedCall, type ObservedRun, observe } from './observed-run.ts'
import { startWatchedMachine, type WatchedMachine } from './watched-machine.ts'

const APP = 'https://bitbucket.org/acme/app.git'
const INFRA = 'https://bitbucket.org/acme/infra.git'
const WEB = 'https://bitbucket.org/acme/web.git'

let machine: WatchedMachine
let watch: CanaryWatch
const runs: ObservedRun[] = []
/** Of the cases that are marked as failing: what was seen, by the title of the case that ran the commands. */
const knownLeaks = new Map<string, readonly string[]>()

beforeAll(async () => {
  machine = await startWatchedMachine()
  watch = new CanaryWatch(machine.canaries)
})
afterAll(() => machine.stop())

const home = (): string => join(machine.folder, 'keyturn')
const standard = (): string[] => ['--home', home(), '--ca', machine.sandbox.caFile]

/** Runs a command and gives its exit code; what it showed is kept for the search. */
async function run(args: readonly string[], more: Omit<ObservedCall, 'args'> = {}): Promise<number> {
  const observed = await observe(machine, { ...more, args: [...standard(), ...args] })
  runs.push(observed)
  return observed.exitCode
}

/** Both views of the same command. */
function bothViews(args: readonly string[], more: Omit<ObservedCall, 'args'> = {}): Promise<readonly number[]> {
  return Promise.all([run(args, more), run([...args, '--json'], more)])
}

/** Commands that only read, a few at a time; exit codes in their order. */
async function runAll(calls: readonly (readonly string[] | ObservedCall)[]): Promise<readonly number[]> {
  const exits: number[] = []
  const waiting = [...calls.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, call] = next
      exits[index] = 'args' in call ? await run(call.args, call) : await run(call)
    }
  }
  await Promise.all([work(), work(), work()])
  return exits
}

async function filesUnder(folder: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const))
}

/** What was seen, by command: an empty list is what every test below asks for. */
function leaksIn(view: (run: ObservedRun) => string, among: readonly ObservedRun[] = runs): readonly string[] {
  return among.flatMap((observed) => {
    const seen = watch.seenIn(view(observed))
    return seen.length === 0 ? [] : [`${withoutFolders(observed.command)}: ${seen.join(', ')}`]
  })
}

function withoutFolders(command: string): string {
  return machine.canaries.reduce(
    (text, { name, text: secret }) => text.replaceAll(secret, `<${name}>`),
    command.replaceAll(standard().join(' '), '').replaceAll(machine.folder, '').trim(),
  )
}

function traced(clone: string, url: string): readonly (readonly string[])[] {
  const args = ['doctor', url, '--folder', join(machine.dev, clone)]
  return [args, [...args, '--json']]
}

/** As the earlier scan listed them. */
async function placeIds(): Promise<readonly string[]> {
  const listed = JSON.parse(await readFile(join(machine.folder, 'out-scan.json'), 'utf8'))
  return listed.places.map(({ id }: { readonly id: string }) => id)
}

const screens = ({ stdout, stderr }: ObservedRun): string => `${stdout}\n${stderr}`

describe('the search itself', () => {
  it('finds a canary that is on a screen and in the arguments of a child', async () => {
    const { secrets } = machine
    const args = ['sandbox', 'exec', '--', 'git', '-c', `test.canary=${secrets.netrc}`, 'config', 'test.canary']
    const observed = await observe(machine, { args: [...standard(), ...args] })
    expect([watch.seenIn(observed.stdout), watch.seenIn(observed.children)]).toEqual([
      ['netrc (plain)'],
      ['netrc (plain)'],
    ])
    expect(observed.programs).toBeGreaterThan(0)
  })
})

describe('no canary is seen anywhere while', () => {
  const leaks = (from: number) => ({
    screens: leaksIn(screens, runs.slice(from)),
    children: leaksIn(({ children }) => children, runs.slice(from)),
    leftBehind: runs.slice(from).flatMap(({ leftBehind }) => leftBehind),
  })
  const none = { screens: [], children: [], leftBehind: [] }

  it('scanning folders and a controller', async () => {
    const from = runs.length
    const places = [machine.dev, machine.stoppedHome]
    const exits = await runAll([
      ['scan', ...places],
      ['scan', ...places, '--json'],
      ['scan', ...places, '-o', join(machine.folder, 'out-scan.json')],
      ['scan', '--jenkins', machine.controller.url],
      ['scan', '--jenkins', machine.controller.url, '--json'],
    ])
    expect(leaks(from)).toEqual(none)
    expect(exits).toEqual([0, 0, 0, 0, 0])
  })

  it('the doctor looks at places, credentials, jobs, logs and what is given by hand', async () => {
    const from = runs.length
    const { secrets, dev, stoppedHome, controller, folder } = machine
    const given = ['doctor', APP, '--username', 'alice', '--secret-stdin']
    const asked = ['doctor', '--jenkins', controller.url]
    const ids = await placeIds()
    const exits = await runAll([
      ...ids.map((id) => ['doctor', '--place', id, '--in', dev, stoppedHome, '--json']),
      ['doctor', WEB, '--as-home', dev, '--report', join(folder, 'out-report.md')],
      ['doctor', WEB, '--as-home', dev, '--json'],
      [...asked, '--job', 'app'],
      [...asked, '--job', 'team/web', '--json'],
      [...asked, '--job', 'pinned', '--report', join(folder, 'out-pinned.md')],
      { args: [...asked, '--credential', 'bb', '--job', 'app', '--secret-stdin'], input: secrets['given by hand'] },
      { args: given, input: secrets['given by hand'] },
      { args: [...given, '--json', '--operation', 'push'], input: secrets['given by hand'] },
      { args: [...given, '--report', join(folder, 'out-altered.md')], input: secrets['altered token'] },
      ['doctor', '--log', join(dev, 'console.log'), '--report', join(folder, 'out-log.md')],
      ['doctor', '--log', join(dev, 'console.log'), '--json'],
      ['doctor', '--explain', 'D105'],
    ])
    expect(leaks(from)).toEqual(none)
    expect(exits.filter((code) => ![0, 3, 5].includes(code))).toEqual([])
  })

  it('the doctor traces clones whose configuration rewrites, pins and sends headers', async () => {
    const from = runs.length
    const exits = await runAll([...traced('web', WEB), ...traced('rewritten', APP), ...traced('headed', INFRA)])
    expect(leaks(from)).toEqual(none)
    expect(exits).toEqual([3, 3, 3, 3, 3, 3])
  })

  it('the doctor traces a clone whose remote holds a secret', async () => {
    const from = runs.length
    const exits = await runAll(traced('app', APP))
    const known = leaks(from).children
    knownLeaks.set('the doctor traces a clone whose remote holds a secret', known)
    expect({ ...leaks(from), children: [] }).toEqual(none)
    expect(exits).toEqual([3, 3])
  })

  it('nor does git get the URL of the remote as an argument', () => {
    expect(knownLeaks.get('the doctor traces a clone whose remote holds a secret')).toEqual([])
  })

  it('the doctor traces a clone whose credential helper is a script that holds a secret', async () => {
    const from = runs.length
    const exits = await runAll(traced('helped', WEB))
    const known = leaks(from).children
    knownLeaks.set('the doctor traces a clone whose credential helper is a script that holds a secret', known)
    expect({ ...leaks(from), children: [] }).toEqual(none)
    expect(exits).toEqual([3, 3])
  })

  it('nor does git get the script as an argument', () => {
    expect(knownLeaks.get('the doctor traces a clone whose credential helper is a script that holds a secret')).toEqual(
      [],
    )
  })

  it('tokens are added, listed, checked, refused and removed', async () => {
    const from = runs.length
    const { secrets } = machine
    const add = (name: string, owner: string, input: string, ...more: string[]): Promise<number> =>
      run(['token', 'add', name, '--email', `${owner}@acme.example`, '--username', owner, ...more], { input })
    const day = new Date(Date.now() + 100 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
    const exits = [
      await add('alice', 'alice', secrets['new token of alice']),
      await add('ci-bot', 'ci-bot', secrets['new token of ci-bot'], '--json'),
      await add('gone', 'alice', secrets['token to remove'], '--offline', '--expires', day),
      await add('gone', 'alice', secrets['token to remove'], '--offline'),
      await add('bad', 'alice', secrets['altered token']),
      await add('bad', 'alice', secrets['altered token'], '--json'),
      await add('late', 'alice', secrets['expired token']),
      await add('old', 'alice', secrets.netrc),
      ...(await bothViews(['token', 'list'])),
      ...(await bothViews(['token', 'check'])),
      await run(['token', 'remove', 'gone']),
      await run(['token', 'remove', 'gone', '--json']),
    ]
    expect(leaks(from)).toEqual(none)
    expect(exits).toEqual([0, 0, 0, 0, 1, 1, 3, 1, 0, 0, 0, 0, 0, 1])
  })

  it('a vault with a passphrase is made, opened and refused', async () => {
    const from = runs.length
    const { secrets, folder } = machine
    const sealed = { environment: { KEYTURN_PASSPHRASE: secrets.passphrase } }
    const wrong = { environment: { KEYTURN_PASSPHRASE: secrets.netrc } }
    const home = ['--home', join(folder, 'out-sealed')]
    const exits = [
      await run([...home, 'token', 'add', 'one', '--offline'], { ...sealed, input: secrets['token to remove'] }),
      await run([...home, 'token', 'list'], wrong),
      await run([...home, 'token', 'list', '--json']),
      await run([...home, 'doctor', INFRA, '--folder', join(machine.dev, 'headed')], sealed),
    ]
    expect(leaks(from)).toEqual(none)
    expect(exits).toEqual([0, 1, 1, 3])
  })

  it('files are planned, changed, verified and put back', async () => {
    const from = runs.length
    const plan = join(machine.folder, 'out-plan.json')
    const { dev, stoppedHome } = machine
    const places = [
      join(dev, '.netrc'),
      join(dev, '.git-credentials'),
      join(stoppedHome, 'jobs'), // without the secret text, which a plan gives a username and apply then refuses (R204)
      join(dev, 'headed'),
      join(dev, 'web'),
    ]
    const exits = [
      await run(['plan', ...places, '-o', plan, '--all', '--token', 'alice']),
      await run(['plan', ...places, '--json', '--offline']),
      await run(['apply', plan, '--json']),
      await run(['apply', plan]),
      ...(await bothViews(['verify'])),
      ...(await bothViews(['status'])),
      await run(['rollback', '--yes']),
      await run(['rollback', '--yes', '--json']),
    ]
    expect(leaks(from)).toEqual(none)
    expect(exits).toEqual([0, 3, 0, 4, 0, 0, 0, 0, 0, 0])
  })

  it('remotes and rewrites that hold a secret are planned, changed, verified and put back', async () => {
    const from = runs.length
    const exits = [
      await run(['plan', join(machine.dev, 'app'), join(machine.dev, '.gitconfig')]),
      await run(['apply', '--yes']),
      await run(['verify']),
      await run(['rollback', '--yes']),
    ]
    const known = leaks(from).children
    knownLeaks.set('remotes and rewrites that hold a secret are planned, changed, verified and put back', known)
    expect({ ...leaks(from), children: [] }).toEqual(none)
    expect(exits).toEqual([0, 0, 0, 0])
  })

  it('nor does git hand the URL of the remote to its own parts', () => {
    expect(
      knownLeaks.get('remotes and rewrites that hold a secret are planned, changed, verified and put back'),
    ).toEqual([])
  })

  it('a controller is planned, changed, verified and put back over HTTP', async () => {
    const from = runs.length
    const jenkins = ['--jenkins', machine.controller.url]
    const exits = [
      ...(await bothViews(['plan', ...jenkins, '--token', 'ci-bot'])),
      await run(['apply', '--yes', ...jenkins]),
      ...(await bothViews(['verify', ...jenkins])),
      await run(['verify', ...jenkins, '--build', 'pinned', '--build', 'team/web', '--on-label', 'linux']),
      await run(['rollback', '--yes', ...jenkins]),
    ]
    expect(leaks(from)).toEqual(none)
    expect(exits).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  it('the sandbox is started, asked for its settings and used', async () => {
    const from = runs.length
    const exits = await runAll([
      ['sandbox', 'env'],
      { args: ['sandbox', 'start', '--json'], until: /\n}\n/ },
      ['sandbox', 'exec', '--', 'git', 'ls-remote', APP],
    ])
    expect(leaks(from)).toEqual(none)
    expect(exits, runs.at(-1)?.stderr).toEqual([1, 0, 128])
  })

  it('commands fail over files that hold secrets and are not what they should be', async () => {
    const from = runs.length
    const { folder, dev, secrets, controller, sandbox } = machine
    const [bare, json, netrc] = [join(folder, 'bare'), join(folder, 'bare.json'), join(dev, '.netrc')]
    await writeFile(bare, `${secrets.log}\n`)
    await writeFile(json, `{"schema": "keyturn/plan/1", "steps": "${secrets.log}", "x": ${secrets.log}}`)
    const exits = await runAll([
      ...[bare, json, netrc].flatMap((file) => [
        ['apply', file],
        ['apply', file, '--json'],
        ['doctor', '--log', file],
        ['--ca', file, 'token', 'check', 'alice'],
      ]),
      ['scan', '--jenkins', controller.url, '--jenkins-token-file', netrc],
      { args: ['scan', '--jenkins', controller.url], environment: { JENKINS_API_TOKEN: secrets.log } },
      ['scan', '--jenkins', sandbox.webUrl],
    ])
    expect(leaks(from)).toEqual(none)
    expect(exits.filter((code) => code === 2 || code > 5)).toEqual([])
  })

  it('the state of keyturn is damaged', async () => {
    const from = runs.length
    const damaged = join(machine.folder, 'out-damaged')
    await cp(home(), damaged, { recursive: true })
    const [latest = ''] = (await readdir(join(damaged, 'state', 'runs'))).toReversed()
    const entries = join(damaged, 'state', 'runs', latest, 'journal')
    await writeFile(entries, `no entry\n${await readFile(entries, 'latin1')}`)
    const journal = await run(['--home', damaged, 'status'])
    await writeFile(join(damaged, 'state', 'runs', latest, 'plan.json'), '{"steps": null}')
    const plan = await bothViews(['--home', damaged, 'status'])
    const vault = join(damaged, 'state', 'vault.age')
    await writeFile(vault, (await readFile(vault)).subarray(0, -9))
    const exits = [journal, ...plan, ...(await bothViews(['--home', damaged, 'token', 'list']))]
    expect(leaks(from)).toEqual(none)
    expect(exits).toEqual([5, 5, 5, 1, 1])
  })

  it('helpers and vaults are asked, requests are planned, and runs are listed, shown, audited and forgotten', async () => {
    const from = runs.length
    const { folder, dev, stoppedHome, secrets } = machine
    const passwords = join(folder, 'vault-passwords')
    const newest = (await readdir(join(home(), 'state', 'runs'))).sort().at(-1) ?? ''
    await writeFile(passwords, `${secrets.passphrase}\n`, { mode: 0o600 })
    const exits = [
      ...(await bothViews(['scan', dev, '--helpers'])),
      ...(await bothViews(['scan', dev, '--vault-password-file', passwords])),
      await run(['plan', dev, stoppedHome, '--offline', '--requests']),
      ...(await bothViews(['runs'])),
      ...(await bothViews(['show'])),
      await run(['show', '--format', 'csv']),
      ...(await bothViews(['audit'])),
      await run(['forget', newest]),
      await run(['forget', newest, '--json']),
      await run(['rollback', newest]),
      await run(['rollback', newest, '--json']),
    ]
    expect(leaks(from)).toEqual(none)
    expect(exits.filter((code) => code < 0 || code > 5)).toEqual([])
  })

  it('a secret is given where an argument is expected', async () => {
    const from = runs.length
    const { argument } = machine.secrets
    const url = `https://alice:${argument}@bitbucket.org/acme/app.git`
    const exits = await runAll([
      [argument],
      [`--secret=${argument}`, 'status'],
      ['scan', url],
      ['scan', url, '--json'],
      ['scan', '--jenkins', url],
      ['doctor', '--place', argument, '--in', machine.dev],
      ['doctor', '--operation', argument, APP],
      ['doctor', '--explain', argument],
      ['doctor', '--log', url],
      ['token', 'add', 'x', argument],
      { args: ['token', 'add', argument], input: 'no token' },
      ['token', 'add', 'x', '--expires', argument],
      ['token', 'check', argument],
      ['token', 'remove', argument],
      ['plan', machine.dev, '--token', argument, '--offline'],
      ['apply', argument],
      ['verify', argument],
      ['rollback', argument],
      ['show', argument],
      ['audit', argument],
      ['forget', argument],
      ['sandbox', argument],
    ])
    const known = leaks(from).screens
    knownLeaks.set('a secret is given where an argument is expected', known)
    expect({ ...leaks(from), screens: [] }).toEqual(none)
    expect(exits.filter((code) => code === 0)).toEqual([])
  })

  it('nor is the argument repeated on the screen', () => {
    expect(knownLeaks.get('a secret is given where an argument is expected')).toEqual([])
  })

  it('the URL that the doctor is given holds a secret', async () => {
    const from = runs.length
    const url = `https://alice:${machine.secrets.argument}@bitbucket.org/acme/app.git`
    const exits = await runAll([
      ['doctor', url],
      ['doctor', url, '--json'],
      { args: ['doctor', url, '--username', 'alice', '--secret-stdin'], input: machine.secrets['given by hand'] },
    ])
    const known = leaks(from).children
    knownLeaks.set('the URL that the doctor is given holds a secret', known)
    expect({ ...leaks(from), children: [] }).toEqual(none)
    expect(exits).toEqual([3, 3, 0])
  })

  it('nor does git get that URL as an argument', () => {
    expect(knownLeaks.get('the URL that the doctor is given holds a secret')).toEqual([])
  })
})

describe('the demo', () => {
  it('shows and keeps none of its secrets', async () => {
    const [told, document] = await Promise.all([
      observe(machine, { args: ['demo', '--keep'] }),
      observe(machine, { args: ['demo', '--json'] }),
    ])
    expect([told.exitCode, document.exitCode]).toEqual([0, 0])
    const folder = /^The stage is (.*)$/m.exec(told.stdout)?.[1] ?? ''
    const made = new CanaryWatch(await secretsOfDemo(folder))
    expect([told, document].map((observed) => made.seenIn(screens(observed)))).toEqual([[], []])
    const own = await filesUnder(join(folder, 'keyturn'))
    expect(own.length).toBeGreaterThan(8)
    expect(own.flatMap(([path, text]) => made.seenIn(text).map((name) => `${path}: ${name}`))).toEqual([])
  })
})

/** The sandbox of the demo has a fixed seed, so `--keep` leaves the same app passwords as every demo; the vault has its tokens. */
async function secretsOfDemo(folder: string): Promise<readonly Canary[]> {
  const old = [...(await readFile(join(folder, 'dev', '.git-credentials'), 'utf8')).matchAll(/:([^:@/]+)@bitbucket/g)]
  const older = [
    ...(await readFile(join(folder, 'agent', '.git-credentials'), 'utf8')).matchAll(/:([^:@/]+)@bitbucket/g),
  ]
  const { context, folders } = await openKeyturn({ environment: {}, home: join(folder, 'keyturn') })
  const tokens = await (await openVault(folders, context)).list()
  const found = [...old, ...older].map(([, text = '']) => ({ name: 'app password', text }))
  expect([found.length, tokens.length]).toEqual([2, 2])
  return [...found, ...tokens.map(({ name, secret }) => ({ name, text: secret.reveal() }))]
}

describe('after all of it', () => {
  it('no file of keyturn, no report and no record holds a canary', async () => {
    const own = [
      ...(await filesUnder(home())),
      ...(await filesUnder(machine.folder)).filter(([path]) => path.startsWith(join(machine.folder, 'out-'))),
    ]
    expect(own.length).toBeGreaterThan(15)
    expect(
      own.flatMap(([path, text]) => watch.seenIn(text).map((name) => `${path.slice(machine.folder.length)}: ${name}`)),
    ).toEqual([])
  })

  it('no record of what the sandboxes were asked holds one', () => {
    expect(watch.seenIn(JSON.stringify(machine.sandbox.requests))).toEqual([])
    expect(watch.seenIn(JSON.stringify(machine.controller.requests))).toEqual([])
  })

  it('no temporary file stays beside a file that was changed', async () => {
    const files = [...(await filesUnder(machine.dev)), ...(await filesUnder(machine.stoppedHome))]
    expect(files.map(([path]) => path).filter((path) => path.includes('.keyturn-'))).toEqual([])
  })
})
