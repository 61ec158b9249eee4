import type { Item } from '../item-tree.ts'
import { child, childText, className, element, withChild, type XmlElement } from '../xml-element.ts'
import type { Branch } from './bitbucket-client.ts'

export interface BitbucketSource {
  readonly kind: 'bitbucket'
  readonly id: string
  readonly serverUrl: string
  readonly credentialsId: string | undefined
  readonly repoOwner: string
  readonly repository: string
}

export interface GitSource {
  readonly kind: 'git'
  readonly id: string
  readonly remote: string
  readonly credentialsId: string | undefined
}

export type Source = BitbucketSource | GitSource

export interface Navigator {
  readonly traits: XmlElement | undefined
  readonly serverUrl: string
  readonly credentialsId: string | undefined
  readonly repoOwner: string
}

const BITBUCKET_SOURCE = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource'
const GIT_SOURCE = 'jenkins.plugins.git.GitSCMSource'
const NAVIGATOR = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMNavigator'
const BRANCH_PROPERTY = 'org.jenkinsci.plugins.workflow.multibranch.BranchJobProperty'
const CLOUD = 'https://bitbucket.org'

/** The sources of a multibranch project, in their order of priority. Sources of other plugins are left out. */
export function sourcesOf(root: XmlElement): readonly Source[] {
  return (child(root, 'sources', 'data')?.children ?? []).flatMap((each) => sourceOf(child(each, 'source')) ?? [])
}

function sourceOf(source: XmlElement | undefined): Source | undefined {
  if (source === undefined) return undefined
  const id = childText(source, 'id') ?? ''
  if (className(source) === GIT_SOURCE) {
    return { kind: 'git', id, remote: childText(source, 'remote') ?? '', credentialsId: credentialsIdOf(source) }
  }
  if (className(source) !== BITBUCKET_SOURCE) return undefined
  const [repoOwner = '', repository = ''] = [childText(source, 'repoOwner'), childText(source, 'repository')]
  return { kind: 'bitbucket', id, ...serverOf(source), repoOwner, repository }
}

export function navigatorsOf(root: XmlElement): readonly Navigator[] {
  return (child(root, 'navigators')?.children ?? [])
    .filter((each) => className(each) === NAVIGATOR)
    .map((each) => ({
      ...serverOf(each),
      traits: child(each, 'traits'),
      repoOwner: childText(each, 'repoOwner') ?? '',
    }))
}

function serverOf(each: XmlElement): { readonly serverUrl: string; readonly credentialsId: string | undefined } {
  return { serverUrl: childText(each, 'serverUrl') || CLOUD, credentialsId: credentialsIdOf(each) }
}

/** `scanCredentialsId` is the name before version 2.2.0. */
function credentialsIdOf(each: XmlElement): string | undefined {
  return childText(each, 'credentialsId') || childText(each, 'scanCredentialsId') || undefined
}

/** The element that a child project takes over as it is: a change of it means a new scan of the child. */
export function sourceElement(navigator: Navigator, slug: string): XmlElement {
  const { serverUrl, repoOwner, credentialsId, traits } = navigator
  return bitbucketSource({
    id: `${serverUrl}::${repoOwner}::${slug}`,
    serverUrl,
    repoOwner,
    repository: slug,
    ...(credentialsId === undefined ? {} : { credentialsId }),
    ...(traits === undefined ? {} : { traits }),
  })
}

export interface NewBitbucketSource {
  readonly id: string
  readonly serverUrl?: string
  readonly credentialsId?: string
  readonly repoOwner: string
  readonly repository: string
  readonly traits?: XmlElement
}

export function bitbucketSource(given: NewBitbucketSource): XmlElement {
  return element(
    'source',
    [
      element('id', given.id),
      element('serverUrl', given.serverUrl ?? CLOUD),
      ...(given.credentialsId === undefined ? [] : [element('credentialsId', given.credentialsId)]),
      element('repoOwner', given.repoOwner),
      element('repository', given.repository),
      given.traits ?? element('traits', [element('com.cloudbees.jenkins.plugins.bitbucket.BranchDiscoveryTrait')]),
    ],
    { class: BITBUCKET_SOURCE },
  )
}

export function gitSource(given: { readonly id: string; readonly remote: string; readonly credentialsId?: string }) {
  return element(
    'source',
    [
      element('id', given.id),
      element('remote', given.remote),
      element('credentialsId', given.credentialsId ?? ''),
      element('traits', [element('jenkins.plugins.git.traits.BranchDiscoveryTrait')]),
    ],
    { class: GIT_SOURCE },
  )
}

export function bitbucketNavigator(given: { readonly repoOwner: string; readonly credentialsId?: string }): XmlElement {
  return element(NAVIGATOR, [
    element('serverUrl', CLOUD),
    ...(given.credentialsId === undefined ? [] : [element('credentialsId', given.credentialsId)]),
    element('repoOwner', given.repoOwner),
    element('traits', [element('com.cloudbees.jenkins.plugins.bitbucket.BranchDiscoveryTrait')]),
  ])
}

