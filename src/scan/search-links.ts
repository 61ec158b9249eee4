import { interestedIn, isBelow, isInside, report, type Search } from './search.ts'
import { searchEntry } from './search-file.ts'

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
    if (promises(path, search)) unread(LEADS_NOWHERE)
  } else if (!isInside(real, search)) {
    if (isWanted || target.kind === 'folder') unread(LEAVES)
  } else if (target.kind !== 'folder') {
    if (isCandidate(path, real, search)) await searchEntry({ ...target, path }, real, search)
  } else if (!isBelow(path, real)) {
    await searchLinkedFolder(path, real, search)
  }
}

/** Homes are full of links that are locks or left over, and a file that is not there holds nothing, unless its name says what it should. */
function promises(path: string, search: Search): boolean {
  return interestedIn(path, search).some(({ detector }) => (detector?.breadth ?? 'own files') === 'own files')
}

/** What lies inside was read under its real name; without a word about Bitbucket only the name of the link can make it worth opening. */
function isCandidate(path: string, real: string, search: Search): boolean {
  return search.candidates.has(real) || search.isWanted(path)
}

/**
 * Its files were met under their real names, which may tell less than the name of the link: `~/.config/git -> dotfiles/xdg`.
 * Links below it were met there too, and are not followed again. The folder is not walked again: links of package managers
 * would have it read many times over.
 */
async function searchLinkedFolder(path: string, real: string, search: Search): Promise<void> {
  const { files } = search.context.system
  const inside = [...search.candidates].filter((file) => isBelow(file, real))
  for (const file of new Set([...inside, ...wantedThrough(path, real, search)])) {
    const entry = await files.entry(file).catch(() => undefined)
    if (entry?.kind === 'file' || entry?.kind === 'other')
      await searchEntry({ ...entry, path: `${path}${file.slice(real.length)}` }, file, search)
  }
}

/** Files whose names are wanted only together with that of the link: `/git/credentials` behind `git -> dotfiles/xdg`. */
function wantedThrough(path: string, real: string, { wanted }: Search): readonly string[] {
  return wanted.suffixes.flatMap((suffix) =>
    [...suffix.matchAll(/(?<=.)\//g)]
      .filter(({ index }) => path.endsWith(suffix.slice(0, index)))
      .map(({ index }) => `${real}${suffix.slice(index)}`),
  )
}
