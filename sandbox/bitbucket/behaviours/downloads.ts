import { actorOf } from '../actor.ts'
import {
  done,
  nameOf,
  notFound,
  type Outcome,
  page,
  type RepositoryBehaviour,
  type RepositoryCall,
  stamp,
} from '../call.ts'
import type { Download } from '../content.ts'
import { readFormFiles } from '../form-files.ts'
import { actorResource } from '../pull-request-resource.ts'
import { uploadsOrigin } from '../web/uploads.ts'

const largest = 64 * 1024 * 1024

const downloadsOf = (call: RepositoryCall): Map<string, Download> =>
  call.stage.world.content.repository(call.repository.uuid).downloads

const resource = (call: RepositoryCall, download: Download): Record<string, unknown> => {
  const { workspace, slug } = call.repository
  const name = encodeURIComponent(download.name)
  return {
    type: 'download',
    name: download.name,
    size: download.bytes.length,
    downloads: 0,
    user: actorResource(call.stage, download.owner),
    created_on: stamp(download.createdAt),
    links: { self: { href: `https://api.bitbucket.org/2.0/repositories/${workspace}/${slug}/downloads/${name}` } },
  }
}

/** The body is bytes, so it is read from the raw request; everything that could refuse it has been asked before. */
const upload: RepositoryBehaviour = (call): Outcome => ({
  kind: 'pass',
  pass: {
    because: 'a download is uploaded',
    backend: {
      stream: async (request, response, sendHead) => {
        const files = await readFormFiles(request, largest)
        for (const { name, bytes } of files) {
          const download = { name, bytes, owner: actorOf(call), createdAt: call.stage.world.now() }
          downloadsOf(call).set(name, download)
        }
        sendHead(files.length > 0 ? 201 : 400)
        response.end()
      },
    },
  },
})

/** developer.atlassian.com, downloads: a redirect to another host, to which the credential must not be sent along. */
const get: RepositoryBehaviour = (call) => {
  const name = nameOf(call, 'filename')
  if (!downloadsOf(call).has(name)) return notFound('Download not found')
  const location = `${uploadsOrigin(call.request)}/${call.repository.uuid}/downloads/${encodeURIComponent(name)}`
  return { kind: 'redirect', location }
}

export const downloads: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R/downloads': (call) => page([...downloadsOf(call).values()].map((one) => resource(call, one))),
  'POST ~R/downloads': upload,
  'GET ~R/downloads/{filename}': get,
  'DELETE ~R/downloads/{filename}': (call) =>
    downloadsOf(call).delete(nameOf(call, 'filename')) ? done : notFound('Download not found'),
}
