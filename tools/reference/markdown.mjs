/** A table; cells may hold anything on one line. */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const cell = (text) => String(text).replaceAll('\n', ' ').replaceAll('|', '\\|') || '–';

export const code = (text) => `\`${text}\``;

/** Paragraphs, with a line between them and one at the end. */
export const page = (...blocks) => `${blocks.filter(Boolean).join('\n\n')}\n`;
