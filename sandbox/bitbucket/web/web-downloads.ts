import { spawn } from 'node:child_process'
import { htmlNotFound } from '../../fault-reply.ts'
import type { GitPass, Incoming, Reply, Stage } from '../../reply.ts'
import type { Repository } from '../../world.ts'
import { gitEnvironment } from '../bare-repository.ts'
import { readPath, repositoryFolder, resolveCommit } from '../git-reading.ts'
import { admitDownload } from './web-access.ts'

const archivePath = /^\/([^/]+)\/([^/]+)\/get\/(.+)\.(zip|tar\.gz|tar\.bz2)$/
const rawPath = /^\/([^/]+)\/([^/]+)\/raw\/([^/]+)\/(.+)$/

type Format = 'zip' | 'tar.gz' | 'tar.bz2'

const types: Readonly<Record<Format, string>> = {
  zip: 'application/zip',
  'tar.gz': 'application/gzip',
  'tar.bz2': 'application/x-bzip2',
}

/** Archives and raw files of the web site. */
export const answerDownload = async (stage: Stage, request: Incoming): Promise<Reply | GitPass | undefined> => {
  const path = decodePath(request.path)
  const archive = archivePath.exec(path)
  const raw = rawPath.exec(path)
  const [, workspace, slug] = archive ?? raw ?? []
  if (workspace === undefined || slug === undefined || !/^(GET|HEAD)$/.test(request.method)) return undefined
  const refusal = judge(stage, request, workspace, slug, archive === null ? 'raw' : 'archives')
  if (refusal !== undefined) return refusal
  const repository = stage.world.repository(workspace, slug)
  if (repository === undefined) return htmlNotFound('there is no such repository')
  if (archive !== null) return sendArchive(stage, repository, archive[3] ?? '', readFormat(archive[4]))
  return sendRaw(stage, repository, raw?.[3] ?? '', raw?.[4] ?? '')
}

const readFormat = (text: string | undefined): Format => (text === 'zip' || text === 'tar.gz' ? text : 'tar.bz2')

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const judge = (
  stage: Stage,
  request: Incoming,
  workspace: string,
  slug: string,
  group: 'raw' | 'archives',
): Reply | undefined => {
  const access = admitDownload(stage, request, { workspace, slug, service: 'git-upload-pack', group })
  return access.kind === 'refused' ? access.reply : undefined
}

const sendRaw = async (stage: Stage, repository: Repository, revision: string, path: string): Promise<Reply> => {
  const commit = await resolveCommit(stage, repository, revision)
  const content = commit === undefined ? undefined : await readPath(stage, repository, commit, path)
  if (content?.kind !== 'file') return htmlNotFound('no such file at this revision')
  const type = content.bytes.includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8'
  return { status: 200, headers: { 'content-type': type }, body: content.bytes, because: 'a raw file' }
}

const sendArchive = async (
  stage: Stage,
  repository: Repository,
  revision: string,
  format: Format,
): Promise<Reply | GitPass> => {
  const commit = await resolveCommit(stage, repository, revision)
  if (commit === undefined) return htmlNotFound('no such revision')
  const name = `${repository.workspace}-${repository.slug}-${commit.slice(0, 12)}`
  const folder = repositoryFolder(stage, repository)
  const stream: Exclude<GitPass['backend'], { pathInfo: string }>['stream'] = async (request, response, sendHead) => {
    sendHead(200, {
      'content-type': types[format],
      'content-disposition': `attachment; filename="${name}.${format}"`,
    })
    if (request.method === 'HEAD') return void response.end()
    const args = ['-c', 'safe.directory=*', '-c', 'tar.tar.bz2.command=bzip2 -c', 'archive']
    const child = spawn('git', [...args, `--format=${format}`, `--prefix=${name}/`, commit], {
      cwd: folder,
      env: { ...gitEnvironment(folder), GIT_DIR: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    child.on('error', () => response.destroy())
    response.on('close', () => child.kill())
    child.stdout.pipe(response)
  }
  return { backend: { stream }, because: `an archive of ${commit.slice(0, 12)}` }
}
