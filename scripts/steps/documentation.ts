// Every TypeScript example in the documentation compiles as it stands, and every link into the repository leads to
// a file. Nothing is written into the tree.

import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../root.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { run, tool } from './command.ts'
import { type Step, StepFailure } from './step.ts'

interface Page {
  readonly path: string
  readonly text: string
}

const compilerOptions = {
  noEmit: true,
  customConditions: ['@quorate/source'],
  typeRoots: ['./node_modules/@types'],
  // An example may declare what the reader goes on with.
  noUnusedLocals: false,
}

export const documentation: Step = {
  name: 'documentation',
  run: async () => {
    const pages = readPages()
    requireLinks(pages)
    await compileExamples(pages)
  },
}

const notSearched = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Found without git, which refuses a clone of another user's, and knows nothing of an unpacked archive. */
function pagesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return notSearched.has(entry.name) ? [] : pagesBelow(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

function readPages(): Page[] {
  return pagesBelow('.').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function requireLinks(pages: readonly Page[]): void {
  const broken = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
      .map(([, target]) => target as string)
      .filter((target) => !existsSync(join(root, dirname(path), target)))
      .map((target) => `${path} links to ${target}, which is not there.`),
  )
  if (broken.length > 0) throw new StepFailure(broken.join('\n'))
}

async function compileExamples(pages: readonly Page[]): Promise<void> {
  const folder = temporaryFolder('examples')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const project = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
  for (const { path, text } of pages) writeExamples(folder, path, text)
  await run(tool('tsc'), ['-p', '.'], folder)
}

/** The file's name leads back to the page: README.md's first example is README.md.1.ts. */
function writeExamples(folder: string, path: string, text: string): void {
  const examples = [...text.matchAll(/^```ts\n(.*?)^```/gms)]
  for (const [i, [, example]] of examples.entries()) {
    const file = `${path.replaceAll('/', '.')}.${i + 1}.ts`
    writeFileSync(join(folder, file), `${example}\nexport {}\n`)
  }
}
