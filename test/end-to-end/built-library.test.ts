import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'
import { appPassword } from '../support/synthetic-secrets.ts'

const DIST = resolve(import.meta.dirname, '../../dist')

/** What a program that imports the build gets, in a process of its own: the status of an answer, or why there is none. */
async function statusFrom(url: string, environment: Readonly<Record<string, string>>): Promise<string> {
  if (!existsSync(DIST)) throw new Error('dist/ is missing: run `npm run build` first')
  const program = `
    import { nodeSystem } from ${JSON.stringify(pathToFileURL(resolve(DIST, 'index.js')).href)}
    const { http } = nodeSystem({ environment: ${JSON.stringify(environment)} })
    const answer = await http.send({ method: 'GET', url: ${JSON.stringify(url)} }).catch((error) => error)
    process.stdout.write(String(answer.status ?? answer.message))`
  const run = promisify(execFile)
  return (await run(process.execPath, ['--input-type=module', '--eval', program])).stdout
}

async function served(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(204).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

it('the built library asks a server, and does so through a proxy where the environment names one', async () => {
  const server = await served()
  expect(await statusFrom(`${server.url}/direct`, {})).toBe('204')
  const refused = { http_proxy: 'http://127.0.0.1:1', no_proxy: '' }
  expect(await statusFrom(`${server.url}/proxied`, refused)).toBe(
    'the connection was refused (this is the proxy that the environment names)',
  )
  expect(server.asked).toEqual(['/direct'])
})

it('the built sandbox starts', async () => {
  const program = `
    import { startJenkins, startSandbox } from ${JSON.stringify(pathToFileURL(resolve(DIST, 'sandbox.js')).href)}
    const sandbox = await startSandbox()
    process.stdout.write(typeof startJenkins)
    await sandbox.stop()`
  const run = promisify(execFile)
  expect((await run(process.execPath, ['--input-type=module', '--eval', program])).stdout).toBe('function')
})

it('a program that it was bundled into searches with one thread', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-bundled-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const files = join(folder, 'files')
  await mkdir(files)
  const many = Array.from({ length: 3000 }, (_, index) => join(files, `${index}.txt`))
  await Promise.all(many.map((path) => writeFile(path, 'nothing\n')))
  await writeFile(join(files, '.netrc'), `machine bitbucket.org login alice password ${appPassword()}\n`)
  const contents = `
    import { openKeyturn } from ${JSON.stringify(resolve(DIST, 'index.js'))}
    const keyturn = await openKeyturn({ home: ${JSON.stringify(join(folder, 'home'))}, environment: {} })
    const { places, filesSeen } = await keyturn.scan({ paths: [${JSON.stringify(files)}], threads: 2 })
    process.stdout.write(places.map(({ consumer }) => consumer) + ' of ' + filesSeen)`
  const outfile = join(folder, 'program.mjs')
  await build({ stdin: { contents, resolveDir: DIST }, outfile, bundle: true, platform: 'node', format: 'esm' })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile])
  expect(stdout).toBe('netrc of 3001')
})
