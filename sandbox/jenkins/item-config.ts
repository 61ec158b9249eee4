import { bitbucketNavigator, bitbucketSource, gitSource } from './branch-source/source-config.ts'
import { childText, element, type XmlElement } from './xml-element.ts'

export interface GitJob {
  readonly url: string
  readonly credentialsId?: string
}

function gitScm(name: string, job: GitJob): XmlElement {
  const remote = element('hudson.plugins.git.UserRemoteConfig', [
    element('url', job.url),
    ...(job.credentialsId === undefined ? [] : [element('credentialsId', job.credentialsId)]),
  ])
  return element(
    name,
    [
      element('configVersion', '2'),
      element('userRemoteConfigs', [remote]),
      element('branches', [element('hudson.plugins.git.BranchSpec', [element('name', '**')])]),
      element('doGenerateSubmoduleConfigurations', 'false'),
      element('submoduleCfg', [], { class: 'empty-list' }),
      element('extensions'),
    ],
    { class: 'hudson.plugins.git.GitSCM' },
  )
}

export function freestyleConfig(job: GitJob): XmlElement {
  return element('project', [
    element('actions'),
    element('description', ''),
    element('keepDependencies', 'false'),
    element('properties'),
    gitScm('scm', job),
    element('canRoam', 'true'),
    element('disabled', 'false'),
    element('blockBuildWhenDownstreamBuilding', 'false'),
    element('blockBuildWhenUpstreamBuilding', 'false'),
    element('triggers'),
    element('concurrentBuild', 'false'),
    element('builders'),
    element('publishers'),
    element('buildWrappers'),
  ])
}

export function pipelineConfig(job: GitJob & { readonly scriptPath?: string }): XmlElement {
  const definition = element(
    'definition',
    [
      gitScm('scm', job),
      element('scriptPath', job.scriptPath ?? 'Jenkinsfile'),
      // A lightweight checkout says nothing about credentials on the console (GitSCMFileSystem): the full one is played.
      element('lightweight', 'false'),
    ],
    { class: 'org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition' },
  )
  return element('flow-definition', [
    element('actions'),
    element('description', ''),
    element('keepDependencies', 'false'),
    element('properties'),
    definition,
    element('triggers'),
    element('disabled', 'false'),
  ])
}

export function folderConfig(): XmlElement {
  return element('com.cloudbees.hudson.plugins.folder.Folder', [
    element('actions'),
    element('description', ''),
    element('properties'),
    element('folderViews', [], { class: 'com.cloudbees.hudson.plugins.folder.views.DefaultFolderViewHolder' }),
    element('healthMetrics'),
  ])
}

export function inlinePipelineConfig(script: string): XmlElement {
  const definition = element('definition', [element('script', script), element('sandbox', 'true')], {
    class: 'org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition',
  })
  return element('flow-definition', [
    element('actions'),
    element('description', ''),
    element('keepDependencies', 'false'),
    element('properties'),
    definition,
    element('triggers'),
    element('disabled', 'false'),
  ])
}

export interface ScanOptions {
  readonly scriptPath?: string
  /** DefaultOrphanedItemStrategy; both -1, the default, removes at once what a scan no longer sees. */
  readonly orphans?: { readonly prune?: boolean; readonly daysToKeep?: number; readonly numToKeep?: number }
  /** NoTriggerBranchProperty: a scan starts no builds. */
  readonly suppressAutomaticBuilds?: boolean
}

export function multibranchConfig(
  job: ScanOptions & { readonly repoOwner: string; readonly repository: string; readonly credentialsId?: string },
): XmlElement {
  const { repoOwner, repository, credentialsId } = job
  const source = bitbucketSource({
    id: `${repoOwner}-${repository}`,
    repoOwner,
    repository,
    ...(credentialsId === undefined ? {} : { credentialsId }),
  })
  return multibranchProject(source, job, [])
}

/** A multibranch project whose source is plain git (GitSCMSource). */
export function gitMultibranchConfig(
  job: ScanOptions & { readonly remote: string; readonly credentialsId?: string },
): XmlElement {
  return multibranchProject(gitSource({ id: 'git', ...job }), job, [])
}

/** What an organization folder makes of a repository. */
export function repositoryProjectConfig(source: XmlElement, slug: string, options: ScanOptions): XmlElement {
  return multibranchProject(source, options, [element('jenkins.branch.ProjectNameProperty', [element('name', slug)])])
}

function multibranchProject(
  source: XmlElement,
  { scriptPath, orphans, suppressAutomaticBuilds }: ScanOptions,
  properties: readonly XmlElement[],
): XmlElement {
  const branchSource = [source, ...(suppressAutomaticBuilds ? [noTriggers()] : [])]
  return element('org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject', [
    element('actions'),
    element('description', ''),
    element('properties', properties),
    orphanStrategy(orphans ?? {}),
    element('sources', [element('data', [element('jenkins.branch.BranchSource', branchSource)])], {
      class: 'jenkins.branch.MultiBranchProject$BranchSourceList',
    }),
    element('factory', [element('scriptPath', scriptPath ?? 'Jenkinsfile')], {
      class: 'org.jenkinsci.plugins.workflow.multibranch.WorkflowBranchProjectFactory',
    }),
  ])
}

function noTriggers(): XmlElement {
  const properties = element('properties', [element('jenkins.branch.NoTriggerBranchProperty')], {
    class: 'java.util.ArrayList',
  })
  return element('strategy', [properties], { class: 'jenkins.branch.DefaultBranchPropertyStrategy' })
}

function orphanStrategy({ prune, daysToKeep, numToKeep }: NonNullable<ScanOptions['orphans']>): XmlElement {
  const fields = [
    element('pruneDeadBranches', String(prune ?? true)),
    element('daysToKeep', String(daysToKeep ?? -1)),
    element('numToKeep', String(numToKeep ?? -1)),
    element('abortBuilds', 'false'),
  ]
  const strategy = { class: 'com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy' }
  return element('orphanedItemStrategy', fields, strategy)
}

export function organizationConfig(
  folder: ScanOptions & { readonly repoOwner: string; readonly credentialsId?: string },
): XmlElement {
  const factory = 'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProjectFactory'
  return element('jenkins.branch.OrganizationFolder', [
    element('actions'),
    element('description', ''),
    element('properties'),
    orphanStrategy(folder.orphans ?? {}),
    element('navigators', [bitbucketNavigator(folder)]),
    element('projectFactories', [element(factory, [element('scriptPath', folder.scriptPath ?? 'Jenkinsfile')])]),
    ...(folder.suppressAutomaticBuilds ? [noTriggers()] : []),
  ])
}

/** The first Git SCM of a configuration, wherever it stands. Undefined when there is none. */
export function gitJobOf(root: XmlElement): (GitJob & { readonly branch: string }) | undefined {
  const found = find(root, (each) => each.attributes['class'] === 'hudson.plugins.git.GitSCM')
  const remote = find(found, (each) => each.name === 'hudson.plugins.git.UserRemoteConfig')
  const url = childText(remote, 'url')
  if (url === undefined) return undefined
  const credentialsId = childText(remote, 'credentialsId') ?? ''
  const branch = childText(found, 'branches', 'hudson.plugins.git.BranchSpec', 'name') ?? ''
  return { url, branch, ...(credentialsId === '' ? {} : { credentialsId }) }
}

function find(from: XmlElement | undefined, matches: (each: XmlElement) => boolean): XmlElement | undefined {
  if (from === undefined || matches(from)) return from
  for (const each of from.children) {
    const found = find(each, matches)
    if (found !== undefined) return found
  }
  return undefined
}
