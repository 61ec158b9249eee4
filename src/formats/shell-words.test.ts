import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from './byte-text.ts'
import { plainText } from './field.ts'
import { readShellCommands } from './shell-fields.ts'
import { readShell, readShellInside, type ShellCommand } from './shell-words.ts'

const texts = (command: ShellCommand): readonly string[] => command.words.map(({ value }) => value.text)
const commandsOf = (script: string): readonly (readonly string[])[] => readShellCommands(script).map(texts)

describe('commands of a script', () => {
  test.each<readonly [string, string, readonly (readonly string[])[]]>([
    ['lists and pipes', 'a b;c&&d|e &\nf', [['a', 'b'], ['c'], ['d'], ['e'], ['f']]],
    [
      'reserved words',
      'if a; then b; else c; fi; while d; do e; done; ! f; { g; }',
      [['a'], ['b'], ['c'], ['d'], ['e'], ['f'], ['g']],
    ],
    ['subshells and functions', '(a; b) && f() { c; }', [['a'], ['b'], ['f'], ['c']]],
    ['comments', 'a # b\n#c\nd#e', [['a'], ['d#e']]],
    [
      'substitutions',
      'a "$(b "c d")" `e f`',
      [
        ['b', 'c d'],
        ['e', 'f'],
        ['a', '$(b "c d")', '`e f`'],
      ],
    ],
    [
      'quotes in a substitution in quotes',
      'a "x$(b ")")y" z',
      [
        ['b', ')'],
        ['a', 'x$(b ")")y', 'z'],
      ],
    ],
    [
      'process substitution',
      '. <(curl -n x) y',
      [
        ['curl', '-n', 'x'],
        ['.', '<(curl -n x)', 'y'],
      ],
    ],
    ['continuations', 'a \\\n b\\\nc \\\r\n d', [['a', 'bc', 'd']]],
    ['lines of PowerShell', 'a `\n b', [['a', 'b']]],
    [
      'carriage returns',
      'a b\r\nc "d"\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['braces of other tools', 'git log --format={a} @{u} x', [['git', 'log', '--format={a}', '@{u}', 'x']]],
  ])('%s', (_, script, expected) => {
    expect(commandsOf(script)).toEqual(expected)
  })

  test('variables keep their spelling and are named', () => {
    const [command] = readShellCommands(
      'curl -u "$U:${P:-$Q}" "https://x/${W}" \'$no\' \\$no $1 ${X#*:} ${Y:+$Z} $env:PS',
    )
    expect(command?.words.map(({ variables }) => variables)).toEqual([
      [],
      [],
      ['U', 'P', 'Q'],
      ['W'],
      [],
      [],
      [],
      ['X'],
      ['Z', 'Y'],
      ['PS'],
    ])
    expect(command?.words[2]?.value.text).toBe('$U:${P:-$Q}')
    expect(command?.words[2]?.references.map(({ name, from, to }) => [name, from, to])).toEqual([
      ['U', 0, 2],
      ['P', 3, 11],
    ])
  })

  test('a part of a word has its own bytes, and the layer of its own quotes', () => {
    const script = `git clone "https://\\$u:pass\\"word@bitbucket.org"/'a b'`
    const word = readShellCommands(script)[0]?.words[2]
    if (word === undefined) throw new Error('the word is missing')
    expect(word.value.text).toBe('https://$u:pass"word@bitbucket.org/a b')
    const at = word.value.text.indexOf('pass')
    const part = word.part(at, at + 9)
    expect([part.text, part.layers]).toEqual(['pass"word', ['shell-double']])
    expect(script.slice(...part.spanOf(0, 9))).toBe('pass\\"word')
    expect(word.part(8, 9).layers).toEqual(['shell-double'])
    expect(word.part(at, at + 4).layers).toEqual([])
    const path = word.part(word.value.text.length - 3)
    expect([path.text, path.layers, script.slice(...path.spanOf(0, 3))]).toEqual(['a b', [], 'a b'])
  })

  test('redirections stand beside the words', () => {
    const [command] = readShellCommands('a 2>&1 >> "$HOME/.netrc" b <in &>all')
    expect(command === undefined ? [] : texts(command)).toEqual(['a', 'b'])
    expect(command?.redirects.map(({ operator, target }) => operator + target.value.text)).toEqual([
      '>&1',
      '>>$HOME/.netrc',
      '<in',
      '&>all',
    ])
  })

  test('here-documents and here-strings are inputs of their command', () => {
    const script = [
      'cat <<EOF >a <<-"X Y" && b <<<"c d"',
      'password $P \\$x "q" $(hidden cmd)',
      'EOF',
      '\tquoted $P \\$x',
      '\tX Y',
      'next',
    ].join('\n')
    const commands = readShellCommands(script)
    expect(commands.map(texts)).toEqual([['cat'], ['b'], ['hidden', 'cmd'], ['next']])
    expect(commands[0]?.inputs.map(({ value, variables }) => [value.text, variables])).toEqual([
      ['password $P $x "q" $(hidden cmd)\n', ['P']],
      ['quoted $P \\$x\n', []],
    ])
    expect(commands[1]?.inputs[0]?.value.text).toBe('c d')
  })

  test('a here-document without its end takes nothing', () => {
    expect(commandsOf('cat <<EOF\na b\n')).toEqual([['cat'], ['a', 'b']])
  })

  test('in a recipe of make $(NAME) is a variable', () => {
    const { commands } = readShell('curl -u $(U):$(P) $(shell x)', { isMake: true })
    expect(commands.at(-1)?.words.map(({ variables }) => variables)).toEqual([[], [], ['U', 'P'], []])
  })

  test('a script inside of a document counts its bytes', () => {
    const document = 'run: curl -u "a:b"'
    const { commands } = readShellInside(plainText(document.slice(5), 5))
    const word = commands[0]?.words[2]
    expect(word === undefined ? '' : document.slice(...word.value.spanOf(0, 3))).toBe('a:b')
    expect(word === undefined ? '' : document.slice(...word.extent)).toBe('"a:b"')
  })
})

const fragment = fc.constantFrom(
  ...[
    'a',
    ' ',
    '\n',
    '"',
    "'",
    '`',
    '$',
    '$(',
    ')',
    '${',
    '}',
    ':-',
    '\\',
    '<<E',
    '<<-E',
    'E',
    '\tE',
    '(',
    '((',
    '))',
    '{',
    ';',
  ],
  ...[
    '#',
    "$'",
    '<(',
    '=',
    'A=(',
    'case ',
    ' in ',
    'esac',
    '&',
    '|',
    '>',
    '<<<',
    '\r\n',
    '%',
    '$env:',
    '[',
    ']',
    'é',
    '\0',
    '@',
  ],
)
const script = fc.array(fragment, { maxLength: 40 }).map((list) => encodeUtf8(list.join('')))

describe('any text', () => {
  test('never throws, and every span lies in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          script,
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        (text) => {
          const words = readShellCommands(text).flatMap(({ words, inputs, redirects }) => [
            ...words,
            ...inputs,
            ...redirects.map(({ target }) => target),
          ])
          for (const { value, extent, part } of words) {
            const [start, end] = value.spanOf(0, value.text.length)
            expect(start).toBeLessThanOrEqual(end)
            expect(extent[0]).toBeLessThanOrEqual(start)
            expect(end).toBeLessThanOrEqual(extent[1])
            expect(extent[1]).toBeLessThanOrEqual(text.length)
            expect(part(0).text).toBe(value.text)
            if (value.layers.length === 0) expect(text.slice(start, end)).toBe(value.text)
          }
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('every part of a word is the text of its bytes, when it is said to be plain', () => {
    fc.assert(
      fc.property(script, fc.nat(20), fc.nat(20), (text, from, length) => {
        for (const { value, part } of readShellCommands(text).flatMap(({ words }) => words)) {
          const cut = part(from, from + length)
          if (cut.layers.length === 0) expect(text.slice(...cut.spanOf(0, cut.text.length))).toBe(cut.text)
          expect(value.text).toContain(cut.text)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['words', 'a '],
    ['one word', 'a'],
    ['double quotes', '"a" '],
    ['open quotes', '"\n'],
    ['single quotes', "'"],
    ['substitutions', '$('],
    ['arithmetic', '$(('],
    ['subshells', '(('],
    ['spread subshells', '((a'],
    ['quoted substitutions', '"$('],
    ['parameters', '${a:-'],
    ['quoted parameters', '"${a:-'],
    ['backticks', '`a '],
    ['quoted backticks', '"`'],
    ['variables', '$a'],
    ['backslashes', '\\'],
    ['here-documents', '<<E\n'],
    ['here-documents with an end', 'a <<E\nb\nE\n'],
    ['here-documents with tabs', 'a <<E\n\tE\n'],
    ['arrays', 'A=('],
    ['assignments', 'A="b" '],
    ['concatenations', `"a"'b'`],
    ['ANSI quotes', "$'\\u00e9'"],
    ['open ANSI quotes', "$'\\'"],
    ['cases', 'case a in b) '],
    ['process substitutions', '<('],
  ])('half a megabyte of %s takes linear time', (_, unit) => {
    const timeOf = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length))
      const start = process.cpuUsage()
      readShellCommands(text)
      return process.cpuUsage(start).user / 1000
    }
    timeOf(50_000)
    // Five times the text, and collecting garbage beside.
    expect(timeOf(500_000)).toBeLessThan(15 * timeOf(100_000) + 1000)
  })
})

test('the shells agree about the words of a command', () => {
  const character = fc.constantFrom(...'ab \'"\\=#')
  const lines = fc.array(fc.string({ unit: character, maxLength: 12 }), { minLength: 40, maxLength: 60 })
  fc.assert(
    fc.property(lines, (list) => {
      const valid = list.filter((line) => isClosed(line))
      const input = valid.map((line) => `printf '<%s>' x ${line}\nprintf '\\0'\n`).join('')
      const shell = execFileSync('sh', ['-s'], { input }).toString('latin1').split('\0').slice(0, -1)
      const ours = valid.map((line) => {
        const [command] = readShellCommands(`printf %s x ${line}\n`)
        return (command?.words.slice(2) ?? []).map(({ value }) => `<${value.text}>`).join('')
      })
      expect(ours).toEqual(shell)
    }),
    { numRuns: 20 },
  )
})

/** Every quote ends on the line, and no backslash takes the line end. */
function isClosed(line: string): boolean {
  const rest = line.replace(/\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"/g, '')
  return !/['"\\#]/.test(rest) && !/(^|\s)#/.test(line)
}
