import { z } from 'zod'
import type { GitPass, Incoming, Reply, Stage } from '../../reply.ts'
import type { GitService } from '../git-access.ts'
import { objectSize, readObject, ticketFor, writeObject } from './lfs-objects.ts'
import { admitWeb, presentedKind } from './web-access.ts'

/** git-lfs, docs/api: batch, basic transfers and the verification of locks. */
const lfsPath = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/info\/lfs\/(.+)$/
const mediaType = 'application/vnd.git-lfs+json'
const challenge = 'Basic realm="Bitbucket.org HTTP"'

interface Place {
  readonly stage: Stage
  readonly request: Incoming
  readonly workspace: string
  readonly slug: string
}

const lfsReply = (
  status: number,
  value: unknown,
  because: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Reply => ({ status, headers: { 'content-type': mediaType, ...headers }, body: JSON.stringify(value), because })

const object = z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative() })
const batchShape = z.object({
  operation: z.enum(['download', 'upload']),
  transfers: z.array(z.string()).optional(),
  objects: z.array(object),
})

type Batch = z.infer<typeof batchShape>

/** Undefined for paths that are not of LFS. */
export const answerLfs = async (stage: Stage, request: Incoming): Promise<Reply | GitPass | undefined> => {
  const [, workspace, slug, action] = lfsPath.exec(request.path) ?? []
  if (workspace === undefined || slug === undefined || action === undefined) return undefined
  const place = { stage, request, workspace, slug }
  switch (`${request.method} ${action}`) {
    case 'POST objects/batch':
      return answerBatch(place)
    case 'POST verify':
      return answerVerify(place)
    case 'POST locks/verify':
      return judge(place, 'git-receive-pack') ?? lfsReply(200, { ours: [], theirs: [] }, 'nobody locks anything')
    case 'GET locks':
      return judge(place, 'git-upload-pack') ?? lfsReply(200, { locks: [] }, 'nobody locks anything')
    default:
      return answerObject(place, action)
  }
}

/** git's answer in the form of LFS: the same status, the text as a message, and a challenge of its own. */
const judge = (place: Place, service: GitService): Reply | undefined => {
  const { stage, request, workspace, slug } = place
  const { lfsTakesApiTokens, lfsTakesAccessTokens, lfsWithoutCredential } = stage.switches
  const kind = presentedKind(stage, request)
  const isResource = kind === 'access-token' || kind === 'oauth-token'
  if ((kind === 'api-token' && !lfsTakesApiTokens) || (isResource && !lfsTakesAccessTokens)) {
    return lfsReply(403, { message: 'Forbidden' }, 'LFS does not take this kind of token (switch)')
  }
  const access = admitWeb(stage, request, { workspace, slug, service, group: 'git' })
  if (access.kind !== 'refused') return undefined
  const { status, body, because } = access.reply
  const message = typeof body === 'string' ? body : ''
  if (status !== 401) return lfsReply(status, { message }, because)
  if (request.presented.scheme === 'none' && lfsWithoutCredential === '403') {
    return lfsReply(403, { message: 'Forbidden' }, `${because}, with the defect of 2017 (switch)`)
  }
  return lfsReply(401, { message }, because, { 'lfs-authenticate': challenge, 'www-authenticate': challenge })
}

const answerBatch = async (place: Place): Promise<Reply> => {
  const read = batchShape.safeParse(parse(await place.request.body()))
  if (!read.success) return lfsReply(422, { message: 'The batch request is not valid' }, 'the body has another shape')
  const service = read.data.operation === 'upload' ? 'git-receive-pack' : 'git-upload-pack'
  const refusal = judge(place, service)
  if (refusal !== undefined) return refusal
  if (read.data.transfers !== undefined && !read.data.transfers.includes('basic')) {
    return lfsReply(422, { message: 'Only the basic transfer is supported' }, 'the client does not know basic')
  }
  const objects = await Promise.all(read.data.objects.map((one) => batchObject(place, read.data, one)))
  return lfsReply(200, { transfer: 'basic', objects, hash_algo: 'sha256' }, `a batch for ${read.data.operation}`)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An object that is already there needs no upload; one that is not there cannot be downloaded. */
const batchObject = async (place: Place, batch: Batch, asked: z.infer<typeof object>): Promise<unknown> => {
  const { stage, request, workspace, slug } = place
  const { oid, size } = asked
  const stored = await objectSize(place, oid)
  const base = `${request.origin}/${workspace}/${slug}.git/info/lfs`
  const href = `${base}/objects/${oid}?ticket=${ticketFor(stage, batch.operation, workspace, slug, oid)}`
  const action = { href, expires_in: 3_600 }
  if (batch.operation === 'download') {
    return stored === undefined
      ? { oid, size, error: { code: 404, message: 'Object does not exist' } }
      : { oid, size: stored, authenticated: true, actions: { download: action } }
  }
  if (stored !== undefined) return { oid, size: stored }
  const verify = {
    href: `${base}/verify?ticket=${ticketFor(stage, 'verify', workspace, slug, oid)}`,
    expires_in: 3_600,
  }
  return { oid, size, authenticated: true, actions: { upload: action, verify } }
}

/** With `authenticated` git-lfs adds no credential of its own: the ticket in the link stands for it. */
const answerVerify = async (place: Place): Promise<Reply> => {
  const { stage, request, workspace, slug } = place
  const read = object.safeParse(parse(await request.body()))
  if (!read.success) return lfsReply(422, { message: 'Not an object' }, 'the body has another shape')
  if (request.query.get('ticket') !== ticketFor(stage, 'verify', workspace, slug, read.data.oid)) {
    return lfsReply(403, { message: 'Forbidden' }, 'the link was not made for this')
  }
  const stored = await objectSize(place, read.data.oid)
  return stored === read.data.size
    ? lfsReply(200, {}, 'the object is stored')
    : lfsReply(404, { message: 'Object does not exist' }, 'the object is not stored, or in another size')
}

/** The transfer itself: the ticket in the link is the credential. */
const answerObject = (place: Place, action: string): Reply | GitPass | undefined => {
  const oid = /^objects\/([0-9a-f]{64})$/.exec(action)?.[1]
  const { stage, request, workspace, slug } = place
  const operation = request.method === 'PUT' ? 'upload' : request.method === 'GET' ? 'download' : undefined
  if (oid === undefined || operation === undefined) return undefined
  if (request.query.get('ticket') !== ticketFor(stage, operation, workspace, slug, oid)) {
    return lfsReply(403, { message: 'Forbidden' }, 'the link was not made for this')
  }
  const stream = operation === 'upload' ? writeObject(place, oid) : readObject(place, oid)
  return { backend: { stream }, because: `LFS ${operation}` }
}
