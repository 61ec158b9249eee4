import { cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, keyturn } from '../support/keyturn-process.ts'
import { accessToken, apiToken, appPassword } from '../support/synthetic-secrets.ts'

/**
 * A transcript is a folder with `session.txt` and the files that the session starts with (`files/`). In the session a line
 * `$ keyturn ...` is a command, `< text` its standard input, the lines up to the next command are its screen (standard
 * output, then standard error), and `[exit N]` its exit code. `NAME=value` before `keyturn` is put into its environment, and
 * `$ copy FROM TO` replaces a file, as someone else would. Before comparison what differs from run to run is replaced
 * (`NORMAL`); in files and input `@@APP_PASSWORD@@`, `@@API_TOKEN@@`, `@@CUT_TOKEN@@` and `@@ACCESS_TOKEN@@` become secrets made
 * for the run. A file or folder `dot-x` becomes `.x`, because git does not keep a folder `.git`.
 */
export interface Transcript {
  readonly expected: string
  readonly actual: string
  /** Everything that was printed, as it was. */
  readonly printed: string
  readonly secrets: readonly string[]
}

function makeSecrets(): Readonly<Record<string, string>> {
  const token = apiToken()
  return {
    '@@APP_PASSWORD@@': appPassword(),
    '@@API_TOKEN@@': token,
    '@@CUT_TOKEN@@': token.slice(0, -3),
    '@@ACCESS_TOKEN@@': accessToken(),
  }
}

export async function play(source: string): Promise<Transcript> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-transcript-'))
  const secrets = makeSecrets()
  try {
    await cp(join(source, 'files'), folder, { recursive: true }).catch(() => undefined)
    await fill(folder, secrets)
    const expected = await readFile(join(source, 'session.txt'), 'utf8')
    const played: string[] = []
    let printed = ''
    for (const part of parse(expected)) {
      if (part.kind === 'text') played.push(part.text)
      else {
        const ended = await run(part.command, part.input, folder, secrets)
        printed += ended.stdout + ended.stderr
        played.push(part.head, ...screen(ended, folder), `[exit ${ended.exitCode}]`)
      }
    }
    return { expected, actual: `${played.join('\n')}\n`, printed, secrets: Object.values(secrets) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly head: string; readonly command: string; readonly input: string }

/** Commands with their input; comments and blank lines between them as text; expected screens are dropped. */
function parse(session: string): readonly Part[] {
  const parts: Part[] = []
  const lines = session.replace(/\n$/, '').split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (!line.startsWith('$ ')) {
      parts.push({ kind: 'text', text: line })
      continue
    }
    const head = [line]
    while (lines[index + 1]?.startsWith('< ')) head.push(lines[++index] ?? '')
    const input = head
      .slice(1)
      .map((text) => text.slice(2))
      .join('\n')
    parts.push({ kind: 'command', head: head.join('\n'), command: line.slice(2), input })
    while (index + 1 < lines.length && !/^\[exit \d+\]$/.test(lines[index] ?? '')) index++
  }
  return parts
}

async function fill(folder: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  for (const stored of await readdir(folder)) {
    const path = join(folder, stored.replace(/^dot-/, '.'))
    if (path !== join(folder, stored)) await rename(join(folder, stored), path)
    if ((await stat(path)).isDirectory()) await fill(path, secrets)
    else await writeFile(path, filled(await readFile(path, 'utf8'), secrets), { mode: 0o600 })
  }
}

function filled(text: string, secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets).reduce((filledText, [mark, secret]) => filledText.replaceAll(mark, secret), text)
}

function run(
  command: string,
  input: string,
  folder: string,
  secrets: Readonly<Record<string, string>>,
): Promise<Ended> {
  const words = command.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'))
  const settings = words.slice(0, words.indexOf('keyturn')).map((word) => word.split('='))
  const [program, ...args] = words.slice(Math.max(words.indexOf('keyturn'), 0))
  if (program === 'copy') return copy(args, folder)
  if (program !== 'keyturn') throw new Error(`a transcript runs keyturn, not ${program}`)
  const environment = { HOME: join(folder, '.keyturn-home'), ...Object.fromEntries(settings) }
  return keyturn({ args, folder, input: filled(input, secrets), environment })
}

async function copy([from = '', to = '']: readonly string[], folder: string): Promise<Ended> {
  await cp(join(folder, from), join(folder, to))
  return { exitCode: 0, stdout: '', stderr: '' }
}

/** What differs from run to run, in this order. */
const NORMAL: readonly (readonly [RegExp, string])[] = [
  [/#[0-9a-f]{12}/g, '#…'],
  [/hmac:[0-9a-f]{64}/g, 'hmac:…'],
  [/\br\d{8}-\d{6}-[0-9a-f]{8}\b/g, 'r…'],
  [/\bp[0-9a-f]{10}\b/g, 'p…'],
  [/(plan |Plan |apply |"id": ")[0-9a-f]{8}\b/g, '$1…'],
  [/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME'],
  [/\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC/g, 'TIME'],
  [/(expires(?:On)?"?:? +"?)\d{4}-\d{2}-\d{2}/gi, '$1DATE'],
  [/(\bends by )\d{4}-\d{2}-\d{2}/g, '$1DATE'],
  [/\u001b/g, '\\e'],
  // Node 22 and later say so before our code runs, where both variables are set.
  [/\n?\(node:\d+\) Warning: The 'NO_COLOR' env is ignored.*\n\(Use `node --trace-warnings.*/g, ''],
]

function screen({ stdout, stderr }: Ended, folder: string): readonly string[] {
  const text = `${stdout}${stderr}`.replace(/\n$/, '')
  if (text === '') return []
  return NORMAL.reduce((shown, [pattern, put]) => shown.replaceAll(pattern, put), text.replaceAll(folder, 'FOLDER'))
    .split('\n')
    .map((line) => line.trimEnd())
}
