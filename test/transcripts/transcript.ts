import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, keyturn } from '../support/keyturn-process.ts'
import { accessToken, apiToken, appPassword } from '../support/synthetic-secrets.ts'

/**
 * A transcript is a folder with `session.txt` and the files that the session starts with (`files/`). In the session a line
 * `$ keyturn ...` is a command, `< text` its standard input, the lines up to the next command are its screen (standard
 * output, then standard error), and `[exit N]` its exit code. Before comparison fingerprints become `#…`, ids `p…`, and the
 * folder `FOLDER`; in files and input `@@APP_PASSWORD@@`, `@@API_TOKEN@@` and `@@ACCESS_TOKEN@@` become secrets made for the run.
 */
export interface Transcript {
  readonly expected: string
  readonly actual: string
  /** Everything that was printed, as it was. */
  readonly printed: string
  readonly secrets: readonly string[]
}

const MODES: Readonly<Record<string, number>> = { '.unreadable': 0o000 }

export async function play(source: string): Promise<Transcript> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-transcript-'))
  const secrets = { '@@APP_PASSWORD@@': appPassword(), '@@API_TOKEN@@': apiToken(), '@@ACCESS_TOKEN@@': accessToken() }
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
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if ((await stat(path)).isDirectory()) await fill(path, secrets)
    else {
      await writeFile(path, filled(await readFile(path, 'utf8'), secrets))
      const mode = MODES[name]
      if (mode !== undefined) await chmod(path, mode)
    }
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
  const [program, ...args] = command.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'))
  if (program !== 'keyturn') throw new Error(`a transcript runs keyturn, not ${program}`)
  return keyturn({ args, folder, input: filled(input, secrets), environment: { HOME: join(folder, '.keyturn-home') } })
}

function screen({ stdout, stderr }: Ended, folder: string): readonly string[] {
  const text = `${stdout}${stderr}`.replace(/\n$/, '')
  if (text === '') return []
  return text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(/#[0-9a-f]{12}/g, '#…')
    .replaceAll(/\bp[0-9a-f]{10}\b/g, 'p…')
    .split('\n')
    .map((line) => line.trimEnd())
}
