import type { Item } from '../item-tree.ts'
import type { Branch } from './bitbucket-client.ts'
import { childNamed, createChild, keepRevision, lastRevision, updateChild } from './children.ts'
import { readGitSource } from './git-source.ts'
import type { ScanLog } from './scan-log.ts'
import { connect, type ScanWorld } from './scan-world.ts'
import {
  type BitbucketSource,
  branchJobConfig,
  type Source,
  scriptPathOf,
  sourcesOf,
  startsNoBuilds,
} from './source-config.ts'

/** What becomes of a branch that has the script. True ends the walk early. */
export type Observe = (branch: Branch) => boolean

export interface Walk {
  readonly world: ScanWorld
  /** Where credentials are looked up. */
  readonly context: Item
  readonly scriptPath: string
  readonly log: ScanLog
}

/** MultiBranchProject.computeChildren. Returns the names of the items it saw. Throws what a source threw. */
export async function scanBranches(world: ScanWorld, item: Item, log: ScanLog): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  const walk: Walk = { world, context: item, scriptPath: scriptPathOf(item.root), log }
  const sources = sourcesOf(item.root)
  for (const source of sources) await updateActions(walk, source)
  for (const source of sources) {
    const observe = (branch: Branch) => {
      seen.add(observeBranch(world, item, source, branch, log).name)
      return false
    }
    try {
      await readSource(walk, source, observe)
    } catch (error) {
      log.error(`Could not fetch branches from source ${source.id}`, error)
      throw error
    }
  }
  return seen
}

/** retrieveActions of the branch source asks for the repository. Played only where `actions` says so (DIFFERENCES.md). */
async function updateActions({ world, context, log }: Walk, source: Source): Promise<void> {
  if (world.actions === 'skipped' || source.kind === 'git') return
  try {
    const { client } = connect(world, context, source.serverUrl, source.credentialsId)
    await client.repository(source.repoOwner, source.repository)
  } catch (error) {
    log.error(`Could not update folder level actions from source ${source.id}`, error)
    throw error
  }
}

export function readSource(walk: Walk, source: Source, observe: Observe): Promise<void> {
  return source.kind === 'git' ? readGitSource(walk, source, observe) : readBitbucketSource(walk, source, observe)
}

/** BitbucketSCMSource.retrieve and retrieveBranches. */
async function readBitbucketSource(walk: Walk, source: BitbucketSource, observe: Observe): Promise<void> {
  const { world, context, log, scriptPath } = walk
  const { repoOwner, repository } = source
  const { client, credential, greeting } = connect(world, context, source.serverUrl, source.credentialsId)
  log.line(greeting)
  if (credential !== undefined) world.track(credential, context)
  log.line(`Looking up ${repoOwner}/${repository} for branches`)
  let count = 0
  for (const branch of await client.branches(repoOwner, repository)) {
    log.line(`Checking branch ${branch.name} from ${repoOwner}/${repository}`)
    count++
    const script = await client.file(repoOwner, repository, branch.hash, scriptPath)
    if (logCriteria(log, scriptPath, script !== undefined) && observe(branch)) {
      log.line('')
      log.line(`  ${count} branches were processed (query completed)`)
      return
    }
  }
  log.line('')
  log.line(`  ${count} branches were processed`)
}

/** AbstractWorkflowBranchProjectFactory and CriteriaWitness. */
export function logCriteria(log: ScanLog, scriptPath: string, found: boolean): boolean {
  log.line(`      ‘${scriptPath}’ ${found ? 'found' : 'not found'}`)
  log.line(found ? '    Met criteria' : '    Does not meet criteria')
  return found
}

/** SCMHeadObserverImpl.observe: a new branch and a new revision start a build. */
function observeBranch(world: ScanWorld, owner: Item, source: Source, branch: Branch, log: ScanLog): Item {
  const known = childNamed(owner, branch.name)
  const config = branchJobConfig(source, owner, branch)
  const item = known ?? createChild(world.controller, owner, branch.name, config)
  if (known !== undefined) updateChild(world.controller, item, config)
  const last = known === undefined ? undefined : lastRevision(item)
  if (last === branch.hash) {
    log.line(`No changes detected: ${branch.name} (still at ${branch.hash})`)
    return item
  }
  if (last !== undefined) log.line(`Changes detected: ${branch.name} (${last} → ${branch.hash})`)
  if (startsNoBuilds(owner.root)) {
    log.line(`Did not schedule build for branch: ${branch.name}`)
    return item
  }
  world.schedule(item, branch.hash)
  log.line(`Scheduled build for branch: ${branch.name}`)
  keepRevision(item, branch.hash)
  return item
}
