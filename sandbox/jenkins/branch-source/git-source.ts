import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { withAskpass } from '../askpass.ts'
import type { BuildRun } from '../build-run.ts'
import type { UsernamePassword } from '../credential.ts'
import type { Item } from '../item-tree.ts'
import { JavaFailure } from '../java-failure.ts'
import { type ForGit, resolveForGit } from '../resolve-credential.ts'
import { type GitResult, runGit } from '../run-git.ts'
import type { Branch } from './bitbucket-client.ts'
import { logCriteria, type Observe, type Walk } from './scan-branches.ts'
import type { ScanWorld } from './scan-world.ts'
import type { GitSource } from './source-config.ts'

/** AbstractGitSCMSource.retrieve: lists the references and fetches into a cache of the controller. */
export async function readGitSource(walk: Walk, source: GitSource, observe: Observe): Promise<void> {
  const { world, log, scriptPath } = walk
  const found = resolveCredential(walk, source)
  const cache = await openCache(walk, source.remote)
  log.line('Fetching & pruning origin...')
  log.line('Listing remote references...')
  const listed = await run(walk, cache, found, ['ls-remote', '-h', '--', source.remote])
  log.line('Fetching upstream changes from origin')
  const refspec = '+refs/heads/*:refs/remotes/origin/*'
  await run(walk, cache, found, ['fetch', '--tags', '--force', '--progress', '--prune', '--', 'origin', refspec])
  log.line('Checking branches...')
  let count = 0
  for (const branch of branchesIn(listed.stdout)) {
    log.line(`  Checking branch ${branch.name}`)
    count++
    const script = await git(world, cache, ['cat-file', '-e', `${branch.hash}:${scriptPath}`])
    if (logCriteria(log, scriptPath, script.status === 0) && observe(branch)) break
  }
  log.line(`Processed ${count} branches`)
}

function resolveCredential({ world, context, log }: Walk, source: GitSource): UsernamePassword | undefined {
  const { credentialsId, remote } = source
  log.line('The recommended git tool is: NONE')
  if (credentialsId === undefined) {
    log.line('No credentials specified')
    return undefined
  }
  const found: ForGit | undefined = resolveForGit(world.controller, context, credentialsId, remote)
  if (found === undefined) log.line(`Warning: CredentialId "${credentialsId}" could not be found.`)
  else {
    log.line(`using credential ${credentialsId}`)
    world.track(found.credential, context)
  }
  return found
}

async function openCache({ world, log }: Walk, remote: string): Promise<string> {
  const cache = join(world.controller.home, 'caches', `git-${createHash('md5').update(remote).digest('hex')}`)
  const isNew = !existsSync(join(cache, '.git'))
  mkdirSync(cache, { recursive: true })
  if (isNew) {
    log.line(`Creating git repository in ${cache}`)
    log.line(` > git init ${cache} # timeout=10`)
    await git(world, cache, ['init', cache])
  }
  log.line(`Setting origin to ${remote}`)
  log.line(` > git config remote.origin.url ${remote} # timeout=10`)
  await git(world, cache, ['config', 'remote.origin.url', remote])
  return cache
}

/** Throws GitException. */
async function run(
  { world, log }: Walk,
  cache: string,
  credential: UsernamePassword | undefined,
  args: readonly string[],
): Promise<GitResult> {
  log.line(' > git --version # timeout=10')
  log.line(` > git --version # '${(await git(world, cache, ['--version'])).stdout.trim()}'`)
  if (credential !== undefined) log.line(`using GIT_ASKPASS to set credentials ${credential.description}`)
  log.line(` > git ${args.join(' ')} # timeout=10`)
  const result = await withAskpass(`${cache}@tmp`, credential, (askpass) => git(world, cache, args, askpass))
  if (result.status !== 0) throw gitFailure(args, result)
  return result
}

/** A lightweight checkout of plain git (GitSCMFileSystem): silent, from the cache of the controller. */
export async function readBranch(
  { controller, environment }: Pick<BuildRun, 'controller' | 'environment'>,
  project: Item,
  { remote, credentialsId }: GitSource,
  branch: string,
  scriptPath: string,
): Promise<{ readonly revision: string; readonly script: string | undefined }> {
  const folder = join(controller.home, 'caches', `git-${createHash('md5').update(remote).digest('hex')}`)
  mkdirSync(folder, { recursive: true })
  const credential = credentialsId === undefined ? undefined : resolveForGit(controller, project, credentialsId, remote)
  const [ambient, signal] = [environment.controller, environment.signal()]
  const plain = (args: readonly string[]) => runGit({ args, folder, environment: ambient, signal })
  await plain(['init', folder])
  const args = [
    'fetch',
    '--no-tags',
    '--force',
    '--progress',
    '--',
    remote,
    `+refs/heads/${branch}:refs/remotes/origin/${branch}`,
  ]
  const fetched = await withAskpass(`${folder}@tmp`, credential, (askpass) =>
    runGit({ args, folder, environment: { ...ambient, ...askpass }, signal }),
  )
  if (fetched.status !== 0) throw gitFailure(args, fetched)
  const revision = (await plain(['rev-parse', `refs/remotes/origin/${branch}`])).stdout.trim()
  const script = await plain(['show', `${revision}:${scriptPath}`])
  return { revision, script: script.status === 0 ? script.stdout : undefined }
}

export function gitFailure(args: readonly string[], { status, stdout, stderr }: GitResult): JavaFailure {
  const words = [`Command "git ${args.join(' ')}" returned status code ${status}:`, `stdout: ${stdout.trimEnd()}`]
  const message = [...words, `stderr: ${stderr.trimEnd()}`, ''].join('\n')
  const frame = 'org.jenkinsci.plugins.gitclient.CliGitAPIImpl.launchCommandIn(CliGitAPIImpl.java)'
  return new JavaFailure('hudson.plugins.git.GitException', message, frame)
}

function git(
  { gitEnvironment, signal }: ScanWorld,
  folder: string,
  args: readonly string[],
  askpass: Readonly<Record<string, string>> = {},
): Promise<GitResult> {
  return runGit({ args, folder, environment: { ...gitEnvironment, ...askpass }, signal })
}

/** The lines of `git ls-remote -h`. */
export function branchesIn(listing: string): readonly Branch[] {
  return [...listing.matchAll(/^([0-9a-f]{40})\trefs\/heads\/(.+)$/gm)].map(([, hash = '', name = '']) => ({
    name,
    hash,
  }))
}
