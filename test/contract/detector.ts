import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Detector, Document } from '../../src/model/consumer.ts'
import type { Detection, Encoding, Place } from '../../src/model/place.ts'
import { Secret, type SecretKind } from '../../src/model/secret.ts'
import type { Demand } from '../../src/model/use.ts'
import { decodeField } from './decode-stored.ts'
import type { Tree } from './fixtures.ts'
import { useLines } from './use-line.ts'

/** A place as a case writes it down; the whole of it is compared. */
export interface ExpectedPlace {
  readonly address: string
  readonly host: string
  readonly line: number
  readonly username?: string
  readonly secret?: { readonly text: string; readonly kind: SecretKind; readonly encoding: Encoding }
  /** As `useLines` words them. Absent: not compared. */
  readonly uses?: readonly string[]
}

export interface DetectorCase {
  readonly name: string
  readonly tree: Tree
  /** Which file of the tree is the document. */
  readonly path: string
  readonly places: readonly ExpectedPlace[]
  readonly demands?: readonly Demand[]
  readonly unread?: readonly Detection['unread'][number]['reason'][]
}

export interface DetectorContract {
  readonly detector: Detector
  readonly cases: readonly DetectorCase[]
  readonly openJenkins?: (stored: string) => string
}

const seal = Secret.sealer(Buffer.alloc(32, 1))
const ROOT = '/somewhere'

export function documentOf(tree: Tree, path: string, bytes = tree.get(path)): Document {
  if (bytes === undefined) throw new Error(`${path} is not in the tree`)
  const files = new Map([...tree].map(([name, content]) => [join(ROOT, name), content]))
  return { path: join(ROOT, path), bytes, seal, companion: (name) => files.get(name) }
}

/** The suite that defines `Detector`. */
export function detectorContract({ detector, cases, openJenkins }: DetectorContract): void {
  describe.each(cases)('$name', (example) => {
    const { tree, path } = example
    const document = documentOf(tree, path)
    const detection = detector.detect(document)

    test('the file is one that it opens, and a keyword is in it', () => {
      expect(detector.matches(document.path)).toBe(true)
      const text = Buffer.from(document.bytes).toString('latin1')
      const opened = detector.keywords.length === 0 || detector.keywords.some((keyword) => text.includes(keyword))
      expect(opened || example.places.length + (example.demands ?? []).length === 0).toBe(true)
    })

    test('finds exactly these places', () => {
      const found = detection.places.map((place, index) => {
        const hasUses = example.places[index]?.uses !== undefined
        return { ...described(place, document, openJenkins), ...(hasUses ? { uses: useLines(place) } : {}) }
      })
      expect(found).toEqual(example.places)
    })

    test('finds exactly these demands and unread parts', () => {
      expect(detection.demands).toEqual(example.demands ?? [])
      expect(detection.unread.map(({ reason }) => reason)).toEqual(example.unread ?? [])
    })

    test('the bytes of a secret decode to the secret, and the sealed value is the same', () => {
      for (const { secret } of detection.places) {
        if (secret?.span === undefined || secret.value === undefined) continue
        expect(seal(decodeField(document.bytes, secret, openJenkins)).equals(secret.value)).toBe(true)
      }
    })

    test('the extent covers the fields, and addresses are unique and without white space', () => {
      for (const { extent, username, secret, address } of detection.places) {
        for (const span of [username?.span, secret?.span].filter((one) => one !== undefined)) {
          expect(extent !== undefined && extent[0] <= span[0] && span[1] <= extent[1]).toBe(true)
        }
        expect(address).not.toMatch(/\s/)
      }
      const addresses = detection.places.map(({ address }) => address)
      expect(new Set(addresses).size).toBe(addresses.length)
    })

    test('nothing it returns shows a secret', () => {
      const shown = JSON.stringify(detection)
      for (const { secret } of example.places) if (secret !== undefined) expect(shown).not.toContain(secret.text)
    })

    test('a file that ends anywhere is a result, not a throw', () => {
      for (let end = 0; end < document.bytes.length; end += 7)
        expect(() =>
          detector.detect(documentOf(tree, path, Buffer.from(document.bytes.subarray(0, end)))),
        ).not.toThrow()
    })
  })

  test('binary garbage is a result, not a throw', () => {
    const [first] = cases
    if (first === undefined) throw new Error('the contract needs a case')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        detector.detect(documentOf(first.tree, first.path, Buffer.from(bytes)))
      }),
    )
  })
}

function described(place: Place, document: Document, openJenkins: DetectorContract['openJenkins']): ExpectedPlace {
  const { address, host, line = 0, username, secret } = place
  const span = secret?.span
  return {
    address,
    host,
    line,
    ...(username === undefined ? {} : { username: username.text }),
    ...(secret === undefined || span === undefined
      ? {}
      : {
          secret: {
            text: decodeField(document.bytes, secret, openJenkins),
            kind: secret.kind,
            encoding: secret.encoding,
          },
        }),
  }
}
