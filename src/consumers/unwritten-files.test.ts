import { describe, expect, test } from 'vitest'
import { unwrittenFile } from './unwritten-files.ts'

const reasonFor = (path: string): string | undefined => unwrittenFile({ kind: 'file', path })

describe('files that a program writes itself', () => {
  test.each([
    ['/srv/infra/terraform.tfstate', 'terraform apply'],
    ['/srv/infra/terraform.tfstate.backup', 'terraform apply'],
    ['/srv/infra/.terraform/modules/modules.json', 'terraform init'],
    ['/home/a/.bash_history', 'delete the line'],
    ['/home/a/.local/share/fish/fish_history', 'delete the line'],
    ['/var/log/build.log.1', 'a log'],
    ['/var/jenkins_home/jobs/app/builds/7/log', 'a log'],
    ['/srv/app/.git/FETCH_HEAD', 'git writes'],
    ['C:\\app\\.git\\logs\\HEAD', 'git writes'],
    ['/srv/app/node_modules/x/package.json', 'install again'],
  ])('%s', (path, words) => {
    expect(reasonFor(path)).toContain(words)
  })

  test.each([
    '/srv/app/package-lock.json',
    '/srv/app/.git/config',
    '/srv/app/main.tf',
    '/srv/app/src/log',
    '/home/a/.env',
  ])('%s is written', (path) => {
    expect(reasonFor(path)).toBeUndefined()
  })
})
