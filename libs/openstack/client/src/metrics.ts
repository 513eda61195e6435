type Observe = (name: string, value: number, labels: Readonly<Record<string, string>>) => void;

/** Where call times go; whoever runs the process may plug in its own sink. A library does not choose one. */
export const metrics: { observe: Observe } = { observe: () => undefined };
