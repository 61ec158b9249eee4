import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, decodeUtf8, encodeUtf8, sliceText } from './byte-text.ts'
import { readGitConfig, unquoteGitValue } from './git-config.ts'

const SAMPLES = [
  '[a]\nb = c\n',
  '\xef\xbb\xbf[A "S\\"ub\\\\x"] B=c # comment\n\tD = "x ; y" z ; w\n',
  '[a "b"]\r\n\tc = one\\\r\n two\r\n\td\r\n',
  '[a.Sub]\nc = "a\\tb\\nc\\"d\\\\e"\nc =\nc = last',
  '# é\n[remote "origin"]\n\turl = https://al%40ice:s%3D@bitbucket.org/w/r.git\n[a]x=1\n[b] y = 2',
  '[a]\nb = " lead and trail "\n c = in  ner   \n',
]

/** The keys and values that git itself finds. */
function gitsView(text: string): readonly (readonly [string, string | undefined])[] {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
  try {
    const path = join(folder, 'config')
    writeFileSync(path, Buffer.from(text, 'latin1'))
    const output = execFileSync('git', ['config', '-z', '--list', '-f', path], {
      env: { PATH: process.env['PATH'] },
      stdio: 'pipe',
    })
    return output
      .toString('utf8')
      .split('\0')
      .slice(0, -1)
      .map((line) => {
        const at = line.indexOf('\n')
        return at === -1 ? ([line, undefined] as const) : ([line.slice(0, at), line.slice(at + 1)] as const)
      })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('git-config', () => {
  test.each(SAMPLES)('reads the same keys and values as git: %j', (text) => {
    const read = readGitConfig(bytesOf(text))
    expect(read.problem).toBeUndefined()
    const ours = read.entries.map(({ section, key, value }) => [
      [section.name, ...(section.subsection ? [decodeUtf8(section.subsection.text)] : []), key].join('.'),
      value === undefined ? undefined : decodeUtf8(value.text),
    ])
    expect(ours).toEqual(gitsView(text))
  })

  test.each(['[a\n', '[a "b\n', '[a "b" ]\n', '[a]\n1 = x\n', '[a]\nb = "x\n', '[a]\nb = \\q\n', '[a]\nb c\n'])(
    'stops where git stops: %j',
    (text) => {
      expect(readGitConfig(bytesOf(text)).problem).toBeDefined()
      expect(() => gitsView(text)).toThrow()
    },
  )

  test('the stored bytes of a value and of each of its characters mean the same as the value', () => {
    const piece = fc.constantFrom('a', 'é', ' ', '\\"', '\\\\', '\\t', '"', '"#"', '\\\n', '%3d', ':', '@')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = bytesOf(`[é"x"]\n`.replace('é', 'a ') + encodeUtf8(`# é\nb = x${pieces.join('')}y\nc = 1\n`))
        const read = readGitConfig(bytes)
        if (read.problem !== undefined) return
        const [entry] = read.entries
        if (entry?.value === undefined) throw new Error('no value')
        const { starts, ends, text } = entry.value
        expect(sliceText(bytes, entry.span).startsWith('x')).toBe(true)
        text.split('').forEach((character, index) => {
          expect(unquoteGitValue(sliceText(bytes, [starts[index] ?? 0, ends[index] ?? 0]))).toBe(character)
        })
      }),
    )
  })

  test('no input throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readGitConfig(bytes)))
    const noise = fc.array(fc.constantFrom('[', ']', '"', '\\', '\n', '\r', ' ', 'a', '=', '#', '.'), { maxLength: 30 })
    fc.assert(fc.property(noise, (parts) => void readGitConfig(bytesOf(parts.join('')))))
  })
})
