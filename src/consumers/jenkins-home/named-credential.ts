import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import type { JenkinsDocument } from './detect.ts'
import { referencesOf } from './elements.ts'
import { readHomeFile } from './home-file.ts'
import type { JenkinsFile } from './layout.ts'
import { elementsWithId } from './stored-credentials.ts'

/**
 * The credential that a place names, as Jenkins finds it: in the nearest folder that has one of this id, then in the store of the
 * controller. `undefined`: there is none, it is of a kind that holds nothing for Bitbucket, or the place names several.
 */
export async function namedCredential(ref: PlaceRef, context: Context): Promise<PlaceRef | undefined> {
  const read = await documentOf(ref, context)
  const named = read === undefined ? [] : referencesOf(read).filter(({ address }) => address === ref.address)
  const [id, ...others] = new Set(named.map((each) => each.id))
  if (read === undefined || id === undefined || others.length > 0) return undefined
  for (const path of storesAround(read.file)) {
    const at = { kind: 'file', path } as const
    const store = await documentOf({ ...ref, at }, context)
    if (store === undefined || elementsWithId(store.root, id).length === 0) continue
    const stored = store.credentials.find((each) => each.id === id)
    return stored === undefined ? undefined : { ...ref, at, address: stored.address }
  }
  return undefined
}

function documentOf(ref: PlaceRef, context: Context): Promise<JenkinsDocument | undefined> {
  return readHomeFile({ ref, context, guard: async () => undefined })
}

/** Files of the stores that an item is given credentials of, the nearest first. A folder, too, has a store of its own. */
function storesAround(file: JenkinsFile): readonly string[] {
  const { home } = file
  const parts = file.kind === 'item' ? file.name.split('/') : []
  const folders = parts.map((_, index) => [home, ...parts.slice(0, index + 1).map((name) => `jobs/${name}`)].join('/'))
  return [...folders.reverse().map((folder) => `${folder}/config.xml`), `${home}/credentials.xml`]
}
