import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { runInNewContext } from 'node:vm'
import { parse as parseProperties } from 'dot-properties'
import { parseAllDocuments } from 'yaml'

/** A text of a format, and the keys that it was made with. */
export interface Readable {
  readonly text: string
  readonly keys: readonly string[]
}

/** What programs that are not of keyturn make of documents, all at once. Absent: the program is not installed. */
export type DocumentReader = (documents: readonly Readable[]) => readonly unknown[] | undefined

const each =
  (read: (text: string, keys: readonly string[]) => unknown): DocumentReader =>
  (documents) =>
    documents.map(({ text, keys }) => read(text, keys))

interface Surroundings {
  readonly input?: string
  readonly folder?: string
  readonly path?: string
  readonly home?: string
}

function run(
  command: string,
  given: readonly string[],
  { input, folder, path, home = tmpdir() }: Surroundings = {},
): string | undefined {
  const outcome = spawnSync(command, given, {
    encoding: 'utf8',
    timeout: 50_000,
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
    ...(folder === undefined ? {} : { cwd: folder }),
    env: { PATH: `${path ?? ''}:${process.env['PATH']}`, HOME: home, LC_ALL: 'C.UTF-8', CHECKPOINT_DISABLE: '1' },
  })
  if (outcome.error !== undefined && 'code' in outcome.error && outcome.error.code === 'ENOENT') return undefined
  if (outcome.status !== 0) throw new Error(`${command}: ${outcome.stderr.slice(0, 500)}`)
  return outcome.stdout
}

/** `expression` of Python: what is in `t`. */
const python =
  (modules: string, expression: string): DocumentReader =>
  (documents) => {
    const program = `import json, sys, ${modules}\nprint(json.dumps([${expression} for t in json.load(sys.stdin)]))`
    const printed = run('python3', ['-c', program], { input: JSON.stringify(documents.map(({ text }) => text)) })
    return printed === undefined ? undefined : JSON.parse(printed)
  }

