import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Plan, Step } from '../model/plan.ts'

/** Of a step, what a person does not edit: everything but the wave, and the username where others would do. In the order of a seal. */
const SEALED = ['place', 'from', 'to', 'uses', 'reason', 'alternative', 'caveat', 'usernames', 'needs', 'last'] as const
/** Hexadecimal digits per field. */
const WIDTH = 8

/**
 * Checksums of the fields of a step, one after the other. They keep a slip from being carried out, and name the field; they are no signature:
 * who can write a plan can write its seals.
 */
export function sealOf(step: Step): string {
  return SEALED.map((field) => checksum(field === 'to' ? targetOf(step) : step[field])).join('')
}

/** Where a person may choose among usernames, the choice is not sealed. */
function targetOf({ to, usernames }: Step): unknown {
  return usernames === undefined ? to : { ...to, username: 'one of usernames' }
}

/** The first field that is not as it was sealed. */
export function brokenField(step: Step, seal: string): (typeof SEALED)[number] | undefined {
  const now = sealOf(step)
  // A field that came later is absent in a plan that does not seal it.
  const then = seal.padEnd(now.length, '0')
  return SEALED.find(
    (_, index) => now.slice(index * WIDTH, (index + 1) * WIDTH) !== then.slice(index * WIDTH, (index + 1) * WIDTH),
  )
}

/** Names a plan: a hash over all that must not change, and so over every step that there was, whether or not it is still there. */
export function planId(plan: Omit<Plan, 'id' | 'steps'>): string {
  return hash('sha256', canonical(plan)).slice(0, WIDTH)
}

/** A slip never keeps the checksum of four bytes: it finds every change of up to 32 bits in a row. */
function checksum(value: unknown): string {
  return value === undefined ? '00000000' : crc32(canonical(value)).toString(16).padStart(WIDTH, '0')
}

/** JSON with the members of every object in order, so that an editor that sorts them changes nothing. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null'
  let members = ''
  // Text is sorted by UTF-16 units, as `<` compares it.
  for (const name of Object.keys(value).sort()) {
    const member = value[name]
    if (member === undefined) continue
    members += `${members === '' ? '' : ','}${quoted(name)}:${canonical(member)}`
  }
  return `{${members}}`
}

/** Most names need no escapes; a plan has hundreds of thousands of them. */
function quoted(name: string): string {
  return /^\w+$/.test(name) ? `"${name}"` : JSON.stringify(name)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
