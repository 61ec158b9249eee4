import { nameOf, notFound, type Outcome, ok, page, type RepositoryBehaviour, type RepositoryCall } from '../call.ts'
import { askGit, listCommits, listRefs, readPath, resolveCommit } from '../git-reading.ts'
import { commitResource, entryResource } from '../git-resources.ts'

const noCommit = notFound('Commit not found')

const resolveAll = async (call: RepositoryCall, names: readonly string[]): Promise<readonly string[] | undefined> => {
  const ids = await Promise.all(names.map((name) => resolveCommit(call.stage, call.repository, name)))
  const known = ids.filter((id) => id !== undefined)
  return known.length === ids.length ? known : undefined
}

/** `include` and `exclude` narrow the history; without them every branch is told. */
const history = async (call: RepositoryCall, revision: string | undefined): Promise<Outcome> => {
  const { query } = call.request
  const included = [...(revision === undefined ? [] : [revision]), ...query.getAll('include')]
  const from =
    included.length > 0
      ? await resolveAll(call, included)
      : (await listRefs(call.stage, call.repository, 'heads')).map(({ commit }) => commit)
  const without = await resolveAll(call, query.getAll('exclude'))
  if (from === undefined || without === undefined) return noCommit
  const commits = await listCommits(call.stage, call.repository, from, without)
  return page(commits.map((commit) => commitResource(call.repository, commit)))
}

const oneCommit: RepositoryBehaviour = async (call) => {
  const id = await resolveCommit(call.stage, call.repository, nameOf(call, 'commit'))
  if (id === undefined) return noCommit
  const [commit] = await listCommits(call.stage, call.repository, [id])
  return commit === undefined ? noCommit : ok(commitResource(call.repository, commit))
}

/** A folder is a list, a file its bytes; `format=meta` describes either. */
const atPath = async (call: RepositoryCall, revision: string, path: string): Promise<Outcome> => {
  const { stage, repository } = call
  const commit = await resolveCommit(stage, repository, revision)
  if (commit === undefined) return noCommit
  const content = await readPath(stage, repository, commit, path)
  const meta = call.request.query.get('format') === 'meta'
  switch (content.kind) {
    case 'absent':
      return notFound(`No such file or directory: ${path}`)
    case 'file':
      return meta
        ? ok(entryResource(repository, commit, { type: 'blob', path, size: content.bytes.length }))
        : { kind: 'bytes', type: 'application/octet-stream', bytes: content.bytes }
    case 'folder':
      return meta
        ? ok(entryResource(repository, commit, { type: 'tree', path, size: undefined }))
        : page(content.entries.map((entry) => entryResource(repository, commit, entry)))
  }
}

/** `spec` is one commit, or two with `..` between: the first is what the second is compared with, turned around. */
const diff: RepositoryBehaviour = async (call) => {
  const [right = '', left] = nameOf(call, 'spec').split('..')
  const ids = await resolveAll(call, left === undefined ? [right] : [left, right])
  const [first, second] = ids ?? []
  if (first === undefined) return noCommit
  const args = second === undefined ? ['show', '--format=', first] : ['diff', first, second]
  const { output } = await askGit(call.stage, call.repository, [...args, '--'])
  return { kind: 'bytes', type: 'text/plain', bytes: output }
}

/** Commits, files and differences, read from the bare repository by git itself. */
export const sources: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/commit/{commit}': oneCommit,
  'GET ~R/commits': (call) => history(call, undefined),
  'POST ~R/commits': (call) => history(call, undefined),
  'GET ~R/commits/{revision}': (call) => history(call, nameOf(call, 'revision')),
  'POST ~R/commits/{revision}': (call) => history(call, nameOf(call, 'revision')),
  'GET ~R/diff/{spec}': diff,
  'GET ~R/src': (call) => atPath(call, 'HEAD', ''),
  'GET ~R/src/{commit}/{path}': (call) => atPath(call, nameOf(call, 'commit'), nameOf(call, 'path')),
}
