import { join } from 'node:path'
import { expect } from 'vitest'
import { readConsoleLog } from '../../src/diagnose/console-log.ts'
import type { LogCause } from './log-causes.ts'
import type { Machine, World } from './stage.ts'
import { askDoctor, carryOut, type Prescription } from './visit.ts'

/** From a log to a cure: read without any network, asked of the controller, carried out as printed, run again. */
export async function readAndRepair(
  world: World,
  { letter, rows, read: expected, asked, proof, arrange, rewrite = (log) => log }: LogCause,
): Promise<void> {
  const { run, reader, visit, act, stop } = await arrange(world, letter.replaceAll(' ', '-'))
  try {
    const before = await run()
    expect(before, before.words).toMatchObject({ works: false })
    const log = rewrite(before.words)
    const classes = readConsoleLog(log).findings.map(({ id }) => id)
    expect(classes, log).toEqual(expect.arrayContaining(rows.filter((row) => row.startsWith('L'))))
    const read = await readLog(reader, log)
    expect(read.codes, `${read.screen}\n${log}`).toEqual(expected)
    for (const [number, line] of quotedLines(read.screen))
      expect(log.split('\n')[number - 1], read.screen).toContain(line)
    if (asked !== undefined && visit !== undefined) {
      const told = await askDoctor(visit)
      expect(told.codes, `${told.screen}\n${log}`).toEqual(asked)
      if (act === undefined) await carryOut(visit, told, 'first', proof)
    }
    await act?.()
    const after = await run()
    expect(after, `${read.screen}\n${after.words}`).toMatchObject({ works: true })
  } finally {
    await stop()
  }
}

/** With a proxy that nobody answers for: what is said of a log needs no network. */
async function readLog(reader: Machine, log: string): Promise<Prescription> {
  await reader.write('console.log', log)
  const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }
  return askDoctor({
    machine: reader,
    args: ['--log', join(reader.home, 'console.log')],
    surroundings: { environment: nowhere },
  })
}

/** `console log, line 12`, and the beginning of what stands there: the screen wraps what is longer, and masks names and secrets. */
function quotedLines(screen: string): readonly (readonly [number: number, line: string])[] {
  const found = [...screen.matchAll(/console log, line (\d+)\n\s+(\S+(?: \S+)?)/g)]
  return found.map(([, number, words = '']) => [Number(number), words] as const)
}
