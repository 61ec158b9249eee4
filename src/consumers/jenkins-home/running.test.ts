import { describe, expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import type { Context, FileEntry, ProcessResult } from '../../model/ports.ts'
import { refuseWhileRunning } from './running.ts'

const NOW = new Date('2026-11-28T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)

/** A host with these files. */
function hostWith(files: Readonly<Record<string, string>>, ownerWrittenAt: Date): Context {
  const real = testContext()
  const entryOf = (path: string): FileEntry => ({
    path,
    kind: 'file',
    size: 0,
    mode: 0o644,
    modifiedAt: ownerWrittenAt,
  })
  const isThere = (path: string) => Object.keys(files).some((name) => name === path || name.startsWith(`${path}/`))
  return {
    ...real,
    system: {
      ...real.system,
      clock: { ...real.system.clock, now: () => NOW },
      files: {
        ...real.system.files,
        entry: async (path) => (isThere(path) ? entryOf(path) : undefined),
        read: async (path) => {
          const text = files[path]
          if (text === undefined) throw new Error(`no ${path}`)
          return Buffer.from(text)
        },
        list: async (folder) =>
          [...new Set(Object.keys(files).flatMap((name) => new RegExp(`^${folder}/[^/]+`).exec(name)?.[0] ?? []))].map(
            entryOf,
          ),
      },
    },
  }
}

const LOCAL = '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n'
const NFS = `${LOCAL}30 22 0:40 / /var/lib/jenk\\040ins rw,relatime shared:1 - nfs4 server:/home rw\n`
const HOST = {
  '/proc/self/mountinfo': LOCAL,
  '/proc/sys/kernel/hostname': 'here\n',
  '/proc/2/comm': 'kthreadd\n',
}
const HOME = '/var/lib/jenk ins'
const ask = async (files: Readonly<Record<string, string>>, writtenAt = minutesAgo(10)) =>
  refuseWhileRunning(`${HOME}/credentials.xml`, hostWith({ ...HOST, ...files }, writtenAt)).then(
    () => 'allowed',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

describe('whether a controller is running', () => {
  test('a home without .owner was never started, or not since it was copied', async () => {
    expect(await ask({})).toBe('allowed')
  })

  test('its process exists on this host', async () => {
    expect(await ask({ [`${HOME}/.owner`]: '4711', '/proc/4711/status': '' })).toBe('R208')
  })

  test('however old .owner is', async () => {
    expect(await ask({ [`${HOME}/.owner`]: '4711', '/proc/4711/status': '' }, minutesAgo(60 * 24 * 30))).toBe('R208')
  })

  test('a process that is gone, on a disk of this host alone', async () => {
    expect(await ask({ [`${HOME}/.owner`]: '4711' })).toBe('allowed')
  })

  test('its process runs in a container of this host, under another number here', async () => {
    const container = {
      '/proc/90210/status': 'Name:\tjava\nNSpid:\t90210\t7\nVmPeak: 1\n',
      '/proc/90210/cmdline': 'java\0-jar\0jenkins.war',
    }
    expect(await ask({ [`${HOME}/.owner`]: '7', ...container })).toBe('R208')
    expect(await ask({ [`${HOME}/.owner`]: '8', ...container })).toBe('allowed')
    expect(await ask({ [`${HOME}/.owner`]: '7', ...container, '/proc/90210/cmdline': 'nginx' })).toBe('allowed')
  })

  test('.owner names another host', async () => {
    const owner = { [`${HOME}/.owner`]: 'contextPath="" at 4711@elsewhere' }
    expect(await ask(owner)).toBe('R208')
    expect(await ask(owner, minutesAgo(180))).toBe('allowed')
    expect(await ask({ [`${HOME}/.owner`]: 'contextPath="" at 4711@here' })).toBe('allowed')
  })

  test('in a container the processes of the host are not seen: a fresh .owner may be of one of them', async () => {
    const inContainer = { [`${HOME}/.owner`]: '4711', '/proc/2/comm': 'sh\n' }
    expect(await ask(inContainer)).toBe('R208')
    expect(await ask(inContainer, minutesAgo(121))).toBe('allowed')
    expect(await ask({ ...inContainer, '/proc/4711/status': '' }, minutesAgo(121))).toBe('R208')
  })

  test('a fresh .owner that names no process cannot be told', async () => {
    expect(await ask({ [`${HOME}/.owner`]: '' })).toBe('R208')
    expect(await ask({ [`${HOME}/.owner`]: '' }, minutesAgo(121))).toBe('allowed')
  })

  describe('on a system without /proc', () => {
    const killing = async (said: ProcessResult | Error, writtenAt = minutesAgo(10)) => {
      const context = hostWith({ [`${HOME}/.owner`]: '4711' }, writtenAt)
      const run = async (): Promise<ProcessResult> => {
        if (said instanceof Error) throw said
        return said
      }
      const system = { ...context.system, processes: { ...context.system.processes, run } }
      return refuseWhileRunning(`${HOME}/credentials.xml`, { ...context, system }).then(
        () => 'allowed',
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
      )
    }
    const answer = (exitCode: number, stderr = ''): ProcessResult => ({ exitCode, stdout: '', stderr })

    test.each([
      ['its process exists', answer(0), 'R208', 'R208'],
      ['its process is of another user', answer(1, 'kill: 4711: Operation not permitted'), 'R208', 'R208'],
      ['its process is gone', answer(1, 'kill: 4711: No such process'), 'allowed', 'allowed'],
      ['nothing is known', answer(1, ''), 'R208', 'allowed'],
      ['there is no command that asks', new Error('R107'), 'R208', 'allowed'],
    ])('%s', async (_, said, fresh, old) => {
      expect([await killing(said), await killing(said, minutesAgo(180))]).toEqual([fresh, old])
    })
  })

  test('the home lies where other hosts write, and .owner is fresh: it cannot be told, so a person must', async () => {
    const owner = { [`${HOME}/.owner`]: '4711', '/proc/self/mountinfo': NFS }
    expect(await ask(owner)).toBe('R208')
    expect(await ask(owner, minutesAgo(121))).toBe('allowed')
  })
})
