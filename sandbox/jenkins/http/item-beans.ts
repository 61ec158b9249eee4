import { displayNameOf, fullDisplayName } from '../branch-source/children.ts'
import { nextBuildNumber, readResult } from '../build.ts'
import type { BuildQueue, QueueItem } from '../build-queue.ts'
import { type Item, type ItemKind, isFolder, itemPath } from '../item-tree.ts'
import { child, childText } from '../xml-element.ts'
import type { Bean, Exported } from './export-bean.ts'

const CLASSES: Readonly<Record<ItemKind, string>> = {
  freestyle: 'hudson.model.FreeStyleProject',
  pipeline: 'org.jenkinsci.plugins.workflow.job.WorkflowJob',
  folder: 'com.cloudbees.hudson.plugins.folder.Folder',
  multibranch: 'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject',
  organization: 'jenkins.branch.OrganizationFolder',
}

export interface BeanContext {
  readonly base: string
  readonly queue: BuildQueue
}

export function rootBean(items: readonly Item[], context: BeanContext): Bean {
  return {
    _class: 'hudson.model.Hudson',
    fields: {
      mode: 'NORMAL',
      nodeDescription: 'the Jenkins controller',
      nodeName: '',
      numExecutors: 2,
      description: null,
      jobs: items.map((each) => () => itemBean(each, context)),
      url: `${context.base}/`,
      useCrumbs: true,
      useSecurity: true,
    },
  }
}

export function itemBean(item: Item, context: BeanContext): Bean {
  const url = `${context.base}${itemPath(item)}`
  const common: Record<string, Exported> = {
    description: childText(item.root, 'description') ?? null,
    displayName: () => displayNameOf(item),
    fullDisplayName: () => fullDisplayName(item),
    fullName: item.fullName,
    name: item.name,
    url,
  }
  const visibility = { name: 3, url: 2, color: 2 }
  if (isFolder(item.kind)) {
    const jobs = item.children.map((each) => () => itemBean(each, context))
    return { _class: CLASSES[item.kind], fields: { ...common, jobs }, visibility }
  }
  const builds = () => buildNumbers(item).map((number) => buildBean(item, number, context))
  const fields = {
    ...common,
    buildable: isBuildable(item),
    builds,
    color: () => colorOf(item),
    inQueue: false,
    lastBuild: () => builds()[0] ?? null,
    nextBuildNumber: () => nextBuildNumber(item),
    // A pipeline has its SCM in its definition, which is not exported (core, AbstractProject.getScm; workflow-job).
    ...(item.kind === 'freestyle' ? { scm: () => scmBean(item) } : {}),
  }
  return { _class: CLASSES[item.kind], fields, visibility }
}

/** git-plugin, GitSCM and UserRemoteConfig; any other SCM shows its class alone. */
function scmBean(item: Item): Bean {
  const scm = child(item.root, 'scm')
  const _class = scm?.attributes['class'] ?? 'hudson.scm.NullSCM'
  if (_class !== 'hudson.plugins.git.GitSCM') return { _class, fields: {} }
  const remotes = child(scm, 'userRemoteConfigs')?.children ?? []
  const userRemoteConfigs = remotes.map((remote): Bean => {
    const text = (name: string): string | null => childText(remote, name) || null
    return {
      fields: { credentialsId: text('credentialsId'), name: text('name'), refspec: text('refspec'), url: text('url') },
    }
  })
  return { _class, fields: { userRemoteConfigs } }
}

export function isBuildable(item: Item): boolean {
  return childText(item.root, 'disabled') !== 'true'
}

/** Newest first. */
export function buildNumbers(item: Item): readonly number[] {
  return Array.from({ length: nextBuildNumber(item) - 1 }, (_, at) => nextBuildNumber(item) - 1 - at)
}

function colorOf(item: Item): string {
  if (!isBuildable(item)) return 'disabled'
  const last = buildNumbers(item)[0]
  const result = last === undefined ? undefined : readResult(item, last)?.result
  return result === undefined ? 'notbuilt' : result === 'SUCCESS' ? 'blue' : 'red'
}

export function buildBean(item: Item, number: number, context: BeanContext): Bean {
  const done = readResult(item, number)
  const kind =
    item.kind === 'pipeline' ? 'org.jenkinsci.plugins.workflow.job.WorkflowRun' : 'hudson.model.FreeStyleBuild'
  return {
    _class: kind,
    fields: {
      building: context.queue.runs(item.fullName, number),
      displayName: `#${number}`,
      duration: done?.duration ?? 0,
      fullDisplayName: `${fullDisplayName(item)} #${number}`,
      id: String(number),
      number,
      result: done?.result ?? null,
      timestamp: done?.started ?? 0,
      url: `${context.base}${itemPath(item)}${number}/`,
    },
    visibility: { number: 2, url: 2 },
  }
}

export function queueBean(queued: QueueItem, item: Item, context: BeanContext): Bean {
  const task = { _class: CLASSES[item.kind], fields: { name: item.name, url: `${context.base}${itemPath(item)}` } }
  const common = { blocked: false, buildable: queued.executable === undefined, id: queued.id, stuck: false, task }
  const url = `queue/item/${queued.id}/`
  if (queued.executable === undefined) {
    const why =
      queued.stuck === undefined
        ? 'Waiting for next available executor'
        : `There are no nodes with the label ‘${queued.stuck.label}’`
    const fields = { ...common, url, why }
    return { _class: 'hudson.model.Queue$BuildableItem', fields, visibility: { task: 2 } }
  }
  const executable = buildBean(item, queued.executable, context)
  return {
    _class: 'hudson.model.Queue$LeftItem',
    fields: { ...common, url, cancelled: false, executable, why: null },
  }
}
