import { describe, expect, test } from 'vitest'
import { documentOf } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import type { Consumer } from '../../model/consumer.ts'
import { consumer as gitConfig } from '../git-config/index.ts'
import { consumer as gitCredentials } from '../git-credentials/index.ts'
import { consumer as netrc } from '../netrc/index.ts'

const { SHORT } = fixtureValues()
const inBase64 = (text: string): string => Buffer.from(text).toString('base64')
const NETRC = `machine bitbucket.org\n  login alice\n  password ${SHORT}\n`
const CONFIG = `[url "https://alice:${SHORT}@bitbucket.org/"]\n  insteadOf = https://bitbucket.org/\n`

/** `username host line` of every place. */
function found({ detector }: Consumer, text: string, path = 'objects.yaml'): readonly string[] {
  const document = documentOf(new Map([[path, Buffer.from(text)]]), path)
  const { places } = detector?.detectNested?.(document) ?? { places: [] }
  return places.map(({ username, host, line = 0 }) => `${username?.text ?? ''} ${host} ${line}`)
}

const indented = (text: string): string => text.replace(/^/gm, '    ').trimEnd()

describe('files inside objects of Kubernetes and scripts', () => {
  test('netrc in a ConfigMap', () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tools\ndata:\n  .netrc: |\n${indented(NETRC)}\n`
    expect(found(netrc, text)).toEqual(['alice bitbucket.org 9'])
  })

  test('netrc in base64 in a Secret, behind a ConfigMap in plain text', () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\ndata:\n  greeting: hello world\n---\n'
    const text = `${map}apiVersion: v1\nkind: Secret\ndata:\n  netrc: ${inBase64(NETRC)}\n`
    expect(found(netrc, text)).toEqual(['alice bitbucket.org 9'])
  })

  test('netrc that a script writes', () => {
    const script = `#!/bin/sh\ncat > ~/.netrc <<EOF\n${NETRC}EOF\n`
    expect(found(netrc, script, 'setup.sh')).toEqual(['alice bitbucket.org 5'])
  })

  test('gitconfig beside a certificate that is no text', () => {
    const certificate = Buffer.from([0x30, 0x82, 0x01, 0x00, 0x02, 0x01]).toString('base64')
    const text = `apiVersion: v1\nkind: Secret\ndata:\n  ca.der: ${certificate}\n  .gitconfig: ${inBase64(CONFIG)}\n`
    expect(found(gitConfig, text)).toEqual(['alice bitbucket.org 5'])
  })

  test('a credential store in plain text in a Secret', () => {
    const store = `https://alice:${SHORT}@bitbucket.org`
    const text = `apiVersion: v1\nkind: Secret\nstringData:\n  .git-credentials: |\n    ${store}\n`
    expect(found(gitCredentials, text)).toEqual(['alice bitbucket.org 5'])
  })
})
