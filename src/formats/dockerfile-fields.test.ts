import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readDockerfileCommands, readDockerfileFields } from './dockerfile-fields.ts'

const secret = fc.string({ unit: fc.constantFrom(...'abXY09_-:/@=%#"\'$\\ ^,.+é€'), minLength: 1, maxLength: 12 })

describe('Dockerfile', () => {
  test.each([
    ['several in one line', 'ENV A=b C="d e" F=g\\ h\nARG I=j\nLABEL k.l="m"', 'A=b C=d e F=g h I=j k.l=m'],
    ['the older form', 'ENV A b c\nENV D "e f"', 'A=b c D=e f'],
    ['over lines', 'ENV A=b \\\n# comment\n    C=d\n', 'A=b C=d'],
    ['another escape character', '# escape=`\nENV A=b `\n  C=d\\\n', 'A=b C=d\\'],
    ['commands', 'RUN --mount=type=secret A=b make && \\\n  # c\n  D=e x\nCMD ["sh", "-c", "F=g x"]', 'A=b D=e F=g'],
    ['a script in a here-document', 'RUN <<EOF\nexport A=b\nEOF\nENV C=d', 'A=b C=d'],
  ])('%s', (_, document, expected) => {
    const read = readDockerfileFields(document).fields.map(({ keys, value }) => `${keys[0]}=${value.text}`)
    expect(read.join(' ')).toBe(expected)
  })

  test('commands and the files they write', () => {
    const commands = readDockerfileCommands(
      'RUN git clone "https://$U:$P@bitbucket.org/a/b"\nCOPY <<EOF /root/.netrc\nmachine x\nEOF\n',
    )
    expect(commands[0]?.words.at(-1)?.variables).toEqual(['U', 'P'])
    expect(commands[1]?.inputs.map(({ value }) => value.text)).toEqual(['machine x\n'])
  })

  test('any secret is found, and its bytes alone mean it', () => {
    fc.assert(
      fc.property(secret, (text) => {
        const document = encodeUtf8(
          `# é\nENV A=1 TOKEN="${text.replace(/["\\$]/g, '\\$&')}" B=2\nRUN a && \\\n  JOB='${text.replaceAll("'", "'\\''")}' b\n`,
        )
        const { fields } = readDockerfileFields(document)
        for (const name of ['TOKEN', 'JOB']) {
          const value = fields.find(({ keys }) => keys[0] === name)?.value
          if (value === undefined) throw new Error('the value is missing')
          expect(decodeUtf8(value.text)).toBe(text)
          let bytes = bytesOf(document.slice(...value.spanOf(0, value.text.length)))
          for (const layer of value.layers) bytes = Buffer.from(decodeStored(bytes, layer))
          expect(Buffer.from(bytes).toString()).toBe(text)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('nothing throws', () => {
    const unit = fc.constantFrom(
      'ENV ',
      'RUN ',
      '=',
      '"',
      "'",
      '\\',
      '\n',
      'A',
      ' ',
      '#',
      '<<E',
      '[',
      '$',
      'COPY ',
      'E\n',
    )
    fc.assert(
      fc.property(
        fc.array(unit),
        (list) => void [readDockerfileFields(list.join('')), readDockerfileCommands(list.join(''))],
      ),
    )
  })
})
