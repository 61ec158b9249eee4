import type { Context } from '../model/ports.ts'
import { type GitScene, type GitSetting, runGit } from './git-settings.ts'
import type { Side } from './git-target.ts'

/** The setting that holds the first URL of each remote: for pushing its `pushurl`, where it has one. */
export function urlSettings(settings: readonly GitSetting[], side: Side): ReadonlyMap<string, GitSetting> {
  const urls = new Map<string, GitSetting>()
  for (const name of side === 'push' ? ['pushurl', 'url'] : ['url'])
    for (const setting of settings) {
      const { key } = setting
      if (!key.startsWith('remote.') || !key.endsWith(`.${name}`)) continue
      const remote = key.slice('remote.'.length, -name.length - 1)
      if (!urls.has(remote)) urls.set(remote, setting)
    }
  return urls
}

/** After `insteadOf` and `pushInsteadOf`, as git itself gives it; it reads the secret in it from its own files. */
export async function urlOfRemote(
  remote: string,
  scene: GitScene,
  context: Context,
  side: Side,
): Promise<string | undefined> {
  return (await urlsOfRemote(remote, scene, context, side))[0]
}

/** Git pushes to all of them, and fetches from the first. */
export async function urlsOfRemote(
  remote: string,
  scene: GitScene,
  context: Context,
  side: Side,
): Promise<readonly string[]> {
  const push = side === 'push' ? ['--push'] : []
  const { stdout, exitCode } = await runGit(context, scene, ['remote', 'get-url', ...push, '--all', '--', remote])
  if (exitCode === 0) return stdout.split('\n').filter((line) => line !== '')
  // Outside a clone, a remote of the global configuration is known to this command alone.
  const told = await runGit(context, scene, ['ls-remote', '--get-url', '--', remote])
  return told.exitCode === 0 ? told.stdout.split('\n').filter((line) => line !== '' && line !== remote) : []
}
