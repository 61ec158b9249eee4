import { describe, expect, it } from 'vitest'
import { nodeProcesses } from './node-processes.ts'

const environment = { PATH: process.env['PATH'], KEYTURN_PASSPHRASE: 'p', JENKINS_API_TOKEN: 't', JENKINS_USER_ID: 'u' }
const processes = nodeProcesses(environment)

describe('nodeProcesses', () => {
  it('keeps what may be a secret of keyturn out of the environment of children', () => {
    expect(processes.environment()).toEqual({ PATH: process.env['PATH'], JENKINS_USER_ID: 'u' })
  })

  it('gives a child exactly the environment, input and folder that were asked for', async () => {
    const result = await processes.run({
      command: process.execPath,
      args: ['-e', 'process.stdin.pipe(process.stdout); console.error(process.env.A, Object.keys(process.env).length)'],
      environment: { A: '1' },
      input: 'in',
    })
    expect(result).toEqual({ exitCode: 0, stdout: 'in', stderr: '1 1\n' })
  })

  it('ends a child that takes too long', async () => {
    const result = await processes.run({
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      environment: {},
      timeoutMs: 100,
    })
    expect(result.exitCode).toBe(124)
  })

  it('names a missing program', async () => {
    await expect(
      processes.run({ command: 'no-such-program', args: [], environment: { PATH: '/usr/bin' } }),
    ).rejects.toMatchObject({
      code: 'R107',
      parts: { at: 'no-such-program', because: 'the command was not found on PATH' },
    })
  })
})