const inFolder =
  (read: (documents: readonly Readable[], folder: string) => readonly unknown[] | undefined): DocumentReader =>
  (documents) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
    try {
      return read(documents, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

function pairsOf(printed: string, separator: string, keys: readonly string[]): unknown {
  const pairs = printed.split(separator).map((line) => {
    const at = line.indexOf('=')
    return [line.slice(0, at), line.slice(at + 1)] as const
  })
  return Object.fromEntries(pairs.filter(([key]) => keys.includes(key)))
}

/** Every document is a script in a folder of its own, and `command` prints variables, each with a NUL behind it. */
const printing = (command: string, script: (document: Readable) => string): DocumentReader =>
  inFolder((documents, folder) => {
    writeFileSync(join(folder, 'show'), '#!/bin/sh\nenv -0\n', { mode: 0o755 })
    const read = documents.map((document, index) => {
      const file = join(folder, String(index))
      writeFileSync(file, script(document))
      const printed = run(command, command === 'make' ? ['-s', '-f', file, 'print'] : [file], { folder, path: folder })
      return printed === undefined ? undefined : pairsOf(printed, '\0', document.keys)
    })
    return read.includes(undefined) ? undefined : read
  })

const heredoc: DocumentReader = inFolder((documents, folder) => {
  const read = documents.map(({ text, keys }, index) => {
    const own = join(folder, String(index))
    mkdirSync(own)
    if (run('bash', ['-s'], { input: text, folder: own }) === undefined) return undefined
    return pairsOf(readFileSync(join(own, 'app.env'), 'utf8'), '\n', keys)
  })
  return read.includes(undefined) ? undefined : read
})

/** All in one module, since a start takes long: the names get the number of their document. */
const terraform: DocumentReader = inFolder((documents, folder) => {
  documents.forEach(({ text }, index) => {
    writeFileSync(join(folder, `d${index}.tf`), text.replace(/^ {2}(\w+) = /gm, `  d${index}_$1 = `))
  })
  const all = documents.map(({ keys }, index) => `[${keys.map((key) => `local.d${index}_${key}`).join(', ')}]`)
  const printed = run('terraform', [`-chdir=${folder}`, 'console'], { input: `jsonencode([${all.join(', ')}])\n` })
  return printed === undefined ? undefined : JSON.parse(JSON.parse(printed))
})

/** All in one program, for the same reason. What the compiler keeps is in the home of whoever runs this. */
const go: DocumentReader = inFolder((documents, folder) => {
  const texts = documents.map(({ text }, index) =>
    text.replace(/^package .*$/m, '').replace(/^var (\w+) = /gm, `var d${index}_$1 = `),
  )
  const prints = documents.map(({ keys }, index) => {
    const values = keys.map((key) => `[]byte(d${index}_${key})`)
    return `fmt.Printf("%x\\n", [][]byte{${values.join(', ')}})`
  })
  const file = join(folder, 'read.go')
  writeFileSync(file, ['package main', 'import "fmt"', ...texts, 'func main() {', ...prints, '}', ''].join('\n'))
  const printed = run('go', ['run', file], { home: homedir() })
  const lines = printed?.trimEnd().split('\n')
  return lines?.map((line) => line.match(/[0-9a-f]+/g)?.map((value) => Buffer.from(value, 'hex').toString()))
})

const yaml = (text: string): unknown => parseAllDocuments(text).map((document) => document.toJS())

function decodedData(text: string, read: (name: string, content: string) => unknown): unknown {
  const [{ data }] = yaml(text) as readonly [{ readonly data: Readonly<Record<string, string>> }]
  return Object.entries(data).map(([name, stored]) => [name, read(name, Buffer.from(stored, 'base64').toString())])
}

/** Values of text in an export of the registry: a backslash stands before itself and before quotes. */
function registry(text: string): unknown {
  return [...text.matchAll(/^"([^"]*)"="((?:[^"\\]|\\.)*)"\r?$/gm)].map(([, name, value = '']) => [
    name,
    value.replace(/\\(.)/g, '$1'),
  ])
}

/** By the name of a family. */
export const DOCUMENT_READERS: Readonly<Record<string, DocumentReader>> = {
  JSON: each((text) => JSON.parse(text)),
  'JSON with comments': each((text) => JSON.parse(runInNewContext(`JSON.stringify(${text})`))),
  YAML: each(yaml),
  TOML: python('tomllib', 'tomllib.loads(t)'),
  XML: python('xml.etree.ElementTree as e', '[[n.tag, n.attrib, n.text] for n in e.fromstring(t.encode()).iter()]'),
  INI: python(
    'configparser',
    '(lambda c: (c.read_string(t), {s: dict(c[s]) for s in c.sections()})[1])(configparser.RawConfigParser())',
  ),
  properties: each((text) => parseProperties(text)),
  dotenv: each((text) => parseEnv(text)),
  shell: printing('bash', ({ text, keys }) => `${text}\nexport ${keys.join(' ')}\nenv -0\n`),
  'a command': printing('bash', ({ text }) => text),
  heredoc,
  make: printing('make', ({ text }) => `${text}\nexport\nprint:\n\t@env -0\n`),
  HCL: terraform,
  CSV: python('csv, io', 'list(csv.reader(io.StringIO(t, newline="")))'),
  '.reg': each(registry),
  '.reg in UTF-16': each(registry),
  'base64 in YAML': each((text) => decodedData(text, (_, content) => content)),
  'a file as base64 in YAML': each((text) =>
    decodedData(text, (name, content) => (name.endsWith('.env') ? parseEnv(content) : JSON.parse(content))),
  ),
  python: python('ast', '[[s.targets[0].id, ast.literal_eval(s.value)] for s in ast.parse(t).body]'),
  go,
  javascript: each((text) => JSON.parse(runInNewContext(`const exports = {}; ${text}; JSON.stringify(exports)`))),
}
