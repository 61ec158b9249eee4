import { describe, expect, test } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { fieldsOf } from './document-fields.ts'
import { stepsOf } from './pipeline-steps.ts'

const PATH = '.github/workflows/build.yml'

function stepsIn(text: string) {
  return stepsOf(fieldsOf(documentOf(new Map([[PATH, Buffer.from(text)]]), PATH)))
}

const repository = { workspace: 'acme', slug: 'app' }

describe('what the steps of a pipeline do with a variable', () => {
  test.each([
    ['git clone https://u:$TOKEN@bitbucket.org/acme/app.git', [{ operation: 'git-fetch', repository }]],
    [`git push --force "https://u:\${TOKEN}@bitbucket.org/acme/app.git"`, [{ operation: 'git-push', repository }]],
    [`git clone https://u:\${{ env.TOKEN }}@bitbucket.org/acme/app.git`, [{ operation: 'git-fetch', repository }]],
    ['git clone https://u:$(TOKEN)@bitbucket.org/acme/app', [{ operation: 'git-fetch', repository }]],
    ['git clone https://u:%TOKEN%@bitbucket.org/acme/app.git', [{ operation: 'git-fetch', repository }]],
    ['git clone https://u:$TOKEN@bitbucket.org/acme/$NAME.git', [{ operation: 'git-fetch' }]],
    ['curl -u "me:$TOKEN" https://api.bitbucket.org/2.0/user', [{ operation: 'rest' }]],
    ['curl -u "me:$TOKEN" \\\n  https://api.bitbucket.org/2.0/user', [{ operation: 'rest' }]],
    ['curl -u "me:$TOKEN" \\\r\n  https://api.bitbucket.org/2.0/user', [{ operation: 'rest' }]],
    ['curl -u me:$TOKEN https://bitbucket.org/acme/app/get/main.zip', [{ operation: 'web', repository }]],
    [
      'git remote add bb https://u:$TOKEN@bitbucket.org/acme/app.git\ngit push --mirror bb',
      [{ operation: 'git-push', repository }],
    ],
    [
      'git remote add bb https://u:$TOKEN@bitbucket.org/acme/app.git\ngit fetch bb',
      [{ operation: 'git-fetch', repository }],
    ],
    ['git push https://u:$TOKEN@github.com/acme/app.git', []],
    ['echo $TOKEN\ncurl https://api.bitbucket.org/2.0/user', []],
    ['git clone https://u:$TOKENS@bitbucket.org/acme/app.git', []],
  ])('%s', (command, uses) => {
    expect(stepsIn(command).usesOf('TOKEN')).toEqual(uses)
  })

  test('each thing is told once', () => {
    const clone = 'git clone https://u:$TOKEN@bitbucket.org/acme/app.git'
    const uses = stepsIn(`${clone}\n${clone}\ncurl -u me:$TOKEN https://api.bitbucket.org/2.0/user\n`).usesOf('TOKEN')
    expect(uses).toEqual([{ operation: 'git-fetch', repository }, { operation: 'rest' }])
  })
})

test('a document full of references, on one line and on many, is read in time', () => {
  const step = 'git clone https://u:$TOKEN@bitbucket.org/acme/app.git'
  for (const text of [`${step} `.repeat(20_000), `${step}\n`.repeat(20_000)]) {
    const started = performance.now()
    expect(stepsIn(text).usesOf('TOKEN')).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(5000)
  }
})
