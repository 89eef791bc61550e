/** An element of a parsed document. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** Its own text, that of its children left out. */
  text: string;
}

const TOKEN = /<(\/?)([\w.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
// eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 (2.2) does not have
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Reads the part of XML 1.0 that reports are written in; throws at everything that is not well-formed. */
export function parseXml(text: string): XmlElement {
  if (FORBIDDEN.test(text)) throw new Error('a character that XML does not have');
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = /^<\?xml[^?]*\?>/.exec(text)?.[0].length ?? 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    const parent = open.at(-1);
    if (!token || !parent) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 40)}`);
    const [, closing, name, attributes, empty, words] = token;
    if (words !== undefined) parent.text += unescapeXml(words);
    else if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${String(name)}> closes another element`);
    } else {
      const element: XmlElement = {
        name: name!,
        attributes: attributesOf(attributes!),
        children: [],
        text: '',
      };
      parent.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not exactly one root element');
  return root.children[0]!;
}

/** All elements of that name inside, at any depth, and the element itself. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  const inside = element.children.flatMap((child) => elementsOf(child, name));
  return element.name === name ? [element, ...inside] : inside;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, name, value]) => [
    name!,
    unescapeXml(value!),
  ]);
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw new Error('an attribute twice');
  return Object.fromEntries(pairs) as Record<string, string>;
}

function unescapeXml(text: string): string {
  const known: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&([^;\s]*;?)/g, (_, reference: string) => {
    const found = known[reference.slice(0, -1)];
    if (!reference.endsWith(';') || found === undefined) throw new Error(`&${reference} is no reference`);
    return found;
  });
}
