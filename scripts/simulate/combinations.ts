// Which arguments of `npm run simulate` go together. One that would be ignored is refused.

export type Given = Readonly<Record<string, unknown>>

/** Arguments that have no meaning beside one other, and what to do instead. */
interface Refusal {
  readonly beside: string
  readonly names: readonly string[]
  readonly advice: (name: string) => string
}

/** What names the setting of a run. */
export const settingNames = [
  'nodes',
  'learners',
  'steps',
  'policy',
  'operator',
  'upgrade',
  'strangers',
  'no-disks',
] as const

const refusals: readonly Refusal[] = [
  {
    beside: 'seeded-faults',
    names: ['fault'],
    advice: () => 'Name the rules behind --seeded-faults, or leave it out to play with one of them off.',
  },
  {
    beside: 'seeded-faults',
    names: ['seed', 'seeds', 'from', 'trace', ...settingNames],
    advice: (name) =>
      `Leave --${name} out: --seeded-faults takes the seeds and settings that suit each rule.`,
  },
  {
    beside: 'seed',
    names: ['seeds', 'from', 'jobs'],
    advice: (name) => `Leave --${name} out, or take --from and --seeds for several: --seed plays one seed.`,
  },
]

/** Why these arguments cannot stand together, and what to do; `undefined`: they can. */
export function senseless(given: Given): string | undefined {
  const has = (name: string): boolean => given[name] !== undefined
  for (const { beside, names, advice } of refusals) {
    const name = has(beside) ? names.find(has) : undefined
    if (name !== undefined) return `--${name} says nothing beside --${beside}. ${advice(name)}`
  }
  if (has('trace') && !has('seed')) return '--trace shows one run. Name its seed: --seed X --trace.'
  if (has('no-disks') && given['policy'] === 'votequorum')
    return 'The policy votequorum needs disks. Leave --no-disks out, or take --policy majority.'
  return undefined
}
