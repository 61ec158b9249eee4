import { STATUS_CODES } from 'node:http'
import { JavaFailure } from '../java-failure.ts'
import { isAtLeast } from '../plugin-version.ts'
import type { RestAnswer } from './rest-door.ts'

/** `status` is absent where no answer came. */
export class RestFailure extends JavaFailure {
  readonly status: number | undefined
  constructor(status: number | undefined, javaClass: string, message: string, frame: string) {
    super(javaClass, message, frame)
    this.status = status
  }
}

const CLIENT =
  'com.cloudbees.jenkins.plugins.bitbucket.impl.client.AbstractBitbucketApi.doRequest(AbstractBitbucketApi.java)'

/** 404 is a FileNotFoundException, everything else that is neither 200 nor 201 a BitbucketRequestException (AbstractBitbucketApi). */
export function refusal(url: string, answer: RestAnswer, version: string): RestFailure {
  if (answer.status === 404) {
    return new RestFailure(404, 'java.io.FileNotFoundException', `Resource ${url} not found: ${answer.body}`, CLIENT)
  }
  const javaException = 'com.cloudbees.jenkins.plugins.bitbucket.api.BitbucketRequestException'
  return new RestFailure(answer.status, javaException, requestError(answer, version), CLIENT)
}

function requestError({ status, headers, body }: RestAnswer, version: string): string {
  const reason = STATUS_CODES[status] ?? ''
  if (!isAtLeast(version, '937.0.0')) return `HTTP request error. Status: ${status}: ${reason}.\n${body}`
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return ['HTTP request error.', `Status: ${reason} HTTP ${status}`, `Response: ${body}`, ...lines].join('\n')
}
