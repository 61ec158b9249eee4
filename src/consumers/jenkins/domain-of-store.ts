import { type DomainReach, domainReach } from '../jenkins-domain.ts'
import type { JenkinsClient } from './client.ts'
import { domainPath } from './controller-path.ts'
import type { ListedCredential } from './store-listing.ts'
import { readXml } from './xml-document.ts'

/** What a domain lets through; `undefined`: not shown. Throws `Failure` R403 without ManageDomains, also for reading. */
export async function readReach(
  client: JenkinsClient,
  { store, domain }: Pick<ListedCredential, 'store' | 'domain'>,
): Promise<DomainReach | undefined> {
  if (domain === '_') return 'bitbucket.org'
  const text = await client.xmlText(`${domainPath(store, domain)}/config.xml`)
  const config = text === undefined ? undefined : readXml(text)
  return config === undefined ? undefined : domainReach(config.root)
}
