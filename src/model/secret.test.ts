import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from './secret.ts'

const seal = Secret.sealer(new Uint8Array(32).fill(7))

describe('Secret', () => {
  it('shows its fingerprint in every conversion to text', () => {
    const secret = seal('hunter2')
    expect(secret.fingerprint).toMatch(/^#[0-9a-f]{12}$/)
    expect(
      [
        `${secret}`,
        JSON.stringify({ secret }),
        inspect({ secret }),
        inspect(secret, { showHidden: true, depth: 9 }),
      ].join(' '),
    ).not.toContain('hunter2')
    expect(JSON.parse(JSON.stringify({ secret }))).toEqual({ secret: secret.fingerprint })
  })

  it('gives the same secret the same name, and another installation another name', () => {
    const other = Secret.sealer(new Uint8Array(32).fill(8))
    expect(seal('a').fingerprint).toBe(seal('a').fingerprint)
    expect(seal('a').fingerprint).not.toBe(seal('b').fingerprint)
    expect(seal('a').fingerprint).not.toBe(other('a').fingerprint)
  })

  it('compares by content', () => {
    expect([seal('a').equals(seal('a')), seal('a').equals(seal('b')), seal('a').equals(seal('ab'))]).toEqual([
      true,
      false,
      false,
    ])
  })
})
