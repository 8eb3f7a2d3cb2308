/**
 * What a request line asks for, without an URL parser: that one throws on `//`, and reads `/\` as another host. The path
 * is compared with known ones as it came; the query is for URLSearchParams, which takes anything.
 */
export interface RequestTarget {
  readonly path: string;
  /** Without the `?`, as it was sent. */
  readonly query: string;
}

const schemeAndHost = /^https?:\/\/[^/?#]*/i;

/** A full address (`GET http://host/path`) counts as its path; what has no path at all has an empty one. */
export function targetOf(url: string | undefined): RequestTarget {
  const text = (url ?? '').replace(schemeAndHost, '').split('#', 1)[0] ?? '';
  const at = text.indexOf('?');
  return at < 0 ? { path: text, query: '' } : { path: text.slice(0, at), query: text.slice(at + 1) };
}
