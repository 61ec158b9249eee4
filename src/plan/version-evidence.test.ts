import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FETCH, madePlace, REST, SCANNED } from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { FoundVersion } from './plan-input.ts'
import { filesThatTell, listedPlaces, listedVersion, stillToTell, versionsIn } from './version-evidence.ts'

const both = [FETCH, REST]
const renovate = madePlace('r', { consumer: 'renovate', path: '/srv/bot/.env', uses: both })
const composer = madePlace('c', { consumer: 'composer', path: '/srv/app/auth.json', uses: both })
const azure = madePlace('z', { consumer: 'azure-devops', path: '/srv/tf/main.tf', uses: both })
const nextflow = madePlace('f', { consumer: 'nextflow', path: '/srv/flow/nextflow.config', uses: both })
const jenkins = madePlace('j', {
  consumer: 'jenkins-home',
  path: '/var/jenkins_home/jobs/team/config.xml',
  uses: SCANNED,
})

function versionIn(path: string, text: string, place: Place): string | undefined {
  const found = new Map()
  versionsIn(path, text, [place], found)
  return found.get(place.id)?.version
}

describe('the version of a tool', () => {
  it.each<[string, string, Place, string | undefined]>([
    ['package.json', '{"devDependencies":{"renovate":"41.1.0"}}', renovate, '41.1.0'],
    ['package.json', '{"devDependencies":{"renovate":"^41.1.0"}}', renovate, undefined],
    ['package-lock.json', '{"packages":{"node_modules/renovate":{"version":"40.2.3"}}}', renovate, '40.2.3'],
    ['composer.lock', '{"packages":[{"name":"composer/composer","version":"2.8.11"}]}', composer, '2.8.11'],
    ['Dockerfile', 'FROM ghcr.io/renovate/renovate:41.0.1-full AS bot\n', renovate, '41.0.1'],
    ['docker-compose.yml', 'services:\n  bot:\n    image: "renovate/renovate:42"\n', renovate, '42'],
    ['Dockerfile', 'FROM other/renovate-helper:1.0\nFROM renovate/renovate:latest\n', renovate, undefined],
    [
      '.terraform.lock.hcl',
      'provider "registry.terraform.io/other/x" {\n  version = "9.9.9"\n}\nprovider "registry.terraform.io/microsoft/azuredevops" {\n  version     = "1.12.0"\n}\n',
      azure,
      '1.12.0',
    ],
    ['MANIFEST.MF', 'Plugin-Version: 936.4.3.v_abc\r\nOther: 1\r\n', jenkins, '936.4.3'],
    ['package.json', '{', renovate, undefined],
    ['package.json', 'null', renovate, undefined],
    ['package.json', '{"dependencies":{"renovate":41}}', renovate, undefined],
    ['package.json', '{"dependencies":{"nextflow":"26.4.0"}}', nextflow, '26.4.0'],
    [
      'composer.lock',
      '{"packages":[null,{"name":"acme/app","version":"1.0.0"},{"name":"composer/composer","version":"2.8.11"}]}',
      composer,
      '2.8.11',
    ],
    ['Dockerfile', 'FROM node:22\nFROM renovate/renovate:41.0.1\n', renovate, '41.0.1'],
  ])('in %s', (name, text, place, version) => {
    expect(versionIn(`/srv/${name}`, text, place)).toBe(version)
  })

  it('is looked for beside the place and above it, nearest first, and in the document itself', () => {
    const paths = [...filesThatTell([renovate]).keys()]
    expect(paths[0]).toBe('/srv/bot/.env')
    expect(paths.indexOf('/srv/bot/package.json')).toBeLessThan(paths.indexOf('/srv/package.json'))
    expect([...filesThatTell([jenkins]).keys()]).toEqual([
      '/var/jenkins_home/plugins/cloudbees-bitbucket-branch-source/META-INF/MANIFEST.MF',
    ])
    const below = { ...jenkins, at: { kind: 'file', path: '/srv/jobs/ci/credentials.xml' } } as const
    expect([...filesThatTell([below]).keys()]).toEqual([
      '/srv/jobs/ci/plugins/cloudbees-bitbucket-branch-source/META-INF/MANIFEST.MF',
    ])
    expect(filesThatTell([madePlace('n')]).size).toBe(0)
  })

  it('is looked for in the deepest folders first, whichever place was found first', () => {
    const outer = madePlace('o', { consumer: 'renovate', path: '/srv/.env', uses: both })
    const depths = [...filesThatTell([outer, renovate]).keys()].map((path) => path.split('/').length)
    expect(depths).toEqual(depths.toSorted((one, other) => other - one))
  })

  it('is looked for in the folder of the place and the two above it, no farther', () => {
    const deep = { ...renovate, at: { kind: 'file', path: '/srv/a/b/c/.env' } } as const
    const folders = [...filesThatTell([deep]).keys()].map((path) => path.slice(0, path.lastIndexOf('/')))
    expect([...new Set(folders)]).toEqual(['/srv/a/b/c', '/srv/a/b', '/srv/a'])
  })

  it('is that of the plugin where plain checkouts use the place as well', () => {
    const mixed = { ...jenkins, uses: [FETCH, ...SCANNED] }
    const [path = ''] = filesThatTell([mixed]).keys()
    expect(path).toMatch(/MANIFEST\.MF$/)
    expect(versionIn(path, 'Plugin-Version: 936.4.3\n', mixed)).toBe('936.4.3')
  })

  it('comes from the nearest file, in whatever order places were found and files are read', () => {
    const outer = madePlace('o', { consumer: 'renovate', path: '/srv/.env', uses: both })
    const texts = new Map([
      ['/srv/package.json', '{"dependencies":{"renovate":"40.0.0"}}'],
      ['/srv/bot/package-lock.json', '{"packages":{"node_modules/renovate":{"version":"41.2.1"}}}'],
      ['/srv/bot/package.json', '{"dependencies":{"renovate":"41.2.0"}}'],
    ])
    const told = (places: readonly Place[], order: (all: readonly string[]) => readonly string[]) => {
      const files = filesThatTell(places)
      const found = new Map<string, FoundVersion>()
      for (const path of order([...files.keys()])) versionsIn(path, texts.get(path) ?? '', files.get(path) ?? [], found)
      return ['o', 'r'].map((id) => found.get(id)?.at)
    }
    const expected = ['/srv/package.json', '/srv/bot/package.json']
    expect(told([outer, renovate], (all) => all)).toEqual(expected)
    expect(told([renovate, outer], (all) => all)).toEqual(expected)
    expect(told([outer, renovate], (all) => [...all].reverse())).toEqual(expected)
  })

  it('is asked of no file that is farther than one that told', () => {
    const files = filesThatTell([madePlace('o', { consumer: 'renovate', path: '/srv/.env', uses: both }), renovate])
    const found = new Map<string, FoundVersion>()
    versionsIn('/srv/bot/package.json', '{"dependencies":{"renovate":"41.2.0"}}', [renovate], found)
    const asked = (path: string) => stillToTell(path, files.get(path) ?? [], found).map(({ id }) => id)
    expect([asked('/srv/bot/.env'), asked('/srv/bot/Dockerfile'), asked('/srv/package.json')]).toEqual([
      ['r'],
      [],
      ['o'],
    ])
  })

  it('is that of the document itself before all', () => {
    const compose = madePlace('d', { consumer: 'renovate', path: '/srv/docker-compose.yml', uses: both })
    expect([...(filesThatTell([compose]).get('/srv/docker-compose.yml') ?? [])]).toEqual([compose])
    const found = new Map<string, FoundVersion>()
    versionsIn('/srv/package.json', '{"dependencies":{"renovate":"40.0.0"}}', [compose], found)
    versionsIn('/srv/docker-compose.yml', 'image: renovate/renovate:41.2.0', [compose], found)
    expect(found.get('d')?.version).toBe('41.2.0')
    versionsIn('/srv/package.json', '{"dependencies":{"renovate":"40.0.0"}}', [compose], found)
    expect(found.get('d')?.version).toBe('41.2.0')
  })

  it('is one that the file holds, whatever else it holds', () => {
    const name = fc.constantFrom('package.json', 'package-lock.json', 'composer.lock', 'Dockerfile', 'compose.yaml')
    const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.'))
    const near = fc.constantFrom(
      (one: string) => `{"dependencies":{"renovate":"${one}"}}`,
      (one: string) => `{"dependencies":{"renovate":"^${one}"}}`,
      (one: string) => `{"dependencies":{"renovate-helper":"${one}"}}`,
      (one: string) => `{"packages":{"node_modules/renovate":{"version":"${one}"}}}`,
      (one: string) => `{"packages":[{"name":"renovate","version":"${one}"}]}`,
      (one: string) => `FROM renovate/renovate:${one}`,
      (one: string) => `FROM renovate/renovate-helper:${one}`,
    )
    const told = new Set<boolean>()
    fc.assert(
      fc.property(name, version, near, fc.oneof(fc.constant(''), fc.string()), (file, number, write, rest) => {
        const text = `${write(number)}${rest}`
        const found = versionIn(`/x/${file}`, text, renovate)
        told.add(found !== undefined)
        if (found !== undefined) expect(text).toContain(found)
        if (/\^|helper/.test(write(number)) && rest === '') expect(found).toBeUndefined()
      }),
    )
    expect(told).toEqual(new Set([true, false]))
  })
})

describe('of a controller that runs', () => {
  const at = { kind: 'url', url: 'https://ci.example.org/credentials/store/system' } as const
  const scanned = { ...madePlace('s', { consumer: 'jenkins', uses: SCANNED }), at }

  it('is asked for where a plugin with a floor uses the place, and nowhere else', () => {
    const plain = { ...scanned, id: 'plain', uses: [FETCH] }
    expect(listedPlaces([scanned, plain, jenkins])).toEqual([scanned])
  })

  it('is told by no file', () => {
    expect(filesThatTell([scanned]).size).toBe(0)
  })

  it('is that of the plugin, with the page that shows it', () => {
    const listed = { versions: { git: '5.7.0', 'cloudbees-bitbucket-branch-source': '936.4.3' }, at: 'https://ci/x' }
    expect(listedVersion(scanned, listed)).toEqual({ consumer: 'jenkins', version: '936.4.3', at: 'https://ci/x' })
    expect(listedVersion(scanned, { ...listed, versions: {} })).toBeUndefined()
  })
})
