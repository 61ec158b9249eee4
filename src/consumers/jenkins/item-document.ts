import { Failure } from '../../model/failure.ts'
import type { JenkinsClient } from './client.ts'
import { pageOf } from './controller-path.ts'
import { decodeText } from './decode-text.ts'
import { isListed } from './items.ts'
import { asciiXml, readXml, type XmlDocument } from './xml-document.ts'

/**
 * `config.xml` of an item are the bytes of its file, for whoever may configure it (core, AbstractItem.writeConfigDotXml). `undefined`: there is
 * no such item, or none that this login may see.
 */
export async function itemConfig(client: JenkinsClient, item: string): Promise<XmlDocument | undefined> {
  const path = pageOf(item, 'config.xml')
  const body = (await client.get(path)) ?? (await whereListed(client, item))
  if (body === undefined) return undefined
  const text = decoded(body)
  const config = text === undefined ? undefined : readXml(text)
  // A sign-on page may be well-formed, and names no remote.
  if (config !== undefined && config.root.name !== 'html') return config
  const because =
    text === undefined
      ? 'its bytes are not of the encoding that it names'
      : `it answered 200, but not with ${config === undefined ? 'XML' : 'the configuration of an item'}`
  throw new Failure('R404', { at: client.baseUrl + path, because })
}

/** Whatever stands in front of the controller answers 404, too, and nobody has removed an item for that. */
async function whereListed(client: JenkinsClient, item: string): Promise<Uint8Array | undefined> {
  if (!(await isListed(client, item))) return undefined
  const path = pageOf(item, 'config.xml')
  // Somebody may have made it meanwhile.
  const body = await client.get(path)
  if (body !== undefined) return body
  throw new Failure('R404', {
    at: client.baseUrl + path,
    because: 'HTTP 404, although its folder lists it; something in front of the controller may refuse its name',
  })
}

/** Jenkins writes UTF-8, but a file that was put there by hand may name another encoding. What is lost here would be lost in the job too. */
function decoded(body: Uint8Array): string | undefined {
  const prolog = /^<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    Buffer.from(body.subarray(0, 300)).toString('latin1'),
  )
  return decodeText(body, prolog?.[1] ?? 'utf-8')
}

/** Characters outside ASCII go as references; instead of CDATA and comments those would change what they say. */
export function postItemConfig(client: JenkinsClient, item: string, xml: string): Promise<void> {
  const hasRaw = /<!\[CDATA\[|<!--/.test(xml)
  return client.postXml(pageOf(item, 'config.xml'), hasRaw ? xml : asciiXml(xml))
}
