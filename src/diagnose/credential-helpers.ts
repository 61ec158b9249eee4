import { join } from 'node:path'
import { neutralise } from '../bitbucket/evidence-text.ts'
import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Place } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Secret } from '../model/secret.ts'
import { type GitScene, type GitSetting, runGit } from './git-settings.ts'
import { matching, whereOf } from './setting-match.ts'
import { placesIn, refOf, sourceOf, type TraceDetectors } from './source-places.ts'
import type { Found } from './source-standing.ts'

export async function helperAnswers(
  target: RepositoryUrl,
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
  settings: readonly GitSetting[],
  pinned: string | undefined,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const helper of helpersInForce(settings, target)) {
    const answer =
      (await askHelper(helper.value, target, scene, context, pinned)) ??
      (pinned === undefined ? undefined : await askHelper(helper.value, target, scene, context, 'any username'))
    if (answer === undefined) continue
    const lines = await linesOfStore(helper.value, scene, context, detectors)
    const place = lines.find(({ secret }) => secret?.value?.equals(answer.secret) === true)
    const named: Found = {
      kind: 'helper',
      where: helperName(helper),
      ...answer,
      shape: shapeOf(answer.secret),
      matched: pinned === undefined || answer.username === pinned,
      ...literalSetting(helper, context),
    }
    if (place === undefined) found.push(named)
    else
      found.push(
        { ...named, where: sourceOf('helper', place).where, place: refOf(place) },
        ...after(place, lines, pinned),
      )
  }
  return found
}

/** What the same file holds further down: `store` answers with the first line that fits (git-credential-store). */
function after(place: Place, lines: readonly Place[], pinned: string | undefined): readonly Found[] {
  const behind = lines.slice(lines.indexOf(place) + 1)
  return behind
    .filter(({ secret }) => secret?.value !== undefined)
    .map((line) => ({
      ...sourceOf('helper', line),
      matched: pinned === undefined || line.username?.text === pinned,
    }))
}

/** The setting that holds the secret itself: no program can forget it. */
function literalSetting(helper: GitSetting, context: Context): Pick<Found, 'setting'> {
  if (helper.file === undefined || literalAnswer(helper.value, context) === undefined) return {}
  return { setting: { file: helper.file, key: helper.key } }
}

/** An empty value clears the list that was read before it (git-config, credential.helper). */
function helpersInForce(settings: readonly GitSetting[], target: RepositoryUrl): readonly GitSetting[] {
  const all = matching(settings, 'credential', 'helper', target)
  return all.slice(all.findLastIndex(({ value }) => value === '') + 1)
}

/** `credential.username` would be added to the question; the helper itself is named on the command line. */
const WITHOUT_CONFIGURATION = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_DIR: '/nonexistent',
}

async function askHelper(
  helper: string,
  target: RepositoryUrl,
  scene: GitScene,
  context: Context,
  username: string | undefined,
): Promise<{ readonly username?: string; readonly secret: Secret } | undefined> {
  const written = literalAnswer(helper, context)
  if (written !== undefined) return written
  const url = new URL(target.bare)
  const lines = [`protocol=https`, `host=${url.host}`, `path=${url.pathname.slice(1)}`]
  const isAny = username === 'any username'
  const input = `${[...lines, ...(username === undefined || isAny ? [] : [`username=${username}`])].join('\n')}\n\n`
  // The empty value first: no other helper may answer, and `fill` neither stores nor erases.
  const only = ['-c', 'credential.helper=', '-c', `credential.helper=${helper}`, 'credential', 'fill']
  const { stdout, exitCode } = await runGit(context, scene, only, input, isAny ? WITHOUT_CONFIGURATION : {})
  if (exitCode !== 0) return undefined
  const value = (key: string) =>
    stdout
      .split('\n')
      .find((line) => line.startsWith(`${key}=`))
      ?.slice(key.length + 1)
  const [name, password] = [value('username'), value('password')]
  if (password === undefined || password === '') return undefined
  return { ...(name === undefined ? {} : { username: name }), secret: context.seal(password) }
}

/**
 * A snippet that prints a literal password (`!f() { echo password=...; }`) is read and not run: naming it to git would put the
 * secret into arguments that everyone on the machine can read.
 */
function literalAnswer(
  helper: string,
  context: Context,
): { readonly username?: string; readonly secret: Secret } | undefined {
  const literal = (key: string): string | undefined => new RegExp(`\\b${key}=([^\\s;"'\`$}]+)`).exec(helper)?.[1]
  const [username, password] = [literal('username'), literal('password')]
  if (!helper.startsWith('!') || password === undefined) return undefined
  return { ...(username === undefined ? {} : { username }), secret: context.seal(password) }
}

/** Lines for this host, in the file that `store` would answer from: the first that holds one. */
async function linesOfStore(
  helper: string,
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
): Promise<readonly Place[]> {
  if (!/(^|[ /-])store\b/.test(helper)) return []
  const home = scene.home ?? context.system.processes.environment()['HOME'] ?? ''
  const [, quoted, bare] = /--file[= ](?:"([^"]+)"|(\S+))/.exec(helper) ?? []
  const named = (quoted ?? bare)?.replace(/^~(?=\/)/, home).replaceAll("'", '')
  const files = named === undefined ? [join(home, '.git-credentials'), join(home, '.config/git/credentials')] : [named]
  const lines = await Promise.all(files.map((file) => placesIn(file, detectors.gitCredentials, context)))
  return lines.flat().filter(({ host }) => host === 'bitbucket.org')
}

function helperName(helper: GitSetting): string {
  return `credential helper "${neutralise(helper.value.split(' ')[0] ?? '')}" (${whereOf(helper)})`
}
