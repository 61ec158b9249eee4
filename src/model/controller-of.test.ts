import { expect, test } from 'vitest'
import { controllerOf } from './controller-of.ts'

const at = (path: string, address = 'system/_/bb') => ({
  consumer: 'jenkins-home',
  at: { kind: 'file' as const, path },
  address,
})
const asked = (url: string) => ({ consumer: 'jenkins', at: { kind: 'url' as const, url }, address: 'system/_/bb' })

test.each([
  [at('/srv/jenkins/credentials.xml'), '/srv/jenkins'],
  [at('/srv/jenkins/jobs/team/jobs/app/config.xml'), '/srv/jenkins'],
  [at('/srv/jenkins/jobs/app/branches/main/config.xml'), '/srv/jenkins'],
  [at('/srv/jenkins/users/alice_1/config.xml'), '/srv/jenkins'],
  [at('/srv/jobs/jenkins/credentials.xml'), '/srv/jobs/jenkins'],
  [at('/srv/jobs/jenkins/jobs/app/config.xml', 'job/app/url#2'), '/srv/jobs/jenkins'],
  [at('/srv/jobs/jenkins/jobs/team/jobs/app/config.xml', 'job/team/app/credentials/git'), '/srv/jobs/jenkins'],
  [at('/srv/jobs/jenkins/jobs/app/branches/main/config.xml', 'job/app/main/url'), '/srv/jobs/jenkins'],
  [at('/srv/jobs/jenkins/jobs/team/config.xml', 'folder/team/_/bb'), '/srv/jobs/jenkins'],
  [asked('https://ci.example.org/job/team/job/app'), 'https://ci.example.org'],
  [asked('https://example.org/jenkins/credentials/store/system/domain/_/credential/bb'), 'https://example.org/jenkins'],
  [asked('https://ci.example.org/user/alice/credentials/store/user'), 'https://ci.example.org'],
  [
    { consumer: 'netrc', at: { kind: 'file' as const, path: '/home/alice/.netrc' }, address: 'machine/bitbucket.org' },
    undefined,
  ],
])('%j is of %s', (place, controller) => {
  expect(controllerOf(place)).toBe(controller)
})
