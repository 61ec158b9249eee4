import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'vitest'

export interface Present {
  readonly version: string
  /** Where it lies when it came from npm or Maven. */
  readonly folder: string
}

interface Look {
  readonly name: string
  readonly title: string
  readonly expected: boolean
  readonly folder: string
  readonly version?: string
  readonly missing?: string
  readonly heavy?: string
}

const tool = join(import.meta.dirname, '..', '..', 'tools', 'clients.mjs')

const look = (name: string): Look => {
  const { stdout, stderr } = spawnSync(process.execPath, [tool, 'list', '--json', name], { encoding: 'utf8' })
  const [found] = JSON.parse(stdout || 'null') ?? []
  if (found === undefined) throw new Error(stderr)
  return found
}

const leaveOut = (sentence: string): void => {
  process.stderr.write(`left out: ${sentence}\n`)
  it.skip(`left out: ${sentence}`, () => undefined)
}

/**
 * The tests of one client, when this machine has it. A client that is left out says so on the error stream and in the
 * name of a skipped test; where CI is set, an expected one that is missing is a failure, so that it cannot get lost.
 */
export const describeClient = (name: string, tests: (client: Present) => void): void => {
  const { title, version, folder, expected, missing, heavy } = look(name)
  if (version !== undefined && heavy !== undefined && process.env['KEYTURN_HEAVY_CLIENTS'] !== '1') {
    leaveOut(`${title} ${version} runs on request only: node tools/clients.mjs run ${name}`)
    return
  }
  if (version !== undefined) {
    describe(`${title} ${version}`, () => tests({ version, folder }))
    return
  }
  const sentence = `${title} is not on this machine: ${missing}`
  if (expected && process.env['CI'] === 'true') {
    it(`${title} is on this machine`, () => {
      throw new Error(sentence)
    })
    return
  }
  leaveOut(sentence)
}
