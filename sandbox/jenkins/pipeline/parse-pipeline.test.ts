import { expect, test } from 'vitest'
import { parsePipeline } from './parse-pipeline.ts'

const text = (value: string) => ({ kind: 'string', text: value, interpolated: false })

test('named arguments, a list of bindings and a block are read as they stand', () => {
  expect(
    parsePipeline(`// comment
node {
  git url: 'https://bitbucket.org/acme/app.git', credentialsId: 'bb'
  withCredentials([usernamePassword(credentialsId: 'bb', usernameVariable: 'U', passwordVariable: 'P')]) {
    sh 'git ls-remote origin'
  }
}`),
  ).toEqual([
    {
      name: 'node',
      args: [],
      body: [
        {
          name: 'git',
          args: [
            { key: 'url', value: text('https://bitbucket.org/acme/app.git') },
            { key: 'credentialsId', value: text('bb') },
          ],
          body: undefined,
        },
        {
          name: 'withCredentials',
          args: [
            {
              key: undefined,
              value: {
                kind: 'list',
                items: [
                  {
                    key: undefined,
                    value: {
                      kind: 'call',
                      name: 'usernamePassword',
                      items: [
                        { key: 'credentialsId', value: text('bb') },
                        { key: 'usernameVariable', value: text('U') },
                        { key: 'passwordVariable', value: text('P') },
                      ],
                    },
                  },
                ],
              },
            },
          ],
          body: [{ name: 'sh', args: [{ key: undefined, value: text('git ls-remote origin') }], body: undefined }],
        },
      ],
    },
  ])
})

test('an assignment, a map and triple quotes are told apart', () => {
  expect(parsePipeline(`environment { X = credentials('x') }\ncheckout([$class: 'GitSCM'])\nsh """a\nb"""`)).toEqual([
    {
      name: 'environment',
      args: [],
      body: [
        {
          name: '=',
          args: [
            { key: 'X', value: { kind: 'call', name: 'credentials', items: [{ key: undefined, value: text('x') }] } },
          ],
          body: undefined,
        },
      ],
    },
    {
      name: 'checkout',
      args: [{ key: undefined, value: { kind: 'list', items: [{ key: '$class', value: text('GitSCM') }] } }],
      body: undefined,
    },
    {
      name: 'sh',
      args: [{ key: undefined, value: { kind: 'string', text: 'a\nb', interpolated: true } }],
      body: undefined,
    },
  ])
})

test.each(['', '}', '((', 'node {', "sh 'a", '[[['])('%j ends without an exception', (script) => {
  expect(Array.isArray(parsePipeline(script))).toBe(true)
})
