import { dirname, join } from 'node:path'
import type { Files } from '../model/ports.ts'
import { isBelow } from './search.ts'

/** The folder of the nearest repository around each file, else the scanned root; found once per folder. */
export async function repositoryRoots(
  paths: readonly string[],
  roots: readonly string[],
  files: Files,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>()
  const found = new Map<string, string>()
  for (const path of paths) found.set(path, await rootOf(dirname(path), roots, files, known))
  return found
}

async function rootOf(
  folder: string,
  roots: readonly string[],
  files: Files,
  known: Map<string, string>,
): Promise<string> {
  const seen = known.get(folder)
  if (seen !== undefined) return seen
  const above = dirname(folder)
  const isTop = above === folder || !roots.some((root) => isBelow(above, root))
  const isRepository = (await files.entry(join(folder, '.git')).catch(() => undefined)) !== undefined
  const root = isRepository || isTop ? folder : await rootOf(above, roots, files, known)
  known.set(folder, root)
  return root
}
