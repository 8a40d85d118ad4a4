/** Text as it may stand in an XML element or attribute. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Lines moved in by two spaces for each level. */
export function indent(lines: readonly string[], levels: number): string[] {
  return lines.map((line) => (line === '' ? '' : '  '.repeat(levels) + line));
}
