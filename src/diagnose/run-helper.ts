import { Failure } from '../model/failure.ts'
import type { Context, ProcessResult } from '../model/ports.ts'
import { type GitScene, mutedEnvironment } from './git-settings.ts'

/** Longer than a keychain takes, and short enough for a person who waits. */
const PATIENCE_SECONDS = 10

/**
 * A session of its own, so that no helper reaches the terminal, and a limit that ends the helper together with git. Without these two
 * programs (they are part of Linux, not of macOS) only git itself is ended. `setsid` knows no option on Alpine, and needs none: the
 * shell leads no group, so that nothing forks.
 */
const SHELL = `
if command -v setsid >/dev/null && command -v timeout >/dev/null
then exec setsid timeout -k 1 "$@"
else shift; exec "$@"
fi`

/** What a helper says to git, with nobody to be asked. Exit code 124: it took too long. */
export async function runHelper(
  context: Context,
  scene: GitScene,
  args: readonly string[],
  input: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  const folder = scene.folder ?? scene.home
  const seconds = scene.helperSeconds ?? PATIENCE_SECONDS
  const run = (command: string, whole: readonly string[]) =>
    context.system.processes.run({
      command,
      args: whole,
      environment: { ...mutedEnvironment(context, scene), ...more },
      timeoutMs: (seconds + 3) * 1000,
      input,
      ...(folder === undefined ? {} : { folder }),
    })
  try {
    return await run('sh', ['-c', SHELL, 'sh', String(seconds), 'git', ...args])
  } catch (error) {
    if (error instanceof Failure && error.code === 'R107') return run('git', args)
    throw error
  }
}
