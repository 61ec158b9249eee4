import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import { type Consultation, type Keyturn, nodeFiles, nodeProcesses, type RunOutcome } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Plan } from '../../model/plan.ts'
import type { Output } from '../output.ts'
import { runProgress } from '../run-progress.ts'
import { doctorLines } from '../views/doctor.ts'
import { planLines } from '../views/plan.ts'
import { applyLines, rollbackLines, verifyLines } from '../views/run.ts'
import { scanLines } from '../views/scan.ts'
import { count } from '../views/text.ts'
import { gitWords, type Screen } from './screen.ts'
import { DEVELOPER, OWNER, type Stage } from './stage.ts'
import { createOnTokenPage } from './token-page.ts'

/** What the acts pass on. */
export interface Telling {
  readonly stage: Stage
  readonly keyturn: Keyturn
  readonly screen: Screen
  readonly output: Output
}

const FILES = ['.netrc', '.git-credentials', 'clones/app/.git/config', 'clones/web/.git/config']

/** The whole story, act by act. Throws `Failure` R900 when it does not go as told. */
export async function tellStory(telling: Telling): Promise<void> {
  const before = await digests(telling.stage)
  await everythingFails(telling)
  const inventory = await find(telling)
  await explain(telling)
  const plan = await planAndCreateTokens(telling, inventory)
  const outcome = await change(telling, plan)
  await everythingWorks(telling)
  await prove(telling, outcome)
  await putBack(telling, outcome, before)
}

async function everythingFails(telling: Telling): Promise<void> {
  telling.screen.act('What happens since 28 July 2026', [
    'A Jenkins controller with three jobs, its agent, and a developer with two clones.',
  ])
  await buildAll(telling, 'FAILURE')
  await fetchAll(telling, 128)
}

async function find({ stage, keyturn, screen, output }: Telling): Promise<Inventory> {
  screen.act('Find: which credentials are there?', [
    'Folders are read offline. Secrets are named by fingerprints, never shown.',
  ])
  const inventory = await keyturn.scan({ paths: [stage.jenkinsHome, stage.agentHome, stage.devHome] })
  screen.show('keyturn scan jenkins_home agent dev', withoutNext(scanLines(inventory, output.paint, stage.folder)), 0)
  screen.say([
    '',
    'The id "bitbucket" exists twice in Jenkins: for jobs in the folder "team" the',
    'one of the folder hides the one of the system, so changing only one of them',
    'leaves jobs that go on failing.',
  ])
  return inventory
}

async function explain({ stage, keyturn, screen }: Telling): Promise<void> {
  screen.act('Explain: why does it fail?', [
    'The doctor asks git where it takes a credential from, and Bitbucket what it thinks of it.',
  ])
  const job = await keyturn.diagnoseJob({ item: 'team/web-build' }, { agentHome: stage.agentHome })
  expectCause(job, ['D101', 'D111'])
  screen.show('keyturn doctor --jenkins URL --job team/web-build --as-home agent', firstLines(doctorLines(job)), 3)
  const developer = await keyturn.diagnoseUrl(
    'https://bitbucket.org/acme/web.git',
    { home: stage.devHome, folder: join(stage.devHome, 'clones', 'web') },
    {},
  )
  expectCause(developer, ['D101'])
  screen.show('keyturn doctor https://bitbucket.org/acme/web.git', firstLines(doctorLines(developer)), 3)
}

async function planAndCreateTokens({ stage, keyturn, screen, output }: Telling, inventory: Inventory): Promise<Plan> {
  screen.act('Plan: what has to change, and which tokens must a person create?')
  const first = await keyturn.plan(inventory)
  screen.show('keyturn plan jenkins_home agent dev', planLines(first, { paint: output.paint, all: true }), 3)
  screen.act('Create the tokens', [
    "Each on the owner's account page, as asked for; here by filling in the form of the sandbox's page.",
  ])
  for (const request of first.requests) {
    const owner = request.owner === DEVELOPER.username ? DEVELOPER : OWNER
    const secret = await createOnTokenPage(keyturn.context.system.http, stage.sandbox.webUrl, owner, request)
    const name = request.keepAs ?? request.id
    const { token, usable } = await keyturn.addToken({
      name,
      secret,
      email: owner.email,
      username: owner.username,
      expiresAt: `${request.expiresOn}T00:00:00.000Z`,
    })
    if (!usable) throw offScript(`the token of ${owner.username} was refused`)
    const names = `--email ${owner.email} --username ${owner.username}`
    screen.show(`keyturn token add ${name} ${names} --expires ${request.expiresOn}`, [
      `Kept "${name}": ${token.secret.fingerprint}, API token, scopes ${token.scopes === 'not reported' ? 'not reported' : token.scopes.join(', ')}`,
    ])
  }
  const plan = await keyturn.plan(inventory)
  await keyturn.savePlan(plan)
  screen.show('keyturn plan jenkins_home agent dev -o plan.json', [
    `Plan ${plan.id}: ${count(plan.steps.length, 'change')}, no request is open`,
  ])
  return plan
}

