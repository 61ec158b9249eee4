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

export function multibranchConfig(job: {
  readonly repoOwner: string
  readonly repository: string
  readonly credentialsId?: string
}): XmlElement {
  const source = element(
    'source',
    [
      element('id', `${job.repoOwner}-${job.repository}`),
      element('serverUrl', 'https://bitbucket.org'),
      ...(job.credentialsId === undefined ? [] : [element('credentialsId', job.credentialsId)]),
      element('repoOwner', job.repoOwner),
      element('repository', job.repository),
      element('traits', [element('com.cloudbees.jenkins.plugins.bitbucket.BranchDiscoveryTrait')]),
    ],
    { class: 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource' },
  )
  const strategy = element('orphanedItemStrategy', [element('pruneDeadBranches', 'true')], {
    class: 'com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy',
  })
  return element('org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject', [
    element('actions'),
    element('description', ''),
    element('properties'),
    strategy,
    element('sources', [element('data', [element('jenkins.branch.BranchSource', [source])])], {
      class: 'jenkins.branch.MultiBranchProject$BranchSourceList',
    }),
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
