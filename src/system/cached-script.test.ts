import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyturn } from '../../test/support/keyturn-process.ts'
import { loadBundle } from './cached-script.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const TEXT = `(function(exports,require,module,url){exports.main=()=>['one',url,typeof require('node:fs').readFileSync]})`

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-script-'))
  file = join(folder, 'bundle.cjs')
  writeFileSync(file, TEXT)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function answer(): unknown {
  const main: unknown = Reflect.get(loadBundle(file) ?? {}, 'main')
  return typeof main === 'function' ? main() : main
}

const expected = (): readonly unknown[] => ['one', pathToFileURL(file).href, 'function']

describe('a bundle', () => {
  it('runs without compiled code, and with its own', () => {
    expect(answer()).toEqual(expected())
    writeFileSync(`${file}.cache`, new Script(TEXT, { filename: file }).createCachedData())
    expect(answer()).toEqual(expected())
  })

  it.each([
    ['damaged', (): Buffer => Buffer.from('no code')],
    ['empty', (): Buffer => Buffer.alloc(0)],
    ['of another text', (): Buffer => new Script(`${TEXT} `.replace('one', 'other')).createCachedData()],
    ['of another V8', (): Buffer => new Script(TEXT).createCachedData().fill(7, 4, 8)],
  ])('runs as it is written when the compiled code is %s', (_, code) => {
    writeFileSync(`${file}.cache`, code())
    expect(answer()).toEqual(expected())
  })

  it('that is not there is none', () => {
    rmSync(file)
    expect(loadBundle(file)).toBeUndefined()
  })
})

describe('the build', () => {
  it('has the compiled code of its commands, as this Node takes it', () => {
    const [name = '', ...others] = readdirSync(DIST).filter((each) => /^keyturn-.*\.cjs$/.test(each))
    expect(others).toEqual([])
    const [text, cachedData] = [readFileSync(join(DIST, name), 'latin1'), readFileSync(join(DIST, `${name}.cache`))]
    expect(new Script(text, { cachedData }).cachedDataRejected).toBe(false)
  })

  it('reaches what is not bundled: a scan of a controller sends a request', async () => {
    const environment = { JENKINS_USER_ID: 'alice', JENKINS_API_TOKEN: 'none' }
    // Nobody listens on the port of "discard".
    const args = ['scan', '--jenkins', 'http://127.0.0.1:9', '--json']
    const { stdout } = await keyturn({ args, folder, environment })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'R401' })
  })
})
