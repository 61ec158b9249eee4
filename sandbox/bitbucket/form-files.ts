import type { IncomingMessage } from 'node:http'

export interface FormFile {
  readonly name: string
  readonly bytes: Buffer
}

const readAll = async (request: IncomingMessage, largest: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > largest) throw new Error(`the body is larger than ${largest} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const readPart = (part: Buffer): FormFile | undefined => {
  const end = part.indexOf('\r\n\r\n')
  const name = /filename="([^"]+)"/.exec(part.subarray(0, Math.max(end, 0)).toString('utf8'))?.[1]
  if (end < 0 || name === undefined) return undefined
  return { name: name.split(/[\\/]/).at(-1) ?? name, bytes: part.subarray(end + 4) }
}

/** The files of a `multipart/form-data` body (RFC 7578), byte by byte. */
export const readFormFiles = async (request: IncomingMessage, largest: number): Promise<readonly FormFile[]> => {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^;]+))/.exec(request.headers['content-type'] ?? '') ?? []
  const boundary = quoted ?? bare
  const body = Buffer.concat([Buffer.from('\r\n'), await readAll(request, largest)])
  if (boundary === undefined) return []
  const mark = Buffer.from(`\r\n--${boundary}`)
  const files: FormFile[] = []
  let at = body.indexOf(mark)
  while (at >= 0) {
    const from = at + mark.length
    const next = body.indexOf(mark, from)
    const file = next < 0 ? undefined : readPart(body.subarray(from, next))
    if (file !== undefined) files.push(file)
    at = next
  }
  return files
}
