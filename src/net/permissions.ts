/**
 * Which addresses may be connected to: public ones over TLS, and those that the operator permits. Everything that is not
 * plainly public counts as private, so that a kind of address nobody thought of is refused.
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/** Public IPv6 addresses are all in here; the rest is mapped, translated, local or not given out. */
const publicIpv6 = ipaddr.IPv6.parse('2000::');
const publicIpv6Bits = 3;

export interface Connection {
  /** As it stands in the address that is called. */
  readonly hostname: string;
  readonly isEncrypted: boolean;
}

export class Permissions {
  readonly #names: ReadonlySet<string>;
  readonly #ranges: readonly Range[];

  /** @param permitted what `isPermission` accepts; anything else permits nothing */
  constructor(permitted: readonly string[]) {
    const ranges = permitted.map((text) => [text, rangeOf(text)] as const);
    this.#names = new Set(ranges.flatMap(([text, range]) => (range === null ? [plainName(text)] : [])));
    this.#ranges = ranges.flatMap(([, range]) => (range === null ? [] : [range]));
  }

  /** Why no connection may be made to this IP address; `null` when one may. */
  refusalOf(text: string, { hostname, isEncrypted }: Connection): string | null {
    if (this.#names.has(plainName(hostname))) return null;
    const address = addressOf(text);
    if (address === null) return 'its host has no usable address';
    if (this.#ranges.some(([network, bits]) => isWithin(address, network, bits))) return null;
    if (!isPublic(address))
      return 'it leads to an address of this machine or of a private network, which ALERTS_PRIVATE_ADDRESSES does not permit';
    return isEncrypted ? null : 'it is not encrypted: only https:// is allowed';
  }

  /** What can be judged before a name is resolved. */
  refusalOfUrl({ hostname, protocol }: URL): string | null {
    const isEncrypted = protocol === 'https:';
    const bare = hostname.replace(/^\[|\]$/g, '');
    if (addressOf(bare) !== null) return this.refusalOf(bare, { hostname, isEncrypted });
    // A name may lead into a permitted range, in which even http is allowed: that is seen when it is resolved.
    if (isEncrypted || this.#names.has(plainName(hostname)) || this.#ranges.length > 0) return null;
    return 'it is not encrypted: only https:// is allowed';
  }
}

/** A host's name, an IP address, or a range like `10.0.0.0/8`. */
export const isPermission = (text: string): boolean =>
  rangeOf(text) !== null || /^(?!.*\.\d+$)(?!\d+$)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text);

function rangeOf(text: string): Range | null {
  const bare = text.replace(/^\[|\]$/g, '');
  if (bare.includes('/')) {
    if (!ipaddr.isValidCIDR(bare)) return null;
    return ipaddr.parseCIDR(bare);
  }
  const address = addressOf(bare);
  return address === null ? null : [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** An IPv4 address within IPv6 counts as the IPv4 address. */
function addressOf(text: string): Address | null {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return null;
  return ipaddr.process(text);
}

const isWithin = (address: Address, network: Address, bits: number): boolean =>
  address.kind() === network.kind() && address.match([network, bits] as never);

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match([publicIpv6, publicIpv6Bits]);
}

const plainName = (hostname: string): string => hostname.toLowerCase().replace(/\.$/, '');
