import { posix } from 'node:path'
import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { GitConfigEntry, GitConfigReading } from '../../formats/git-config.ts'
import type { Document } from '../../model/consumer.ts'
import type { Mention, MentioningDetection } from '../../model/mention.ts'

/** Reads an included file; its own `~` is the home of the file that included it. */
export type DetectIncluded = (document: Document, home: string | undefined) => MentioningDetection

/** Files that git reads because this one says so: `include.path`, `includeIf.*.path`, the file of `credential.helper = store`. */
export function mentionsIn(
  path: string,
  reading: GitConfigReading,
  home: string | undefined,
  detectIncluded: DetectIncluded,
): readonly Mention[] {
  return reading.entries.flatMap((entry): readonly Mention[] => {
    const included = includedPath(entry)
    const store = storePath(entry)
    if (included !== undefined) {
      const detect = (document: Document): MentioningDetection => detectIncluded(document, home)
      const absolute = expanded(included, home, posix.dirname(path))
      return [{ path: absolute, what: 'an included file', consumer: 'git-config', detect }]
    }
    if (store === undefined) return []
    return [{ path: expanded(store, home), what: 'a credential store', consumer: 'git-credentials' }]
  })
}

/** The home of the user whose configuration this is. A clone does not tell. */
export function homeOfConfig(path: string): string | undefined {
  return /^(.*)\/(?:\.gitconfig|\.config\/git\/config)$/.exec(path)?.[1]
}

function includedPath({ section, key, value }: GitConfigEntry): string | undefined {
  if (!['include', 'includeif'].includes(section.name) || key !== 'path') return undefined
  return value === undefined || value.text === '' ? undefined : decodeUtf8(value.text)
}

/** A helper is a shell command: `store --file=...` or `store --file ...`, in quotes or not. */
function storePath({ section, key, value }: GitConfigEntry): string | undefined {
  if (section.name !== 'credential' || key !== 'helper' || value === undefined) return undefined
  const [, double, single, bare] =
    /(?:^|[\s-])store\s.*?--file(?:=|\s+)(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(value.text) ?? []
  const path = double ?? single ?? bare
  return path === undefined ? undefined : decodeUtf8(path)
}

/** What cannot be told is left as it is written, and so is not absolute. */
function expanded(path: string, home: string | undefined, folder?: string): string {
  if (posix.isAbsolute(path)) return posix.normalize(path)
  const below = /^(?:~|\$HOME)\/(.*)$/.exec(path)?.[1]
  if (below !== undefined) return home === undefined ? path : posix.join(home, below)
  return folder === undefined || /^[~%]/.test(path) ? path : posix.join(folder, path)
}
