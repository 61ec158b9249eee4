import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodeLanguage } from '../../src/formats/literal-styles.ts'

/** The language itself, as witness of what a literal means. */
export interface Interpreter {
  readonly language: CodeLanguage
  readonly command: string
  readonly file: string
  readonly arguments?: readonly string[]
  /** A program that prints every value as hexadecimal UTF-8, one per line. */
  readonly program: (literals: readonly string[]) => string
  readonly input?: string
  /** What was printed; absent: as it is. */
  readonly read?: (printed: string) => readonly string[]
}

const perLine = (literals: readonly string[], write: (literal: string) => string): string =>
  literals.map(write).join('\n')

export const INTERPRETERS: readonly Interpreter[] = [
  {
    language: 'python',
    command: 'python3',
    file: 'a.py',
    program: (literals) =>
      `import ast, sys, json\nfor l in json.loads(${JSON.stringify(JSON.stringify(literals))}):\n  print(ast.literal_eval(l).encode().hex())\n`,
  },
  {
    language: 'javascript',
    command: 'node',
    file: 'a.js',
    program: (literals) => perLine(literals, (literal) => `console.log(Buffer.from(${literal}).toString('hex'))`),
  },
  {
    language: 'php',
    command: 'php',
    file: 'a.php',
    program: (literals) => `<?php\n${perLine(literals, (literal) => `echo bin2hex(${literal}), "\\n";`)}`,
  },
  {
    language: 'ruby',
    command: 'ruby',
    file: 'a.rb',
    program: (literals) => perLine(literals, (literal) => `puts (${literal}).unpack1('H*')`),
  },
  {
    language: 'groovy',
    command: 'groovy',
    arguments: ['--encoding', 'UTF-8'],
    file: 'a.groovy',
    program: (literals) =>
      perLine(literals, (literal) => `s = ${literal}\nprintln s.toString().getBytes('UTF-8').encodeHex()`),
  },
  {
    language: 'go',
    command: 'go',
    arguments: ['run'],
    file: 'a.go',
    program: (literals) =>
      `package main\nimport "fmt"\nfunc main() {\n${perLine(literals, (literal) => `fmt.Printf("%x\\n", ${literal})`)}\n}`,
  },
  {
    language: 'java',
    command: 'java',
    arguments: ['-Dfile.encoding=UTF-8'],
    file: 'A.java',
    program: (literals) =>
      `class A { public static void main(String[] a) throws Exception { for (String s : new String[] {\n${literals.join(',\n')}\n})` +
      ' { var b = new StringBuilder(); for (byte c : s.getBytes("UTF-8")) b.append(String.format("%02x", c)); System.out.println(b); } } }',
  },
  {
    language: 'hcl',
    command: 'terraform',
    arguments: ['console'],
    file: 'main.tf',
    program: (literals) =>
      `locals {\n${literals.map((literal, index) => `  v${index} = ${literal}`).join('\n')}\n` +
      `  all = [${literals.map((_, index) => `local.v${index}`).join(', ')}]\n}\n`,
    input: 'base64encode(jsonencode(local.all))\n',
    read: (printed) =>
      (JSON.parse(Buffer.from(JSON.parse(printed), 'base64').toString()) as string[]).map((value) =>
        Buffer.from(value.replace(/\n$/, '')).toString('hex'),
      ),
  },
]

/** What the language takes `literals` for. Absent: it is not installed. */
export function interpret(interpreter: Interpreter, literals: readonly string[]): readonly string[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'literals-'))
  try {
    const file = join(folder, interpreter.file)
    writeFileSync(file, interpreter.program(literals))
    const given = [...(interpreter.arguments ?? []), ...(interpreter.input === undefined ? [file] : [])]
    const env = { ...process.env, LC_ALL: 'C.UTF-8', CHECKPOINT_DISABLE: '1' }
    const { input } = interpreter
    const run = spawnSync(interpreter.command, given, {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 50_000,
      maxBuffer: 1e8,
      ...(input === undefined ? {} : { input }),
    })
    if (run.error !== undefined && 'code' in run.error && run.error.code === 'ENOENT') return undefined
    if (run.status !== 0) throw new Error(`${interpreter.command}: ${run.stderr.slice(0, 2000)}`)
    const lines = interpreter.read?.(run.stdout) ?? run.stdout.replace(/\n$/, '').split('\n')
    return lines.map((line) => Buffer.from(line, 'hex').toString())
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
