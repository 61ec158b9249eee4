import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Controller } from '../controller.ts'
import { childrenFolder, type Item, itemConfig, NAME_FILE, readItem, saveItem, setRoot } from '../item-tree.ts'
import { withPluginAttributes } from '../plugins.ts'
import { childText, element, writeXml, type XmlElement } from '../xml-element.ts'
import { readXmlFile, writeXmlFile } from '../xml-file.ts'
import { decodedName, encodedName, mangledName } from './child-name.ts'
import type { ScanLog } from './scan-log.ts'
import { type OrphanStrategy, orphanStrategyOf, withDisabled } from './source-config.ts'

export function childNamed(owner: Item, rawName: string): Item | undefined {
  return owner.children.find((each) => each.name === encodedName(rawName))
}

/** Folder, `config.xml` and the file with the name. */
export function createChild(controller: Controller, owner: Item, rawName: string, config: XmlElement): Item {
  const folder = join(childrenFolder(owner), mangledName(rawName))
  const name = encodedName(rawName)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, NAME_FILE), name)
  writeXmlFile(join(folder, 'config.xml'), withPluginAttributes(config, controller.plugins))
  const item = readItem(folder, name, owner, controller.cipher)
  if (item === undefined) throw new Error(`${owner.fullName}/${name} cannot be read back`)
  owner.children.push(item)
  return item
}

/** True when the file changes by it. The store of a child project stays. */
export function updateChild(controller: Controller, item: Item, config: XmlElement): boolean {
  const before = writeXml(itemConfig(item, controller.plugins))
  item.root = config
  const changed = writeXml(itemConfig(item, controller.plugins)) !== before
  if (changed) saveItem(item, controller.plugins)
  return changed
}

const REVISION_FILE = 'scm-revision-hash.xml'

export function lastRevision(item: Item): string | undefined {
  return childText(readXmlFile(join(item.folder, REVISION_FILE)), 'hash')
}

export function keepRevision(item: Item, hash: string): void {
  const name = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketGitSCMRevision'
  writeXmlFile(join(item.folder, REVISION_FILE), element(name, [element('hash', hash)]))
}

/** What a scan no longer saw, newest build first (DefaultOrphanedItemStrategy). */
export function handleOrphans(
  controller: Controller,
  owner: Item,
  seen: ReadonlySet<string>,
  log: ScanLog,
  now: Date,
): void {
  const orphans = owner.children.filter((each) => !seen.has(each.name))
  for (const each of orphans) disable(controller, each)
  const strategy = orphanStrategyOf(owner.root)
  if (orphans.length === 0 || !strategy.prunes) return
  log.line(`Evaluating orphaned items in ${fullDisplayName(owner)}`)
  const candidates = orphans.toSorted((a, b) => lastBuildTime(b) - lastBuildTime(a))
  for (const each of condemned(candidates, strategy, log, now)) {
    owner.children.splice(owner.children.indexOf(each), 1)
    rmSync(each.folder, { recursive: true, force: true })
  }
}

function disable(controller: Controller, item: Item): void {
  if (item.kind === 'multibranch' || childText(item.root, 'disabled') === 'true') return
  setRoot(item, withDisabled(item.root, true), controller.cipher)
  saveItem(item, controller.plugins)
}

function condemned(candidates: readonly Item[], strategy: OrphanStrategy, log: ScanLog, now: Date): readonly Item[] {
  const { numToKeep, daysToKeep } = strategy
  if (numToKeep === -1 && daysToKeep === -1) {
    for (const each of candidates) log.line(`Will remove ${displayNameOf(each)}`)
    return candidates
  }
  const [spared, beyond] = numToKeep === -1 ? [candidates, []] : splitByNumber(candidates, numToKeep, log)
  if (daysToKeep === -1) return beyond
  const limit = now.getTime() - daysToKeep * 24 * 60 * 60 * 1000
  const old = spared.filter((each) => lastBuildTime(each) <= limit)
  for (const each of spared) {
    const fate = old.includes(each) ? 'Will remove %s as it is too old' : 'Will not remove %s because it is new'
    log.line(fate.replace('%s', displayNameOf(each)))
  }
  return [...beyond, ...old]
}

function splitByNumber(
  candidates: readonly Item[],
  kept: number,
  log: ScanLog,
): readonly [readonly Item[], readonly Item[]] {
  for (const [at, each] of candidates.entries()) {
    const place = `#${at + 1} in the list`
    log.line(
      at < kept
        ? `Will not remove ${displayNameOf(each)} as it is only ${place}`
        : `Will remove ${displayNameOf(each)} as it is ${place}`,
    )
  }
  return [candidates.slice(0, kept), candidates.slice(kept)]
}

export function displayNameOf(item: Item): string {
  return childText(item.root, 'displayName') ?? decodedName(item.name)
}

export function fullDisplayName(item: Item): string {
  const own = displayNameOf(item)
  return item.parent === undefined ? own : `${fullDisplayName(item.parent)} » ${own}`
}

function lastBuildTime(item: Item): number {
  const number = Number.parseInt(readNumber(item), 10) - 1
  const build = readXmlFile(join(item.folder, 'builds', String(number), 'build.xml'))
  const times = item.children.map(lastBuildTime)
  return Math.max(0, Number(childText(build, 'startTime') ?? 0), ...times)
}

function readNumber(item: Item): string {
  const file = join(item.folder, 'nextBuildNumber')
  return existsSync(file) ? readFileSync(file, 'utf8') : '1'
}
