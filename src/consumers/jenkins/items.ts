import { z } from 'zod'
import { Failure } from '../../model/failure.ts'
import type { JenkinsClient } from './client.ts'
import { itemPath } from './controller-path.ts'

export interface Item {
  readonly fullName: string
  /** It can hold credentials and items: folder, multibranch project, organization folder. */
  readonly isFolder: boolean
  readonly isMultibranch: boolean
  readonly isFreestyle?: true
  /** Full name of the organization folder whose scan writes its configuration. */
  readonly generatedBy?: string
}

export interface ItemTree {
  readonly items: readonly Item[]
  readonly gaps: readonly Failure[]
}

interface ItemNode {
  readonly name?: string | undefined
  readonly _class?: string | undefined
  readonly jobs?: readonly ItemNode[] | undefined
}

const itemNode: z.ZodType<ItemNode> = z.lazy(() =>
  z.object({
    name: z.string().optional(),
    _class: z.string().optional(),
    jobs: z.array(itemNode).optional(),
  }),
)

/** The `tree` parameter has no recursion: each question looks this many levels down, and the folders at its end are asked anew. */
const LEVELS = 4
const DEEPEST = 40
const MOST_ITEMS = 500_000

const BELOW = Array.from({ length: LEVELS - 1 }).reduce<string>((below) => `jobs[name,_class,${below}]`, 'jobs[name]')

/** So many children of one folder at a time, with what lies below them: an answer stays far from the 8 MiB that are read of one. */
const PAGE = 200

/** Every item that the login may see. Items without Item/Read are left out by Jenkins without a word. */
export async function walkItems(client: JenkinsClient, root = ''): Promise<ItemTree> {
  const found: { items: Item[]; gaps: Failure[] } = { items: [], gaps: [] }
  await askBelow(client, root, found)
  return found
}

async function askBelow(
  client: JenkinsClient,
  folder: string,
  found: { items: Item[]; gaps: Failure[] },
): Promise<void> {
  for (let from = 0; ; from += PAGE) {
    const answer = await client.json(itemPath(folder), `_class,jobs[name,_class,${BELOW}]{${from},${from + PAGE}}`)
    const node = itemNode.safeParse(answer)
    if (!node.success) throw notATree(client, folder, answer)
    await askDeeper(client, collect(node.data, folder, LEVELS, found.items), found)
    if ((node.data.jobs ?? []).length < PAGE) return
  }
}

async function askDeeper(
  client: JenkinsClient,
  unfinished: readonly string[],
  found: { items: Item[]; gaps: Failure[] },
): Promise<void> {
  for (const deeper of unfinished) {
    if (deeper.split('/').length > DEEPEST || found.items.length > MOST_ITEMS) {
      found.gaps.push(new Failure('R404', { at: client.baseUrl + itemPath(deeper), because: 'too many items to walk' }))
      continue
    }
    await attempt(found.gaps, () => askBelow(client, deeper, found))
  }
}

/** Adds what one answer shows; gives the folders whose content it did not reach. */
function collect(node: ItemNode, prefix: string, levels: number, items: Item[]): readonly string[] {
  const generated = /OrganizationFolder$/.test(node._class ?? '') ? { generatedBy: prefix } : {}
  return (node.jobs ?? []).flatMap((below) => {
    if (below.name === undefined || below.name === '') return []
    const fullName = prefix === '' ? below.name : `${prefix}/${below.name}`
    if (levels === 0) return []
    const isMultibranch = /MultiBranchProject$/.test(below._class ?? '')
    const freestyle = below._class === 'hudson.model.FreeStyleProject' ? { isFreestyle: true as const } : {}
    items.push({ fullName, isFolder: below.jobs !== undefined, isMultibranch, ...freestyle, ...generated })
    if (isMultibranch || below.jobs === undefined) return [] // branch jobs are generated copies
    return levels === 1 && below.jobs.length > 0 ? [fullName] : collect(below, fullName, levels - 1, items)
  })
}

/** Whether its folder shows this item. Throws where the controller itself is not found, or a folder that is listed. */
export async function isListed(client: JenkinsClient, item: string): Promise<boolean> {
  const [folder, name] = [item.slice(0, Math.max(0, item.lastIndexOf('/'))), item.slice(item.lastIndexOf('/') + 1)]
  const answer = await client.json(itemPath(folder), 'jobs[name]')
  if (answer === undefined && folder !== '' && !(await isListed(client, folder))) return false
  const node = itemNode.safeParse(answer)
  if (!node.success) throw notATree(client, folder, answer)
  return (node.data.jobs ?? []).some((below) => below.name === name)
}

function notATree(client: JenkinsClient, folder: string, answer: unknown): Failure {
  return new Failure('R404', {
    at: client.baseUrl + itemPath(folder),
    because:
      answer === undefined
        ? 'HTTP 404: no item, or the base URL is not that of a Jenkins controller'
        : 'the list of items has another form',
    next: ['Check the base URL: the context path belongs to it.'],
  })
}

/** Folders, multibranch projects and organization folders export `jobs`, even when it is empty; jobs do not. */
export async function holdsItems(client: JenkinsClient, item: string): Promise<boolean> {
  const node = itemNode.safeParse(await client.json(itemPath(item), 'jobs[name]'))
  return node.success && node.data.jobs !== undefined
}

/** Runs it; an expected failure becomes an entry instead of hiding the rest. */
export async function attempt<T>(gaps: Failure[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    gaps.push(error)
    return undefined
  }
}

/** Requests to one controller at a time. */
const AT_ONCE = 8

/** Maps with a few at a time, each beginning when another ends; results are in order. */
export async function mapBounded<T, R>(values: readonly T[], act: (value: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = new Array(values.length)
  const waiting = values.entries()
  const work = async (): Promise<void> => {
    for (const [index, value] of waiting) results[index] = await act(value)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, values.length) }, work))
  return results
}
