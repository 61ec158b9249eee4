import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FETCH, madePlace, REST, SCANNED } from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import { filesThatTell, versionsIn } from './version-evidence.ts'

const both = [FETCH, REST]
const renovate = madePlace('r', { consumer: 'renovate', path: '/srv/bot/.env', uses: both })
const composer = madePlace('c', { consumer: 'composer', path: '/srv/app/auth.json', uses: both })
const azure = madePlace('z', { consumer: 'azure-devops', path: '/srv/tf/main.tf', uses: both })
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
    expect(filesThatTell([madePlace('n')]).size).toBe(0)
  })

  it('comes from the nearest file', () => {
    const found = new Map()
    versionsIn('/srv/bot/package.json', '{"dependencies":{"renovate":"41.2.0"}}', [renovate], found)
    versionsIn('/srv/package.json', '{"dependencies":{"renovate":"9.0.0"}}', [renovate], found)
    expect(found.get('r')).toMatchObject({ version: '41.2.0', at: '/srv/bot/package.json' })
  })

  it('is none in whatever else a file holds', () => {
    const name = fc.constantFrom('package.json', 'composer.lock', 'Dockerfile', '.terraform.lock.hcl', 'MANIFEST.MF')
    fc.assert(
      fc.property(name, fc.oneof(fc.string(), fc.json()), (file, text) => {
        expect(versionIn(`/x/${file}`, text, renovate)).toBeUndefined()
      }),
    )
  })
})
