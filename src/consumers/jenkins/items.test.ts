import { describe, expect, it } from 'vitest'
import type { Http } from '../../model/ports.ts'
import { jenkinsClient } from './client.ts'
import { type ItemTree, walkItems } from './items.ts'

/** A controller with these pages of `api/json`. */
function walk(pages: Readonly<Record<string, unknown>>): Promise<ItemTree> {
  const http: Http = {
    send: async ({ url }) => {
      const page = pages[new URL(url).pathname]
      return page === undefined
        ? { status: 403, headers: { 'x-required-permission': 'x' }, body: new Uint8Array() }
        : { status: 200, headers: {}, body: Buffer.from(JSON.stringify(page)) }
    },
  }
  return walkItems(jenkinsClient({ baseUrl: 'https://ci.example.org', user: 'ci', authorization: '', http }))
}

const nested = (depth: number): unknown =>
  depth === 0 ? { name: 'd0' } : { name: `d${depth}`, jobs: [nested(depth - 1)] }

describe('walking the items of a controller', () => {
  it('leaves out the branches of a multibranch project, which are generated', async () => {
    const _class = 'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject'
    const { items } = await walk({ '/api/json': { jobs: [{ name: 'mb', _class, jobs: [{ name: 'main' }] }] } })
    expect(items).toEqual([{ fullName: 'mb', isFolder: true, isMultibranch: true }])
  })

  it('lists a folder whose content is refused, and keeps the rest', async () => {
    const { items, gaps } = await walk({ '/api/json': { jobs: [{ name: 'a' }, nested(5)] } })
    expect(items.map(({ fullName }) => fullName)).toEqual(['a', 'd5', 'd5/d4', 'd5/d4/d3', 'd5/d4/d3/d2'])
    expect(gaps.map(({ code, parts }) => [code, parts.at])).toEqual([
      ['R403', 'https://ci.example.org/job/d5/job/d4/job/d3/job/d2/api/json'],
    ])
  })

  it.each([[[]], [{ jobs: 'x' }], ['text']])('%j is no list of items', async (page) => {
    await expect(walk({ '/api/json': page })).rejects.toMatchObject({ code: 'R404' })
  })
})
