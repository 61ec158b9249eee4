import { createHash, createHmac } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Stage, Stream } from '../../reply.ts'

interface Place {
  readonly stage: Stage
  readonly workspace: string
  readonly slug: string
}

const folderOf = ({ stage, workspace, slug }: Place): string =>
  join(stage.world.repositoriesFolder, workspace, `${slug}.git`, 'lfs')

/** Ties a link to one object and one direction; the repositories' folder makes it this sandbox's own. */
export const ticketFor = (stage: Stage, ...parts: readonly string[]): string =>
  createHmac('sha256', stage.world.repositoriesFolder).update(parts.join('\0')).digest('hex').slice(0, 32)

export const objectSize = async (place: Place, oid: string): Promise<number | undefined> => {
  try {
    return (await stat(join(folderOf(place), oid))).size
  } catch {
    return undefined
  }
}

let written = 0

/** Stores what hashes to the name it came under, and nothing else. */
export const writeObject =
  (place: Place, oid: string): Stream =>
  async (request, response, sendHead) => {
    const folder = folderOf(place)
    await mkdir(folder, { recursive: true })
    const waiting = join(folder, `incoming-${++written}`)
    const hash = createHash('sha256')
    request.on('data', (chunk: Buffer) => hash.update(chunk))
    await pipeline(request, createWriteStream(waiting))
    if (hash.digest('hex') !== oid) {
      await rm(waiting)
      sendHead(422)
      response.end()
      return
    }
    await rename(waiting, join(folder, oid))
    sendHead(200)
    response.end()
  }

export const readObject =
  (place: Place, oid: string): Stream =>
  async (_request, response, sendHead) => {
    const size = await objectSize(place, oid)
    if (size === undefined) {
      sendHead(404)
      response.end()
      return
    }
    sendHead(200, { 'content-type': 'application/octet-stream', 'content-length': size })
    await pipeline(createReadStream(join(folderOf(place), oid)), response)
  }
