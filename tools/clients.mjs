// Real clients, the witnesses of test/clients: what this machine has, installing the rest, running their tests.
//   node tools/clients.mjs list [--json] [--missing] [NAME...]
//   node tools/clients.mjs install [--expected | --all | NAME...]
//   node tools/clients.mjs run [NAME...]
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from './setup.mjs'

const folder = join(root, 'test', 'clients')
const clients = JSON.parse(readFileSync(join(folder, 'clients.json'), 'utf8'))
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))

/** Outside the tree, so that what a client depends on never becomes a dependency of keyturn. */
const cache =
  process.env.KEYTURN_CLIENTS ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'keyturn-clients')

const installLimitMs = { debian: 300_000, npm: 900_000, maven: 300_000 }

function isOnPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The folder where the client of this name lies when it comes from npm or Maven. */
const homeOf = (name) => join(cache, name)

const lockedVersion = (name) => {
  const path = join(root, 'node_modules', name, 'package.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined
}

/** Written after the last file, so that an interrupted installation does not count. */
const markOf = (name) => join(homeOf(name), '.installed')
const markedVersion = (name) => (existsSync(markOf(name)) ? readFileSync(markOf(name), 'utf8').trim() : undefined)

/** The version that runs here, or undefined. Asks the client itself, however it came to the machine. */
function versionOf(name) {
  const { probe, npm, maven, locked, debian = [] } = clients[name]
  const needs = debian.flatMap((each) => each.unless ?? [])
  if (needs.some((command) => command !== 'mvn' && !isOnPath(command))) return undefined
  if (locked !== undefined) return lockedVersion(locked)
  if (npm !== undefined || maven !== undefined) return markedVersion(name)
  const { status, stdout } = spawnSync(probe.run[0], probe.run.slice(1), { encoding: 'utf8', timeout: 20_000 })
  return status === 0 ? new RegExp(probe.version).exec(stdout)?.[1] : undefined
}

function look(name) {
  const version = versionOf(name)
  const { title, heavy } = clients[name]
  return {
    name,
    title,
    expected: expected.includes(name),
    folder: homeOf(name),
    ...(version === undefined ? { missing: `node tools/clients.mjs install ${name}` } : { version }),
    ...(heavy === undefined ? {} : { heavy }),
  }
}

function list({ names, flags }) {
  const rows = (names.length === 0 ? Object.keys(clients) : names).map(look)
  if (flags.has('--json')) return void process.stdout.write(`${JSON.stringify(rows)}\n`)
  if (flags.has('--missing')) return sayMissing(rows)
  const width = Math.max(...rows.map(({ name }) => name.length))
  for (const { name, version, heavy } of rows) {
    const size = heavy === undefined ? '' : ` (${heavy})`
    const text = version ?? `not here${size}: node tools/clients.mjs install ${name}`
    process.stdout.write(`${name.padEnd(width)}  ${text}\n`)
  }
}

/** For the end of a test run: one line for each client whose tests were left out. */
function sayMissing(rows) {
  for (const { title, missing, heavy } of rows) {
    if (missing === undefined) continue
    const size = heavy === undefined ? '' : ` (${heavy})`
    process.stderr.write(`left out: ${title} is not on this machine${size}: ${missing}\n`)
  }
}

/** Debian's packages that are not installed, all of them asked for at once. */
function missingPackages(names) {
  const wanted = names
    .flatMap((name) => clients[name].debian ?? [])
    .filter((each) => each.unless === undefined || !isOnPath(each.unless))
    .map((each) => each.package ?? each)
  if (wanted.length === 0) return []
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...wanted], {
    encoding: 'utf8',
  })
  const installed = new Set((asked.stdout ?? '').split('\n').filter((line) => line.endsWith(' installed')))
  return [...new Set(wanted)].filter((each) => !installed.has(`${each} installed`))
}

class CannotInstall extends Error {}

/** Runs one installer quietly; its first and last lines are shown when it fails. */
function attempt(command, args, timeout) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, error, stdout, stderr } = spawnSync(command, args, { env, timeout, encoding: 'utf8' })
  if (status === 0) return undefined
  const reason = error?.code === 'ETIMEDOUT' ? `stopped after ${timeout / 1000} s` : (error?.message ?? '')
  const lines = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')
  return [reason, ...lines.slice(0, 4), ...lines.slice(4).slice(-3)].filter(Boolean).join('\n')
}

function twice(what, once) {
  if (once() === undefined) return
  const problem = once()
  if (problem === undefined) return
  throw new CannotInstall(`${what} could not be installed, tried twice. The package source said:\n${problem}`)
}

const aptOptions = [
  ['-o', 'Acquire::http::Timeout=30'],
  ['-o', 'Acquire::https::Timeout=30'],
  ['-o', 'DPkg::Lock::Timeout=120'],
].flat()

