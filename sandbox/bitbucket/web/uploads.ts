import { type Incoming, type Reply, type Stage, textReply } from '../../reply.ts'

/** The storage host that `/downloads/{filename}` redirects to; on the loopback port it is a path. */
export const uploadsOrigin = (request: Incoming): string =>
  request.origin.startsWith('https://') ? 'https://bbuseruploads.s3.amazonaws.com' : `${request.origin}/_uploads`

const place = /^(?:\/_uploads)?\/([0-9a-f-]{36})\/downloads\/([^/]+)$/

/** docs.aws.amazon.com, RESTAuthentication: the signature in the link is one way to authenticate, and only one may come. */
const oneMechanism =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified</Message></Error>'

/** A file of a repository's downloads. Who forwards the credential to this host is refused, as the storage does. */
export const answerUploads = (stage: Stage, request: Incoming): Reply => {
  const xml = { 'content-type': 'application/xml' }
  if (request.headers['authorization'] !== undefined) {
    return textReply(400, oneMechanism, 'the Authorization header was sent along to the storage host', xml)
  }
  const [, repository = '', name = ''] = place.exec(request.path) ?? []
  const download = stage.world.content.repository(repository).downloads.get(decodeURIComponent(name))
  if (request.method !== 'GET' || download === undefined) {
    return textReply(404, '<Error><Code>NoSuchKey</Code></Error>', 'no such file', xml)
  }
  const headers = { 'content-type': 'application/octet-stream' }
  return { status: 200, headers, body: download.bytes, because: 'a file of the downloads' }
}
