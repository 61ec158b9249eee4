import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { withAskpass } from './askpass.ts'
import type { UsernamePassword } from './credential.ts'
import { type GitResult, runGit } from './run-git.ts'

export interface CheckoutRequest {
  readonly workspace: string
  readonly url: string
  readonly branch: string
  readonly credentialsId: string | undefined
  /** What the id resolved to. Undefined: the build goes on without a credential. */
  readonly credential: UsernamePassword | undefined
  /** "Hide credential usage in job output" of the git plugin. */
  readonly hidesCredential?: boolean
  /** What an extension puts in place of the credential, after the console has named it; may throw. */
  readonly decorate?: () => Promise<UsernamePassword | undefined>
  /** A branch source fetches one branch, without tags, and builds the revision that it found. */
  readonly only?: { readonly refspec: string; readonly revision: string }
  /** The whole environment of git, HOME included: ambient helpers, netrc and extra headers do apply. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

const REFSPEC = '+refs/heads/*:refs/remotes/origin/*'

/** A failure that the build log has already told. */
export class CheckoutFailed extends Error {}

/**
 * GitSCM.checkout as a console shows it (git-plugin GitSCM, git-client CliGitAPIImpl). Returns the revision.
 * Throws CheckoutFailed.
 */
export async function checkOut(given: CheckoutRequest): Promise<string> {
  logCredential(given)
  const request = given.decorate === undefined ? given : { ...given, credential: await given.decorate() }
  const isNew = !existsSync(join(request.workspace, '.git'))
  if (isNew) await cloneInto(request)
  else await fetchAgain(request)
  const { revision, branch } = await revisionToBuild(request)
  const previous = isNew ? undefined : await headOf(request)
  request.log(`Checking out Revision ${revision} (${branch})`)
  await step(request, ['config', 'core.sparsecheckout'])
  await mustStep(request, ['checkout', '-f', revision])
  const subject = await git(request, ['log', '-1', '--format=%s', revision])
  request.log(`Commit message: "${subject.stdout.trim()}"`)
  if (previous === undefined) request.log('First time build. Skipping changelog.')
  else await step(request, ['rev-list', '--no-walk', previous])
  return revision
}

/** Undefined after a clone that failed: nothing was built from this workspace yet. */
async function headOf(request: CheckoutRequest): Promise<string | undefined> {
  const head = await git(request, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  return head.status === 0 ? head.stdout.trim() : undefined
}

function logCredential({ credentialsId, credential, hidesCredential, log }: CheckoutRequest): void {
  log('The recommended git tool is: NONE')
  if (credentialsId === undefined) log('No credentials specified')
  else if (credential === undefined) log(`Warning: CredentialId "${credentialsId}" could not be found.`)
  else if (!hidesCredential) log(`using credential ${credentialsId}`)
}

async function cloneInto(request: CheckoutRequest): Promise<void> {
  const { workspace, url, log } = request
  log('Cloning the remote Git repository')
  log(`Cloning repository ${url}`)
  rmSync(workspace, { recursive: true, force: true })
  mkdirSync(workspace, { recursive: true })
  await mustStep(request, ['init', workspace])
  const fetched = await fetch(request)
  // The empty repository stays, as CliGitAPIImpl.clone_ leaves it: the next build says "Fetching changes".
  if (fetched.status !== 0) logFailure(request, 'Error cloning remote repo', fetched, undefined)
  await mustStep(request, ['config', 'remote.origin.url', url])
  await mustStep(request, ['config', '--add', 'remote.origin.fetch', request.only?.refspec ?? REFSPEC])
  log('Avoid second fetch')
}

async function fetchAgain(request: CheckoutRequest): Promise<void> {
  const { workspace, url, log } = request
  await mustStep(request, ['rev-parse', '--resolve-git-dir', join(workspace, '.git')])
  log('Fetching changes from the remote Git repository')
  await mustStep(request, ['config', 'remote.origin.url', url])
  const fetched = await fetch(request)
  if (fetched.status !== 0) logFailure(request, 'Error fetching remote repo', fetched, `Failed to fetch from ${url}`)
}

function fetchArguments({ url, only }: CheckoutRequest): readonly string[] {
  const tags = only === undefined ? '--tags' : '--no-tags'
  return ['fetch', tags, '--force', '--progress', '--', url, only?.refspec ?? REFSPEC]
}

async function fetch(request: CheckoutRequest): Promise<GitResult> {
  const { workspace: folder, url, credential, environment, signal, log } = request
  log(`Fetching upstream changes from ${url}`)
  log(' > git --version # timeout=10')
  log(` > git --version # '${(await git(request, ['--version'])).stdout.trim()}'`)
  if (credential !== undefined) log(`using GIT_ASKPASS to set credentials ${credential.description}`)
  log(` > git ${fetchArguments(request).join(' ')} # timeout=10`)
  return withAskpass(`${folder}@tmp`, credential, (askpass) =>
    runGit({ args: fetchArguments(request), folder, environment: { ...environment, ...askpass }, signal }),
  )
}

/** The lines of a failed clone or fetch, up to the blank line that ends git's own words. */
function logFailure(request: CheckoutRequest, headline: string, result: GitResult, outer: string | undefined): never {
  const { log } = request
  const command = `Command "git ${fetchArguments(request).join(' ')}" returned status code ${result.status}:`
  log(`ERROR: ${headline} 'origin'`)
  if (outer !== undefined) {
    log(`hudson.plugins.git.GitException: ${outer}`)
    log('\tat hudson.plugins.git.GitSCM.fetchFrom(GitSCM.java)')
  }
  log(`${outer === undefined ? '' : 'Caused by: '}hudson.plugins.git.GitException: ${command}`)
  log(`stdout: ${result.stdout.trimEnd()}`)
  log(`stderr: ${result.stderr.trimEnd()}`)
  log('')
  log('\tat org.jenkinsci.plugins.gitclient.CliGitAPIImpl.launchCommandIn(CliGitAPIImpl.java)')
  log(`ERROR: ${headline} 'origin'`)
  throw new CheckoutFailed(headline)
}

interface Revision {
  readonly revision: string
  readonly branch: string
}

/** A named branch as written in the job, or, for `**`, the branch with the newest commit. */
async function revisionToBuild(request: CheckoutRequest): Promise<Revision> {
  if (request.only !== undefined) return { revision: request.only.revision, branch: request.branch }
  const name = request.branch.replace(/^(\*|origin|refs\/heads)\//, '')
  const wanted = name.includes('*') || name === '' ? await newestBranch(request) : `refs/remotes/origin/${name}`
  const parsed = wanted === undefined ? undefined : await step(request, ['rev-parse', `${wanted}^{commit}`])
  if (wanted === undefined || parsed?.status !== 0) {
    request.log(
      "ERROR: Couldn't find any revision to build. Verify the repository and branch configuration for this job.",
    )
    throw new CheckoutFailed('no revision to build')
  }
  return { revision: parsed.stdout.trim(), branch: wanted }
}

async function newestBranch(request: CheckoutRequest): Promise<string | undefined> {
  const format = ['--sort=-committerdate', '--format=%(refname)', 'refs/remotes/origin']
  const listed = await git(request, ['for-each-ref', ...format])
  return listed.stdout.split('\n').find((each) => each !== '')
}

/** A command that the console shows. */
function step(request: CheckoutRequest, args: readonly string[]): Promise<GitResult> {
  request.log(` > git ${args.join(' ')} # timeout=10`)
  return git(request, args)
}

async function mustStep(request: CheckoutRequest, args: readonly string[]): Promise<void> {
  const result = await step(request, args)
  if (result.status === 0) return
  request.log(`ERROR: Command "git ${args.join(' ')}" returned status code ${result.status}:`)
  request.log(`stdout: ${result.stdout.trimEnd()}`)
  request.log(`stderr: ${result.stderr.trimEnd()}`)
  throw new CheckoutFailed(args.join(' '))
}

function git(request: CheckoutRequest, args: readonly string[]): Promise<GitResult> {
  const { workspace: folder, environment, signal } = request
  return runGit({ args, folder, environment, signal })
}
