/** Where the source calls a function. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { packageRoot } from '../../src/tools/package-root.ts'

/** `config/load.ts#2`: the second call of one of the functions in that file. The file that defines them is left out. */
export function listCallSites(names: readonly string[]): string[] {
  const files = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts') && file !== 'next-step.ts')
    .flatMap((file) => Array.from({ length: countCalls(file, names) }, (_, index) => `${file}#${index + 1}`))
}

function countCalls(file: string, names: readonly string[]): number {
  const text = readFileSync(join(packageRoot, 'src', file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  let count = 0
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && names.includes(node.expression.getText())) count++
    ts.forEachChild(node, visit)
  }
  visit(source)
  return count
}
