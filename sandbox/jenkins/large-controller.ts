import { join } from 'node:path'
import type { Controller } from './controller.ts'
import { newUsernamePassword, readCredential } from './credential.ts'
import { emptyStore, findDomain } from './credential-store.ts'
import { folderConfig, freestyleConfig, pipelineConfig } from './item-config.ts'
import type { Item, ItemKind } from './item-tree.ts'
import { randomness } from './randomness.ts'
import type { XmlElement } from './xml-element.ts'

/** How many of each; credentials and jobs are dealt out to the folders in turn. */
export interface LargeController {
  readonly folders: number
  readonly credentials: number
  readonly jobs: number
  /** The same seed gives the same secrets. */
  readonly seed: string
  /** Characters of each secret: 20, an app password, unless given. */
  readonly secretLength?: number
}

const WORKSPACE = 'https://bitbucket.org/acme'

/**
 * Many folders, each with its credentials and the jobs that name them, in memory alone: a folder is written when something in it
 * changes, and what was not written is gone after a restart. Existing items stay. `folder-7` holds `bb-7-0`, `bb-7-1`, ... and
 * `job-7-0`, `job-7-1`, ...; every other job is a Pipeline from SCM.
 */
export function fillController(controller: Controller, many: LargeController): void {
  const { folders, credentials, jobs, seed, secretLength = 20 } = many
  const random = randomness(seed)
  for (let at = 0; at < folders; at++) {
    const folder = newItem(controller, 'folder', `folder-${at}`, undefined, folderConfig())
    const own = dealt(credentials, folders, at)
    for (let number = 0; number < own; number++)
      store(controller, folder, `bb-${at}-${number}`, random.hex(secretLength))
    for (let number = 0; number < dealt(jobs, folders, at); number++) {
      const url = `${WORKSPACE}/repo-${at}-${number}.git`
      const job = { url, ...(own === 0 ? {} : { credentialsId: `bb-${at}-${number % own}` }) }
      const isPipeline = number % 2 === 1
      const config = isPipeline ? pipelineConfig(job) : freestyleConfig(job)
      const kind = isPipeline ? 'pipeline' : 'freestyle'
      folder.children.push(newItem(controller, kind, `job-${at}-${number}`, folder, config))
    }
    controller.items.push(folder)
  }
}

function dealt(all: number, folders: number, at: number): number {
  return Math.floor(all / folders) + (at < all % folders ? 1 : 0)
}

function newItem(
  controller: Controller,
  kind: ItemKind,
  name: string,
  parent: Item | undefined,
  root: XmlElement,
): Item {
  return {
    kind,
    name,
    fullName: parent === undefined ? name : `${parent.fullName}/${name}`,
    folder: join(parent === undefined ? controller.home : parent.folder, 'jobs', name),
    parent,
    children: [],
    root,
    store: kind === 'folder' ? emptyStore() : undefined,
  }
}

function store(controller: Controller, folder: Item, id: string, secret: string): void {
  const source = newUsernamePassword({ id, username: 'alice', secret, description: `Bitbucket, ${folder.name}` })
  const credential = readCredential(source, controller.cipher)
  const entry = folder.store === undefined ? undefined : findDomain(folder.store, '_')
  if (credential === undefined || entry === undefined) throw new Error(`${id} cannot be stored`)
  entry.credentials.push(credential)
}
