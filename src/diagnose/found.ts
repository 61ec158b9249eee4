import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'
import type { Facts } from './facts.ts'

type Parts = Partial<Pick<Diagnosis, 'details' | 'evidence' | 'repairs' | 'missing' | 'settledBy' | 'place'>>

/** A diagnosis about the credential of these facts. */
export function found(facts: Facts, rule: string, code: DiagnosisCode, parts: Parts): Diagnosis {
  const place = parts.place ?? facts.place
  return { code, rule, details: {}, evidence: [], repairs: [], ...parts, ...(place === undefined ? {} : { place }) }
}
