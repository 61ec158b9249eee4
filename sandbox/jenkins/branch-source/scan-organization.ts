import { createHash } from 'node:crypto'
import { repositoryProjectConfig } from '../item-config.ts'
import type { Item } from '../item-tree.ts'
import { childNamed, createChild, updateChild } from './children.ts'
import { readSource } from './scan-branches.ts'
import type { ScanLog } from './scan-log.ts'
import { connect, type ScanWorld } from './scan-world.ts'
import {
  type Navigator,
  navigatorsOf,
  scriptPathOf,
  sourceElement,
  sourcesOf,
  startsNoBuilds,
} from './source-config.ts'

/**
 * OrganizationFolder.computeChildren. The trap is here: a workspace that cannot be read turns "team" into "user", only
 * repositories with the role admin are listed, and the scan ends well (BitbucketSCMNavigator.visitSources).
 */
export async function scanOrganization(world: ScanWorld, item: Item, log: ScanLog): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  log.stamped('Updating actions...')
  for (const navigator of navigatorsOf(item.root)) await lookUpTeam(world, item, navigator, log)
  for (const navigator of navigatorsOf(item.root)) {
    log.stamped('Consulting Bitbucket Team/Project')
    try {
      for (const name of await visitSources(world, item, navigator, log)) seen.add(name)
    } catch (error) {
      // No trace here: FolderComputation prints it once more below.
      log.line(`ERROR: [${log.time()}] Could not fetch sources from navigator ${nameOf(navigator)}`)
      throw error
    }
  }
  return seen
}

/** `Object.toString` of the navigator. */
function nameOf({ serverUrl, repoOwner }: Navigator): string {
  const hash = createHash('md5').update(`${serverUrl}::${repoOwner}`).digest('hex').slice(0, 8)
  return `com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMNavigator@${hash}`
}

async function lookUpTeam(world: ScanWorld, item: Item, navigator: Navigator, log: ScanLog): Promise<void> {
  const { serverUrl, credentialsId, repoOwner } = navigator
  log.line(`Looking up team details of ${repoOwner}...`)
  const { client, greeting } = connect(world, item, serverUrl, credentialsId)
  log.line(greeting)
  const team = await client.team(repoOwner)
  log.line(team === undefined ? 'Could not resolve team details' : `Team: ${team.name}`)
}

async function visitSources(
  world: ScanWorld,
  item: Item,
  navigator: Navigator,
  log: ScanLog,
): Promise<readonly string[]> {
  const { serverUrl, credentialsId, repoOwner } = navigator
  const { client, credential, greeting } = connect(world, item, serverUrl, credentialsId)
  log.line(greeting)
  if (credential !== undefined) world.track(credential, item)
  const team = await client.team(repoOwner)
  log.line(`Looking up repositories of ${team === undefined ? 'user' : 'team'} ${repoOwner}`)
  const slugs = await client.repositories(repoOwner, team === undefined ? 'admin' : undefined)
  const seen: string[] = []
  for (const slug of slugs) {
    log.line(`Proposing ${slug}`)
    const found = await observeRepository(world, item, navigator, slug, log)
    if (found !== undefined) seen.push(found.name)
  }
  log.line(`${slugs.length} repositories were processed`)
  return seen
}

/** A repository becomes a project when one of its branches has the script. */
async function observeRepository(
  world: ScanWorld,
  owner: Item,
  navigator: Navigator,
  slug: string,
  log: ScanLog,
): Promise<Item | undefined> {
  const scriptPath = scriptPathOf(owner.root)
  // The strategy of the folder goes to the sources of its children (OrganizationFolder.createBranchSources).
  const suppressAutomaticBuilds = startsNoBuilds(owner.root)
  const config = repositoryProjectConfig(sourceElement(navigator, slug), slug, { scriptPath, suppressAutomaticBuilds })
  const [source] = sourcesOf(config)
  let recognised = false
  const observe = () => {
    recognised = true
    return true
  }
  if (source !== undefined) await readSource({ world, context: owner, scriptPath, log }, source, observe)
  if (!recognised) return undefined
  const known = childNamed(owner, slug)
  const item = known ?? createChild(world.controller, owner, slug, config)
  if (known === undefined || updateChild(world.controller, known, config)) world.rescan(item)
  return item
}
