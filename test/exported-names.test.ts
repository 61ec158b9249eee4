import { join, resolve } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import * as library from '../src/index.ts'

const INDEX = join(resolve(import.meta.dirname, '..'), 'src', 'index.ts')

const VALUES = [
  'Failure',
  'MOST_DOCUMENT_BYTES',
  'VERSION',
  'controllerFlag',
  'controllersWithout',
  'exitCodeOfScan',
  'foldersOf',
  'isRestUrl',
  'loadConsumers',
  'makeTemporaryFolder',
  'nodeFiles',
  'nodeProcesses',
  'nodeSystem',
  'openKeyturn',
  'parseRepositoryUrl',
  'planBytes',
  'planFormat',
  'planText',
  'removeTemporaryFolder',
  'runAttached',
  'stepState',
  'tally',
  'whyNotOn',
]

const TYPES = [
  'ApplyEvent',
  'Asking',
  'AuditedRun',
  'CheckedToken',
  'Consultation',
  'ForgetOutcome',
  'GivenCredential',
  'Inventory',
  'Keyturn',
  'KeyturnOptions',
  'NewToken',
  'Place',
  'Plan',
  'PlanOptions',
  'Repository',
  'RestQuestion',
  'RollbackOutcome',
  'RunOutcome',
  'RunState',
  'RunTally',
  'ScanOptions',
  'Step',
  'StepState',
  'System',
  'TokenPolicy',
  'TokenSummary',
  'ToldUse',
  'VerifiedPlace',
  'Watched',
]

/** Names after `export`, whether they are of this file or of another. */
function exportedIn(path: string): readonly string[] {
  const tree = ts.createSourceFile(path, ts.sys.readFile(path) ?? '', ts.ScriptTarget.Latest, true)
  return tree.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement))
      return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : ['*']
    const isExported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)
    if (!isExported) return []
    return ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name.getText())
      : [(statement as ts.DeclarationStatement).name?.getText() ?? 'default']
  })
}

function isExport({ kind }: ts.Modifier): boolean {
  return kind === ts.SyntaxKind.ExportKeyword
}

it('the library exports these values', () => {
  expect(Object.keys(library).sort()).toEqual(VALUES)
})

it('the library exports these types besides', () => {
  const values = new Set(VALUES)
  expect(
    exportedIn(INDEX)
      .filter((name) => !values.has(name))
      .sort(),
  ).toEqual(TYPES)
})
