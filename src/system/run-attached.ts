import { spawn } from 'node:child_process'
import { Failure } from '../model/failure.ts'

/** Runs a command with this terminal attached; gives its exit code (128 + signal number is not told apart from 1). */
export function runAttached(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...environment } })
    child.on('error', (cause) =>
      reject(new Failure('R107', { at: command, because: 'the command could not be started', cause })),
    )
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
