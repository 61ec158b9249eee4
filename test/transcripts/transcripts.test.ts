import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { play } from './transcript.ts'

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
  existsSync(join(import.meta.dirname, entry.name, 'session.txt')),
)

describe('transcripts', () => {
  it.each(folders.map(({ name }) => [name.replaceAll('-', ' '), join(import.meta.dirname, name)]))(
    '%s',
    async (_, folder) => {
      const { expected, actual, printed, secrets } = await play(folder)
      expect(actual).toBe(expected)
      expect(secrets.filter((secret) => printed.includes(secret))).toEqual([])
    },
  )
})
