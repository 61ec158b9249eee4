import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from './index.ts'
import { canUseNamespace, openNamespace } from './namespace.ts'

const isUsable = canUseNamespace()
if (!isUsable) process.stderr.write('left out: sandbox/namespace, because this machine allows no network namespace\n')

interface Ran {
  readonly status: number | null
  readonly said: string
}

const run = (command: string, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', LC_ALL: 'C' } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk.toString('utf8')
      })
    }
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, said }))
  })

const inside = async (words: (sandbox: Sandbox) => readonly string[]): Promise<Ran & { readonly sandbox: Sandbox }> => {
  const sandbox = await startSandbox()
  const webPort = Number(new URL(sandbox.webUrl).port)
  const { tlsPort, bundleFile } = sandbox
  const namespace = await openNamespace({ tlsPort, ports: [webPort], bundleFile })
  try {
    sandbox.world.addWorkspace('acme')
    await sandbox.world.addRepository({ workspace: 'acme', slug: 'docs', isPrivate: false })
    const [command, args] = namespace.command(words(sandbox))
    return { ...(await run(command, args)), sandbox }
  } finally {
    await namespace.close()
    await sandbox.stop()
  }
}

describe.skipIf(!isUsable)('a network in which only the sandbox exists', () => {
  it('leads git there under the real name, with no setting at all', async () => {
    const { status, said, sandbox } = await inside(() => ['git', 'ls-remote', 'https://bitbucket.org/acme/docs.git'])
    expect([status, said]).toEqual([0, expect.stringMatching(/^[0-9a-f]{40}\tHEAD\n/)])
    expect(sandbox.requests.map(({ host, via }) => [host, via])).toEqual([
      ['bitbucket.org', 'tls'],
      ['bitbucket.org', 'tls'],
    ])
  })

  it('has the ports of loopback that were named, keeps quotes and the exit code, and no other host', async () => {
    const script = 'echo "$1"; curl -s -o /dev/null -w "%{http_code} " "$2/_sandbox/"; curl -sS https://github.com'
    const { status, said } = await inside(({ webUrl }) => [
      'sh',
      '-c',
      `${script}; exit 7`,
      'sh',
      `a "b' $HOME`,
      webUrl,
    ])
    expect(status).toBe(7)
    expect(said.split('\n').slice(0, 2)).toEqual([
      `a "b' $HOME`,
      expect.stringMatching(/^200 .*Could not resolve host/),
    ])
  })
})

describe('the TLS door', () => {
  it('answers under the emulated names only', async () => {
    const sandbox = await startSandbox()
    const ask = (name: string, asked = name): Promise<Ran> =>
      run('curl', [
        ...['--silent', '--output', '/dev/null', '--write-out', '%{http_code}', '--cacert', sandbox.caFile],
        ...['--connect-to', `${name}:443:127.0.0.1:${sandbox.tlsPort}`, `https://${asked}/2.0/user`],
      ])
    expect((await ask('api.bitbucket.org')).said).toBe('401')
    expect((await ask('localhost')).said).toBe('421')
    await sandbox.stop()
  })
})
