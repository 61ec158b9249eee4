import { join } from 'node:path'
import type { BitbucketClient } from './branch-source/bitbucket-client.ts'
import { readBranch } from './branch-source/git-source.ts'
import { branchSourceVersion, type Connection, connect } from './branch-source/scan-world.ts'
import {
  type BitbucketSource,
  branchOf,
  cloneUrl,
  type GitSource,
  refspecOf,
  type Source,
  scriptPathOf,
  sourcesOf,
} from './branch-source/source-config.ts'
import { type BuildRun, checkOutGit, projectOf, scriptFolder, workspaceOf } from './build-run.ts'
import { readText } from './controller.ts'
import type { CheckoutRequest } from './git-checkout.ts'
import type { Item } from './item-tree.ts'
import { JavaFailure } from './java-failure.ts'
import { StepFailed } from './pipeline/pipeline-run.ts'
import { isAtLeast } from './plugin-version.ts'

export interface PreparedBranch {
  readonly script: string
  readonly checkOutScm: () => Promise<void>
}

/** SCMBinder.create: the revision and the script come over REST, and only then a pipeline begins. */
export async function prepareBranch(run: BuildRun): Promise<PreparedBranch> {
  const project = projectOf(run.item)
  const branch = branchOf(run.item.root)
  const source = sourcesOf(project.root).find((each) => each.id === branch?.sourceId)
  if (branch === undefined || source === undefined) {
    const frame = 'org.jenkinsci.plugins.workflow.multibranch.SCMBinder.create(SCMBinder.java)'
    throw new JavaFailure('java.lang.IllegalStateException', `${branch?.sourceId} not found`, frame)
  }
  return source.kind === 'git'
    ? prepareGit(run, project, source, branch.name)
    : prepareBitbucket(run, project, source, branch.name)
}

/** A revision that came with the cause is not looked up again, which is why builds after a push survive a REST refusal. */
async function prepareBitbucket(
  run: BuildRun,
  project: Item,
  source: BitbucketSource,
  name: string,
): Promise<PreparedBranch> {
  const { controller, environment } = run
  const world = { controller, door: environment.door, signal: environment.signal() }
  const connection = connect(world, project, source.serverUrl, source.credentialsId)
  const { client } = connection
  const revision = run.cause.revision ?? (await client.branch(source.repoOwner, source.repository, name)).hash
  const more = { only: { refspec: refspecOf(name), revision }, decorate: swap(run, project, source, connection) }
  const scriptPath = scriptPathOf(project.root)
  const obtained = await lightweight(client, source, revision, scriptPath)
  if (obtained !== undefined) run.log(`Obtained ${scriptPath} from ${revision}`)
  const script = obtained ?? (await heavyweight(run, source, name, scriptPath, more))
  return { script, checkOutScm: () => checkOutBranch(run, source, name, workspaceOf(run), 'agent', more) }
}

/** What goes wrong here is swallowed: the script is then read from a full checkout. */
async function lightweight(
  client: BitbucketClient,
  { repoOwner, repository }: BitbucketSource,
  revision: string,
  scriptPath: string,
): Promise<string | undefined> {
  try {
    return await client.file(repoOwner, repository, revision, scriptPath)
  } catch {
    return undefined
  }
}

type More = Pick<CheckoutRequest, 'decorate' | 'only'>

async function heavyweight(
  run: BuildRun,
  source: Source,
  name: string,
  scriptPath: string,
  more: More,
): Promise<string> {
  const url = cloneUrl(source)
  const folder = scriptFolder(run, url)
  run.log(`Checking out git ${url} into ${folder} to read ${scriptPath}`)
  await checkOutBranch(run, source, name, folder, 'controller', more)
  const script = readText(join(folder, scriptPath))
  if (script === undefined) throw new StepFailed(`Unable to find ${scriptPath} from git ${url}`)
  return script
}

function checkOutBranch(
  run: BuildRun,
  source: Source,
  branch: string,
  folder: string,
  where: 'agent' | 'controller',
  more: More,
): Promise<void> {
  const job = { url: cloneUrl(source), branch, credentialsId: source.credentialsId }
  return checkOutGit(run, job, folder, run.environment[where], more)
}

/**
 * GitClientAuthenticatorExtension.decorate: the stored pair becomes the one for git, on the URL of this checkout only.
 * Since 936.0.0 the credential is looked up here, and a refused or missing one ends the build.
 */
function swap(
  run: BuildRun,
  project: Item,
  { credentialsId, serverUrl }: BitbucketSource,
  { credential, client, isAccepted }: Connection,
): NonNullable<CheckoutRequest['decorate']> {
  return async () => {
    if (credentialsId === undefined) return undefined
    if (!isAccepted && isAtLeast(branchSourceVersion(run.controller), '936.0.0')) {
      throw new JavaFailure(
        'java.lang.IllegalStateException',
        `No credentialsId ${credentialsId} found for project ${project.fullName} and server ${serverUrl}`,
        'com.cloudbees.jenkins.plugins.bitbucket.impl.extension.GitClientAuthenticatorExtension.decorate(GitClientAuthenticatorExtension.java)',
      )
    }
    if (credential !== undefined) run.environment.usage.usedByBuild(credential, run.item.fullName, run.number)
    return client.forGit()
  }
}

async function prepareGit(run: BuildRun, project: Item, source: GitSource, name: string): Promise<PreparedBranch> {
  const scriptPath = scriptPathOf(project.root)
  const { revision, script } = await readBranch(run, project, source, name, scriptPath)
  if (script === undefined) throw new StepFailed(`Unable to find ${scriptPath} from git ${source.remote}`)
  run.log(`Obtained ${scriptPath} from ${revision}`)
  const more = { only: { refspec: refspecOf(name), revision } }
  return { script, checkOutScm: () => checkOutBranch(run, source, name, workspaceOf(run), 'agent', more) }
}
