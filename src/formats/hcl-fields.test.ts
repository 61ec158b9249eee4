import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readHclFields } from './hcl-fields.ts'

function read(source: string): readonly string[] {
  return readHclFields(source).fields.map(({ keys, value }) => `${keys.join('.')}: ${value.text}`)
}

describe('readHclFields', () => {
  it.each([
    ['provider "bitbucket" {\n  password = "x"\n}', 'provider.bitbucket.password: x'],
    ['module "m" {\n  source = "git::https://u:x@h/r.git?ref=v"\n}', 'module.m.source: git::https://u:x@h/r.git?ref=v'],
    ['variable "v" {\n  default = "x"\n}', 'variable.v.default: x'],
    ['a {\n  b "c" {\n    d = "x"\n  }\n}', 'a.b.c.d: x'],
    ['a = { b = "y", "c" : "x" }', 'a.c: x'],
    ['a = ["y", "x"]', 'a.1: x'],
    ['a = merge({ b = "x" }, c)', 'a.merge().0.b: x', 'a.merge().1: c'],
    ['a = b ? "y" : "x"', 'a: x'],
    ['a = "$${b}${c["d"]}%%{e}"', 'a: ${b}${c["d"]}%{e}'],
    ['a = <<EOT\nx\nEOT', 'a: x\n'],
    ['a = <<-EOT\n    x\n      y\n  EOT', 'a: x\n  y\n'],
    ['resource a b {\n c = "x" }', 'resource.a.b.c: x'],
    ['environment_vars = ["A=x"]', 'environment_vars.0: A=x'],
    ['a = 5', 'a: 5'],
    ['provider "b" {\n  password = var.password\n}', 'provider.b.password: var.password'],
    ['# a = "y"\nb = "x" // "z"', 'b: x'],
  ])('%s', (source, ...expected) => {
    expect(read(source).slice(-expected.length)).toEqual(expected)
  })

  it('labels and keys are no values', () => {
    expect(read('a "b" "c" { "d" = "e" }')).toEqual(['a.b.c.d: e'])
  })

  it('tells a path of names from a string by its extent', () => {
    const source = 'a = "x"\nb = var.c\n'
    expect(readHclFields(source).fields.map(({ extent }) => source.slice(...extent))).toEqual(['"x"', 'var.c'])
  })

  it('says where a bracket is left open, and reads on', () => {
    expect(readHclFields('a "b" {\n c = "x"\n')).toMatchObject({
      fields: [{ keys: ['a', 'b', 'c'] }],
      problem: { span: [0, 0], detail: 'a bracket is not closed' },
    })
  })

  it('no text throws', () => {
    const pieces = fc.array(
      fc.constantFrom('a', '"', '{', '}', '=', '\n', '<<E', 'E', '${', '[', ']', ',', ':', '?', '#', '\\'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((all) => all.join('')),
          fc.string(),
        ),
        (text) => void readHclFields(text),
      ),
    )
  })
})
