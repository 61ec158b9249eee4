import { z } from 'zod'
import type { Failure } from '../../model/failure.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
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

/** What one question tells of a freestyle or pipeline job. `undefined`: it is something else, or not shown. */
export async function readPlainJob(
  client: JenkinsClient,
  item: string,
): Promise<{ readonly lastBuild: ToldBuild | undefined } | undefined> {
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
