import type { Context, ProcessResult } from '../model/ports.ts'
import { type GitScene, mutedEnvironment } from './git-settings.ts'

/** Longer than a keychain takes, and short enough for a person who waits. */
const PATIENCE_SECONDS = 10

/** What a helper says to git, with nobody to be asked. Exit code 124: it took too long, and was ended together with git. */
export async function runHelper(
  context: Context,
  scene: GitScene,
  args: readonly string[],
  input: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  const folder = scene.folder ?? scene.home
  return context.system.processes.run({
    command: 'git',
    args,
    environment: { ...mutedEnvironment(context, scene), ...more },
    timeoutMs: (scene.helperSeconds ?? PATIENCE_SECONDS) * 1000,
    input,
    ...(folder === undefined ? {} : { folder }),
  })
}
