/**
 * Splits the target of a request line without a URL parser, which would throw on `//` and read `/\` as another host. The
 * path is compared with known ones as received; the query is for URLSearchParams, which accepts anything.
 */
export interface RequestTarget {
  readonly path: string;
  /** Without the `?`, as it was sent. */
  readonly query: string;
}

const schemeAndHost = /^https?:\/\/[^/?#]*/i;

/** A full address (`GET http://host/path`) counts as its path; without a path it is empty. */
export function targetOf(url: string | undefined): RequestTarget {
  const text = (url ?? '').replace(schemeAndHost, '').split('#', 1)[0] ?? '';
  const at = text.indexOf('?');
  return at < 0 ? { path: text, query: '' } : { path: text.slice(0, at), query: text.slice(at + 1) };
}
