/** A request that the exchange does not take: its code and text. */
export class Refusal {
  readonly code: number;
  readonly text: string;
  constructor(code: number, text: string) {
    this.code = code;
    this.text = text;
  }
}
