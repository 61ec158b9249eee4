import type { GitWorld, JenkinsWorld } from './blueprint.ts'
import type { Expectation } from './expectation.ts'
import { expectationOfGit, runGit } from './git-oracle.ts'
import { expectationOfJenkins, runBuild, usedPair } from './jenkins-oracle.ts'

const TOLD_BY_STATUS: readonly number[] = [403, 429]

/** A text alone: what git or a build printed. Of a command that worked there is nothing to read. */
export function expectationOfLog(world: GitWorld | JenkinsWorld): Expectation {
  const whole =
    world.kind === 'git'
      ? expectationOfGit({ ...world, afterFailure: false })
      : expectationOfJenkins({ ...world, built: true })
  const untold = 'the text does not tell'
  if (whole.works) return { works: true, right: whole.right, untold }
  if (isTold(world)) return { works: false, right: whole.right }
  return { works: false, right: whole.right, untold }
}

/** Git's own words name a scope, an allowlist, a limit; the git plugin names an id that it does not find. */
function isTold(world: GitWorld | JenkinsWorld): boolean {
  if (world.kind === 'git' && world.network !== undefined) return true
  const last = (world.kind === 'git' ? runGit(world) : runBuild(world).run).sent.at(-1)
  if (TOLD_BY_STATUS.includes(last?.answer.status ?? 0)) return true
  return world.kind === 'jenkins' && usedPair(world) === undefined && last === undefined
}
