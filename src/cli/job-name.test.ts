import { expect, it } from 'vitest'
import { jobName } from './job-name.ts'

it.each([
  ['team/app', 'team/app'],
  [' /team/app/ ', 'team/app'],
  ['https://ci.example.org/job/app-build/', 'app-build'],
  ['https://ci.example.org/jenkins/view/all/job/team/view/x/job/my%20app/12/console', 'team/my app'],
  ['/job/team/job/app', 'team/app'],
  ['job/app', 'job/app'],
  ['https://ci.example.org/', 'https://ci.example.org'],
])('a job is named as people copy it: %s', (text, name) => {
  expect(jobName(text)).toBe(name)
})
