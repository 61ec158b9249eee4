import type { Repository } from '../world.ts'
import type { Commit, Ref, TreeEntry } from './git-reading.ts'

const urlOf = (repository: Repository): string =>
  `https://api.bitbucket.org/2.0/repositories/${repository.workspace}/${repository.slug}`

export const commitResource = (repository: Repository, commit: Commit): Record<string, unknown> => ({
  type: 'commit',
  hash: commit.hash,
  date: commit.date,
  author: { type: 'author', raw: commit.author },
  message: commit.message,
  parents: commit.parents.map((hash) => ({ type: 'commit', hash })),
  repository: { type: 'repository', full_name: `${repository.workspace}/${repository.slug}` },
  links: { self: { href: `${urlOf(repository)}/commit/${commit.hash}` } },
})

export const refResource = (repository: Repository, kind: 'branch' | 'tag', ref: Ref): Record<string, unknown> => ({
  type: kind,
  name: ref.name,
  target: { type: 'commit', hash: ref.commit },
  links: {
    self: { href: `${urlOf(repository)}/refs/${kind === 'tag' ? 'tags' : 'branches'}/${encodeURIComponent(ref.name)}` },
    html: { href: `https://bitbucket.org/${repository.workspace}/${repository.slug}/branch/${ref.name}` },
  },
})

export const entryResource = (repository: Repository, commit: string, entry: TreeEntry): Record<string, unknown> => ({
  type: entry.type === 'tree' ? 'commit_directory' : 'commit_file',
  path: entry.path,
  size: entry.size,
  commit: { type: 'commit', hash: commit },
  links: { self: { href: `${urlOf(repository)}/src/${commit}/${entry.path}` } },
})
