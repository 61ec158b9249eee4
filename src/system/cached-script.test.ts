import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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
    // Flags count, and the workers of these tests have some.
    const program = `
      const { readFileSync } = require('node:fs')
      const [file] = process.argv.slice(1)
      const script = new (require('node:vm').Script)(readFileSync(file, 'latin1'), { cachedData: readFileSync(file + '.cache') })
      process.stdout.write(String(script.cachedDataRejected))`
    const taken = execFileSync(process.execPath, ['-e', program, join(DIST, name)], { encoding: 'utf8' })
    expect(taken).toBe('false')
  })

  it('reaches what is not bundled: a scan of a controller sends a request', async () => {
    const environment = { JENKINS_USER_ID: 'alice', JENKINS_API_TOKEN: 'none' }
    // Nobody listens on the port of "discard".
    const args = ['scan', '--jenkins', 'http://127.0.0.1:9', '--json']
    const { stdout } = await keyturn({ args, folder, environment })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'R401' })
  })
})
