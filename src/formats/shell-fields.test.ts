import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import type { Field } from './field.ts'
import { readShellFields } from './shell-fields.ts'

/** What a document stores for a field, and what that is called. */
function stored(document: string, { value }: Field): string {
  return document.slice(...value.spanOf(0, value.text.length))
}

function fieldNamed(document: string, name: string): Field {
  const found = readShellFields(document).fields.find(({ keys }) => keys.join('.') === name)
  if (found === undefined) throw new Error(`no field ${name}`)
  return found
}

function pairs(document: string): readonly (readonly [string, string])[] {
  return readShellFields(document).fields.map(({ keys, value }) => [keys.join('.'), value.text])
}

const hasBash = ((): boolean => {
  try {
    return execFileSync('bash', ['-c', 'printf %s $BASH_VERSION']).length > 0
  } catch {
    return false
  }
})()
if (!hasBash) process.stderr.write('bash is not installed: what the shell itself reads is NOT compared\n')

function output(shell: string, script: string): readonly string[] {
  const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' }
  const text = execFileSync(shell, ['-s'], { input: Buffer.from(script, 'latin1'), env: environment }).toString('utf8')
  return text.split('\0').slice(0, -1)
}

const secret = fc.string({
  unit: fc.constantFrom(...'abcXYZ019_-:/@=%#"\'$`\\ \t!*?[]{}()<>|&;~^,.+é€😀'),
  minLength: 1,
  maxLength: 14,
})

const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const double = (text: string): string => `"${text.replace(/[$`"\\]/g, '\\$&')}"`
const bare = (text: string): string =>
  text.replace(/[^A-Za-z0-9_]/gu, (character) => (character > '~' ? character : `\\${character}`))
const ansi = (text: string): string =>
  `$'${text.replace(/[\\']|[^ -~]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x80 ? `\\${code === 9 ? 't' : character}` : `\\U${code.toString(16).padStart(8, '0')}`
  })}'`
const PORTABLE = [single, double, bare]
const style = fc.constantFrom(...PORTABLE, ansi)

/** Pieces in different quotes, side by side. */
const pieces = fc.array(fc.tuple(secret, style), { minLength: 1, maxLength: 4 })

