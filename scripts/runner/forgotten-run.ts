// A suite whose `run()` is missing, or comes before its last test, drops those tests without a word, and the rest
// of the file hides it. So the last thing that a test file does with each suite is to run it.

/** A variable that holds a suite: of uvu's, or of a helper that makes one, such as `clusterTest()`. */
const declaration = /\b(?:const|let)\s+(\w+)\s*=\s*(?:suite|\w+(?:Suite|Test))\s*[<(]/g

/** The names under which a source can declare tests: uvu's `test` and each suite. */
function suiteNames(source: string): string[] {
  const imported = /import \{([^}]*)\} from 'uvu'/.exec(source)?.[1] ?? ''
  const single = /\btest(?:\s+as\s+(\w+))?/.exec(imported)
  const suites = [...source.matchAll(declaration)].map(([, name]) => name ?? '')
  return single === null ? suites : [single[1] ?? 'test', ...suites]
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

function lastUse(source: string, name: string): string | undefined {
  const calls = [...source.matchAll(new RegExp(`(?<![.\\w'"\`])${name}((?:\\.\\w+)*)\\s*\\(`, 'g'))]
  return calls.at(-1)?.[1]
}

/** Names of the suites in a test file's source that are used and not run last. */
export function forgottenRuns(source: string): string[] {
  const code = withoutComments(source)
  return suiteNames(code).filter((name) => ![undefined, '.run'].includes(lastUse(code, name)))
}
