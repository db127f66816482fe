/**
 * Parses caption templates: text with variables in braces; `{{` and `}}` stand for single braces. docs/captions.md lists the
 * variables.
 */

export { FACE_VARIABLES, TEMPLATE_VARIABLES } from '../../formats/text/template-variables.ts'

type TemplatePart = { readonly text: string } | { readonly variable: string }

export type ParsedTemplate =
  | { readonly parts: readonly TemplatePart[] }
  /** Why the template is invalid, and where. */
  | { readonly problem: string }

export function parseTemplate(template: string): ParsedTemplate {
  const parts: TemplatePart[] = []
  const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g
  let end = 0
  for (const match of template.matchAll(token)) {
    parts.push({ text: template.slice(end, match.index) })
    end = match.index + match[0].length
    if (match[0] === '{{' || match[0] === '}}') parts.push({ text: match[0].charAt(0) })
    else if (match[0].length === 1) return { problem: describeBrace(match[0], match.index) }
    else if (match[1]!.trim() === '')
      return { problem: `{} at character ${match.index + 1} names no variable` }
    else parts.push({ variable: match[1]!.trim() })
  }
  parts.push({ text: template.slice(end) })
  return { parts: parts.filter((part) => !('text' in part) || part.text !== '') }
}

/** Returns the names of the variables without repeats; an empty list when the template is invalid. */
export function listVariables(template: string): string[] {
  const parsed = parseTemplate(template)
  if ('problem' in parsed) return []
  return [...new Set(parsed.parts.flatMap((part) => ('variable' in part ? part.variable : [])))]
}

function describeBrace(brace: string, index: number): string {
  return `${brace} at character ${index + 1} has no partner; for a brace in the text write ${brace}${brace}`
}
