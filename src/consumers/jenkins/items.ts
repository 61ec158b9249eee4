import { z } from 'zod'
import { Failure } from '../../model/failure.ts'
import type { JenkinsClient } from './client.ts'
import { itemPath } from './controller-path.ts'

export interface Item {
  readonly fullName: string
  /** It can hold credentials and items: folder, multibranch project, organization folder. */
  readonly isFolder: boolean
  readonly isMultibranch: boolean
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
const MOST_ITEMS = 50_000

const TREE = Array.from({ length: LEVELS }).reduce<string>((below) => `jobs[name,_class,${below}]`, 'jobs[name]')

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
  const answer = await client.json(itemPath(folder), TREE)
  const node = itemNode.safeParse(answer)
  if (!node.success) throw notATree(client, folder, answer)
  const unfinished = collect(node.data, folder, LEVELS, found.items)
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
  return (node.jobs ?? []).flatMap((below) => {
    if (below.name === undefined || below.name === '') return []
    const fullName = prefix === '' ? below.name : `${prefix}/${below.name}`
    if (levels === 0) return []
    const isMultibranch = /MultiBranchProject$/.test(below._class ?? '')
    items.push({ fullName, isFolder: below.jobs !== undefined, isMultibranch })
    if (isMultibranch || below.jobs === undefined) return [] // branch jobs are generated copies
    return levels === 1 && below.jobs.length > 0 ? [fullName] : collect(below, fullName, levels - 1, items)
  })
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

const AT_ONCE = 4

/** Maps with a few requests at a time, in order. */
export async function mapBounded<T, R>(values: readonly T[], act: (value: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (let start = 0; start < values.length; start += AT_ONCE) {
    results.push(...(await Promise.all(values.slice(start, start + AT_ONCE).map(act))))
  }
  return results
}
