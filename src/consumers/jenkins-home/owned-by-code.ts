import { basename } from 'node:path'
import type { Document } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import { filledByCode, wayOutOfCode } from '../../model/filled-by-code.ts'
import type { PlaceOwner, PlaceRef } from '../../model/place.ts'
import type { Context, FileEntry, Files } from '../../model/ports.ts'
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
          next: [wayOutOfCode(path)],
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
  return path === undefined ? undefined : filledByCode(path)
}

/** Asked for each credential of a store. */
const IDS = new WeakMap<Uint8Array, ReadonlySet<string>>()

function idsSetBy(bytes: Uint8Array): ReadonlySet<string> {
  const ids = IDS.get(bytes) ?? idsSetIn(Buffer.from(bytes).toString('utf8'))
  IDS.set(bytes, ids)
  return ids
}

/** Where the plugin and the official image look when nothing else is said. */
async function sourcesIn(home: string, { system: { files } }: Context): Promise<readonly string[]> {
  const seen = new Set<string>()
  const found = ['jenkins.yaml', 'jenkins.yml', 'casc_configs'].map((name) => yamlBelow(`${home}/${name}`, files, seen))
  return (await Promise.all(found)).flat()
}

/** The plugin looks into folders of folders, and goes where links lead (`ConfigurationAsCode.configs`): a ConfigMap is mounted as links. */
async function yamlBelow(path: string, files: Files, seen: Set<string>): Promise<readonly string[]> {
  const real = await followed(path, files)
  if (real?.kind === 'file') return /\.ya?ml$/i.test(path) ? [path] : []
  if (real?.kind !== 'folder' || seen.has(real.path)) return []
  seen.add(real.path)
  const shown = (await files.list(real.path))
    .map((entry) => basename(entry.path))
    .filter((name) => !name.startsWith('.'))
  return (await Promise.all(shown.map((name) => yamlBelow(`${path}/${name}`, files, seen)))).flat()
}

/** A link that leads nowhere is no source. */
async function followed(path: string, files: Files): Promise<FileEntry | undefined> {
  const entry = await files.entry(path)
  if (entry?.kind !== 'link') return entry
  try {
    return await files.entry(await files.resolve(path))
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
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