export function scriptPathOf(root: XmlElement): string {
  const factory =
    child(root, 'factory') ??
    child(root, 'projectFactories', 'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProjectFactory')
  return childText(factory, 'scriptPath') || 'Jenkinsfile'
}

/** NoTriggerBranchProperty, wherever the strategy holds it: builds are then not started by a scan. */
export function startsNoBuilds(root: XmlElement): boolean {
  return root.name === 'jenkins.branch.NoTriggerBranchProperty' || root.children.some(startsNoBuilds)
}

/** What a branch job says about itself. Undefined for every other job. */
export interface BranchOfJob {
  readonly sourceId: string
  readonly name: string
  /** The source control of the last scan, used when no revision can be found. */
  readonly scm: XmlElement | undefined
}

export function branchOf(root: XmlElement): BranchOfJob | undefined {
  const branch = child(root, 'properties', BRANCH_PROPERTY, 'branch')
  if (branch === undefined) return undefined
  const [sourceId = '', name = ''] = [childText(branch, 'sourceId'), childText(branch, 'head', 'name')]
  return { sourceId, name, scm: child(branch, 'scm') }
}

export function cloneUrl(source: Source): string {
  return source.kind === 'git' ? source.remote : `${source.serverUrl}/${source.repoOwner}/${source.repository}.git`
}

/** Written by a scan and never by a person: Item/Configure is denied on it (BranchJobProperty). */
export function branchJobConfig(source: Source, owner: Item, branch: Branch): XmlElement {
  const head =
    source.kind === 'git'
      ? 'jenkins.plugins.git.GitBranchSCMHead'
      : 'com.cloudbees.jenkins.plugins.bitbucket.BranchSCMHead'
  const property = element(BRANCH_PROPERTY, [
    element(
      'branch',
      [
        element('sourceId', source.id),
        element('head', [element('name', branch.name)], { class: head }),
        branchScm(source, owner, branch.name),
        element('properties'),
        element('actions'),
      ],
      { plugin: 'branch-api' },
    ),
  ])
  const definition = element('definition', [element('scriptPath', scriptPathOf(owner.root))], {
    class: 'org.jenkinsci.plugins.workflow.multibranch.SCMBinder',
  })
  return element('flow-definition', [
    element('actions'),
    ...(branch.name.includes('/') ? [element('displayName', branch.name)] : []),
    element('keepDependencies', 'false'),
    element('properties', [property]),
    definition,
    element('triggers'),
    element('disabled', 'false'),
  ])
}

function branchScm(source: Source, owner: Item, name: string): XmlElement {
  const remote = element('hudson.plugins.git.UserRemoteConfig', [
    element('name', 'origin'),
    element('refspec', refspecOf(name)),
    element('url', cloneUrl(source)),
    ...(source.credentialsId === undefined ? [] : [element('credentialsId', source.credentialsId)]),
  ])
  const extensions = source.kind === 'git' ? [] : [authenticatorExtension(source, owner)]
  return element(
    'scm',
    [
      element('configVersion', '2'),
      element('userRemoteConfigs', [remote]),
      element('branches', [element('hudson.plugins.git.BranchSpec', [element('name', name)])]),
      element('doGenerateSubmoduleConfigurations', 'false'),
      element('submoduleCfg', [], { class: 'empty-list' }),
      element('extensions', extensions),
    ],
    { class: 'hudson.plugins.git.GitSCM' },
  )
}

/** Since 936.0.0 it names the credential; 922 to 935 kept a copy of OAuth and access-token secrets here. */
function authenticatorExtension(source: BitbucketSource, owner: Item): XmlElement {
  return element('com.cloudbees.jenkins.plugins.bitbucket.impl.extension.GitClientAuthenticatorExtension', [
    element('url', cloneUrl(source)),
    element('serverURL', source.serverUrl),
    element('scmOwner', owner.fullName),
    ...(source.credentialsId === undefined ? [] : [element('credentialsId', source.credentialsId)]),
  ])
}

export function refspecOf(branch: string): string {
  return `+refs/heads/${branch}:refs/remotes/origin/${branch}`
}

export interface OrphanStrategy {
  readonly prunes: boolean
  readonly daysToKeep: number
  readonly numToKeep: number
}

/** DefaultOrphanedItemStrategy; without an element nothing is pruned. -1 is "no limit", and both -1 removes at once. */
export function orphanStrategyOf(root: XmlElement): OrphanStrategy {
  const strategy = child(root, 'orphanedItemStrategy')
  const limit = (name: string) => Number.parseInt(childText(strategy, name) ?? '-1', 10)
  return {
    prunes: childText(strategy, 'pruneDeadBranches') === 'true',
    daysToKeep: limit('daysToKeep'),
    numToKeep: limit('numToKeep'),
  }
}

export function withDisabled(root: XmlElement, disabled: boolean): XmlElement {
  return withChild(root, 'disabled', element('disabled', String(disabled)))
}
