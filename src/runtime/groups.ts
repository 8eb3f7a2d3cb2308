/** Members by the key they belong to, in the order in which they were added; a key that has no member is not kept. */
export class Groups<Key, Member> {
  readonly #groups = new Map<Key, Set<Member>>();

  /** A member that is there already keeps its place. */
  add(key: Key, member: Member): void {
    const members = this.#groups.get(key);
    if (members) members.add(member);
    else this.#groups.set(key, new Set([member]));
  }

  /** Does nothing when it is not there. */
  remove(key: Key, member: Member): void {
    const members = this.#groups.get(key);
    members?.delete(member);
    if (members?.size === 0) this.#groups.delete(key);
  }

  /** Whether the key has a member. */
  has(key: Key): boolean {
    return this.#groups.has(key);
  }

  /** A copy, so that members may be removed while it is gone through; empty for a key without members. */
  of(key: Key): readonly Member[] {
    return [...(this.#groups.get(key) ?? [])];
  }

  /** Every key that has a member. */
  keys(): readonly Key[] {
    return [...this.#groups.keys()];
  }
}