function installDebian(packages) {
  const isRoot = process.getuid?.() === 0
  if (!isRoot || !isOnPath('apt-get')) {
    throw new CannotInstall(
      `This needs root on Debian:\n    apt-get install --no-install-recommends ${packages.join(' ')}`,
    )
  }
  process.stderr.write(`Installing ${packages.join(', ')} ...\n`)
  const limit = installLimitMs.debian
  twice(
    packages.join(', '),
    () =>
      attempt('apt-get', [...aptOptions, 'update', '-qq'], limit) ??
      attempt('apt-get', [...aptOptions, 'install', '-y', '-qq', '--no-install-recommends', ...packages], limit),
  )
}

function installNpm(name) {
  const { package: id, version } = clients[name].npm
  if (markedVersion(name) === version) return
  process.stderr.write(`Installing ${id} ${version} ...\n`)
  mkdirSync(homeOf(name), { recursive: true })
  const args = [
    'install',
    '--prefix',
    homeOf(name),
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '-E',
    '--fetch-retries=0',
  ]
  twice(`${id} ${version}`, () => attempt('npm', [...args, `${id}@${version}`], installLimitMs.npm))
  writeFileSync(markOf(name), `${version}\n`)
}

/** Maven takes what to fetch from a project file, and copies the artifact with what it depends on. */
function installMaven(name) {
  const { artifact, version } = clients[name].maven
  if (markedVersion(name) === version) return
  process.stderr.write(`Installing ${artifact} ${version} ...\n`)
  rmSync(homeOf(name), { recursive: true, force: true })
  mkdirSync(homeOf(name), { recursive: true })
  const [group, id] = artifact.split(':')
  const project = join(homeOf(name), 'pom.xml')
  const wanted = `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`
  writeFileSync(
    project,
    `<project><modelVersion>4.0.0</modelVersion><groupId>keyturn</groupId><artifactId>clients</artifactId><version>1</version><dependencies>${wanted}</dependencies></project>\n`,
  )
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
  const args = ['-q', '-B', '-f', project, goal, `-DoutputDirectory=${homeOf(name)}`]
  twice(artifact, () => attempt('mvn', args, installLimitMs.maven))
  writeFileSync(markOf(name), `${version}\n`)
}

function install({ names, flags }) {
  const light = Object.keys(clients).filter((name) => clients[name].heavy === undefined)
  const chosen = flags.has('--all')
    ? Object.keys(clients)
    : flags.has('--expected')
      ? expected
      : names.length === 0
        ? light
        : names
  const packages = missingPackages(chosen)
  if (packages.length > 0) installDebian(packages)
  for (const name of chosen) {
    if (clients[name].npm !== undefined) installNpm(name)
    if (clients[name].maven !== undefined) installMaven(name)
  }
}

/** Runs the tests of the clients named, or of all that are here, and says which were left out. */
function runTests({ names }) {
  const rows = (names.length === 0 ? Object.keys(clients) : names).map(look)
  const here = rows.filter(({ version }) => version !== undefined)
  for (const { name, version } of here) process.stderr.write(`${name} ${version}\n`)
  const files = here.flatMap(({ name }) => clients[name].tests.map((test) => join(folder, test)))
  const vitest = join(root, 'node_modules', '.bin', 'vitest')
  const { status } = spawnSync(vitest, ['run', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, KEYTURN_HEAVY_CLIENTS: '1' },
  })
  sayMissing(rows)
  const asked = names.length > 0 && here.length < names.length
  process.exitCode = asked ? 1 : (status ?? 1)
}

const verbs = { list, install, run: runTests }

function main([verb, ...rest]) {
  const flags = new Set(rest.filter((each) => each.startsWith('--')))
  const names = rest.filter((each) => !each.startsWith('--'))
  const unknown = names.find((name) => !Object.hasOwn(clients, name))
  const strange = [...flags].find((flag) => !['--json', '--missing', '--expected', '--all'].includes(flag))
  if (!Object.hasOwn(verbs, verb ?? '') || unknown !== undefined || strange !== undefined) {
    const why = unknown ?? strange ?? verb
    if (why !== undefined) process.stderr.write(`Unknown here: ${why}\n`)
    process.stderr.write(
      `Usage: node tools/clients.mjs list | install [--expected | --all | NAME...] | run [NAME...]\n`,
    )
    process.stderr.write(`Clients: ${Object.keys(clients).join(', ')}\n`)
    process.exitCode = 2
    return
  }
  try {
    verbs[verb]({ names, flags })
  } catch (error) {
    if (!(error instanceof CannotInstall)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

main(process.argv.slice(2))
