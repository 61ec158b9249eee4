import { join } from 'node:path'
import { shapeOf } from '../bitbucket/token-shape.ts'
import { lineAt } from '../formats/byte-text.ts'
import { readNetrc } from '../formats/netrc.ts'
import type { Context } from '../model/ports.ts'
import { bytesOf, type GitScene } from './git-settings.ts'
import type { PinnedUsername } from './git-target.ts'
import { placesIn, sourceOf, type TraceDetectors } from './source-places.ts'
import type { Found } from './source-standing.ts'

/** Where the entry stands in its file: libcurl takes the first whole one that answers, `default` like any other. */
interface Entry {
  readonly start: number
  readonly source: Found
}

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
  const files = ['.netrc', '_netrc'].map((name) => entriesOf(join(home, name), context, detectors))
  const sources = (await Promise.all(files)).flat().map(({ source }) => source)
  const wanted = pinned?.from === 'credential.username' ? undefined : pinned?.username
  const answering = sources.find(({ username }) => wanted === undefined || username === wanted)
  if (answering !== undefined) return [answering]
  // `default` is for every host: under another name it says nothing about Bitbucket.
  const other = sources.find(({ place }) => place !== undefined)
  return other === undefined ? [] : [{ ...other, matched: false }]
}

async function entriesOf(path: string, context: Context, detectors: TraceDetectors): Promise<readonly Entry[]> {
  const places = await placesIn(path, detectors.netrc, context)
  const named = places
    .filter(({ host, secret }) => host === 'bitbucket.org' && secret?.value !== undefined)
    .map((place) => ({ start: place.extent?.[0] ?? 0, source: sourceOf('netrc', place) }))
  return [...named, ...(await defaultsOf(path, context))].sort((a, b) => a.start - b.start)
}

/** No place: what answers for every host is not known to be Bitbucket's, and is left to a person. */
async function defaultsOf(path: string, context: Context): Promise<readonly Entry[]> {
  const bytes = await bytesOf(context, path)
  return readNetrc(bytes).entries.flatMap(({ host, login, password, extent }) => {
    if (host !== 'default' || password === undefined) return []
    const secret = context.seal(password.text)
    const source: Found = {
      kind: 'netrc',
      where: `${path}:${lineAt(bytes, extent[0])}, the entry "default"`,
      matched: true,
      secret,
      shape: shapeOf(secret),
      ...(login === undefined ? {} : { username: login.text }),
    }
    return [{ start: extent[0], source }]
  })
}
