import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readSystemdCommands, readSystemdFields } from './systemd-fields.ts'

// No tool of systemd prints what it reads from a unit without a running manager: the decoder of the contract suite is the other reader here.
const secret = fc.string({ unit: fc.constantFrom(...'abXY09_-:/@=%#"\'$\\ ^,.+é€'), minLength: 1, maxLength: 12 })
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`

describe('units of systemd', () => {
  test.each([
    ['several in one line', '[Service]\nEnvironment="A=b c" \'D=e\' F=g\nUser=h', 'A=b c D=e F=g Service.User=h'],
    ['quotes behind the name', 'Environment=A="b c"', 'A=b c'],
    ['escapes and specifiers', 'Environment="A=%%\\x41\\"\\s%h"', 'A=%A" %h'],
    ['over lines', 'Environment=A=b \\\n# comment\n  C=d\nX=y', 'A=b C=d .X=y'],
    ['shells', 'ExecStart=/bin/sh -c "A=b run"', '.ExecStart=/bin/sh -c "A=b run" A=b'],
  ])('%s', (_, document, expected) => {
    const read = readSystemdFields(document).fields.map(({ keys, value }) => `${keys.join('.')}=${value.text}`)
    expect(read.join(' ')).toBe(expected)
  })

  test('commands, their variables, and those of a shell', () => {
    const commands = readSystemdCommands(
      `[Service]\nExecStart=curl -u "\${U}:$P" $$x\nExecStop=sh -c 'git push "$$A"'\n`,
    )
    expect(
      commands.map(({ words }) => words.map(({ value, variables }) => [value.text, ...variables].join(' '))),
    ).toEqual([
      ['curl', '-u', '$' + '{U}:$P U P', '$x'],
      ['sh', '-c', 'git push "$A"'],
      ['git', 'push', '$A A'],
    ])
  })

  test('the extent of a value goes from the sign of equality to its end, or to the quote around it', () => {
    const document = 'Environment=A=bc "D=ef" G="hi" \'J=kl'
    const extents = readSystemdFields(document).fields.map(({ extent }) => document.slice(...extent))
    expect(extents).toEqual(['bc', 'ef', '"hi"', 'kl'])
  })

  test('any secret is found, and its bytes alone mean it', () => {
    fc.assert(
      fc.property(secret, fc.boolean(), (text, isWhole) => {
        const word = isWhole ? quoted(`TOKEN=${text}`) : `TOKEN=${quoted(text)}`
        const document = encodeUtf8(`# é\n[Service]\nEnvironment="A=1" ${word} \\\n  "B=2"\n`)
        const { fields } = readSystemdFields(document)
        expect(fields.map(({ keys }) => keys[0])).toEqual(['A', 'TOKEN', 'B'])
        const value = fields[1]?.value
        if (value === undefined) throw new Error('the value is missing')
        expect(decodeUtf8(value.text)).toBe(text)
        let bytes = bytesOf(document.slice(...value.spanOf(0, value.text.length)))
        for (const layer of value.layers) bytes = Buffer.from(decodeStored(bytes, layer))
        expect(Buffer.from(bytes).toString()).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  test('nothing throws', () => {
    const unit = fc.constantFrom(
      'A',
      '=',
      '"',
      "'",
      '\\',
      '\n',
      '[S]',
      ' ',
      '#',
      '%',
      '$',
      'Environment=',
      'ExecStart=',
      'sh -c ',
    )
    fc.assert(
      fc.property(
        fc.array(unit),
        (list) => void [readSystemdFields(list.join('')), readSystemdCommands(list.join(''))],
      ),
    )
  })
})
