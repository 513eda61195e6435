/** How the recovery cloud is: what each call takes, how long a server boots, and how many calls a second each of its services takes. */
export interface Pace {
  readonly latencyMs: number;
  readonly bootMs: number;
  readonly perSecond: number;
}
