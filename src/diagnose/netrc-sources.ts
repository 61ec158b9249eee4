import { join } from 'node:path'
import type { Place } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { bytesOf, type GitScene } from './git-settings.ts'
import type { PinnedUsername } from './git-target.ts'
import { sourceOf, type TraceDetectors } from './source-places.ts'
import type { Found } from './source-standing.ts'

/**
 * The entry that libcurl sends. A username in the URL goes out with the password of the entry of that name; without such an entry,
 * with that of the last one (measured with libcurl 7.88). `credential.username` is git's own and is not known to libcurl.
 */
export async function netrcSources(
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
  pinned: PinnedUsername | undefined,
): Promise<readonly Found[]> {
  const home = scene.home ?? context.system.processes.environment()['HOME']
  if (home === undefined) return []
  // libcurl knows the second name on Windows alone.
  const names = process.platform === 'win32' ? ['_netrc', '.netrc'] : ['.netrc']
  const sources = (
    await Promise.all(names.map((name) => sourcesOf(join(home, name), 'bitbucket.org', context, detectors)))
  ).flat()
  const wanted = pinned?.from === 'credential.username' ? undefined : pinned?.username
  const [first] = sources
  const answering =
    wanted === undefined ? first : (sources.find(({ username }) => username === wanted) ?? sources.at(-1))
  return answering === undefined ? [] : [answering]
}

/** The entry that curl sends to REST with `--netrc`: the first one for this very host, or the `default` that stands before it. */
export async function restNetrcSource(
  home: string,
  context: Context,
  detectors: TraceDetectors,
): Promise<Found | undefined> {
  return (await sourcesOf(join(home, '.netrc'), 'api.bitbucket.org', context, detectors))[0]
}

/**
 * In the order of the file. A `default` is a place only when its password has a shape of Bitbucket's; otherwise it is read as if it
 * named this host, and is left to a person.
 */
async function sourcesOf(
  path: string,
  host: 'bitbucket.org' | 'api.bitbucket.org',
  context: Context,
  { netrc }: TraceDetectors,
): Promise<readonly Found[]> {
  const bytes = await bytesOf(context, path)
  if (netrc === undefined || bytes.length === 0) return []
  const read = (content: Uint8Array): readonly Place[] =>
    netrc
      .detect({ path, bytes: content, seal: context.seal, companion: () => undefined })
      .places.filter((place) => place.host === host && place.secret?.value !== undefined)
  const places = read(bytes)
  return read(withoutDefault(bytes, host)).map((entry) => {
    const place = places.find((one) => one.line === entry.line && isSameSecret(one, entry))
    if (place !== undefined) return sourceOf('netrc', place)
    const { place: _, ...source } = sourceOf('netrc', entry)
    return { ...source, where: `${source.where}, the entry "default"` }
  })
}

/** Lines stay where they are. A value that reads "default" is none. */
function withoutDefault(bytes: Uint8Array, host: string): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const named = text.replace(/(?<!\b(?:machine|login|password|account)\s+)(?<!\S)default(?!\S)/gi, `machine ${host}`)
  return Buffer.from(named, 'latin1')
}

function isSameSecret(a: Place, b: Place): boolean {
  return b.secret?.value !== undefined && a.secret?.value?.equals(b.secret.value) === true
}