describe('assignments of shells', () => {
  test.each<readonly [string, string, readonly (readonly [string, string])[]]>([
    ['an assignment', 'A=b', [['A', 'b']]],
    ['quotes side by side', `A="a"b'c'\\ d`, [['A', 'abc d']]],
    [
      'export, readonly, declare, local',
      'export A=1\nreadonly B=2; declare -x C=3\nlocal D=4',
      [
        ['A', '1'],
        ['B', '2'],
        ['C', '3'],
        ['D', '4'],
      ],
    ],
    [
      'in front of a command, and of env',
      'A=1 git push\nenv B=2 git push\nsudo env C=3 x',
      [
        ['A', '1'],
        ['B', '2'],
        ['C', '3'],
      ],
    ],
    [
      'an option of a container',
      'docker run -e A=1 -eB=2 --env "C=3 4" --build-arg=D=5 x',
      [
        ['A', '1'],
        ['B', '2'],
        ['C', '3 4'],
        ['D', '5'],
      ],
    ],
    [
      'an array',
      'A=(x "y z" [k]=v) # ) (',
      [
        ['A.0', 'x'],
        ['A.1', 'y z'],
        ['A.k', 'v'],
      ],
    ],
    [
      'appending, an element',
      'A+=b\nA[3]=c',
      [
        ['A', 'b'],
        ['A.3', 'c'],
      ],
    ],
    [
      'a script of another shell',
      'bash -c "A=b x"; sh <<E\nC=d\nE\n',
      [
        ['A', 'b'],
        ['C', 'd'],
      ],
    ],
    [
      'a default',
      'curl "${A:-b c}" ${D:=e} ${F:+g}',
      [
        ['A', 'b c'],
        ['D', 'e'],
      ],
    ],
    [
      'fish',
      'set -gx A "b c"\nset -x B 1 2',
      [
        ['A', 'b c'],
        ['B.0', '1'],
        ['B.1', '2'],
      ],
    ],
    [
      'csh',
      'setenv A b\nset b = c',
      [
        ['A', 'b'],
        ['b', 'c'],
      ],
    ],
    [
      'PowerShell',
      "$env:A = \"b`\"c\"\n$Env:B='it''s'",
      [
        ['A', 'b"c'],
        ['B', "it's"],
      ],
    ],
    ['PowerShell by name', "[Environment]::SetEnvironmentVariable('A', 'b c', 'User')", [['A', 'b c']]],
    [
      'cmd',
      '@set A=b c\r\nset "B=x y" & rem\r\nset C=100%%&& dir',
      [
        ['A', 'b c'],
        ['B', 'x y'],
        ['C', '100%'],
      ],
    ],
    ['a comment', '# A=b\nX=1 # Y=2', [['X', '1']]],
    [
      'a continuation',
      'export \\\n  A=b \\\n  C=d',
      [
        ['A', 'b'],
        ['C', 'd'],
      ],
    ],
    [
      'a substitution',
      'X=$(A=b cmd "$(C=d e)")',
      [
        ['X', '$(A=b cmd "$(C=d e)")'],
        ['C', 'd'],
        ['A', 'b'],
      ],
    ],
    ['a here-document is no command', 'cat <<EOF\nA=b\nEOF\nC=d', [['C', 'd']]],
    [
      'a condition',
      'if [ "$a" = b ]; then A=b; fi; for i in 1; do C=d; done; f() { E=f; }',
      [
        ['A', 'b'],
        ['C', 'd'],
        ['E', 'f'],
      ],
    ],
    [
      'an arm of a case',
      'X=$(case $y in a) A=b;; (c) C=d;; esac)\nE=f',
      [
        ['X', '$(case $y in a) A=b;; (c) C=d;; esac)'],
        ['A', 'b'],
        ['C', 'd'],
        ['E', 'f'],
      ],
    ],
    [
      'shifts are no here-documents',
      'x=$((1 << y))\n((a = 1 << b))\nA=b',
      [
        ['x', '$((1 << y))'],
        ['A', 'b'],
      ],
    ],
  ])('%s', (_, document, expected) => {
    expect(pairs(document).toSorted()).toEqual([...expected].toSorted())
  })

  test('a quote that is never closed does not hide the lines behind it', () => {
    const { fields, problem } = readShellFields('A="b\nC="d e"\nD=f\n')
    expect(fields.map(({ keys, value }) => [keys[0], value.text])).toEqual([
      ['A', 'b'],
      ['C', 'd e'],
      ['D', 'f'],
    ])
    expect(problem?.detail).toBe('a quote is not closed')
  })

  test('the extent holds the quotes', () => {
    const document = 'export A="b c" B=\'d\'e'
    const extents = readShellFields(document).fields.map(({ extent }) => document.slice(...extent))
    expect(extents).toEqual(['"b c"', "'d'e"])
  })

  test('an empty value is a point where a value would stand', () => {
    expect(fieldNamed('A=\nB=1', 'A').value.spanOf(0, 0)).toEqual([2, 2])
    expect(fieldNamed('A=""', 'A').extent).toEqual([2, 4])
  })

  test('it goes to the end of a word whose quote is never closed', () => {
    expect(fieldNamed(`"A=bc`, 'A').extent).toEqual([3, 5])
    expect(fieldNamed(`'A=bc`, 'A').extent).toEqual([3, 5])
  })
})

/** The stored bytes as a word of a script, by what they are said to be. */
function asWord(document: string, field: Field): string {
  const text = stored(document, field)
  const [layer, ...more] = field.value.layers
  expect(more).toEqual([])
  if (layer === undefined) return single(text)
  if (layer === 'shell-double') return `"${text}"`
  if (layer === 'shell-ansi') return `$'${text}'`
  expect(['shell-bare', 'shell-word']).toContain(layer)
  return text
}

