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

/** A command that prints its variables. */
const SHOW = '#!/bin/sh\nenv -0\n'

/** Every document is a script in a folder of its own, and `command` prints variables, each with a NUL behind it. */
const printing = (command: string, script: (document: Readable) => string): DocumentReader =>
  inFolder((documents, folder) => {
    writeFileSync(join(folder, 'show'), SHOW, { mode: 0o755 })
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

/** crontab(5): blanks around the equals sign do not count, a pair of quotes is taken off, and a percent sign ends the command. */
const crontab: DocumentReader = inFolder((documents, folder) => {
  writeFileSync(join(folder, 'show'), SHOW, { mode: 0o755 })
  return documents.map(({ text, keys }) => {
    const job = /^\*\/5(?: \S+){4} (.*)$/m.exec(text)?.[1]
    if (job === undefined)
      return [...text.matchAll(/^(\w+)[ \t]*=[ \t]*(["']?)(.*?)\2[ \t]*$/gm)].map(([, key, , value]) => [key, value])
    const command = /^(?:\\%|[^%])*/.exec(job)?.[0].replaceAll('\\%', '%')
    return pairsOf(run('bash', ['-c', command ?? ''], { folder, path: folder }) ?? '', '\0', keys)
  })
})

/**
 * systemd itself tells what it took for a variable when the name of that is not valid; `$$` of a command is one dollar. All units are read
 * by one process.
 */
const systemd: DocumentReader = inFolder((documents, folder) => {
  const files = documents.map(({ text, keys }, index) => {
    const named = text
      .replace(/^ExecStart=\/usr\/bin\/env (.*(?:\\\r?\n.*)*) show\r?$/m, (_, words: string) => {
        return `Environment=${words.replaceAll('$$', '$')}`
      })
      .replace(new RegExp(`\\b(?=(?:${keys.join('|')})=)`, 'g'), '0')
    const file = join(folder, `d${index}.service`)
    writeFileSync(file, named)
    return file
  })
  const said = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8', timeout: 50_000 })
  if (said.error !== undefined) return undefined
  const found = documents.map((): unknown[] => [])
  for (const [, index = '', key, value] of said.stderr.matchAll(
    /\/d(\d+)\.service:\d+: Invalid environment.*: 0(\w+)=(.*)$/gm,
  ))
    found[Number(index)]?.push([key, value])
  return found
})

/** Words of ENV and ARG are those of a shell, but for the backtick, which means itself. */
const dockerfile: DocumentReader = inFolder((documents, folder) => {
  writeFileSync(join(folder, 'show'), SHOW, { mode: 0o755 })
  const read = documents.map(({ text, keys }) => {
    const script = text.replaceAll('\r', '').replace(/^FROM .*$|^RUN true$/gm, '')
    const isCommand = /^RUN /m.test(script)
    const words = script.replace(/^RUN /gm, '').replace(/^(?:ENV|ARG) /gm, 'export ')
    const input = isCommand ? words : `${words.replaceAll('`', BACKTICK)}\nshow\n`
    const printed = run('bash', ['-s'], { input, folder, path: folder })
    return printed === undefined ? undefined : pairsOf(printed.replaceAll(BACKTICK, '`'), '\0', keys)
  })
  return read.includes(undefined) ? undefined : read
})

/** Of no meaning to a shell, and in no document. */
const BACKTICK = '\ue000'

/** All in one script, since a start takes long; each in a method, since those may not be too large. */
const groovy: DocumentReader = inFolder((documents, folder) => {
  const methods = documents.map(({ text, keys }, index) => {
    const settings = text.match(/^ *(?:BITBUCKET_\w+|N_\w+) = .*$/gm) ?? []
    const values = keys.map((key) => `${key}.toString().getBytes('UTF-8').encodeHex()`)
    return [`def read${index}() {`, ...settings, `println([${values.join(', ')}].join(','))`, '}'].join('\n')
  })
  const calls = documents.map((_, index) => `read${index}()`)
  const file = join(folder, 'read.groovy')
  writeFileSync(file, [...methods, ...calls, ''].join('\n'))
  const lines = run('groovy', ['--encoding', 'UTF-8', file])?.trimEnd().split('\n')
  return lines?.map((line) => line.split(',').map((value) => Buffer.from(value, 'hex').toString()))
})

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
  crontab,
  systemd,
  Dockerfile: dockerfile,
  Groovy: groovy,
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
