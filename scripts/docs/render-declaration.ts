// A declaration as a reader of the reference sees it: its signature, and its doc comment as text.

import ts from 'typescript'
import type { Declaration } from './exports-of.ts'

const longestValue = 200

/** The code of a declaration without bodies and without `export`. */
export function signatureOf(declaration: Declaration, name: string): string {
  if (ts.isFunctionDeclaration(declaration)) return headOf(declaration)
  if (ts.isVariableStatement(declaration)) return constantOf(declaration, name)
  if (ts.isClassDeclaration(declaration)) return classOf(declaration)
  return withoutExport(declaration.getText())
}

/** The doc comment of a declaration in Markdown; empty where there is none. */
export function docOf(declaration: Declaration): string {
  const doc = ts.getJSDocCommentsAndTags(declaration).find(ts.isJSDoc)
  if (doc === undefined) return ''
  const parts = [textOf(doc.comment)]
  for (const tag of doc.tags ?? []) {
    const text = textOf(tag.comment)
    if (tag.tagName.text === 'example') parts.push(fenced(text))
    else if (tag.tagName.text === 'throws') parts.push(`*Throws* ${throwsOf(tag, text)}`)
    else parts.push(`*${tag.tagName.text}* ${paramOf(tag)}${text}`)
  }
  return parts.filter((part) => part !== '').join('\n\n')
}

/**
 * Code of a page. Signatures are no programs, and examples take things for granted: as `mts`, which is shown in
 * colours like `ts`, they are not compiled by check-docs.ts.
 */
export function fenced(code: string): string {
  return `\`\`\`mts\n${code.trim()}\n\`\`\``
}

function headOf(declaration: ts.FunctionDeclaration): string {
  const text = declaration.getText()
  const body = declaration.body
  const end = body === undefined ? text.length : body.getStart() - declaration.getStart()
  const head = withoutExport(text.slice(0, end)).trim()
  return head.replace(/^(?:async )?function\*? /, 'function ')
}

function constantOf(statement: ts.VariableStatement, wanted: string): string {
  const found = statement.declarationList.declarations.find(({ name }) => name.getText() === wanted)
  const type = found?.type?.getText()
  if (type !== undefined) return `const ${wanted}: ${type}`
  const value = found?.initializer?.getText() ?? ''
  return value.length > longestValue ? `const ${wanted}` : `const ${wanted} = ${value}`
}

function classOf(declaration: ts.ClassDeclaration): string {
  const text = declaration.getText()
  const first = declaration.members.pos - declaration.getStart()
  const members = declaration.members.filter(isPublic).map((member) => `  ${memberOf(member)}`)
  return [withoutExport(text.slice(0, first)), ...members, '}'].join('\n')
}

function isPublic(member: ts.ClassElement): boolean {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return false
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword]
  return (
    !ts.canHaveModifiers(member) || !member.modifiers?.some(({ kind }) => hidden.includes(kind))
  )
}

function memberOf(member: ts.ClassElement): string {
  const body = 'body' in member ? (member.body as ts.Block | undefined) : undefined
  const doc = ts.getJSDocCommentsAndTags(member).find(ts.isJSDoc)
  const text = member.getText()
  const head = body === undefined ? text : text.slice(0, body.getStart() - member.getStart())
  return `${doc === undefined ? '' : `${doc.getText()}\n  `}${head.trim().replace(/^((?:static )?)async /, '$1')}`
}

function withoutExport(text: string): string {
  return text.replace(/^export (?:declare )?/, '')
}

function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  if (comment === undefined) return ''
  if (typeof comment === 'string') return comment
  return comment.map(linkOf).join('')
}

function linkOf(part: ts.JSDocComment): string {
  return 'name' in part ? `\`${part.name?.getText() ?? ''}${part.text}\`` : part.text
}

function paramOf(tag: ts.JSDocTag): string {
  return ts.isJSDocParameterTag(tag) ? `\`${tag.name.getText()}\` ` : ''
}

// The parser takes the family for a type where it stands in braces, and for text where it does not.
function throwsOf(tag: ts.JSDocTag, text: string): string {
  const type = ts.isJSDocThrowsTag(tag) ? tag.typeExpression?.getText() : undefined
  return type === undefined ? text : `${type} ${text}`
}
