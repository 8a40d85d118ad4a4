/** Extensions of a certificate (RFC 5280 §4.2) that Node's X509Certificate does not tell of. */
export interface X509Extensions {
  /** By object identifier, its DER bytes in hexadecimal. */
  critical: ReadonlySet<string>;
  all: ReadonlySet<string>;
  /** How many authorities may stand below this one before the server; undefined: any number. */
  pathLength: number | undefined;
}

export const OID = {
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  nameConstraints: '551d1e',
  certificatePolicies: '551d20',
  policyConstraints: '551d24',
  extendedKeyUsage: '551d25',
} as const;

const TAG = { boolean: 0x01, integer: 0x02, octetString: 0x04, sequence: 0x30, extensions: 0xa3 };

interface Element {
  tag: number;
  content: Buffer;
}

/** @throws {RangeError} it is no DER that Node would have taken for a certificate. */
export function readExtensions(der: Buffer): X509Extensions {
  const [certificate] = elementsOf(der);
  const [toBeSigned] = elementsOf(contentOf(certificate));
  const holder = elementsOf(contentOf(toBeSigned)).find(({ tag }) => tag === TAG.extensions);
  const critical = new Set<string>();
  const all = new Set<string>();
  let pathLength: number | undefined;
  const list = holder ? elementsOf(contentOf(elementsOf(holder.content)[0])) : [];
  for (const { content } of list) {
    const [oid, ...rest] = elementsOf(content);
    const name = contentOf(oid).toString('hex');
    all.add(name);
    if (rest.some(({ tag, content: value }) => tag === TAG.boolean && value[0] !== 0)) {
      critical.add(name);
    }
    if (name === OID.basicConstraints) {
      const value = rest.find(({ tag }) => tag === TAG.octetString);
      const [constraints] = elementsOf(contentOf(value));
      const length = elementsOf(contentOf(constraints)).find(({ tag }) => tag === TAG.integer);
      if (length) pathLength = length.content.readUIntBE(0, length.content.length);
    }
  }
  return { critical, all, pathLength };
}

function contentOf(element: Element | undefined): Buffer {
  if (!element) throw new RangeError('not a certificate');
  return element.content;
}

/** The elements one after another in `der` (ITU-T X.690 §8.1). */
function elementsOf(der: Buffer): Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < der.length) {
    const tag = der.readUInt8(at);
    const first = der.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > der.length) throw new RangeError('not a certificate');
    elements.push({ tag, content: der.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}
