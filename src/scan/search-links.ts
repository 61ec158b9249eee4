import { interestedIn, isBelow, isInside, report, type Search, searchEntry } from './search.ts'
import { walkFolder } from './walk.ts'

const LEAVES = 'a symbolic link that leaves the scanned folder'
const LEADS_NOWHERE = 'a symbolic link that leads nowhere'

/** A link is read under its own name, because that is the name its consumer looks for; `replace` writes through it. */
export async function searchLinks(links: readonly string[], search: Search): Promise<void> {
  for (const link of links) await searchLink(link, search)
}

async function searchLink(path: string, search: Search): Promise<void> {
  const { files } = search.context.system
  const unread = (detail: string): void => report(search, { at: path, reason: 'unreadable', detail })
  const isWanted = interestedIn(path, search).length > 0
  const real = await files.resolve(path).catch(() => undefined)
  const target = real === undefined ? undefined : await files.entry(real).catch(() => undefined)
  if (real === undefined || target === undefined) {
    if (isWanted) unread(LEADS_NOWHERE)
  } else if (!isInside(real, search)) {
    if (isWanted || target.kind === 'folder') unread(LEAVES)
  } else if (target.kind !== 'folder') {
    await searchEntry({ ...target, path }, real, search)
  } else if (!isBelow(path, real)) {
    await searchLinkedFolder(path, real, search)
  }
}

/**
 * Its files were met under their real names, which may tell less than the name of the link: `~/.config/git -> dotfiles/xdg`.
 * Links below it were met there too, and are not followed again.
 */
async function searchLinkedFolder(path: string, real: string, search: Search): Promise<void> {
  for await (const walked of walkFolder(real, search.context.system.files)) {
    if (walked.kind !== 'file' && walked.kind !== 'other') continue
    const { entry } = walked
    await searchEntry({ ...entry, path: `${path}${entry.path.slice(real.length)}` }, entry.path, search)
  }
}
