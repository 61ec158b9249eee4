import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { play } from './transcript.ts'

/** `RECORD_TRANSCRIPTS=1` writes the screens as they are now; read the difference before it is committed. */
const RECORDS = process.env['RECORD_TRANSCRIPTS'] === '1'

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
  existsSync(join(import.meta.dirname, entry.name, 'session.txt')),
)

describe('transcripts', () => {
  it.each(folders.map(({ name }) => [name.replaceAll('-', ' '), join(import.meta.dirname, name)]))(
    '%s',
    async (_, folder) => {
      const { expected, actual, printed, secrets } = await play(folder)
      if (RECORDS) writeFileSync(join(folder, 'session.txt'), actual)
      expect(actual).toBe(RECORDS ? actual : expected)
      expect(secrets.filter((secret) => printed.includes(secret))).toEqual([])
    },
  )
})
