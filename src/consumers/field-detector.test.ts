import { describe, expect, it } from 'vitest'
import { Secret } from '../model/secret.ts'
import { consumers } from './registry.ts'

const seal = Secret.sealer(new Uint8Array(32))
const SEALED = 'ENC[AES256_GCM,data:aGVsbG8=,iv:aXY=,tag:dGFn,type:str]'

function detected(consumer: string, path: string, text: string) {
  const document = { path, bytes: Buffer.from(text), seal, companion: () => undefined }
  return consumers.find(({ id }) => id === consumer)?.detector?.detect(document)
}

describe('a secret that SOPS has encrypted', () => {
  it.each([
    ['composer', '/app/auth.json', `{"http-basic":{"bitbucket.org":{"username":"alice","password":"${SEALED}"}}}`],
    [
      'argocd',
      '/app/secret.yaml',
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: bb\n  labels: {argocd.argoproj.io/secret-type: repository}\nstringData:\n  url: https://bitbucket.org/acme/app.git\n  username: alice\n  password: ${SEALED}\n`,
    ],
  ])('is told as not read, and is no place: %s', (consumer, path, text) => {
    const { places, unread } = detected(consumer, path, text) ?? {}
    expect(places).toEqual([])
    expect(unread).toEqual([
      {
        span: [text.indexOf('ENC['), expect.any(Number)],
        reason: 'undecryptable',
        detail: expect.stringContaining('SOPS'),
      },
    ])
  })
})

describe('a SealedSecret', () => {
  const sealed = (name: string, annotation = '') =>
    `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: ${name}\nspec:\n  encryptedData:\n    username: AgBy3i4OJSWK\n    password: AgCtr0QkPTYm\n  template:\n    metadata:\n      name: ${name}\n${annotation}`
  const unreadOf = (text: string) => detected('kubernetes-secret', '/app/sealed.yaml', text)?.unread

  it('that is called after Bitbucket, or whose Secret says so, is told as not read', () => {
    const [byName, byAnnotation] = [
      sealed('bitbucket-app'),
      sealed('git', '      annotations:\n        tekton.dev/git-0: https://bitbucket.org\n'),
    ]
    for (const text of [byName, byAnnotation])
      expect(unreadOf(text)).toEqual([
        {
          span: [text.indexOf('AgCtr0'), text.indexOf('AgCtr0') + 12],
          reason: 'undecryptable',
          detail: expect.stringContaining('kubeseal'),
        },
      ])
  })

  it('of something else is not', () => {
    expect(unreadOf(sealed('database'))).toEqual([])
    expect(unreadOf(sealed('bitbucket-app').replace('bitnami.com', 'example.org'))).toEqual([])
  })
})