describe('any secret, in any quotes', () => {
  test('is found, and its bytes alone mean it', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const meant = list.map(([text]) => text).join('')
        const document = encodeUtf8(
          `# é\nexport A=1 TOKEN=${list.map(([text, quote]) => quote(text)).join('')} B="2" # TOKEN=x\n`,
        )
        const field = fieldNamed(document, 'TOKEN')
        expect(decodeUtf8(field.value.text)).toBe(meant)
        const [encoding = 'plain'] = field.value.layers
        expect(decodeStored(bytesOf(stored(document, field)), encoding)).toBe(meant)
        expect(pairs(document).map(([name]) => name)).toEqual(['A', 'TOKEN', 'B'])
      }),
      { numRuns: 2000 },
    )
  })

  test.runIf(hasBash)('bash reads the same script and the same bytes alike', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 20, maxLength: 40 }), (secrets) => {
        const meant = secrets.map((list) => list.map(([text]) => text).join(''))
        const lines = secrets.map((list, index) => `V${index}=${list.map(([text, quote]) => quote(text)).join('')}\n`)
        const document = encodeUtf8(lines.join(''))
        const print = secrets.map((_, index) => `printf '%s\\0' "$V${index}"\n`).join('')
        expect(output('bash', document + print)).toEqual(meant)
        const fields = readShellFields(document).fields
        expect(fields.map(({ value }) => decodeUtf8(value.text))).toEqual(meant)
        const words = fields.map((field) => `printf '%s\\0' ${asWord(document, field)}\n`).join('')
        expect(output('bash', words)).toEqual(meant)
      }),
      { numRuns: 12 },
    )
  })

  test.runIf(hasBash).each([
    ['"A=\\a""b"', '\\ab'],
    ["'A=\\a''b'", '\\ab'],
    [`"A=a""''"`, "a''"],
    [`"A=a"'"'b`, 'a"b'],
  ])('bash and the reader agree on a value that begins inside of quotes: %s', (word, meant) => {
    expect(output('bash', `export ${word}\nprintf '%s\\0' "$A"\n`)).toEqual([meant])
    expect(pairs(`export ${word}\n`)).toEqual([['A', meant]])
  })

  test.runIf(hasBash)("sh does too, without $'…'", () => {
    const list = fc.array(fc.tuple(secret, fc.constantFrom(...PORTABLE)), { minLength: 20, maxLength: 40 })
    fc.assert(
      fc.property(list, (secrets) => {
        const document = encodeUtf8(secrets.map(([text, quote], index) => `V${index}=${quote(text)}\n`).join(''))
        const fields = readShellFields(document).fields
        const words = fields.map((field) => `printf '%s\\0' ${asWord(document, field)}\n`).join('')
        expect(output('sh', words)).toEqual(secrets.map(([text]) => text))
      }),
      { numRuns: 8 },
    )
  })

  test('in PowerShell and cmd', () => {
    const quoteless = secret.filter((text) => !/["\n]|^'|[ \t]$/.test(text))
    fc.assert(
      fc.property(secret, quoteless, (text, plain) => {
        const document = encodeUtf8(
          [
            `$env:A = '${text.replaceAll("'", "''")}'`,
            `$env:B = "${text.replace(/[`"$]/g, '`$&')}"`,
            `set "C=${plain.replaceAll('%', '%%')}"`,
            `set D=${plain.replaceAll('%', '%%').replace(/[&|<>^]/g, '^$&')}`,
          ].join('\r\n'),
        )
        const meant: readonly (readonly [string, string])[] = [
          ['A', text],
          ['B', text],
          ['C', plain],
          ['D', plain],
        ]
        for (const [name, value] of meant) {
          const field = readShellFields(document).fields.findLast(
            ({ keys, extent }) => keys[0] === name && /^[=\s"']*$/.test(document.slice(extent[0] - 1, extent[0])),
          )
          if (field === undefined) throw new Error(`no field ${name}`)
          expect(decodeUtf8(field.value.text)).toBe(value)
          expect(decodeStored(bytesOf(stored(document, field)), field.value.layers[0] ?? 'plain')).toBe(value)
        }
      }),
      // Found by chance once: quotes of both kinds behind one another.
      { numRuns: 500, examples: [[`'""`, 'a']] },
    )
  })
})
