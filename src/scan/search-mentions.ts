import { resolve } from 'node:path'
import type { Mention } from '../model/mention.ts'
import { keyOf } from './collect.ts'
import { interestedIn, isInside, report, type Search } from './search.ts'
import { searchFile } from './search-file.ts'

/** Reads the files that other files name. Those may name more: the list grows while it is worked through, and each is read once. */
export async function searchMentions(search: Search): Promise<void> {
  const followed = new Set<string>()
  for (const { mention, by } of search.mentions) {
    const key = `${mention.consumer} ${mention.path}`
    if (followed.has(key)) continue
    followed.add(key)
    await searchMention(mention, by, search)
  }
}

/** A file that does not exist inside the folders is nothing to read; one outside of them is somewhere that was not looked at. */
async function searchMention({ path, what, consumer, detect }: Mention, by: string, search: Search): Promise<void> {
  const real = await search.context.system.files.resolve(path).catch(() => undefined)
  if (!path.startsWith('/') || !isInside(real ?? resolve(path), search)) {
    const detail = `${what} that is not in the scanned folders: ${path}`
    report(search, { at: by, consumer, reason: 'unreadable', detail })
    return
  }
  const reader = search.consumers.find(({ id }) => id === consumer)
  if (real === undefined || reader?.detector === undefined) return
  const detector = { ...reader.detector, detect: detect ?? reader.detector.detect }
  const others = interestedIn(real, search).filter(({ id }) => id !== consumer)
  forgetPlaces(real, search)
  await searchFile({ path: real, real }, [...others, { ...reader, detector }], search)
}

/**
 * A name that tells nothing left the file to those who read anything. What they found is found again beside what it is known to be now: the same
 * bytes would be two places, and two changes.
 */
function forgetPlaces(real: string, { places }: Search): void {
  for (const [key, place] of places) if (key === keyOf(place, real)) places.delete(key)
}
