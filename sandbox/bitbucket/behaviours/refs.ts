import { z } from 'zod'
import {
  created,
  done,
  nameOf,
  notFound,
  type Outcome,
  okOr,
  page,
  type RepositoryBehaviour,
  type RepositoryCall,
  withBody,
  wrongFields,
} from '../call.ts'
import { askGit, listRefs, resolveCommit } from '../git-reading.ts'
import { refResource } from '../git-resources.ts'

type Kind = 'branch' | 'tag'

const folderOf = { branch: 'heads', tag: 'tags' } as const

const all = async (call: RepositoryCall, kind: Kind): Promise<readonly Record<string, unknown>[]> => {
  const refs = await listRefs(call.stage, call.repository, folderOf[kind])
  return refs.map((ref) => refResource(call.repository, kind, ref))
}

const list = async (call: RepositoryCall, kinds: readonly Kind[]): Promise<Outcome> => {
  const found = await Promise.all(kinds.map((kind) => all(call, kind)))
  return page(found.flat())
}

const one = async (call: RepositoryCall, kind: Kind): Promise<Outcome> => {
  const name = nameOf(call, 'name')
  const ref = (await all(call, kind)).find((candidate) => candidate['name'] === name)
  return okOr(ref, kind === 'branch' ? 'Branch' : 'Tag', (found) => found)
}

const newRef = z.object({ name: z.string().min(1), target: z.object({ hash: z.string().min(1) }) })

const create = (call: RepositoryCall, kind: Kind): Promise<Outcome> =>
  withBody(call, newRef, async ({ name, target }) => {
    const commit = await resolveCommit(call.stage, call.repository, target.hash)
    if (commit === undefined) return wrongFields({ target: ['commit not found'] })
    const full = `refs/${folderOf[kind]}/${name}`
    const valid = await askGit(call.stage, call.repository, ['check-ref-format', full])
    if (valid.code !== 0) return wrongFields({ name: ['not a name for a ref'] })
    const wrote = await askGit(call.stage, call.repository, ['update-ref', full, commit, '0'.repeat(40)])
    if (wrote.code !== 0) return wrongFields({ name: [`${kind} already exists`] })
    return created(refResource(call.repository, kind, { name, commit }))
  })

const remove = async (call: RepositoryCall, kind: Kind): Promise<Outcome> => {
  const refs = await listRefs(call.stage, call.repository, folderOf[kind])
  const ref = refs.find((candidate) => candidate.name === nameOf(call, 'name'))
  if (ref === undefined) return notFound(`${kind === 'branch' ? 'Branch' : 'Tag'} not found`)
  await askGit(call.stage, call.repository, ['update-ref', '-d', `refs/${folderOf[kind]}/${ref.name}`, ref.commit])
  return done
}

export const refs: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/refs': (call) => list(call, ['branch', 'tag']),
  'GET ~R/refs/branches': (call) => list(call, ['branch']),
  'POST ~R/refs/branches': (call) => create(call, 'branch'),
  'GET ~R/refs/branches/{name}': (call) => one(call, 'branch'),
  'DELETE ~R/refs/branches/{name}': (call) => remove(call, 'branch'),
  'GET ~R/refs/tags': (call) => list(call, ['tag']),
  'POST ~R/refs/tags': (call) => create(call, 'tag'),
  'GET ~R/refs/tags/{name}': (call) => one(call, 'tag'),
  'DELETE ~R/refs/tags/{name}': (call) => remove(call, 'tag'),
}
