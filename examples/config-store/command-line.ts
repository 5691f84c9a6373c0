// What the two programs' command lines share.

/** A port from 0 to `most`; `null`: the text is none. */
export function parsePort(text: string, most: number): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : most + 1
  return port <= most ? port : null
}

/** Ends the program: what was asked for is not to be had. */
export function refuse(message: string, help: string): never {
  console.error(`${message}\n\n${help}`)
  process.exit(2)
}
