import { z } from 'zod'
import type { Failure } from '../../model/failure.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { rememberingRecent } from '../../model/remembering-recent.ts'
import type { JenkinsClient } from './client.ts'
import { consoleWords } from './console-words.ts'
import { itemPath, pageOf } from './controller-path.ts'
import { attempt } from './items.ts'

const FIELDS = 'number,result,timestamp,duration'

const build = z.object({
  number: z.number(),
  result: z.string().nullish(),
  timestamp: z.number().optional(),
  duration: z.number().optional(),
})

export type ToldBuild = z.infer<typeof build>

const plainJob = z.object({
  _class: z.enum(['hudson.model.FreeStyleProject', 'org.jenkinsci.plugins.workflow.job.WorkflowJob']),
  lastBuild: build.nullish(),
})

interface PlainJob {
  readonly lastBuild: ToldBuild | undefined
}

/** Last builds of the freestyle and pipeline jobs of folders, told for many of one folder at once. */
export interface FolderBuilds {
  /** `undefined`: it is something else, or not shown. */
  readonly of: (client: JenkinsClient, item: string) => Promise<PlainJob | undefined>
}

/** The first job of a folder is asked for alone; from the second on, what is answered tells about a page of its neighbours. */
export function folderBuilds(): FolderBuilds {
  const readingOf = rememberingRecent<FolderReading>(MOST_FOLDERS)
  return {
    of: async (client, item) => {
      const folder = item.slice(0, Math.max(0, item.lastIndexOf('/')))
      const reading = readingOf(folder, () => ({ asked: 0, jobs: new Map(), from: 0 }))
      reading.asked++
      return reading.asked === 1 ? readPlainJob(client, item) : findJob(client, folder, item, reading)
    },
  }
}

/** Jobs of one folder come one after the other. */
const MOST_FOLDERS = 100

interface FolderReading {
  asked: number
  readonly jobs: Map<string, PlainJob>
  /** Where the next page begins. Absent: there is none. */
  from: number | undefined
}

/** So many jobs of one folder at a time. */
const PAGE = 200

const folderJobs = z.object({ jobs: z.array(z.looseObject({ name: z.string() })) })

async function findJob(
  client: JenkinsClient,
  folder: string,
  item: string,
  reading: FolderReading,
): Promise<PlainJob | undefined> {
  while (!reading.jobs.has(item) && reading.from !== undefined) await readPage(client, folder, reading, reading.from)
  return reading.jobs.get(item) ?? readPlainJob(client, item)
}

async function readPage(client: JenkinsClient, folder: string, reading: FolderReading, from: number): Promise<void> {
  const tree = `jobs[name,_class,lastBuild[${FIELDS}]]{${from},${from + PAGE}}`
  const page = folderJobs.safeParse(await attempt([], () => client.json(itemPath(folder), tree)))
  const jobs = page.success ? page.data.jobs : []
  for (const each of jobs) {
    const job = plainJob.safeParse(each)
    const fullName = folder === '' ? each.name : `${folder}/${each.name}`
    if (job.success) reading.jobs.set(fullName, { lastBuild: job.data.lastBuild ?? undefined })
  }
  reading.from = jobs.length < PAGE ? undefined : from + PAGE
}

/** What one question tells of a freestyle or pipeline job. `undefined`: it is something else, or not shown. */
async function readPlainJob(client: JenkinsClient, item: string): Promise<PlainJob | undefined> {
  const answer = await attempt([], () => client.json(itemPath(item), `_class,lastBuild[${FIELDS}]`))
  const job = plainJob.safeParse(answer)
  return job.success ? { lastBuild: job.data.lastBuild ?? undefined } : undefined
}

export async function readLastBuild(
  client: JenkinsClient,
  item: string,
  now: Date,
  gaps: Failure[],
): Promise<JenkinsFindings['lastBuild']> {
  const answer = await attempt(gaps, () => client.json(pageOf(item, 'lastBuild'), FIELDS))
  const read = build.safeParse(answer)
  return read.success ? withConsole(client, item, read.data, now, gaps) : undefined
}

/** With what the build wrote. */
export async function withConsole(
  client: JenkinsClient,
  item: string,
  { number, result, timestamp, duration = 0 }: ToldBuild,
  now: Date,
  gaps: Failure[],
): Promise<JenkinsFindings['lastBuild']> {
  const console = await attempt(gaps, () => client.get(pageOf(item, `${number}/consoleText`)))
  if (console === undefined) return undefined
  return {
    number,
    result: result ?? 'RUNNING',
    text: consoleWords(Buffer.from(console).toString('utf8')),
    ...(timestamp === undefined ? {} : { minutesAgo: minutesBetween(timestamp + duration, now.getTime()) }),
  }
}

/** The clocks of two machines: what ended in the future has ended now. */
function minutesBetween(from: number, to: number): number {
  return Math.max(0, Math.floor((to - from) / 60_000))
}