async function change({ stage, keyturn, screen, output }: Telling, plan: Plan): Promise<RunOutcome> {
  screen.act('Change, and prove every place over the wire', [
    'Jenkins is stopped while its files change. Journal and backup are on disk before each act.',
  ])
  await stage.jenkins.stop()
  const { onEvent } = runProgress(output, keyturn.context.system.clock, { of: plan.steps.length })
  const outcome = await keyturn.apply(plan, { onEvent })
  await stage.jenkins.restart()
  screen.show('keyturn apply plan.json', applyLines(outcome, output.paint), outcome.exitCode)
  if (outcome.exitCode !== 0) throw offScript('not every place could be proved')
  return outcome
}

async function everythingWorks(telling: Telling): Promise<void> {
  telling.screen.act('The same builds and the same clones')
  await buildAll(telling, 'SUCCESS')
  await fetchAll(telling, 0)
}

async function prove({ keyturn, screen, output }: Telling, { state }: RunOutcome): Promise<void> {
  const places = await keyturn.verify(state.run)
  screen.show('keyturn verify', lastLines(verifyLines(places, state.plan.sources, output.paint)))
  if (places.some(({ proof }) => proof.kind !== 'verified')) throw offScript('a place is not verified')
}

async function putBack(
  { stage, keyturn, screen, output }: Telling,
  { state }: RunOutcome,
  before: ReadonlyMap<string, string>,
): Promise<void> {
  screen.act('Undo: every byte as it was', ['In case the change has to be taken back. Jenkins is stopped again.'])
  await stage.jenkins.stop()
  const outcome = await keyturn.rollback(state.run)
  await stage.jenkins.restart()
  screen.show(`keyturn rollback ${state.run}`, rollbackLines(outcome, output.paint), outcome.exitCode)
  const after = await digests(stage)
  const rows = [...before].map(
    ([name, digest]) =>
      `${digest.slice(0, 16)}  ${after.get(name)?.slice(0, 16)}  ${after.get(name) === digest ? 'same' : 'DIFFERENT'}  ${name}`,
  )
  screen.show('sha256sum (before, now)', rows)
  if ([...before].some(([name, digest]) => after.get(name) !== digest)) throw offScript('a file is not as it was')
}

async function buildAll({ stage, screen }: Telling, expected: 'SUCCESS' | 'FAILURE'): Promise<void> {
  for (const job of stage.jobs) {
    const build = await stage.jenkins.build(job)
    if (build.result !== expected) throw offScript(`build ${job} ended in ${build.result}`)
    screen.show(
      `jenkins build ${job}`,
      [...buildWords(build.console), `Finished: ${build.result}`],
      expected === 'SUCCESS' ? 0 : 1,
    )
  }
}

/** Of the console: what git said, or which commit was checked out. */
function buildWords(console: string): readonly string[] {
  const lines = console.split('\n').map((line) => line.replace(/^stderr: /, ''))
  return [...gitWords(lines.join('\n')), ...lines.filter((line) => /^Checking out Revision/.test(line)).slice(0, 1)]
}

async function fetchAll({ stage, screen }: Telling, expected: number): Promise<void> {
  const processes = nodeProcesses({})
  for (const clone of stage.clones) {
    const folder = join(stage.devHome, 'clones', clone)
    const environment = { ...stage.environment, HOME: stage.devHome }
    const fetched = await processes.run({ command: 'git', args: ['-C', folder, 'fetch', 'origin'], environment })
    if (fetched.exitCode !== expected) throw offScript(`git fetch in clones/${clone} ended with ${fetched.exitCode}`)
    const words =
      expected === 0
        ? fetched.stderr.split('\n').filter((line) => /new branch|From /.test(line))
        : gitWords(fetched.stderr)
    screen.show(
      `git -C ~/clones/${clone} fetch origin`,
      words.length === 0 ? ['(up to date)'] : words,
      fetched.exitCode,
    )
  }
}

async function digests(stage: Stage): Promise<ReadonlyMap<string, string>> {
  const paths = [
    ...FILES.map((name) => join(stage.devHome, name)),
    join(stage.agentHome, '.git-credentials'),
    join(stage.jenkinsHome, 'credentials.xml'),
    join(stage.jenkinsHome, 'jobs', 'team', 'config.xml'),
  ]
  const found = new Map<string, string>()
  for (const path of paths) {
    const bytes = await nodeFiles().read(path)
    found.set(relative(stage.folder, path), createHash('sha256').update(bytes).digest('hex'))
  }
  return found
}

function expectCause({ diagnoses }: Consultation, codes: readonly string[]): void {
  if (!codes.includes(diagnoses[0]?.code ?? '')) throw offScript(`the doctor found ${diagnoses[0]?.code}`)
}

function withoutNext(lines: readonly string[]): readonly string[] {
  const next = lines.findIndex((line) => line.startsWith('Next:'))
  return next === -1 ? lines : lines.slice(0, next - 1)
}

/** The cause with its evidence; the repair is what the next acts do. */
function firstLines(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => line.trim() === 'Repair')
  return end === -1 ? lines : lines.slice(0, end - 1)
}

function lastLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/^\s{7}/.test(line))
}

function offScript(because: string): Failure {
  return new Failure('R900', { at: 'the demo', because, state: 'Only the folder of the demo was touched.' })
}
