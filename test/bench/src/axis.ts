/** What one benchmark answers; the last line of `npm run bench -- AXIS --json`. */
export interface Result {
  readonly axis: string;
  /** Our figures by name; units are in the names. */
  readonly ours: Readonly<Record<string, number>>;
  /** The same of others, measured in the same run. */
  readonly peers: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
  readonly bars: Readonly<Record<string, Bar>>;
}

export interface Bar {
  readonly value: number;
  /** `<= 170`, `>= 5` */
  readonly bound: string;
  readonly holds: boolean;
}

export const atMost = (value: number, bound: number): Bar => ({ value, bound: `<= ${bound}`, holds: value <= bound });

export const atLeast = (value: number, bound: number): Bar => ({ value, bound: `>= ${bound}`, holds: value >= bound });

/** `flags`: what was said beside its name, `--servers=10` as `servers`: `10`. */
export type Axis = (say: (what: string) => void, flags: Readonly<Record<string, string>>) => Promise<Result>;
