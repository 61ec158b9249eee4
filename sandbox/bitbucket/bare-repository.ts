import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Git in an environment of its own: no system or user configuration, no credential, no proxy. */
export const gitEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  LC_ALL: 'C',
})

const runGit = (args: readonly string[], folder: string, input: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: folder, env: gitEnvironment(folder), stdio: ['pipe', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString('utf8')
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`git ${args[0]}: ${complaint}`))))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

/** Fixed author and time, so that the same files always give the same commit id. */
const identity = 'Sandbox <sandbox@example.com> 1767603600 +0000'

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`

const firstCommit = (files: Record<string, string>): string => {
  const names = Object.keys(files).sort()
  const entries = names.map((name) => `M 100644 inline ${JSON.stringify(name)}\n${data(files[name] ?? '')}`)
  return `commit refs/heads/main\ncommitter ${identity}\n${data('First commit')}${entries.join('')}done\n`
}

/** A bare repository that accepts pushes over HTTPS, with one commit on `main`. */
export const createBareRepository = async (options: {
  folder: string
  files: Record<string, string>
}): Promise<void> => {
  const { folder } = options
  await mkdir(join(folder, 'objects'), { recursive: true })
  await mkdir(join(folder, 'refs', 'heads'), { recursive: true })
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n')
  await writeFile(
    join(folder, 'config'),
    '[core]\n\trepositoryformatversion = 0\n\tbare = true\n[http]\n\treceivepack = true\n[gc]\n\tauto = 0\n',
  )
  await runGit(['fast-import', '--quiet', '--done'], folder, firstCommit(options.files))
}
