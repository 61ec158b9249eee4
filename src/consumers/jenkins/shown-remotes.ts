import { z } from 'zod'
import { otherHost } from '../jenkins-scm.ts'
import type { JenkinsClient } from './client.ts'
import { itemPath } from './controller-path.ts'
import type { ItemReference } from './item-config.ts'
import { attempt, type Item, mapBounded } from './items.ts'
import type { Elsewhere } from './other-hosts.ts'
import { readRemoteUrl } from './remote-url.ts'

/** A remote of a job, as its API shows it. */
export type ShownRemote = Omit<Extract<ItemReference, { kind: 'git' }>, 'element'>

const GIT = 'hudson.plugins.git.GitSCM'

const scm = z.object({
  _class: z.literal(GIT),
  userRemoteConfigs: z.array(z.object({ url: z.string().nullish(), credentialsId: z.string().nullish() })),
})

const jobs = z.object({
  jobs: z.array(z.object({ name: z.string(), scm: scm.optional().catch(undefined) })),
})

/** So many jobs of one folder at a time. */
const PAGE = 200

/**
 * What freestyle jobs fetch, by full name, asked for many jobs of one folder at once: they export their git configuration (core,
 * AbstractProject.getScm; git-plugin, GitSCM.getUserRemoteConfigs and UserRemoteConfig), pipelines do not. Missing are jobs whose
 * configuration has to be read: with another SCM, with a name or a secret in a URL at Bitbucket, or without company in their folder. What
 * is refused here is missing, too. `elsewhere` takes what they name for other hosts.
 */
export async function shownRemotes(
  client: JenkinsClient,
  items: readonly Item[],
  elsewhere: Elsewhere[] = [],
): Promise<ReadonlyMap<string, readonly ShownRemote[]>> {
  const folders = new Map<string, number>()
  for (const { fullName, isFreestyle } of items) {
    if (isFreestyle) folders.set(folderOf(fullName), (folders.get(folderOf(fullName)) ?? 0) + 1)
  }
  const found = new Map<string, readonly ShownRemote[]>()
  const several = [...folders].flatMap(([folder, count]) => (count > 1 ? [folder] : []))
  await mapBounded(several, (folder) => attempt([], () => askFolder(client, folder, found, elsewhere)))
  return found
}

function folderOf(fullName: string): string {
  return fullName.slice(0, Math.max(0, fullName.lastIndexOf('/')))
}

async function askFolder(
  client: JenkinsClient,
  folder: string,
  found: Map<string, readonly ShownRemote[]>,
  elsewhere: Elsewhere[],
): Promise<void> {
  for (let from = 0; ; from += PAGE) {
    const tree = `jobs[name,scm[_class,userRemoteConfigs[url,credentialsId]]]{${from},${from + PAGE}}`
    const read = jobs.safeParse(await client.json(itemPath(folder), tree))
    if (!read.success) return
    for (const job of read.data.jobs) {
      const remotes = job.scm === undefined ? undefined : remotesOf(job.scm)
      if (remotes === undefined || job.scm === undefined) continue
      const item = folder === '' ? job.name : `${folder}/${job.name}`
      found.set(item, remotes)
      elsewhere.push(...elsewhereOf(item, job.scm))
    }
    if (read.data.jobs.length < PAGE) return
  }
}

function elsewhereOf(item: string, { userRemoteConfigs }: z.infer<typeof scm>): readonly Elsewhere[] {
  return userRemoteConfigs.flatMap(({ url, credentialsId }) => {
    const host = otherHost(url ?? '')
    const credentialId = credentialsId?.trim() ?? ''
    return host === undefined || credentialId === '' ? [] : [{ item, host, credentialId }]
  })
}

/** `undefined`: one names somebody, which makes a place of its own. */
function remotesOf({ userRemoteConfigs }: z.infer<typeof scm>): readonly ShownRemote[] | undefined {
  const remotes: ShownRemote[] = []
  for (const { url: text, credentialsId } of userRemoteConfigs) {
    const url = text ? readRemoteUrl(text) : undefined
    if (text && url === undefined && /bitbucket/i.test(text)) return undefined
    if (!text || url === undefined) continue
    if (url.username !== undefined) return undefined
    const id = credentialsId?.trim() ? { credentialsId: credentialsId.trim() } : {}
    remotes.push({ kind: 'git', remote: remotes.length + 1, text, url, ...id })
  }
  return remotes
}
