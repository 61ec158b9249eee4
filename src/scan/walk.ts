import { Failure } from '../model/failure.ts'
import type { FileEntry, Files } from '../model/ports.ts'

export type Walked =
  | { readonly kind: 'file' | 'link' | 'other'; readonly entry: FileEntry }
  | { readonly kind: 'unreadable'; readonly path: string; readonly detail: string }

/** Everything below `root` that is no folder, hidden files too, in a stable order. Links are reported, never followed. */
export async function* walk(root: string, files: Files): AsyncGenerator<Walked> {
  const start = await files.entry(root)
  if (start === undefined)
    throw new Failure('R101', { at: root, because: 'it does not exist', next: ['  keyturn scan FOLDER'] })
  if (start.kind === 'file' || start.kind === 'other') {
    yield { kind: start.kind, entry: start }
    return
  }
  yield* walkFolder(start.kind === 'link' ? await files.resolve(root) : root, files)
}

export async function* walkFolder(folder: string, files: Files): AsyncGenerator<Walked> {
  let entries: readonly FileEntry[]
  try {
    entries = await files.list(folder)
  } catch (error) {
    yield {
      kind: 'unreadable',
      path: folder,
      detail: error instanceof Failure ? (error.parts.because ?? '') : 'it cannot be listed',
    }
    return
  }
  const isGitFolder =
    entries.some((entry) => entry.path.endsWith('/HEAD')) && entries.some((entry) => entry.path.endsWith('/refs'))
  for (const entry of entries) {
    if (entry.kind === 'folder') {
      // Objects are compressed; history is read through git, never file by file.
      if (!(isGitFolder && entry.path.endsWith('/objects'))) yield* walkFolder(entry.path, files)
    } else {
      yield { kind: entry.kind, entry }
    }
  }
}
