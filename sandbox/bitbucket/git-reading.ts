import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Stage } from '../reply.ts'
import type { Repository } from '../world.ts'
import { gitEnvironment } from './bare-repository.ts'

export interface GitAnswer {
  readonly code: number
  readonly output: Buffer
}

export const repositoryFolder = (stage: Stage, repository: Repository): string =>
  join(stage.world.repositoriesFolder, repository.workspace, `${repository.slug}.git`)

const writer = { name: 'Sandbox', email: 'sandbox@example.com' }

/** Runs git in a bare repository; the sandbox's clock dates what it writes. */
export const askGit = (stage: Stage, repository: Repository, args: readonly string[]): Promise<GitAnswer> =>
  new Promise((resolve, reject) => {
    const folder = repositoryFolder(stage, repository)
    const date = `${Math.floor(stage.world.now().getTime() / 1_000)} +0000`
    const child = spawn('git', ['-c', 'safe.directory=*', ...args], {
      cwd: folder,
      env: {
        ...gitEnvironment(folder),
        GIT_DIR: folder,
        GIT_AUTHOR_NAME: writer.name,
        GIT_AUTHOR_EMAIL: writer.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: writer.name,
        GIT_COMMITTER_EMAIL: writer.email,
        GIT_COMMITTER_DATE: date,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks) }))
  })

const lines = (answer: GitAnswer): readonly string[] =>
  answer.output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')

/** The id of what a client calls a revision: a branch, a tag, a commit or the beginning of one. */
export const resolveCommit = async (
  stage: Stage,
  repository: Repository,
  revision: string,
): Promise<string | undefined> => {
  if (revision === '' || /[\s~^:?*[\\]|\.\.|@\{|^-/.test(revision)) return undefined
  const answer = await askGit(stage, repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ])
  return answer.code === 0 ? answer.output.toString('utf8').trim() : undefined
}

export interface Ref {
  readonly name: string
  readonly commit: string
}

/** Branches (`heads`) or tags, by name; a tag object is told by the commit it points to. */
export const listRefs = async (
  stage: Stage,
  repository: Repository,
  kind: 'heads' | 'tags',
): Promise<readonly Ref[]> => {
  const format = '%(refname) %(objectname) %(*objectname)'
  const answer = await askGit(stage, repository, ['for-each-ref', `--format=${format}`, `refs/${kind}`])
  return lines(answer).map((line) => {
    const [name = '', commit = '', peeled = ''] = line.split(' ')
    return { name: name.slice(`refs/${kind}/`.length), commit: peeled === '' ? commit : peeled }
  })
}

export interface Commit {
  readonly hash: string
  readonly parents: readonly string[]
  readonly author: string
  readonly date: string
  readonly message: string
}

const commitFormat = '%H%x1f%P%x1f%an <%ae>%x1f%cI%x1f%B%x1e'

/** The history behind the first ids and not behind the others, newest first. */
export const listCommits = async (
  stage: Stage,
  repository: Repository,
  from: readonly string[],
  without: readonly string[] = [],
): Promise<readonly Commit[]> => {
  if (from.length === 0) return []
  const excluded = without.map((id) => `^${id}`)
  const args = ['log', '--max-count=5000', `--format=${commitFormat}`, ...from, ...excluded, '--']
  const text = (await askGit(stage, repository, args)).output.toString('utf8')
  return text
    .split('\x1e')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [hash = '', parents = '', author = '', date = '', message = ''] = entry.split('\x1f')
      return { hash, parents: parents.split(' ').filter((one) => one !== ''), author, date, message }
    })
}

export interface TreeEntry {
  readonly type: string
  readonly path: string
  readonly size: number | undefined
}

/** What stands at a path of a commit: nothing, a file, or the entries of a folder. */
export type PathContent =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly bytes: Buffer }
  | { readonly kind: 'folder'; readonly entries: readonly TreeEntry[] }

const readEntry = (line: string, folder: string): TreeEntry => {
  const [meta = '', name = ''] = line.split('\t')
  const [, type = '', , size = '-'] = meta.split(/ +/)
  return { type, path: folder === '' ? name : `${folder}/${name}`, size: size === '-' ? undefined : Number(size) }
}

export const readPath = async (
  stage: Stage,
  repository: Repository,
  commit: string,
  path: string,
): Promise<PathContent> => {
  const clean = path.replace(/^\/+|\/+$/g, '')
  const object = `${commit}:${clean}`
  const type = (await askGit(stage, repository, ['cat-file', '-t', object])).output.toString('utf8').trim()
  if (type === 'blob') {
    return { kind: 'file', bytes: (await askGit(stage, repository, ['cat-file', 'blob', object])).output }
  }
  if (type !== 'tree') return { kind: 'absent' }
  const listing = await askGit(stage, repository, ['ls-tree', '-l', '-z', object])
  const entries = listing.output.toString('utf8').split('\0')
  return { kind: 'folder', entries: entries.filter((one) => one !== '').map((one) => readEntry(one, clean)) }
}
