import { describe, expect, it } from 'vitest'
import { isPlaceholder } from './placeholder.ts'

describe('isPlaceholder', () => {
  it.each([
    ['a variable', '${BB_TOKEN}'],
    ['what a person has to write', '<app-password>'],
    ['words for it', 'your_app_password'],
    ['stars', '********'],
    ['one letter again and again', 'xxxxxxxxxxxxxxxxxxxx'],
    ['what TeamCity scrambled', 'zxx775d03cbe80d301b'],
    ['a sealed value', `age1${'q'.repeat(58)}`],
    ['what a key management service encrypted', `AQICA${'Hh3q'.repeat(30)}==`],
  ])('%s stands for a secret', (_, text) => {
    expect(isPlaceholder(text)).toBe(true)
  })

  it.each([
    ['begins as scrambled values do', 'zxxaQ4sIMvjb1w2r6ek7'],
    ['begins as sealed ones do', 'age1Q4sIMvjb1w2r6ek7'],
    ['begins as encrypted ones do', 'AQICA4sIMvjb1w2r6ek7'],
    ['was chosen by a person', 'Tr0ub4dor&3'],
  ])('a password that %s is one', (_, text) => {
    expect(isPlaceholder(text)).toBe(false)
  })
})
