import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { Field } from '../../formats/field.ts'
import { type DocumentReader, foundAt, type Whom, whomOf } from '../field-detector.ts'
import { type FieldIndex, indexOf } from '../field-index.ts'

const LISTS: ReadonlySet<string> = new Set([
  'gitfs_remotes',
  'git_pillar',
  'ext_pillar',
  'winrepo_remotes',
  'winrepo_remotes_ng',
])
const GIT = { operations: ['git-fetch'] } as const

/** `gitfs_remotes: [{URL: [{user: …}, {password: …}]}]`; in `ext_pillar` a branch stands in front of the URL. */
export const inRemotes: DocumentReader = (each, { seal }) => {
  const index = indexOf(each)
  return each.fields.flatMap((field) => {
    const { keys } = field
    if (keys.at(-1) !== 'password' || !LISTS.has(keys[0] ?? '') || !/^\d+$/.test(keys.at(-2) ?? '')) return []
    const whom = whomOf(decodeUtf8(keys.at(-3) ?? '').replace(/^\S+\s+/, ''))
    return whom === undefined ? [] : foundAt(GIT, field, inList(field, 'user', index)?.value, whom, seal)
  })
}

const REMOTES: Readonly<Record<string, readonly string[]>> = {
  gitfs: ['gitfs_remotes'],
  git_pillar: ['ext_pillar'],
  winrepo: ['winrepo_remotes', 'winrepo_remotes_ng'],
}

/** `gitfs_user` and `gitfs_password` are for all remotes that say nothing else. */
export const inSettings: DocumentReader = (each, { seal }) => {
  const { fieldAt } = indexOf(each)
  const remotes = new Map(Object.entries(REMOTES).map(([what, lists]) => [what, remoteOf(each.fields, lists)]))
  return each.fields.flatMap((field) => {
    const [, what] = /^(gitfs|git_pillar|winrepo)_password$/.exec(field.keys[0] ?? '') ?? []
    if (what === undefined || field.keys.length > 1) return []
    const whom = remotes.get(what)
    return whom === undefined ? [] : foundAt(GIT, field, fieldAt([`${what}_user`], field)?.value, whom, seal)
  })
}

/** `git.latest` and its like: a list of arguments. */
export const inStates: DocumentReader = (each, { seal }) => {
  const index = indexOf(each)
  return each.fields.flatMap((field) => {
    if (field.keys.at(-1) !== 'https_pass' || !/^git\.\w+$/.test(field.keys.at(-3) ?? '')) return []
    const whom = whomOf(decodeUtf8(inList(field, 'name', index)?.value.text ?? ''))
    return whom === undefined ? [] : foundAt(GIT, field, inList(field, 'https_user', index)?.value, whom, seal)
  })
}

function remoteOf(fields: readonly Field[], lists: readonly string[]): Whom | undefined {
  for (const { keys, value } of fields) {
    if (!lists.includes(keys[0] ?? '')) continue
    for (const text of [value.text, ...keys.slice(1)]) {
      const whom = whomOf(decodeUtf8(text).replace(/^\S+\s+/, ''))
      if (whom !== undefined) return { host: whom.host }
    }
  }
  return undefined
}

const MOST_ARGUMENTS = 20

/** Another argument of the same list of maps with one key each. */
function inList(field: Field, name: string, { fieldAt }: FieldIndex): Field | undefined {
  const list = field.keys.slice(0, -2)
  for (let at = 0; at < MOST_ARGUMENTS; at++) {
    const found = fieldAt([...list, String(at), name], field)
    if (found !== undefined) return found
  }
  return undefined
}
