/** JSON; of what is none only the length is told: V8's own message quotes the text, and there are secrets in some answers. */
export function parsedAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the answer, ${text.length} characters, is no complete JSON`);
  }
}
