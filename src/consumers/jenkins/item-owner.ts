import { Failure } from '../../model/failure.ts'
import type { JenkinsClient } from './client.ts'
import { itemPath, pageOf } from './controller-path.ts'
import { itemKind } from './item-kind.ts'
import type { XmlDocument } from './xml-document.ts'

/**
 * Throws R112 for an item whose configuration something else writes: a change there would last until the next scan or the next run of
 * the seed job. Jobs that Configuration as Code makes bear no mark that HTTP shows.
 */
export async function refuseGenerated(client: JenkinsClient, item: string, config: XmlDocument): Promise<void> {
  const parent = item.split('/').slice(0, -1).join('/')
  if (itemKind(config) === 'branch')
    throw generated(client, item, `the scan of ${parent} writes its configuration`, parent)
  if (parent !== '' && (await isOrganization(client, parent)))
    throw generated(client, item, `the organization folder ${parent} writes its configuration`, parent)
  const seed = await seedJob(client, item)
  if (seed) throw generated(client, item, 'a seed job of Job DSL writes its configuration', undefined)
}

async function isOrganization(client: JenkinsClient, item: string): Promise<boolean> {
  const answer = await client.json(itemPath(item), 'name')
  const kind = typeof answer === 'object' && answer !== null && '_class' in answer ? answer._class : undefined
  return typeof kind === 'string' && kind.endsWith('OrganizationFolder')
}

/** Only the page of the item tells (job-dsl-plugin, SeedJobAction/jobMain.jelly); its words are not translated. */
async function seedJob(client: JenkinsClient, item: string): Promise<boolean> {
  const page = await client.get(pageOf(item, ''))
  return (
    page !== undefined &&
    /plugin-job-dsl[\s\S]{0,2000}?Seed job:|\bSeed job:\s*<a\b/.test(Buffer.from(page).toString('utf8'))
  )
}

function generated(client: JenkinsClient, item: string, because: string, parent: string | undefined): Failure {
  return new Failure('R112', {
    at: client.baseUrl + itemPath(item),
    because: `${because}, and would put the old one back`,
    state: 'Nothing was changed.',
    next: [
      parent === undefined
        ? 'Change the credential in the script of the seed job, and run it.'
        : `Change the credential in the configuration of ${parent}, and scan it.`,
    ],
  })
}
