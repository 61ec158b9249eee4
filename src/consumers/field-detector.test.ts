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
