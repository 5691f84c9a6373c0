// Faults that chance needs longer for than its share of the time, and the tests that show them.

export const shownByScenario: Readonly<Record<string, string | undefined>> = {}
