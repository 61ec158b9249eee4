import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { className, type XmlElement } from './xml-element.ts'

export type Plugins = ReadonlyMap<string, string>

/** Versions of the sources that the facts were read from; build suffixes that were not recorded are left out. */
export const DEFAULT_PLUGINS: Readonly<Record<string, string>> = {
  'branch-api': '2.1280',
  'cloudbees-bitbucket-branch-source': '937.3.9',
  'cloudbees-folder': '6.1100',
  credentials: '1502.v5c95e620ddfe',
  git: '5.10.1',
  'git-client': '6.6.1',
  'matrix-auth': '3.2',
  'plain-credentials': '199',
  'ssh-credentials': '361',
  'workflow-cps': '4000',
  'workflow-job': '1500',
  'workflow-multibranch': '800',
}

export function installPlugins(home: string, versions: Readonly<Record<string, string>>): void {
  for (const [shortName, version] of Object.entries(versions)) {
    const folder = join(home, 'plugins', shortName, 'META-INF')
    mkdirSync(folder, { recursive: true })
    const lines = ['Manifest-Version: 1.0', `Short-Name: ${shortName}`, `Plugin-Version: ${version}`]
    writeFileSync(join(folder, 'MANIFEST.MF'), `${lines.join('\r\n')}\r\n\r\n`)
  }
}

export function readPlugins(home: string): Plugins {
  const folder = join(home, 'plugins')
  const found = new Map<string, string>()
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const manifest = join(folder, name, 'META-INF', 'MANIFEST.MF')
    if (!existsSync(manifest)) continue
    const text = readFileSync(manifest, 'utf8')
    const value = (key: string) => new RegExp(`^${key}: (.*?)\\r?$`, 'm').exec(text)?.[1]
    found.set(value('Short-Name') ?? name, value('Plugin-Version') ?? 'unknown')
  }
  return found
}

/** Longest prefix first: the plugin that owns a class. */
const OWNERS: readonly (readonly [string, string])[] = [
  ['com.cloudbees.plugins.credentials.', 'credentials'],
  ['com.cloudbees.hudson.plugins.folder.', 'cloudbees-folder'],
  ['com.cloudbees.jenkins.plugins.bitbucket.', 'cloudbees-bitbucket-branch-source'],
  ['com.cloudbees.jenkins.plugins.sshcredentials.', 'ssh-credentials'],
  ['org.jenkinsci.plugins.plaincredentials.', 'plain-credentials'],
  ['org.jenkinsci.plugins.workflow.multibranch.', 'workflow-multibranch'],
  ['org.jenkinsci.plugins.workflow.cps.', 'workflow-cps'],
  ['org.jenkinsci.plugins.workflow.job.', 'workflow-job'],
  ['hudson.plugins.git.', 'git'],
  ['jenkins.plugins.git.', 'git'],
  ['jenkins.branch.', 'branch-api'],
  ['hudson.security.GlobalMatrixAuthorizationStrategy', 'matrix-auth'],
]

function ownerOf(name: string): string | undefined {
  if (name === 'flow-definition') return 'workflow-job'
  return OWNERS.find(([prefix]) => name.startsWith(prefix))?.[1]
}

/** `plugin="short@version"` is written only where the owner differs from that of the nearest owned ancestor. */
export function withPluginAttributes(each: XmlElement, plugins: Plugins, nearest?: string): XmlElement {
  const owner = ownerOf(className(each))
  const version = owner === undefined ? undefined : plugins.get(owner)
  const { plugin: previous, ...attributes } = each.attributes
  const attribute = owner === undefined ? previous : owner === nearest ? undefined : `${owner}@${version}`
  return {
    ...each,
    attributes: attribute === undefined ? attributes : { ...attributes, plugin: attribute },
    children: each.children.map((nested) => withPluginAttributes(nested, plugins, owner ?? nearest)),
  }
}
