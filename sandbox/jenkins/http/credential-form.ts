import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { newSecretText, newUsernamePassword, SECRET_TEXT, USERNAME_PASSWORD } from '../credential.ts'
import { childText, type XmlElement } from '../xml-element.ts'
import type { Reply } from './exchange.ts'
import { escapeHtml, HTML, reply } from './replies.ts'

const Fields = z.object({
  $class: z.string().optional(),
  'stapler-class': z.string().optional(),
  scope: z.enum(['GLOBAL', 'SYSTEM']).optional(),
  id: z.string().default(''),
  description: z.string().default(''),
  username: z.string().default(''),
  password: z.string().default(''),
  secret: z.string().default(''),
})

const Creation = z.object({ credentials: Fields })

/** The `json` field of the creation form. Throws on a shape that the form cannot send. */
export function credentialOfCreationForm(json: string): XmlElement {
  return credentialOf(Creation.parse(JSON.parse(json)).credentials)
}

/** The `json` field of the update form: the fields of the credential, not nested. */
export function credentialOfUpdateForm(json: string): XmlElement {
  return credentialOf(Fields.parse(JSON.parse(json)))
}

function credentialOf(fields: z.infer<typeof Fields>): XmlElement {
  const { $class, 'stapler-class': staplerClass, scope, password, ...given } = fields
  const id = given.id === '' ? randomUUID() : given.id
  if (($class ?? staplerClass) === SECRET_TEXT) return newSecretText({ ...given, id })
  if (($class ?? staplerClass) !== USERNAME_PASSWORD) throw new Error('unknown class of credentials')
  return newUsernamePassword({ ...given, id, secret: password, ...(scope === undefined ? {} : { scope }) })
}

/**
 * The update page. A Secret stands in a hidden input in its encrypted form; without Item/Configure on the folder
 * around it, as eight asterisks (core Functions.getPasswordValue, lib/form/password.jelly).
 */
export function updateForm(credential: XmlElement, showsSecret: boolean): Reply {
  const value = (name: string) => escapeHtml(childText(credential, name) ?? '')
  const text = (name: string) => `<input name="_.${name}" type="text" class="jenkins-input" value="${value(name)}">`
  const secret = (name: string) =>
    `<input name="_.${name}" type="hidden" class="complex-password-field hidden-password" value="${showsSecret ? value(name) : '********'}">`
  const has = (name: string) => childText(credential, name) !== undefined
  const inputs = [
    text('id'),
    text('description'),
    ...(has('username') ? [text('username')] : []),
    ...(has('password') ? [secret('password')] : []),
    ...(has('secret') ? [secret('secret')] : []),
  ]
  const form = `<form action="updateSubmit" method="post" name="update">\n${inputs.join('\n')}\n</form>`
  return reply(
    200,
    HTML,
    `<!DOCTYPE html><html><head><title>Update - Jenkins</title></head><body>${form}</body></html>`,
  )
}
