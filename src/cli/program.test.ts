import type { Command } from 'commander'
import { describe, expect, it, vi } from 'vitest'
import { makeProgram } from './program.ts'
import { UsageError } from './usage-error.ts'

/** Every command as it is typed, without the first word. */
function commandsOf(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  return command.commands.flatMap((one) => {
    const own = [...words, one.name()]
    return [own, ...commandsOf(one, own)]
  })
}

/** What follows `keyturn sandbox` and is none of its commands is for its default one. */
const DEFAULTS: Readonly<Record<string, string>> = { 'keyturn sandbox': 'keyturn sandbox start' }

async function mistyped(words: readonly string[]): Promise<{ readonly error: unknown; readonly told: string }> {
  let told = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text)
    return true
  })
  try {
    const error = await makeProgram()
      .parseAsync([...words, '--bogus'], { from: 'user' })
      .catch((caught: unknown) => caught)
    return { error, told }
  } finally {
    write.mockRestore()
  }
}

describe('an option that a command does not have', () => {
  it.each([[], ...commandsOf(makeProgram())].map((words) => ['keyturn', ...words].join(' ')))(
    'points at the help of that command: %s',
    async (command) => {
      const { error, told } = await mistyped(command.split(' ').slice(1))
      const meant = DEFAULTS[command] ?? command
      expect(told).toContain(`(${meant} --help shows what there is)`)
      expect(error).toBeInstanceOf(UsageError)
      expect(error).toMatchObject({ command: meant, exitCode: 1 })
    },
  )
})
