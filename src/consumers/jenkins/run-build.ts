import { z } from 'zod'
import type { Clock } from '../../model/ports.ts'
import { type BuildConsole, readBuildConsole } from './build-console.ts'
import type { JenkinsClient } from './client.ts'
import { consoleWords } from './console-words.ts'
import { type ControllerPath, itemPath, pageOf } from './controller-path.ts'
import { plainWords } from './plain-words.ts'
import { waitFor } from './wait-for.ts'

/** A build, or why there is none: half a sentence. */
export type RunBuild =
  | { readonly kind: 'built'; readonly number: number; readonly console: BuildConsole; readonly isRunning: boolean }
  | { readonly kind: 'not built'; readonly because: string }

export interface Waiting {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** Told what is waited for. */
  readonly onWait?: ((words: string) => void) | undefined
}

/** Until it begins, and from then until it ends. What it has said by then is judged; it goes on by itself. */
const LIMIT_MS = 10 * 60 * 1000

/** Starts one build of a job, with the defaults of its parameters, and waits for its end. Throws `Failure` where Jenkins refuses. */
export async function runBuild(client: JenkinsClient, job: string, waiting: Waiting): Promise<RunBuild> {
  const queued = await start(client, job)
  if (typeof queued === 'string') return { kind: 'not built', because: queued }
  const begun = await numberOf(client, queued, waiting)
  if (typeof begun === 'string') return { kind: 'not built', because: begun }
  waiting.onWait?.(`Waiting for ${job} #${begun} ...`)
  const ended = await waitFor(() => endOf(client, job, begun), { ...waiting, limitMs: LIMIT_MS })
  return { kind: 'built', number: begun, console: await consoleOf(client, job, begun), isRunning: ended === undefined }
}

const item = z.object({ _class: z.string(), buildable: z.boolean().optional() })

/** A scan is no build: with a credential that does not do it removes the jobs that it cannot see any more (branch-source issue 476). */
const JOBS = /(?:FreeStyleProject|WorkflowJob|MavenModuleSet|MatrixProject)$/

/** The number in the queue, or why there is none. */
async function start(client: JenkinsClient, job: string): Promise<number | string> {
  const read = item.safeParse(await client.json(itemPath(job), '_class,buildable'))
  if (!read.success) return 'this login is shown no such job'
  if (!JOBS.test(read.data._class))
    return 'it is no job but a folder of jobs, which a scan fills: name one of its branches'
  if (read.data.buildable === false) return 'it is disabled'
  const plain = await client.startBuild(pageOf(job, 'build'))
  const queued = plain === 'wants parameters' ? await client.startBuild(pageOf(job, 'buildWithParameters')) : plain
  return typeof queued === 'number' ? queued : 'Jenkins did not queue it'
}

const entry = z.object({
  cancelled: z.boolean().nullish(),
  why: z.string().nullish(),
  executable: z.object({ number: z.number() }).nullish(),
})

async function numberOf(client: JenkinsClient, queued: number, waiting: Waiting): Promise<number | string> {
  const path: ControllerPath = `/queue/item/${queued}`
  let why = ''
  const found = await waitFor(
    async () => {
      const read = entry.safeParse(await client.json(path, 'cancelled,why,executable[number]'))
      if (!read.success) return 'it left the queue, and nothing tells its number'
      if (read.data.cancelled === true) return 'somebody took it out of the queue'
      why = plainWords(read.data.why ?? '')
      if (why !== '') waiting.onWait?.(`Waiting in the queue of Jenkins: ${why}`)
      return read.data.executable?.number
    },
    { ...waiting, limitMs: LIMIT_MS },
  )
  return found ?? `it is still in the queue${why === '' ? '' : `: ${why}`}`
}

const state = z.object({ building: z.boolean(), result: z.string().nullish() })

async function endOf(client: JenkinsClient, job: string, number: number): Promise<true | undefined> {
  const read = state.safeParse(await client.json(pageOf(job, String(number)), 'building,result'))
  return read.success && !read.data.building && typeof read.data.result === 'string' ? true : undefined
}

async function consoleOf(client: JenkinsClient, job: string, number: number): Promise<BuildConsole> {
  const body = await client.get(pageOf(job, `${number}/consoleText`))
  return readBuildConsole(consoleWords(Buffer.from(body ?? '').toString('utf8')))
}
