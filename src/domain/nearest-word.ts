/** What a person may have meant who wrote a word that is not known. */

/** Further apart than two fifths of its letters a word is no slip of the other one. */
const shareMax = 0.4;

/** @returns the known word with the fewest letters to change, `null` where none is near */
export function nearestWord(word: string, known: readonly string[]): string | null {
  const plain = word.toLowerCase();
  const ranked = known
    .map((each) => ({ each, distance: distanceBetween(plain, each.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (!best) return null;
  if (best.distance <= Math.max(1, Math.floor(word.length * shareMax))) return best.each;
  return known.find((each) => plain.length > 2 && each.toLowerCase().includes(plain)) ?? null;
}

/** How many letters have to be added, taken away or replaced. */
function distanceBetween(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row += 1) {
    const now = [row];
    for (let at = 1; at <= to.length; at += 1) {
      const replaced = (above[at - 1] ?? 0) + Number(from[row - 1] !== to[at - 1]);
      now.push(Math.min((above[at] ?? 0) + 1, (now[at - 1] ?? 0) + 1, replaced));
    }
    above = now;
  }
  return above[to.length] ?? 0;
}
