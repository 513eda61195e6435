/**
 * A request that the played cloud refuses. Not a LifeboatError: it is an answer in OpenStack's own words, which the service's
 * `renderRefusal` puts into that service's own form. `type` is Neutron's exception name; other services have none.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** Neutron's exception name; `detail` where the web framework puts its own sentence first. */
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { type?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.type = more.type ?? '';
    this.headers = more.headers ?? {};
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, message);
export const forbidden = (message: string): Refusal => new Refusal(403, message);
export const notFound = (message: string): Refusal => new Refusal(404, message);
export const conflict = (message: string): Refusal => new Refusal(409, message);
