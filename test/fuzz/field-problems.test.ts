import { describe, expect, it } from 'vitest'
import { plainText } from '../../src/formats/field.ts'
import { readMakefileCommands } from '../../src/formats/makefile-fields.ts'
import { readShellFields } from '../../src/formats/shell-fields.ts'
import { fieldProblems, textProblems } from './field-problems.ts'

const shell = (text: string): readonly string[] => fieldProblems(text, readShellFields(text).fields)
const make = (text: string): readonly string[] =>
  readMakefileCommands(text).flatMap(({ words }) => words.flatMap(({ value }) => textProblems(text, value)))

describe('the witness of the fuzzer', () => {
  it.each(['"a=\\a""a"\n', "'a=\\a''a'\n", `"a=a""''"\n`, '"a=x"y z\n', 'a="x"y\n'])(
    'agrees where a value begins inside of quotes: %j',
    (text) => {
      expect(shell(text)).toEqual([])
    },
  )

  it.each(['"a=\\a""a', "'a=\\a''a", `"a=a""''`])('has nothing to say of a quote that is never closed: %j', (text) => {
    expect(shell(text)).toEqual([])
  })

  it.each(["a:\n\t'\\\n", 'a:\n\t${a\\\n', 'a:\n\techo b\\\n', 'a:\n\t${a%\\\na'])(
    'nor of a recipe that has no end: %j',
    (text) => {
      expect(make(text)).toEqual([])
    },
  )

  it('contradicts a reader that takes other quotes off than the shell', () => {
    const document = `A="x"'y'\n`
    const [field] = readShellFields(document).fields
    if (field === undefined) throw new Error('nothing was read')
    const wrong = { ...field.value, text: 'xz' }
    expect(textProblems(document, field.value)).toEqual([])
    expect(textProblems(document, wrong)).toEqual(['decodes to another text: shell-word'])
    expect(textProblems('abc', { ...plainText('abd', 0) })).toEqual(['stored as it is, and the text is another'])
  })
})
