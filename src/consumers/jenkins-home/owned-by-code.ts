import type { Document } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceOwner, PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { readingsOf } from './layout.ts'

/**
 * Configuration as code replaces the whole store of the controller at every start (configuration-as-code-plugin, "credentials"), so a
 * change beside it would be undone. Only files in the home are seen; `CASC_JENKINS_CONFIG` of the controller may name others.
 */
export async function refuseOwnedByCode(ref: PlaceRef, context: Context): Promise<void> {
  const [, id] = /^system\/[^/]+\/([^/]+)$/.exec(ref.address) ?? []
  if (id === undefined || ref.at.kind !== 'file') return
  for (const { home, kind } of readingsOf(ref.at.path)) {
    if (kind !== 'system') continue
    for (const path of await sourcesIn(home, context)) {
      const text = Buffer.from(await context.system.files.read(path)).toString('utf8')
      if (idsSetIn(text).has(decoded(id)))
        throw new Failure('R204', {
          at: `${ref.at.path} ${ref.address}`,
          because: `configuration as code sets this credential at every start, from ${path}`,
          state: 'Nothing was changed.',
          next: [wayOutOf(path)],
        })
    }
  }
}

/** What a scan reads beside a store: files by their usual names, for it lists no folder. Others are seen when a change is staged. */
export function codeFilesOf(home: string): readonly string[] {
  return ['jenkins.yaml', 'jenkins.yml', 'casc_configs/jenkins.yaml', 'casc_configs/credentials.yaml'].map(
    (name) => `${home}/${name}`,
  )
}

/** The YAML beside the store that sets a credential of it. */
export function codeOwnerOf({ companion }: Document, home: string, id: string): PlaceOwner | undefined {
  const path = codeFilesOf(home).find((name) => {
    const bytes = companion(name)
    return bytes !== undefined && idsSetBy(bytes).has(id)
  })
  if (path === undefined) return undefined
  return { name: `Configuration as Code (${path})`, wayOut: wayOutOf(path), takesChanges: false }
}

function wayOutOf(path: string): string {
  return `Change it in ${path}, or in what that file takes its secret from.`
}

/** Asked for each credential of a store. */
const IDS = new WeakMap<Uint8Array, ReadonlySet<string>>()

function idsSetBy(bytes: Uint8Array): ReadonlySet<string> {
  const ids = IDS.get(bytes) ?? idsSetIn(Buffer.from(bytes).toString('utf8'))
  IDS.set(bytes, ids)
  return ids
}

/** Where the plugin and the official image look when nothing else is said. */
async function sourcesIn(home: string, { system }: Context): Promise<readonly string[]> {
  const single = [`${home}/jenkins.yaml`, `${home}/jenkins.yml`]
  const here = await Promise.all(single.map((path) => system.files.entry(path)))
  const folder = `${home}/casc_configs`
  const isFolder = (await system.files.entry(folder))?.kind === 'folder'
  const listed = isFolder ? (await system.files.list(folder)).filter(({ path }) => /\.ya?ml$/.test(path)) : []
  return [...here, ...listed].flatMap((entry) => (entry?.kind === 'file' ? [entry.path] : []))
}

/** The ids of `id: bb`, with the quotes that YAML allows, in a document that sets credentials. */
function idsSetIn(text: string): ReadonlySet<string> {
  if (!/\bdomainCredentials["']?\s*:/i.test(text)) return new Set()
  const ids = text.matchAll(/(?:^|[\s{,-])["']?id["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,}#]+))/gim)
  return new Set([...ids].map(([, double, single, bare]) => double ?? single ?? bare ?? ''))
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
