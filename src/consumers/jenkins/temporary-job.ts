import { z } from 'zod'
import { Failure } from '../../model/failure.ts'
import type { Context } from '../../model/ports.ts'
import type { JenkinsClient } from './client.ts'
import { type ControllerPath, itemPath, pageOf } from './controller-path.ts'
import { meaningOf } from './refusal-words.ts'
import { type RunBuild, runBuild, type Waiting } from './run-build.ts'
import { escapeText } from './xml-document.ts'

/** What a job of ours checks out, on the agents of a label. */
export interface TemporaryJob {
  /** Full name of the folder that it is made in, so that it is given what the jobs there are given; empty: the root. */
  readonly folder: string
  readonly url: string
  readonly credentialsId: string
  readonly label: string
}

/** With the credential; without it, where that tells more. */
export interface TwoBuilds {
  readonly with: RunBuild
  readonly without?: RunBuild
}

/**
 * Makes a freestyle job that checks out one repository and does nothing else, builds it with the credential and then without it, and
 * removes it, whatever happens in between. One that a run before left is removed first. Throws `Failure` where Jenkins refuses.
 */
export async function buildTemporaryJob(
  client: JenkinsClient,
  job: TemporaryJob,
  context: Pick<Context, 'digest'>,
  waiting: Waiting,
): Promise<TwoBuilds> {
  const mark = markOf(client, job, context)
  const name = `${job.folder === '' ? '' : `${job.folder}/`}${NAME}-${mark}`
  const buildTwice = async (): Promise<TwoBuilds> => {
    await client.postXml(creationPath(job.folder, `${NAME}-${mark}`), configOf(job, job.credentialsId, mark))
    const withIt = await runBuild(client, name, waiting)
    if (!hasFetched(withIt) && !showsAppPassword(withIt)) return { with: withIt }
    await client.postXml(pageOf(name, 'config.xml'), configOf(job, undefined, mark))
    return { with: withIt, without: await runBuild(client, name, waiting) }
  }
  await removeOurs(client, name, mark)
  // Also after a request to make it whose answer is lost.
  const [built] = await Promise.allSettled([buildTwice()])
  const [removed] = await Promise.allSettled([removeOurs(client, name, mark)])
  if (built.status === 'rejected') throw built.reason
  if (removed.status === 'rejected') throw leftBehind(name, removed.reason)
  return built.value
}

function leftBehind(name: string, reason: unknown): unknown {
  if (!(reason instanceof Failure)) return reason
  const because = `the job ${name}, made to prove a credential, could not be removed: ${reason.parts.because ?? reason.code}`
  return new Failure(reason.code, { ...reason.parts, because, next: ['Remove it by hand; it has no trigger.'] })
}

const NAME = 'keyturn-proof'

export function hasFetched(build: RunBuild): boolean {
  return build.kind === 'built' && build.console.checkouts.some(({ outcome }) => outcome === 'fetched')
}

/** What git on the agent presents by itself comes before any credential of Jenkins. */
export function showsAppPassword(build: RunBuild): boolean {
  return build.kind === 'built' && build.console.checkouts.some(({ text }) => isOfAppPassword(text))
}

function isOfAppPassword(text: string): boolean {
  const meaning = meaningOf(text)
  return meaning.kind === 'no' && meaning.reason === 'app password removed'
}

/** The same for the same question, so that what a crash left is found again; keyed, so that nobody else's job has its name. */
function markOf(client: JenkinsClient, job: TemporaryJob, { digest }: Pick<Context, 'digest'>): string {
  const about = [client.baseUrl, job.folder, job.url, job.credentialsId, job.label].join('\0')
  return digest(Buffer.from(`proof\0${about}`, 'utf8')).slice('hmac:'.length, 'hmac:'.length + 16)
}

function creationPath(folder: string, name: string): ControllerPath {
  return `${pageOf(folder, 'createItem')}?name=${name}`
}

const shown = z.object({ description: z.string().nullish() })

async function removeOurs(client: JenkinsClient, name: string, mark: string): Promise<void> {
  const found = await client.json(itemPath(name), 'description')
  if (found === undefined) return
  const read = shown.safeParse(found)
  if (read.success && read.data.description?.includes(mark) === true) return client.postAction(pageOf(name, 'doDelete'))
  throw new Failure('R404', {
    at: client.baseUrl + itemPath(name),
    because: 'a job of this name is there, and keyturn did not make it',
    state: 'It was left as it is.',
  })
}

/** As XStream writes one (git-plugin, GitSCM and CloneOption); the newest commit alone is fetched. Without triggers, steps and parameters. */
function configOf({ url, label }: TemporaryJob, credentialsId: string | undefined, mark: string): string {
  const id = credentialsId === undefined ? '' : `<credentialsId>${escapeText(credentialsId)}</credentialsId>`
  return `<?xml version='1.1' encoding='UTF-8'?>
<project>
  <description>Made by keyturn to prove a credential, and removed again (${mark})</description>
  <keepDependencies>false</keepDependencies>
  <properties/>
  <scm class="hudson.plugins.git.GitSCM">
    <configVersion>2</configVersion>
    <userRemoteConfigs>
      <hudson.plugins.git.UserRemoteConfig><url>${escapeText(url)}</url>${id}</hudson.plugins.git.UserRemoteConfig>
    </userRemoteConfigs>
    <branches><hudson.plugins.git.BranchSpec><name>**</name></hudson.plugins.git.BranchSpec></branches>
    <doGenerateSubmoduleConfigurations>false</doGenerateSubmoduleConfigurations>
    <submoduleCfg class="empty-list"/>
    <extensions>
      <hudson.plugins.git.extensions.impl.CloneOption>
        <shallow>true</shallow><noTags>true</noTags><reference></reference><depth>1</depth><honorRefspec>false</honorRefspec>
      </hudson.plugins.git.extensions.impl.CloneOption>
    </extensions>
  </scm>
  <assignedNode>${escapeText(label)}</assignedNode>
  <canRoam>false</canRoam>
  <disabled>false</disabled>
  <blockBuildWhenDownstreamBuilding>false</blockBuildWhenDownstreamBuilding>
  <blockBuildWhenUpstreamBuilding>false</blockBuildWhenUpstreamBuilding>
  <triggers/>
  <concurrentBuild>false</concurrentBuild>
  <builders/>
  <publishers/>
  <buildWrappers/>
</project>
`
}
