// The code blocks of docs/deploy.md. What is to become of each stands behind its opening fence:
//
//   file=PATH   a file of every host
//   node=N      commands for that host; node=all: for all at once; node=each: for one after the other
//   wait        with `node`: to be given again until they succeed
//   output      what the commands before it print in the end
//   not-run     needs what a test has not: packages, users, the internet
//
// and `case=NAME` with any of them: not on the way from top to bottom, but where its own test says.

import { readFileSync } from 'node:fs'

export interface Block {
  readonly text: string
  readonly file?: string
  readonly node?: string
  readonly wait?: true
  readonly output?: true
  readonly 'not-run'?: true
  readonly case?: string
}

const kinds = ['file', 'node', 'wait', 'output', 'not-run', 'case'] as const

/** @throws {Error} a block is not marked, or with what there is not */
export function readBlocks(page: string): readonly Block[] {
  return [...page.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, info = '', text = '']) => {
    const marks = info
      .split(' ')
      .slice(1)
      .map((mark) => mark.split('='))
    const unknown = marks.find(([name]) => !kinds.some((kind) => kind === name))
    if (marks.length === 0 || unknown !== undefined)
      throw new Error(
        `A block is marked '${info}', so nobody runs it; there are ${kinds.join(', ')}:\n${text}`,
      )
    return { text, ...Object.fromEntries(marks.map(([name, value = true]) => [name, value])) }
  })
}

export const blocks: readonly Block[] = readBlocks(readFileSync('docs/deploy.md', 'utf8'))

/** The blocks of a case, in their order. */
export function caseOf(name: string): readonly Block[] {
  const found = blocks.filter((block) => block.case === name)
  if (found.length === 0) throw new Error(`docs/deploy.md has no case ${name}`)
  return found
}

export function fileOf(path: string): string {
  const block = blocks.find(({ file }) => file === path)
  if (block === undefined) throw new Error(`docs/deploy.md has no ${path}`)
  return block.text
}
