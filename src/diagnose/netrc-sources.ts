import { join } from 'node:path'
import type { Place } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { bytesOf, type GitScene } from './git-settings.ts'
import type { PinnedUsername } from './git-target.ts'
import { sourceOf, type TraceDetectors } from './source-places.ts'
import type { Found } from './source-standing.ts'

/**
 * The entry that libcurl sends. A username in the URL must be that of the entry (curl, lib/netrc.c: "specific_login");
 * `credential.username` is git's own and is not known to libcurl.
 */
export async function netrcSources(
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
  pinned: PinnedUsername | undefined,
): Promise<readonly Found[]> {
  const home = scene.home ?? context.system.processes.environment()['HOME']
  if (home === undefined) return []
  const files = ['.netrc', '_netrc'].map((name) => sourcesOf(join(home, name), context, detectors))
  const sources = (await Promise.all(files)).flat()
  const wanted = pinned?.from === 'credential.username' ? undefined : pinned?.username
  const answering = sources.find(({ username }) => wanted === undefined || username === wanted)
  if (answering !== undefined) return [answering]
  // `default` is for every host: under another name it says nothing about Bitbucket.
  const other = sources.find(({ place }) => place !== undefined)
  return other === undefined ? [] : [{ ...other, matched: false }]
}

/**
 * In the order of the file. A `default` is a place only when its password has a shape of Bitbucket's; otherwise it is read as if it
 * named this host, and is left to a person.
 */
async function sourcesOf(path: string, context: Context, { netrc }: TraceDetectors): Promise<readonly Found[]> {
  const bytes = await bytesOf(context, path)
  if (netrc === undefined || bytes.length === 0) return []
  const read = (content: Uint8Array): readonly Place[] =>
    netrc
      .detect({ path, bytes: content, seal: context.seal, companion: () => undefined })
      .places.filter(({ host, secret }) => host === 'bitbucket.org' && secret?.value !== undefined)
  const places = read(bytes)
  return read(withoutDefault(bytes)).map((entry) => {
    const place = places.find((one) => one.line === entry.line && isSameSecret(one, entry))
    if (place !== undefined) return sourceOf('netrc', place)
    const { place: _, ...source } = sourceOf('netrc', entry)
    return { ...source, where: `${source.where}, the entry "default"` }
  })
}

/** Lines stay where they are. A value that reads "default" is none. */
function withoutDefault(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const named = text.replace(
    /(?<!\b(?:machine|login|password|account)\s+)(?<!\S)default(?!\S)/gi,
    'machine bitbucket.org',
  )
  return Buffer.from(named, 'latin1')
}

function isSameSecret(a: Place, b: Place): boolean {
  return b.secret?.value !== undefined && a.secret?.value?.equals(b.secret.value) === true
}
