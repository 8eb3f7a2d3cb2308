/** By what attempts of one client are counted: its address, and of IPv6 the network, because a client has a whole one. */
import ipaddr from 'ipaddr.js';

const networkGroups = 4;

export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, networkGroups).join(':') : parsed.toString();
}
