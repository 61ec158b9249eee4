import { execFile } from 'node:child_process'

/** Both copy access control lists, extended attributes and labels of SELinux; GNU's copies nothing else (cp(1)). */
const OPTIONS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['--attributes-only', '--preserve=all'],
  darwin: ['-p'],
}
const LONGEST_MS = 10_000

/**
 * Gives the file at `to` what else the one at `from` has besides owner and mode, which Node knows nothing of. `to` may hold the bytes of `from`
 * afterwards. `false`: this system has no program that does it (busybox), or it was refused; only owner and mode are then kept.
 */
export function copyAttributes(from: string, to: string): Promise<boolean> {
  const options = OPTIONS[process.platform]
  if (options === undefined) return Promise.resolve(false)
  return new Promise((resolve) => {
    const settings = { timeout: LONGEST_MS, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } }
    execFile('cp', [...options, '--', from, to], settings, (error) => resolve(error === null))
  })
}
