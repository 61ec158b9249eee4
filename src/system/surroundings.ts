import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What of this process and its machine decides what a scan can read and what git tells it: who runs it, with which rights, and which
 * Node and git. Two scans with the same text are given the same by the same files.
 */
export function surroundings(environment: Readonly<Record<string, string | undefined>>): string {
  const { version, platform } = process
  const who = [process.getuid?.(), process.geteuid?.(), process.getegid?.(), process.getgroups?.().join()]
  const variables = Object.entries(environment).filter(([name]) => DECIDING.test(name))
  const told = variables.sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([version, platform, ...who, capabilities(), told, gitIn(environment['PATH'] ?? '')])
}

/** What git, Node and the linker read, and where the homes of tools are. */
const DECIDING = /^(?:HOME|PATH|(?:GIT|XDG|NODE|LD|DYLD)_.*)$/

/** Root without some of them reads no more than others. */
function capabilities(): string {
  try {
    return /^CapEff:.*$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[0] ?? ''
  } catch {
    return ''
  }
}

function gitIn(path: string): string {
  for (const folder of path.split(':')) {
    const program = join(folder, 'git')
    try {
      accessSync(program, constants.X_OK)
      const { size, mtimeMs, ctimeMs, ino } = statSync(program)
      return `${program} ${size} ${mtimeMs} ${ctimeMs} ${ino}`
    } catch {
      // The next one.
    }
  }
  return ''
}
