import type { Hindrance } from '../../model/place.ts'
import { sharedWith } from '../../model/shared-with.ts'
import { gitUrlElement, otherHost } from '../jenkins-scm.ts'
import { storeName } from './address.ts'
import { ownText } from './own-text.ts'
import { inlineScript, scriptRemotes } from './script-remotes.ts'
import type { ListedCredential } from './store-listing.ts'
import { childText, descendants, type XmlDocument } from './xml-document.ts'

/** An item that fetches from another host, and the credential that it names for that. */
export interface Elsewhere {
  readonly item: string
  readonly credentialId: string
  readonly host: string
}

/** Remotes of the git plugin, plain git sources, and the literal URLs of an inline pipeline with an id of their own, in the configuration of an item. */
export function elsewhereIn(item: string, { root }: XmlDocument): readonly Elsewhere[] {
  return [...descendants(root)].flatMap((element) => {
    const script = inlineScript(element)
    if (script !== undefined) return inScript(item, script)
    const host = otherHost(gitUrlElement(element)?.text ?? '')
    const credentialId = childText(element, 'credentialsId')?.trim() ?? ''
    return host === undefined || credentialId === '' ? [] : [{ item, host, credentialId: ownText(credentialId) }]
  })
}

/** A variable in the place of a host may stand for any. */
function inScript(item: string, script: string): readonly Elsewhere[] {
  return scriptRemotes(script).flatMap(({ text, id, isOwn }) => {
    const host = /^[^/]*\/\/[^/]*\$/.test(text) ? undefined : otherHost(text)
    return host === undefined || id === undefined || !isOwn ? [] : [{ item, host, credentialId: ownText(id) }]
  })
}

type Listed = Pick<ListedCredential, 'store' | 'domain' | 'id'>

/**
 * Of the credentials of all stores those that other hosts are given, with the first item that names each. One of the global domain alone is
 * told: one of a domain of its own is for the hosts of that.
 */
export function givenElsewhere<Row extends Listed>(
  rows: readonly Row[],
  elsewhere: readonly Elsewhere[],
): ReadonlyMap<Row, Elsewhere> {
  const byStore = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${storeName(row.store)}\0${row.id}`
    const known = byStore.get(key)
    if (known === undefined) byStore.set(key, [row])
    else known.push(row)
  }
  const given = new Map<Row, Elsewhere>()
  for (const each of elsewhere) {
    const parts = each.item.split('/')
    const folders = parts.map((_, index) => `folder ${parts.slice(0, parts.length - index).join('/')}`)
    const nearest = [...folders, 'system'].map((store) => byStore.get(`${store}\0${each.credentialId}`))
    const [row, ...more] = nearest.find((found) => found !== undefined) ?? []
    if (row !== undefined && more.length === 0 && row.domain === '_' && !given.has(row)) given.set(row, each)
  }
  return given
}

export function sharedElsewhere({ item, host }: Elsewhere): Hindrance {
  return sharedWith(`job ${item}`, host, 'in its web page')
}
