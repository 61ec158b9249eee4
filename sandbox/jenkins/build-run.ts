import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { BuildEnvironment, Cause } from './build.ts'
import type { Controller } from './controller.ts'
import { type Credential, secretText, typeName, usernamePassword } from './credential.ts'
import { type CheckoutRequest, checkOut } from './git-checkout.ts'
import { ancestry, type Item } from './item-tree.ts'
import type { BoundCredential, GitStep, PipelineRun } from './pipeline/pipeline-run.ts'
import { resolveForGit, visibleCredentials } from './resolve-credential.ts'
import { childText } from './xml-element.ts'

/** One build while it runs. */
export interface BuildRun {
  readonly controller: Controller
  readonly item: Item
  readonly number: number
  readonly cause: Cause
  readonly environment: BuildEnvironment
  readonly log: (line: string) => void
}

/** A branch job shares the folder of its project's name (branch-api, WorkspaceLocatorImpl). */
export function workspaceOf({ controller, item }: Pick<BuildRun, 'controller' | 'item'>): string {
  if (item.parent?.kind !== 'multibranch') return join(controller.home, 'workspace', ...item.fullName.split('/'))
  const name = item.fullName
    .replaceAll('/', '_')
    .replace(/%2F/g, '_')
    .replace(/[^\w.-]/g, '_')
  return join(controller.home, 'workspace', name)
}

export function scriptFolder(run: BuildRun, url: string): string {
  return join(`${workspaceOf(run)}@script`, createHash('sha256').update(url).digest('hex'))
}

type More = Pick<CheckoutRequest, 'decorate' | 'only'>

/** GitSCM with the credential that the job sees for the id; what resolves counts as used. */
export async function checkOutGit(
  run: BuildRun,
  { url, branch, credentialsId }: Partial<GitStep> & Pick<GitStep, 'url' | 'branch'>,
  workspace: string,
  environment: Readonly<Record<string, string>>,
  more: More = {},
): Promise<void> {
  const { controller, item, number, log } = run
  const credential = credentialsId === undefined ? undefined : resolveForGit(controller, item, credentialsId, url)
  if (credential !== undefined) run.environment.usage.usedByBuild(credential.credential, item.fullName, number)
  const signal = run.environment.signal()
  const hidesCredential = controller.hidesCredentials
  await checkOut({
    workspace,
    url,
    branch,
    credentialsId,
    credential,
    hidesCredential,
    environment,
    signal,
    log,
    ...more,
  })
}

/** The steps of a pipeline run on the agent. */
export function scriptedRun(run: BuildRun, checkOutScm: PipelineRun['checkOutScm']): PipelineRun {
  const { controller, item, environment, log } = run
  const workspace = workspaceOf(run)
  return {
    workspace,
    environment: {
      ...environment.agent,
      JOB_NAME: item.fullName,
      BUILD_NUMBER: String(run.number),
      WORKSPACE: workspace,
    },
    signal: environment.signal(),
    log,
    checkOutScm,
    checkOutGit: (folder, step) => checkOutGit(run, step, folder, environment.agent),
    credential(id) {
      const found = visibleCredentials(controller, item, undefined).find((each) => each.id === id)
      if (found === undefined) return undefined
      environment.usage.usedByBuild(found, item.fullName, run.number)
      return boundCredential(controller, found)
    },
  }
}

function boundCredential({ cipher }: Controller, credential: Credential): BoundCredential {
  const text = secretText(credential, cipher)
  return {
    credential,
    typeName: typeName(credential),
    pair: usernamePassword(credential, cipher),
    text: text === '' ? undefined : text,
    isUsernameSecret: childText(credential.element, 'usernameSecret') !== 'false',
  }
}

/** The multibranch project of a branch job. */
export function projectOf(item: Item): Item {
  const [, project] = ancestry(item)
  if (project === undefined) throw new Error(`${item.fullName} has no project`)
  return project
}
