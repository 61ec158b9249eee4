import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Location } from '../model/place.ts'
import { lanesOf, runLanes } from './lanes.ts'

const file = (path: string): Location => ({ kind: 'file', path })
const page = (url: string): Location => ({ kind: 'url', url })
const same = (path: string): string => path

describe('lanes', () => {
  it('are one for each file, for each store of credentials and for each page of a controller', () => {
    const items = [
      file('/a/.netrc'),
      page('https://ci.example.org/credentials/store/system/domain/_/credential/bb'),
      file('/b/.netrc'),
      page('https://ci.example.org/credentials/store/system/domain/git/credential/other'),
      page('https://ci.example.org/job/app'),
      file('/a/.netrc'),
    ]
    const lanes = lanesOf(items, (item) => item, same)
    expect(lanes.map(({ host, items: inside }) => [host, inside.length])).toEqual([
      ['', 2],
      ['ci.example.org', 2],
      ['', 1],
      ['ci.example.org', 1],
    ])
  })

  it('are one for an item of a controller and the credentials that it holds', () => {
    const items = [
      page('https://ci.example.org/job/team/job/mb'),
      page('https://ci.example.org/job/team/job/mb/credentials/store/folder/domain/_/credential/bb'),
      page('https://ci.example.org/job/team/credentials/store/folder/domain/_/credential/bb'),
      page('https://ci.example.org/job/domain/job/app'),
      page('https://ci.example.org/user/ci/credentials/store/user/domain/_/credential/bb'),
      page('https://ci.example.org/user/ci/credentials/store/user/domain/git/credential/other'),
    ]
    const lanes = lanesOf(items, (item) => item, same)
    expect(lanes.map(({ items: inside }) => inside.length)).toEqual([2, 1, 1, 2])
  })

  it('are one for two names of one file', () => {
    const lanes = lanesOf(
      [file('/link'), file('/real')],
      (item) => item,
      () => '/real',
    )
    expect(lanes).toHaveLength(1)
  })

  it('are worked on by at most so many at a time on each host, and what shares a lane in its order', async () => {
    const item = fc.record({ host: fc.nat(2), lane: fc.nat(4) })
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), async (drawn, jobs) => {
        const items = drawn.map(({ host, lane }, number) => ({ number, url: `https://h${host}/${lane}` }))
        const running = new Map<string, number>()
        const done: (typeof items)[number][] = []
        let most = 0
        const act = async (one: (typeof items)[number]): Promise<void> => {
          const { host } = new URL(one.url)
          running.set(host, (running.get(host) ?? 0) + 1)
          most = Math.max(most, running.get(host) ?? 0)
          for (let turn = 0; turn < one.number % 3; turn++) await Promise.resolve()
          running.set(host, (running.get(host) ?? 0) - 1)
          done.push(one)
        }
        await runLanes(
          lanesOf(items, ({ url }) => page(url), same),
          act,
          { jobs, isStopped: () => false },
        )
        expect(most).toBeLessThanOrEqual(jobs)
        for (const url of new Set(items.map((one) => one.url)))
          expect(done.filter((one) => one.url === url)).toEqual(items.filter((one) => one.url === url))
        expect(done).toHaveLength(items.length)
      }),
    )
  })

  it('begin nothing more once they are stopped', async () => {
    const done: string[] = []
    const items = ['/a', '/b', '/b', '/c']
    await runLanes(
      lanesOf(items, file, same),
      async (path) => {
        done.push(path)
      },
      { jobs: 1, isStopped: () => done.length === 2 },
    )
    expect(done).toEqual(['/a', '/b'])
  })

  it('throw what an act threw when the others have come to their end, and begin nothing more', async () => {
    const events: string[] = []
    const act = async (path: string): Promise<void> => {
      if (path === '/a') throw new Error('a defect')
      events.push(`${path} begins`)
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
      events.push(`${path} ends`)
    }
    const running = runLanes(lanesOf(['/a', '/b', '/c'], file, same), act, { jobs: 2, isStopped: () => false })
    await expect(running.finally(() => events.push('all given back'))).rejects.toThrow('a defect')
    expect(events).toEqual(['/b begins', '/b ends', 'all given back'])
  })
})
