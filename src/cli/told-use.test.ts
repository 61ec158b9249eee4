import { describe, expect, it } from 'vitest'
import { Failure } from '../model/failure.ts'
import { toldUse } from './told-use.ts'

describe('what --use says', () => {
  it.each([
    ['.env BB_TOKEN=git', { place: '.env BB_TOKEN', use: { operation: 'git-fetch' } }],
    ['p1=push', { place: 'p1', use: { operation: 'git-push' } }],
    ['p1=rest', { place: 'p1', use: { operation: 'rest' } }],
    ['p1=branch-source', { place: 'p1', use: { operation: 'branch source' } }],
    ['p1=rest:pull-request', { place: 'p1', use: { operation: 'rest', resource: 'pull request', access: 'read' } }],
    ['p1=rest:webhook:delete', { place: 'p1', use: { operation: 'rest', resource: 'webhook', access: 'delete' } }],
    ['a=b.env X=rest', { place: 'a=b.env X', use: { operation: 'rest' } }],
  ])('%s', (text, said) => {
    expect(toldUse(text)).toEqual(said)
  })

  it.each([
    'p1',
    '=git',
    'p1=',
    'p1=svn',
    'p1=rest:nothing',
    'p1=rest:webhook:all',
    'p1=rest:webhook:read:more',
    'p1=toString',
  ])('is refused as %s, with the words that there are', (text) => {
    const refused = (): unknown => toldUse(text)
    expect(refused).toThrow(Failure)
  })
})
