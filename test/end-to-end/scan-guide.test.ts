import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { appPassword } from '../support/synthetic-secrets.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const guide = readFileSync(join(ROOT, 'docs', 'guides', 'scan.md'), 'utf8')

/** The examples of one language, in the order of the page. */
const examples = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text)

const yamlOf = (name: string): unknown => parse(examples('yaml').find((text) => text.startsWith(`# ${name}`)) ?? '')

describe('docs/guides/scan.md', () => {
  it('shows pipelines that are YAML and have what their systems ask for', () => {
    expect(yamlOf('.pre-commit-config.yaml')).toMatchObject({
      repos: [{ repo: 'local', hooks: [{ id: 'keyturn', language: 'script', pass_filenames: false }] }],
    })
    expect(yamlOf('.github/workflows/keyturn.yml')).toMatchObject({
      permissions: { 'security-events': 'write' },
      jobs: { keyturn: { steps: expect.arrayContaining([expect.objectContaining({ uses: 'actions/checkout@v4' })]) } },
    })
    expect(yamlOf('bitbucket-pipelines.yml')).toMatchObject({
      pipelines: { default: [{ step: { artifacts: { paths: ['keyturn.html', 'keyturn.sarif'] } } }] },
    })
  })

  it('calls keyturn with options that it has', () => {
    const help = execFileSync(process.execPath, [join(ROOT, 'dist', 'cli', 'main.js'), 'scan', '--help']).toString()
    const calls = [...guide.matchAll(/keyturn scan [^\n]*/g)].flatMap(([line]) => line.match(/ --[a-z-]+/g) ?? [])
    expect(calls.length).toBeGreaterThan(10)
    expect(calls.filter((option) => !help.includes(option))).toEqual([])
  })
})

describe('the hook of the guide, in a repository', () => {
  let folder = ''
  let environment: Readonly<Record<string, string>> = {}
  beforeEach(() => {
    const base = mkdtempSync(join(tmpdir(), 'keyturn-hook-'))
    folder = join(base, 'repository')
    mkdirSync(join(base, 'bin'))
    mkdirSync(folder)
    const main = join(ROOT, 'dist', 'cli', 'main.js')
    writeFileSync(join(base, 'bin', 'keyturn'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, {
      mode: 0o755,
    })
    environment = {
      PATH: `${join(base, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: base,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.org',
    }
    git('init', '--quiet')
    const hook = join(folder, '.git', 'hooks', 'pre-commit')
    writeFileSync(hook, examples('sh')[0] ?? '')
    chmodSync(hook, 0o755)
  })
  afterEach(() => rmSync(resolve(folder, '..'), { recursive: true, force: true }))

  const run = (command: string, args: readonly string[]): { readonly status: number | null; readonly said: string } => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env: environment, encoding: 'utf8' })
    return { status, said: stdout + stderr }
  }
  const git = (...args: string[]): ReturnType<typeof run> => run('git', args)
  const write = (name: string, text: string): void => {
    mkdirSync(resolve(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const netrc = (): string => `machine bitbucket.org login alice password ${appPassword()}\n`

  it('lets a commit without a credential through, odd names and links out of the repository too', () => {
    write('a b\n"c".txt', 'text\n')
    symlinkSync('/etc/hostname', join(folder, '.netrc'))
    git('add', '.')
    expect(git('commit', '-m', 'first')).toMatchObject({ status: 0 })
  })

  it('refuses a credential, and shows no secret', () => {
    const text = netrc()
    write('deploy/.netrc', text)
    git('add', '.')
    const { status, said } = git('commit', '-m', 'first')
    expect([status, said.includes('deploy/.netrc:1'), said.includes('was refused')]).toEqual([1, true, true])
    expect(said).not.toContain(text.split(' ').at(-1)?.trim())
  })

  it('reads what is committed, and not what lies in the folder', () => {
    write('.netrc', netrc())
    git('add', '.')
    write('.netrc', '')
    expect(git('commit', '-m', 'staged').status).toBe(1)
    git('add', '.')
    write('.netrc', netrc())
    expect(git('commit', '-m', 'not staged').status).toBe(0)
  })

  it('lets through what stands in the baseline of the repository', () => {
    write('.netrc', netrc())
    expect(run('keyturn', ['scan', '.', '--write-baseline', '.keyturn-baseline.json'])).toMatchObject({ status: 0 })
    git('add', '.')
    expect(git('commit', '-m', 'known')).toMatchObject({ status: 0 })
    write('other/.netrc', netrc())
    git('add', '.')
    expect(git('commit', '-m', 'new')).toMatchObject({ said: expect.stringContaining('other/.netrc') })
  })
})
