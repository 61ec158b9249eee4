import { Failure } from '../../model/failure.ts'
import type { JenkinsClient } from './client.ts'
import { pageOf } from './controller-path.ts'
import { asciiXml, readXml, type XmlDocument } from './xml-document.ts'

/** `config.xml` of an item is UTF-8, whatever is missing in its content type. */
export async function itemConfig(client: JenkinsClient, item: string): Promise<XmlDocument | undefined> {
  const path = pageOf(item, 'config.xml')
  const body = await client.get(path)
  if (body === undefined) return undefined
  const config = readXml(Buffer.from(body).toString('utf8'))
  if (config !== undefined) return config
  throw new Failure('R404', { at: client.baseUrl + path, because: 'it answered 200, but not with XML' })
}

/** Characters outside ASCII go as references; instead of CDATA and comments those would change what they say. */
export function postItemConfig(client: JenkinsClient, item: string, xml: string): Promise<void> {
  const hasRaw = /<!\[CDATA\[|<!--/.test(xml)
  return client.postXml(pageOf(item, 'config.xml'), hasRaw ? xml : asciiXml(xml))
}
