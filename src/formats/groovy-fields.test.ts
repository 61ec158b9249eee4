import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readGroovyFields } from './groovy-fields.ts'

function read(source: string): readonly string[] {
  return readGroovyFields(source).fields.map(({ keys, value }) => `${keys.join('.')}: ${value.text}`)
}

const PIPELINE = `pipeline {
  environment { HOST = 'h'; CREDS = credentials('c') }
  stages {
    stage('one') {
      steps {
        withCredentials([usernamePassword(credentialsId: 'id', usernameVariable: 'U', passwordVariable: 'P'),
                         string(credentialsId: 's', variable: 'T')]) {
          sh 'inside'
        }
        sh 'outside'
      }
    }
  }
}`

describe('readGroovyFields', () => {
  it.each([
    ["git url: 'x', credentialsId: 'y'", ['git.url: x', 'git.credentialsId: y']],
    ["git 'x'", ['git: x']],
    ["sh 'x'", ['sh: x']],
    ['sh """\n  x ${Y}\n"""', ['sh: \n  x ${Y}\n']],
    ["sh(script: 'x', returnStdout: true)", ['sh.script: x']],
    ["def out = sh script: 'x', returnStdout: true", ['sh.script: x']],
    ["steps.sh('x')", ['sh: x']],
    ["withEnv(['A=x']) { }", ['withEnv.A: x']],
    [
      `environment { A = '${['ATATT3', 'x'].join('')}=0123ABCD' }`,
      [`environment.A: ${['ATATT3', 'x'].join('')}=0123ABCD`],
    ],
    ["A = 'x'", ['A: x']],
    ["env.A = 'x'", ['env.A: x']],
    ["String a = 'x'", ['a: x']],
    ["environment { A = 'x' }", ['environment.A: x']],
    ["environment { A = credentials('x') }", ['environment.A.credentials: x']],
    [
      "checkout([$class: 'GitSCM', userRemoteConfigs: [[credentialsId: 'x', url: 'y']]])",
      ['checkout.class: GitSCM', 'checkout.userRemoteConfigs.credentialsId: x', 'checkout.userRemoteConfigs.url: y'],
    ],
    ["all.each { a -> sh 'x' }", ['sh: x']],
    ["// sh 'a'\n/* 'b' */ sh 'x'", ['sh: x']],
  ])('%s', (source, expected) => {
    expect(read(source)).toEqual(expected)
  })

  it('tells which step stands in which block, and which arguments belong to one call', () => {
    const { fields, blocks } = readGroovyFields(PIPELINE)
    const values = (range: readonly [number, number]): readonly string[] =>
      fields.slice(...range).map(({ value }) => value.text)
    const block = (name: string) => blocks.find((each) => each.name === name)
    expect(values(block('withCredentials')?.body ?? [0, 0])).toEqual(['inside'])
    expect(values(block('withCredentials')?.head ?? [0, 0])).toEqual(['id', 'U', 'P', 's', 'T'])
    expect(values(block('usernamePassword')?.head ?? [0, 0])).toEqual(['id', 'U', 'P'])
    expect(values(block('string')?.head ?? [0, 0])).toEqual(['s', 'T'])
    expect(values(block('stage')?.body ?? [0, 0])).toContain('outside')
    const extent = block('withCredentials')?.extent ?? [0, 0]
    expect(PIPELINE.slice(...extent)).toMatch(/^withCredentials\([\s\S]*\}$/)
    const names: string[] = []
    for (let at = block('withCredentials')?.within; at !== undefined; at = blocks[at]?.within)
      names.push(blocks[at]?.name ?? '')
    expect(names).toEqual(['steps', 'stage', 'stages', 'pipeline'])
  })

  it('no text throws, and blocks stay inside of it', () => {
    const pieces = fc.array(
      fc.constantFrom('a', "'", '"""', '{', '}', '(', ')', '[', ']', ':', ',', ' ', '\n', '->', '$/', '/', 'x = '),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          const { fields, blocks } = readGroovyFields(text)
          for (const { extent, head, body } of blocks) {
            expect(extent[1]).toBeLessThanOrEqual(text.length)
            expect(head[0] <= head[1] && head[1] === body[0] && body[0] <= body[1] && body[1] <= fields.length).toBe(
              true,
            )
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
