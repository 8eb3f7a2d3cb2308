/** The part of a logger that deliveries use. */
type Write = (words: object, message: string) => void;

export interface AlertLog {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
