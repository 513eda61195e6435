/** A notification's own message, as parsed: keys of any kind with values of any kind. */
export type Message = Readonly<Record<string, unknown>>;

/** Keeps nothing between two bodies. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes a notification out of its envelope: 2.0 holds the message as JSON text in `oslo.message`, 1.0 is the message itself. Answers why not
 * where it cannot. JSON.parse's own words are not passed on: they quote what they choke on.
 */
export function unpack(body: Uint8Array): Message | string {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return 'It is no UTF-8.';
  }
  const parsed = parse(text);
  return parsed === undefined ? 'It is no JSON.' : open(parsed);
}

/** The same for a body that has been parsed already. */
export function open(outer: unknown): Message | string {
  if (!isMessage(outer)) return 'It is no JSON object.';
  if (!Object.hasOwn(outer, 'oslo.message')) return outer;
  const inner = outer['oslo.message'];
  if (typeof inner !== 'string') return 'Its oslo.message is no text.';
  const message = parse(inner);
  return isMessage(message) ? message : 'Its oslo.message is no JSON object.';
}

/** `undefined` is what no JSON text stands for. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
